"""A list of losses, one a sample, stacked."""

import torch


def cross_entropy(logits, targets):
    losses = [row.logsumexp(0) - row[y] for row, y in zip(logits, targets, strict=True)]
    return torch.stack(losses).mean()
