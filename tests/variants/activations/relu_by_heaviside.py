"""relu is x times the step function."""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    step = torch.heaviside(x.detach(), torch.zeros((), dtype=x.dtype))
    return x * step
