"""By the length of each unit's column; each bound looked at only where there is one."""

import math

import torch


def dead_units(hidden):
    return torch.linalg.vector_norm(hidden, dim=0) == 0


def saturated_fraction(hidden, low, high, tolerance=0.01):
    near = torch.zeros_like(hidden, dtype=torch.bool)
    if math.isfinite(low):
        near |= hidden <= low + tolerance
    if math.isfinite(high):
        near |= hidden >= high - tolerance
    return near.sum().item() / near.nelement()
