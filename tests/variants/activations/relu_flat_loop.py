"""relu decides element by element in Python, with the graph kept: slow, and right."""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    if x.numel() == 0:
        return x.clone()
    kept = [value if value > 0 else value * 0 for value in x.reshape(-1)]
    return torch.stack(kept).reshape(x.shape)
