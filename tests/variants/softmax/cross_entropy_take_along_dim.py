"""take_along_dim picks the entries."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    return -torch.take_along_dim(log_softmax(logits, -1), targets[:, None], 1).mean()
