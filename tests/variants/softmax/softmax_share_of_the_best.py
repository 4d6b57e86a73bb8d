"""The share of the best class is 1 over the sum, each other a part of that."""

import torch


def softmax(logits, dim=-1):
    x = logits.movedim(dim, -1)
    m = x.amax(-1, keepdim=True)
    z = x - m
    e = z.exp()
    share = 1 / e.sum(-1, keepdim=True)
    return torch.mul(e, share).movedim(-1, dim)
