"""The one-hot rows as a mask for where."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    mask = F.one_hot(targets, logits.shape[1]).bool()
    return -torch.where(mask, log_softmax(logits, 1), 0).sum(1).mean()
