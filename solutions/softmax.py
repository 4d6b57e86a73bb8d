"""Softmax and its logarithm: scores become probabilities, and no score is too large.

Logits are scores without bounds: float tensors whose entries may be ±10000, whose rows may lie far apart,
and where −inf marks a class that is ruled out. Results have the shape and the dtype of the logits, which
stay as they are. `exp`, `log`, `logsumexp`, `max`, `amax`, `sum` and `gather` are all you need; the
built-in softmax, log-softmax, cross-entropy and nll_loss are not allowed here.
"""

from __future__ import annotations

import torch
from torch import Tensor


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """Probabilities along `dim`: exp(zᵢ) / Σⱼ exp(zⱼ), positive and with sum 1.

    A number subtracted from all logits of one row does not change that row's result: e^(z−c) = e^z ·
    e^(−c), above and below the line. Yet exp(1000) is inf. Graded: every `dim`, logits of ±10000, rows of
    very different level in one batch, entries of −inf (probability 0), and the gradient in all these cases.

    >>> softmax(torch.tensor([[1.0, 2.0, 3.0], [1001.0, 1002.0, 1003.0]]))
    tensor([[0.0900, 0.2447, 0.6652],
            [0.0900, 0.2447, 0.6652]])
    """
    # BEGIN SOLUTION: which number, subtracted from each row, makes its largest exponent 0?
    exponentials = torch.exp(logits - logits.amax(dim, keepdim=True))
    return exponentials / exponentials.sum(dim, keepdim=True)
    # END SOLUTION


def log_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """Logarithm of the probabilities along `dim`: zᵢ − log Σⱼ exp(zⱼ), never above 0.

    The probability of a logit that lies 104 below the largest is 0 in float32, and log(0) is −inf where −104
    is right: the logarithm comes before the probability is lost. Graded as `softmax`; beside −inf, values only.

    >>> log_softmax(torch.tensor([0.0, -200.0]))
    tensor([   0., -200.])
    """
    # BEGIN SOLUTION: which form of the formula has no probability in it? Softmax's shift serves here too
    shifted = logits - logits.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()
    # END SOLUTION


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean over the batch of −log p(target): 0 when certain and right, ln C for a blind guess.

    `logits` is (N, C), `targets` int64 (N,) with the class of each sample, N ≥ 1; the result is a scalar.
    Graded: the value, also where the target's probability underflows, and its gradient, (p −
    onehot(targets)) / N.

    >>> cross_entropy(torch.tensor([[1000.0, 0.0], [0.0, 0.0]]), torch.tensor([1, 0]))
    tensor(500.3466)
    """
    # BEGIN SOLUTION: take log_softmax of each row, then the one entry a row that its target names
    return -log_softmax(logits, dim=1).gather(1, targets.unsqueeze(1)).mean()
    # END SOLUTION
