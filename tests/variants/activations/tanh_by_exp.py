"""tanh by one exponential that never grows, turned over on the left."""

import torch


def tanh(x):
    size = torch.where(x < 0, -x, x)
    e = torch.exp(-2 * size)
    t = (1 - e) / (1 + e)
    return torch.where(x < 0, -t, t)
