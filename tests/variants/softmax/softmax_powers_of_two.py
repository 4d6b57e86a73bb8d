"""exp as a power of two: 2 to the x times log2(e)."""

import math

import torch


def softmax(logits, dim=-1):
    z = logits - logits.amax(dim, keepdim=True)
    e = torch.exp2(z * math.log2(math.e))
    return e / e.sum(dim, keepdim=True)
