"""A dot product of everything flattened."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    y = F.one_hot(targets, num_classes=logits.shape[-1]).to(logits)
    return -torch.dot(y.flatten(), log_softmax(logits, dim=-1).flatten()).div(len(y))
