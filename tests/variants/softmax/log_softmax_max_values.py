"""max and function calls, not amax and methods."""

import torch


def log_softmax(logits, dim=-1):
    x = logits - logits.max(dim, keepdim=True)[0]
    return x - torch.log(torch.sum(torch.exp(x), dim=dim, keepdim=True))
