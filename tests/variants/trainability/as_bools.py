"""A tensor of bools, and none of them true; a mask that selects the entries, whose number counts."""

import torch


def dead_units(hidden):
    fires = hidden.bool()
    return torch.logical_not(torch.any(fires, 0))


def saturated_fraction(hidden, low, high, tolerance=0.01):
    near = (hidden - low <= tolerance) | (high - hidden <= tolerance)
    return hidden[near].numel() / hidden.numel()
