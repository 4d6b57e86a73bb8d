"""One flat index into the reshaped logarithms."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    n, c = logits.shape
    flat = log_softmax(logits, 1).reshape(-1)
    return -flat[torch.arange(n) * c + targets].mean()
