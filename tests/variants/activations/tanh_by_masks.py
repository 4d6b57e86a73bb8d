"""tanh filled in by masks."""

import torch


def tanh(x):
    result = torch.zeros_like(x)
    mask = x >= 0
    e = torch.exp(-2 * x[mask])
    result[mask] = (1 - e) / (1 + e)
    e = torch.exp(2 * x[~mask])
    result[~mask] = (e - 1) / (e + 1)
    return result
