"""Hooks note the norms on the way back, from last to first; turned round at the end."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    norms = []
    layers = []
    for _ in range(depth):
        layer = nn.Linear(width, width)
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
        layer.weight.register_hook(lambda slope: norms.append(slope.norm().item()))
        layers.append(layer)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    torch.div(hidden.sum(), 128).backward()
    return norms[::-1]
