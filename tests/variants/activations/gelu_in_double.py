"""gelu worked out in float64 and brought back."""

import math

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    wide = x.to(torch.float64)
    wide = 0.5 * wide * torch.erfc(-wide / math.sqrt(2.0))
    return wide.to(x.dtype)
