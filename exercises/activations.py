"""Activation functions: what stands between two layers, written out by hand.

Each function takes a float tensor of any shape (float16, bfloat16, float32 or float64) and returns a new
one of the same shape and dtype; `x` itself stays as it is. Autograd finds the derivative, so no backward is
written. Elementary operations are welcome (`exp`, `expm1`, `erf`, `erfc`, `where`, `clamp`, `maximum`, …),
and one function may call another of this file. Only the function's own built-in is not: no `torch.relu` in
`relu`.

Graded: values and gradients against float64, finite and right at ±10000 (float16 up to ±60000) and at
exactly 0; also that every gradient but relu's can be differentiated once more.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def relu(x: Tensor) -> Tensor:
    """Rectified linear unit, max(0, x) element by element.

    The slope is 0 left of zero and 1 right of it; at zero itself any of 0, ½ and 1 is accepted.

    >>> relu(torch.tensor([-2.0, 0.0, 3.0]))
    tensor([0., 0., 3.])
    """
    # TODO: what becomes of 3, and what of -3?
    raise NotImplementedError


def gelu(x: Tensor) -> Tensor:
    """Gaussian error linear unit, x·Φ(x), where Φ is the distribution function of the standard normal.

    Φ(x) = ½ (1 + erf(x/√2)) = ½ erfc(−x/√2). This exact form is asked for, not the tanh approximation.
    The slope at zero is ½.

    >>> gelu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    # TODO: which share of x does the gate Φ(x) let through? √2 is `math.sqrt(2)`
    raise NotImplementedError


def silu(x: Tensor) -> Tensor:
    """Sigmoid linear unit, x·σ(x), also called swish. The slope at zero is ½.

    x / (1 + exp(−x)) is the same in a textbook, but its gradient is nan at −1000.

    >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    # TODO: which function of this file is the gate?
    raise NotImplementedError


def sigmoid(x: Tensor) -> Tensor:
    """Logistic function, σ(x) = 1 / (1 + exp(−x)) = exp(x) / (1 + exp(x)). The slope at zero is ¼.

    Each of the two formulas is right, and each overflows on one side: exp(1000) is inf, and inf · 0 in the
    backward pass is nan. `torch.where` alone does not help, because it differentiates both of its branches.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    # TODO: can you write it so that exp only ever sees zero or less, with slope ¼ at 0?
    raise NotImplementedError


def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangent, (exp(x) − exp(−x)) / (exp(x) + exp(−x)) = 2σ(2x) − 1. The slope at zero is 1.

    The quotient as it stands is inf / inf from |x| = 89 on, in float16 from 12 on.

    >>> tanh(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([-1.,  0.,  1.])
    """
    # TODO: divide both halves by exp(x) or by exp(−x), whichever is larger; what is left that can overflow?
    raise NotImplementedError


def tour(x: Tensor) -> dict[str, Tensor]:
    """The five functions above at the points `x`, under the names ReLU, GELU, SiLU, Sigmoid and Tanh.

    >>> list(tour(torch.zeros(3)))
    ['ReLU', 'GELU', 'SiLU', 'Sigmoid', 'Tanh']
    """
    # TODO: a dictionary, from each name to what your own function returns
    raise NotImplementedError


def plot_tour(x: Tensor) -> Figure:
    """Draw the five curves of `tour(x)` against `x`, a 1-D tensor in rising order, and return the figure.

    All in one axes, or one axes a function. Graded: the five names, each as the label of its own curve, a
    legend (or a title for each axes), a grid, both axes named, and the points that `tour(x)` gives.
    """
    import matplotlib.pyplot as plt  # here, so that everything else in this file works without it

    # TODO: `figure, axes = plt.subplots()`, then one `axes.plot` for each curve
    raise NotImplementedError
