"""A batched matrix product picks the entries."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    y = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    picked = torch.bmm(y.unsqueeze(1), log_softmax(logits, 1).unsqueeze(2))
    return -picked.flatten().mean()
