"""silu by logaddexp in the place of the denominator."""

import torch
from torch import Tensor


def silu(x: Tensor) -> Tensor:
    log_denominator = torch.logaddexp(torch.zeros_like(x), -x)
    return x * torch.exp(-log_denominator)
