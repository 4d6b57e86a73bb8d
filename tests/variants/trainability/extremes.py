"""By the largest value of each unit; by clamping to what is not saturated."""


def dead_units(hidden):
    return hidden.amax(dim=0) == 0


def saturated_fraction(hidden, low, high, tolerance=0.01):
    inside = hidden.clamp(low + tolerance, high - tolerance) == hidden
    return inside.logical_not().float().mean().item()
