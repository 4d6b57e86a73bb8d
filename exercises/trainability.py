"""Trainability: does the signal survive the way through the network, and its gradient the way back?"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


def dead_units(hidden: Tensor) -> Tensor:
    """Which ReLU units never fire: bool, (units,).

    `hidden` is (N, units), N ≥ 1, taken after ReLU, so never negative. A unit is dead if it is zero for
    every one of the N samples; a unit that is zero for some of them is doing its work.

    >>> dead_units(torch.tensor([[0.0, 0.0, 1.0], [0.0, 2.0, 3.0]]))
    tensor([ True, False, False])
    """
    # TODO: along which dimension do the samples lie?
    raise NotImplementedError


def saturated_fraction(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    """Share of all entries, from 0 to 1, that lie within `tolerance` of a bound: there the slope is almost 0.

    An entry h counts if h ≤ low + tolerance or h ≥ high − tolerance. The bounds are those of the
    activation: −1 and 1 for tanh, 0 and 1 for sigmoid; a side without a bound is given as −inf or inf, and
    no finite entry is near it.

    >>> saturated_fraction(torch.tensor([[-0.999, 0.5], [0.995, 0.0]]), low=-1.0, high=1.0)
    0.5
    """
    # TODO: a bool for each entry, then how many of them are true among how many
    raise NotImplementedError


def gradient_norms(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    """Norm of the gradient of each layer's weight in a deep network, first layer first: `depth` floats.

    After `torch.manual_seed(seed)`: `depth` times `nn.Linear(width, width)` with Xavier-normal weights and
    zero biases, the activation after each of them, the last included; as input `torch.randn(128, width)`,
    and as the scalar to differentiate the sum of the last output divided by 128. The same seed gives the
    same list.
    """
    # TODO: build, initialise, run forward, go backward, read `layer.weight.grad`
    raise NotImplementedError


def choose_activation(layer: str, architecture: str = "mlp") -> str:
    """Name of the activation to start with, by the three-line rule of the lesson's README.

    `layer` is "hidden", "binary_output" (one probability), "classifier_output" (probabilities for a reader)
    or "before_cross_entropy" (what the loss receives); `architecture` is "mlp", "cnn" or "transformer". The
    answer is "relu", "gelu", "sigmoid", "softmax" or "none". Any other string raises a `ValueError` that
    names it; the layer is looked at first.

    >>> choose_activation("hidden")
    'relu'
    """
    # TODO: for which layer does the architecture matter?
    raise NotImplementedError
