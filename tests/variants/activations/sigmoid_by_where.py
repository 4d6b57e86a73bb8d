"""sigmoid with both quotients of one exponential that never grows."""

import torch


def sigmoid(x):
    e = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, e / (1 + e), 1 / (1 + e))
