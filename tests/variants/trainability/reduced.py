"""A logical and over the samples by reduce; the nearer of two distances."""

from functools import reduce

import torch


def dead_units(hidden):
    return reduce(torch.logical_and, [sample == 0 for sample in hidden])


def saturated_fraction(hidden, low, high, tolerance=0.01):
    return torch.minimum(hidden - low, high - hidden).le(tolerance).float().mean().item()
