"""Entries of -inf get their 0 from where."""

import torch


def softmax(logits, dim=-1):
    shifted = logits - logits.amax(dim, keepdim=True)
    e = torch.where(torch.isinf(logits), torch.zeros_like(logits), shifted.exp())
    return e / e.sum(dim, keepdim=True)
