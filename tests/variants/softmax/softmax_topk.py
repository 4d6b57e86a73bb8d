"""The largest score by topk."""

import torch


def softmax(logits, dim=-1):
    largest = torch.topk(logits, 1, dim=dim).values
    e = torch.exp(logits - largest)
    return e / e.sum(dim, keepdim=True)
