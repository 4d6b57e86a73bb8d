"""The largest score by aminmax."""

import torch


def softmax(logits, dim=-1):
    largest = torch.aminmax(logits, dim=dim, keepdim=True).max
    e = torch.exp(torch.sub(logits, largest))
    return torch.true_divide(e, e.sum(dim, keepdim=True))
