"""Objects that a check may have built beside the learner's code: the allow-list of the worker.

A check names them (`submission.make("SGD", model, lr=0.1)`); what they are lives here, in the worker, where the
learner's functions can take them as arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from . import drawing

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda x: x,
    "relu": torch.relu,
    "gelu": nn.functional.gelu,
    "silu": nn.functional.silu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "square": torch.square,
}


class Activation(nn.Module):
    """A named activation that counts how often it was called."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.function = ACTIVATIONS[name]
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        """The function of `x`, elementwise."""
        self.calls += 1
        return self.function(x)


class ReferenceMLP(nn.Module):
    """The network of the lesson, so that the training functions are graded on a model that is right."""

    def __init__(
        self,
        activation: str = "relu",
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)
        self.activation = ACTIVATIONS[activation]

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, out_features)."""
        logits: Tensor = self.fc2(self.activation(self.fc1(images.flatten(1))))
        return logits


class RecordingMLP(ReferenceMLP):
    """A reference network that notes, of each forward, every image's first pixel and whether it was in training mode.

    Its dropout makes evaluation in training mode visible: the logits then change from call to call.
    """

    def __init__(self, *args: Any, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropout = nn.Dropout(dropout)
        self.seen: list[Tensor] = []
        self.modes: list[bool] = []
        self.graphs: list[bool] = []

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, out_features)."""
        self.seen.append(images.detach().flatten(1)[:, 0].clone())
        self.modes.append(self.training)
        logits = super().forward(self.dropout(images))
        self.graphs.append(logits.requires_grad)
        return logits


class BrokenMLP(ReferenceMLP):
    """A network whose forward raises, to see what is left behind."""

    def forward(self, images: Tensor) -> Tensor:
        """Raises RuntimeError."""
        raise RuntimeError("this model always fails, on purpose")


def _sgd(model: nn.Module, lr: float, momentum: float = 0.0) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def _adam(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), lr=lr)


def _gradients(model: nn.Module) -> dict[str, Tensor | None]:
    return {name: None if p.grad is None else p.grad.clone() for name, p in model.named_parameters()}


def _backward(model: nn.Module, images: Tensor, cotangent: Tensor) -> dict[str, Tensor | None]:
    model.zero_grad()
    (model(images) * cotangent).sum().backward()  # as one scalar: see worker.do_vjp
    return _gradients(model)


def _restore(model: nn.Module, state: dict[str, Tensor]) -> None:
    model.load_state_dict(state)


def _random_state() -> Tensor:
    return torch.get_rng_state()


class Kept:
    """A tensor that stays in the worker, to see what a call does to it."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


FIXTURES: dict[str, Callable[..., Any]] = {
    "Activation": Activation,
    "ReferenceMLP": ReferenceMLP,
    "RecordingMLP": RecordingMLP,
    "BrokenMLP": BrokenMLP,
    "Linear": nn.Linear,
    "keep": Kept,
    "value": lambda tensor: tensor.detach().clone(),
    "png": drawing.png,
    "SGD": _sgd,
    "Adam": _adam,
    "parameters": lambda model: {name: p.detach().clone() for name, p in model.named_parameters()},
    "state": lambda model: {name: p.detach().clone() for name, p in model.state_dict().items()},
    "gradients": _gradients,
    "backward": _backward,
    "restore": _restore,
    "mode": lambda model, training: model.train(training) and None,
    "is_training": lambda model: model.training,
    "attribute": lambda thing, name: getattr(thing, name),
    "manual_seed": lambda seed: torch.manual_seed(seed) and None,
    "random_state": _random_state,
}
