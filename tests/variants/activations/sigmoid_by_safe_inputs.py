"""sigmoid with inputs that are made safe for each branch before exp."""

import torch
from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    positive = x > 0
    zero = torch.zeros_like(x)
    right = torch.where(positive, x, zero)
    left = torch.where(positive, zero, x)
    on_the_right = 1 / (1 + torch.exp(-right))
    on_the_left = torch.exp(left) / (1 + torch.exp(left))
    return torch.where(positive, on_the_right, on_the_left)
