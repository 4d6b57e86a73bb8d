"""sigmoid filled in by two boolean masks."""

import torch


def sigmoid(x):
    y = torch.empty_like(x)
    right = x >= 0
    left = ~right
    y[right] = 1 / (1 + torch.exp(-x[right]))
    e = torch.exp(x[left])
    y[left] = e / (1 + e)
    return y
