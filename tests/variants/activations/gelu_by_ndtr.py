"""gelu by the distribution function that torch.special has."""

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    return x * torch.special.ndtr(x)
