"""sigmoid as the softmax of x and 0."""

import torch
from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    pair = torch.stack([x, torch.zeros_like(x)], dim=-1)
    return torch.softmax(pair, dim=-1)[..., 0]
