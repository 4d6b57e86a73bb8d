"""relu is the larger of two in a new dimension."""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    pair = torch.stack((x, torch.zeros_like(x)))
    return torch.amax(pair, dim=0)
