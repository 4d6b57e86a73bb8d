"""sigmoid as exp of minus softplus of -x."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sigmoid(x: Tensor) -> Tensor:
    return torch.exp(-F.softplus(-x))
