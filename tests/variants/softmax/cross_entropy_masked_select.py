"""A mask by comparison with the classes' numbers, and the entries that it selects."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    classes = torch.arange(logits.shape[1])
    mask = targets.unsqueeze(1) == classes
    return -log_softmax(logits, 1).masked_select(mask).mean()
