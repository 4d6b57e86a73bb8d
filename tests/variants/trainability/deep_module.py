"""A module with a ModuleList, initialised in its constructor."""

import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self, activation, depth, width):
        super().__init__()
        self.activation = activation
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        for layer in self.layers:
            nn.init.xavier_normal_(layer.weight, gain=1.0)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.layers:
            x = self.activation(layer(x))
        return x


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    model = Deep(activation, depth, width)
    output = model(torch.randn(128, width))
    model.zero_grad()
    (1 / 128 * output.sum()).backward()
    return [
        parameter.grad.norm(p=2).item()
        for name, parameter in model.named_parameters()
        if name.endswith("weight")
    ]
