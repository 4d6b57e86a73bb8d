"""Old-fashioned: view by the batch's size, super with arguments, no annotation."""

from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super(MLP, self).__init__()  # noqa: UP008
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images):
        x = images.view(images.size(0), -1)
        x = self.fc1(x)
        x = self.activation(x)
        x = self.fc2(x)
        return x
