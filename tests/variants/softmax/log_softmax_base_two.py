"""Base 2 all the way, and the factor at the end."""

import math

import torch


def log_softmax(logits, dim=-1):
    x = (logits - logits.amax(dim, keepdim=True)).double() / math.log(2)
    y = x - torch.log2(torch.exp2(x).sum(dim, keepdim=True))
    return (y * math.log(2)).to(logits.dtype)
