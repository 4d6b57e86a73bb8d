"""gelu with the root as a tensor of the dtype of x."""

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    root = torch.tensor(2.0, dtype=x.dtype).sqrt()
    return x / 2 * (1 + torch.erf(x / root))
