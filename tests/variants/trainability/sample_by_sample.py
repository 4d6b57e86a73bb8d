"""Each sample in turn strikes units off the list; a list of truths, averaged."""

from statistics import fmean

import torch


def dead_units(hidden):
    dead = torch.ones(hidden.shape[1], dtype=torch.bool)
    for sample in hidden:
        dead &= sample == 0
    return dead


def saturated_fraction(hidden, low, high, tolerance=0.01):
    entries = hidden.flatten().tolist()
    near = [h <= low + tolerance or h >= high - tolerance for h in entries]
    return fmean(near)
