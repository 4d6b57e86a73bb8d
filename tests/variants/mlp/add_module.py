"""The layers are added by name in a loop over their sizes."""

from itertools import pairwise

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        sizes = [in_features, hidden_features, out_features]
        for number, (wide, narrow) in enumerate(pairwise(sizes), start=1):
            self.add_module(f"fc{number}", nn.Linear(wide, narrow))
        self.function = activation

    def forward(self, images):
        return self.fc2(self.function(self.fc1(images.reshape(images.shape[0], self.fc1.in_features))))
