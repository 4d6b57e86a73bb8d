"""Normal weights with the deviation of Xavier, a tensor of gradients squared and summed."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    std = (2.0 / (width + width)) ** 0.5
    layers = []
    for _ in range(depth):
        layer = nn.Linear(width, width)
        with torch.no_grad():
            layer.weight.normal_(0.0, std)
            layer.bias.zero_()
        layers.append(layer)
    hidden = torch.randn((128, width), requires_grad=True)
    for layer in layers:
        hidden = activation(layer(hidden))
    scalar = hidden.sum(dim=1).mean()
    scalar.backward()
    result = []
    for layer in layers:
        result.append(torch.sqrt(torch.sum(layer.weight.grad**2)).item())
    return result
