"""Split into small functions."""

import torch
from torch import Tensor


def _shift(x: Tensor, dim: int) -> Tensor:
    return x - torch.amax(x, dim=dim, keepdim=True)


def _normalize(x: Tensor, dim: int) -> Tensor:
    return torch.div(x, x.sum(dim=dim, keepdim=True))


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return _normalize(_shift(logits, dim).exp(), dim)
