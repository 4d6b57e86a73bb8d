"""tanh with |x| as x times its sign, which copysign finds at 0 too."""

import torch
from torch import Tensor


def tanh(x: Tensor) -> Tensor:
    sign = torch.copysign(torch.ones_like(x), x.detach())
    e = torch.exp(-2 * (sign * x))
    return sign * (1 - e) / (1 + e)
