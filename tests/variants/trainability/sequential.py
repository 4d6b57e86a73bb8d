"""One nn.Sequential, whose linear layers are found by their type."""

import torch
from torch import nn


class Bend(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def xavier(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_normal_(module.weight)
        nn.init.constant_(module.bias, 0.0)


def gradient_norms(activation, depth, width=64, seed=0):
    torch.manual_seed(seed)
    net = nn.Sequential()
    for index in range(depth):
        net.add_module(f"linear{index}", nn.Linear(width, width))
        net.add_module(f"activation{index}", Bend(activation))
    net.apply(xavier)
    net(torch.randn(128, width)).sum().div(128).backward()
    return [module.weight.grad.norm().item() for module in net if isinstance(module, nn.Linear)]
