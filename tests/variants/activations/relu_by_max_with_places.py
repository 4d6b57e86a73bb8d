"""relu by the max of a dimension that is added at the end."""

import torch


def relu(x):
    pair = torch.stack([torch.zeros_like(x), x], dim=-1)
    best, _ = pair.max(dim=-1)
    return best
