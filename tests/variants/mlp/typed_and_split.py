"""Annotated, with the features in a method and the scores in another."""

from collections.abc import Callable

from torch import Tensor, nn


class MLP(nn.Module):
    def __init__(
        self,
        activation: Callable[[Tensor], Tensor],
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.fc1: nn.Linear = nn.Linear(in_features, hidden_features)
        self.fc2: nn.Linear = nn.Linear(hidden_features, out_features)
        self._activation = activation

    def features(self, images: Tensor) -> Tensor:
        return self._activation(self.fc1(images.flatten(start_dim=1)))

    def forward(self, images: Tensor) -> Tensor:
        return self.fc2(self.features(images))
