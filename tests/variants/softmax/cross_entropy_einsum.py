"""einsum of one-hot rows and logarithms."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    y = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return -torch.einsum("nc,nc->n", y, log_softmax(logits)).mean()
