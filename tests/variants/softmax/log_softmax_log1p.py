"""log1p of the sum without the largest term."""

import torch


def log_softmax(logits, dim=-1):
    x = logits - logits.amax(dim, keepdim=True)
    rest = x.exp().sum(dim, keepdim=True) - 1
    return x - torch.log1p(rest)
