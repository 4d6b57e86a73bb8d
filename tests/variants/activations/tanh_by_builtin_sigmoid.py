"""tanh rests on the sigmoid of torch."""

import torch
from torch import Tensor


def tanh(x: Tensor) -> Tensor:
    return 2 * torch.sigmoid(2 * x) - 1
