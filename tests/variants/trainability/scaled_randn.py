"""Weights as scaled normal numbers, layers without a bias."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width, bias=False) for _ in range(depth)]
    for layer in layers:
        layer.weight.data = torch.randn(width, width) / width**0.5
    x = torch.randn(128, width)
    for layer in layers:
        x = activation(layer(x))
    x.mean(dim=0).sum().backward()
    return [layer.weight.grad.pow(2).sum().sqrt().item() for layer in layers]
