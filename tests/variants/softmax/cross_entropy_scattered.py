"""The one-hot rows by scatter."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    one_hot = torch.zeros_like(logits).scatter_(1, targets.view(-1, 1), 1.0)
    per_sample = -torch.sum(one_hot * log_softmax(logits), dim=1)
    return torch.mean(per_sample)
