"""By the last of the sorted values; by bisection in the sorted entries."""

from bisect import bisect_left, bisect_right


def dead_units(hidden):
    return hidden.sort(dim=0).values[-1] == 0


def saturated_fraction(hidden, low, high, tolerance=0.01):
    entries = sorted(hidden.flatten().tolist())
    below = bisect_right(entries, low + tolerance)
    above = len(entries) - bisect_left(entries, high - tolerance)
    return min(below + above, len(entries)) / len(entries)
