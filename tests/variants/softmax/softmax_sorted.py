"""The largest score by sorting."""

import torch


def softmax(logits, dim=-1):
    ordered = logits.sort(dim, descending=True).values
    e = torch.exp(logits - ordered.narrow(dim, 0, 1))
    return e / e.sum(dim, keepdim=True)
