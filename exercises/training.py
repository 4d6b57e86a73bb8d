"""Training: batches, gradients, steps, and a race between activation functions.

Images are float32 from 0 to 1, (N, 1, 28, 28), used as they are; targets are int64, (N,), the digit of each
image. `torch.nn`, `torch.optim` and `F.cross_entropy` are welcome. When all six functions are there, the closing
exercise trains three networks on the whole of MNIST and draws how they learned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .mlp import MLP

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def train_step(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    """Do one step on one batch and return the batch's mean cross-entropy as it was before the update.

    The model gives logits. Gradients that are left from before must not count: PyTorch adds new ones to
    them. The loss is a Python float, so that no graph is kept alive. Any optimizer of `torch.optim` whose
    `step()` needs no closure will do.
    """
    # TODO: forget, predict, compare, differentiate, update: which calls are these, in which order?
    raise NotImplementedError


def train(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    """Train by stochastic gradient descent without momentum and return the loss of every step, in order.

    An epoch visits each sample once, in ceil(N / batch_size) batches, the last one as small as it comes,
    and each batch goes through `train_step`. Each epoch has a new order; `seed` decides the orders and
    nothing else, so the same weights and the same seed give the same losses. The model comes initialised;
    it is put in training mode.
    """
    # TODO: `torch.randperm` gives an order; images and targets need the same one
    raise NotImplementedError


def accuracy(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    """Share of the images, from 0 to 1, whose largest logit is that of their target.

    Measured in evaluation mode and without a graph. The model is left as it was found: its parameters, its
    mode (`model.training`, even when the model raises), and no random number is drawn.
    """
    # TODO: `model.eval()`, `torch.no_grad()`, `argmax`; which statement of Python always cleans up?
    raise NotImplementedError


def compare(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    """Train one new `MLP` for each activation, from one start, and return the losses of each under its name.

    `settings` go to `train` as they are. For each name in turn: `torch.manual_seed(seed)` with the seed
    among the settings (0 without one), a new `MLP(activation)`, then `train`. So all networks start from
    the same weights and see the same batches: one function under two names gives the same losses twice.
    """
    # TODO: a fair race has one start; what has to happen before each network is made?
    raise NotImplementedError


def plot_losses(histories: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the losses of each network, as `compare` returns them, against the step, and return the figure.

    Graded: one axes, for each name a line that its label or the legend calls so, its heights the losses; a
    legend, both axes named. Losses of single batches are noisy: smoothed lines may be added.
    """
    import matplotlib.pyplot as plt  # here, so that everything else in this file works without it

    # TODO: one `axes.plot(losses, label=name)` a network, then the names of the axes and the legend
    raise NotImplementedError


def fastest(histories: Mapping[str, Sequence[float]]) -> str:
    """Name of the network that learned fastest: the lowest mean loss over the steps that all of them have.

    A curve with nan or inf anywhere is out of the race and does not shorten it. The others are cut to the
    length of the shortest; of equal means the first name wins. `ValueError` if no curve is left or one is
    empty.

    >>> fastest({"a": [2.0, 1.0], "b": [2.0, 0.5, 0.1], "c": [0.1, math.nan]})
    'b'
    """
    # TODO: first drop, then cut, then compare; `math.isfinite` and `statistics.fmean` may help
    raise NotImplementedError


if __name__ == "__main__":
    from grader_plugin.closing import run

    run(__package__)
