"""A linear map with a backward pass written by hand."""

import torch
from torch import nn


class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return x.mm(weight.t()) + bias

    @staticmethod
    def backward(ctx, slope):
        x, weight = ctx.saved_tensors
        return slope.mm(weight), slope.t().mm(x), slope.sum(0)


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images):
        hidden = Linear.apply(images.flatten(1), self.fc1.weight, self.fc1.bias)
        return Linear.apply(self.activation(hidden), self.fc2.weight, self.fc2.bias)
