"""torch.func.grad of a function of a dictionary of weights."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    weights = {str(index): nn.init.xavier_normal_(torch.empty(width, width)) for index in range(depth)}
    x = torch.randn(128, width)

    def loss(weights):
        hidden = x
        for weight in weights.values():
            hidden = activation(nn.functional.linear(hidden, weight))
        return hidden.sum() / 128

    slopes = torch.func.grad(loss)(weights)
    return [torch.linalg.matrix_norm(slopes[str(index)]).item() for index in range(depth)]
