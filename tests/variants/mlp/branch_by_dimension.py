"""Flattens where there are more than two dimensions only."""

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images):
        if images.dim() > 2:
            images = images.reshape(images.shape[0], -1)
        hidden = self.fc1(images)
        return self.fc2(self.activation(hidden))
