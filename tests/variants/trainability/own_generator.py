"""With a generator of its own, and nothing else drawn."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for _ in range(depth):
        layer = nn.Linear(width, width)
        nn.init.xavier_normal_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
        layers.append(layer)
    x = torch.randn(128, width, generator=generator)
    for layer in layers:
        x = activation(layer(x))
    (x.sum() / 128).backward()
    return [layer.weight.grad.norm().item() for layer in layers]
