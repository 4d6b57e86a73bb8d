"""The steps of the network as a list, applied one after the other by reduce."""

from functools import reduce

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images):
        steps = [nn.Flatten(), self.fc1, self.activation, self.fc2]
        return reduce(lambda x, step: step(x), steps, images)
