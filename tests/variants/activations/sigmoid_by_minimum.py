"""sigmoid with exp(min(x, 0)) above and one exponential below."""

import torch
from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    sign = torch.where(x < 0, -1.0, 1.0).to(x.dtype)
    e = torch.exp(-sign * x)
    return torch.where(x < 0, e, torch.ones_like(e)) / (e + 1)
