"""Entries of -inf become the lowest number of the dtype, whose exp is 0 as well."""

import torch


def softmax(logits, dim=-1):
    x = logits.masked_fill(logits == float("-inf"), torch.finfo(logits.dtype).min)
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
