"""By sums of each unit; by two counts, the second of what the first has not counted."""


def dead_units(hidden):
    return hidden.sum(dim=0) == 0


def saturated_fraction(hidden, low, high, tolerance=0.01):
    below = hidden <= low + tolerance
    above = (hidden >= high - tolerance) & ~below
    return (below.sum() + above.sum()).item() / hidden.numel()
