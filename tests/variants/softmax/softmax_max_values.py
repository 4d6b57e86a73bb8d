"""The largest value comes from max, not from amax."""

import torch
from torch import Tensor


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    largest = logits.max(dim, keepdim=True).values
    powers = torch.exp(logits - largest)
    return powers / torch.sum(powers, dim=dim, keepdim=True)
