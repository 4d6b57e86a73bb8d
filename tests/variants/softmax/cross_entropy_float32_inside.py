"""Computed in float32 at least, returned in the dtype that came."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def cross_entropy(logits, targets):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    loss = -log_softmax(x, dim=1).gather(1, targets[:, None]).mean()
    return loss.to(logits.dtype)
