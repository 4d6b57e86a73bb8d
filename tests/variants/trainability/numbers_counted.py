"""By count_nonzero and a comparison; by torch.where with ones and zeros."""

import torch


def dead_units(hidden):
    return torch.eq(torch.count_nonzero(hidden, dim=0), 0)


def saturated_fraction(hidden, low, high, tolerance=0.01):
    one, zero = torch.ones_like(hidden), torch.zeros_like(hidden)
    near = torch.where((hidden < low + tolerance) | (hidden > high - tolerance), one, zero)
    return float(near.mean())
