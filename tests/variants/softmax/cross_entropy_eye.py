"""The one-hot rows are rows of the identity."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[targets]
    return -(one_hot * log_softmax(logits, 1)).sum() / logits.shape[0]
