"""gelu with the reciprocal of the root as a number of the module."""

import torch
from torch import Tensor

INVERSE_ROOT = 0.7071067811865476  # 1 / sqrt(2)


def gelu(x: Tensor) -> Tensor:
    return 0.5 * x * torch.erf(x * INVERSE_ROOT).add(1)
