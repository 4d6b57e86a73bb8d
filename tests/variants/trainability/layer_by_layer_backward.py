"""The chain rule by hand: one layer's graph at a time, from last to first."""

import torch
from torch import nn


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    weights = [nn.init.xavier_normal_(torch.empty(width, width)).requires_grad_() for _ in range(depth)]
    x = torch.randn(128, width)
    inputs, outputs = [], []
    for weight in weights:
        x = x.detach().requires_grad_()
        inputs.append(x)
        x = activation(x @ weight.t())
        outputs.append(x)
    slope = torch.full_like(x, 1 / 128)
    norms = []
    for weight, given, output in zip(reversed(weights), reversed(inputs), reversed(outputs), strict=True):
        of_weight, slope = torch.autograd.grad(output, (weight, given), slope)
        norms.insert(0, of_weight.norm().item())
    return norms
