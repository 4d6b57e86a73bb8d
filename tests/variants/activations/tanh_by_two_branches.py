"""tanh by two quotients, each of an input that is safe for it."""

import torch
from torch import Tensor


def tanh(x: Tensor) -> Tensor:
    positive = x >= 0
    a = torch.exp(-2 * torch.where(positive, x, torch.zeros_like(x)))
    b = torch.exp(2 * torch.where(positive, torch.zeros_like(x), x))
    return torch.where(positive, (1 - a) / (1 + a), (b - 1) / (b + 1))
