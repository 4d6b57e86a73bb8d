"""The input is drawn before the weights."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    x = torch.randn(128, width)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        layer.bias.data.zero_()
    for layer in layers:
        x = activation(layer(x))
    loss = x.sum().div(128)
    loss.backward()
    return [float(layer.weight.grad.norm()) for layer in layers]
