"""By the indices of what fires; the complement of what lies inside, in strict comparisons."""

import torch


def dead_units(hidden):
    dead = torch.full((hidden.size(1),), True)
    dead[hidden.nonzero()[:, 1]] = False
    return dead


def saturated_fraction(hidden, low, high, tolerance=0.01):
    inside = (hidden > low + tolerance) & (hidden < high - tolerance)
    return 1 - inside.float().mean().item()
