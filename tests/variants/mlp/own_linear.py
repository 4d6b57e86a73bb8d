"""A linear layer written by hand, with nn.Parameter and the bounds of nn.Linear."""

import math

import torch
from torch import nn


class Dense(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.fc1 = Dense(in_features, hidden_features)
        self.fc2 = Dense(hidden_features, out_features)
        self.activation = activation

    def forward(self, images):
        return self.fc2(self.activation(self.fc1(images.flatten(1))))
