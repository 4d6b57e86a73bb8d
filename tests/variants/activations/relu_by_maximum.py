"""relu compares with a tensor of zeros made by new_zeros."""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    return torch.maximum(x.new_zeros(()), x)
