"""Sums as a product with ones; one minus both complements."""


def dead_units(hidden):
    return hidden.new_ones(len(hidden)) @ hidden == 0


def saturated_fraction(hidden, low, high, tolerance=0.01):
    away = hidden.gt(low + tolerance).logical_and(hidden.lt(high - tolerance))
    return away.logical_not().sum().item() / away.numel()
