"""Scores minus their logsumexp."""

from torch import Tensor


def log_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(dim, keepdim=True)
