"""Both layers by F.linear with the modules' parameters."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images):
        rows = images.reshape(len(images), -1)
        hidden = self.activation(F.linear(rows, self.fc1.weight, self.fc1.bias))
        return F.linear(hidden, self.fc2.weight, self.fc2.bias)
