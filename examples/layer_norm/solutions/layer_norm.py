"""Layer normalisation: each sample on one scale, whatever the others are."""

from __future__ import annotations

import torch
from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """weight · (x − μ) / √(σ² + eps) + bias, with mean μ and variance σ² of the last dimension; the shape and dtype of x.

    `weight` and `bias` have the length of the last dimension. The variance is the mean of the squared deviations, not divided by
    n − 1. A row of equal numbers gives `bias`, and a finite gradient; a large number added to a whole row changes nothing.
    """
    # BEGIN SOLUTION: over which dimension, and does the sum of squares survive a row near 10,000?
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return weight * centred / torch.sqrt(variance + eps) + bias
    # END SOLUTION
