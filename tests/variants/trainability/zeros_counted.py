"""Zeros counted against the number of samples; count_nonzero for the share."""

import torch


def dead_units(hidden):
    return (hidden == 0).sum(dim=0) == hidden.shape[0]


def saturated_fraction(hidden, low, high, tolerance=0.01):
    near = torch.logical_or(hidden.le(low + tolerance), hidden.ge(high - tolerance))
    return torch.count_nonzero(near).item() / near.numel()
