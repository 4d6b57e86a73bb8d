"""No entry above zero; the share as the mean of bools in float64."""


def dead_units(hidden):
    return ~(hidden > 0).any(dim=0)


def saturated_fraction(hidden, low, high, tolerance=0.01):
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.double().mean().item()
