"""silu with its gate from the logarithm of the sigmoid."""

import torch.nn.functional as F
from torch import Tensor


def silu(x: Tensor) -> Tensor:
    return x * F.logsigmoid(x).exp()
