"""relu as the leaky kind whose leak is 0."""

import torch.nn.functional as F
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    return F.leaky_relu(x, negative_slope=0.0)
