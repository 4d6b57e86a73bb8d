"""The layers are made inside an nn.Sequential and named afterwards."""

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(in_features, hidden_features),
            activation,
            nn.Linear(hidden_features, out_features),
        )
        self.fc1 = self.net[1]
        self.fc2 = self.net[3]

    def forward(self, images):
        return self.net(images)
