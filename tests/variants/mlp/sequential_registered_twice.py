"""fc1 and fc2 as attributes, and once more inside an nn.Sequential."""

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)
        self.net = nn.Sequential(nn.Flatten(), self.fc1, activation, self.fc2)

    def forward(self, images):
        return self.net(images)
