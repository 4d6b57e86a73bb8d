"""Bare weights and matrix products, the gradients from torch.autograd.grad."""

import math

import torch


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    weights = [(torch.randn(width, width) / math.sqrt(width)).requires_grad_() for _ in range(depth)]
    hidden = torch.randn(128, width)
    for weight in weights:
        hidden = activation(hidden @ weight.T)
    return [float(slope.norm()) for slope in torch.autograd.grad(hidden.sum() / 128, weights)]
