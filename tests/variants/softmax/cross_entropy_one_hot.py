"""The one-hot rows times the logarithms, summed."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch.nn.functional as F


def cross_entropy(logits, targets):
    chosen = F.one_hot(targets, logits.shape[1])
    return -(chosen * log_softmax(logits, 1)).sum(1).mean()
