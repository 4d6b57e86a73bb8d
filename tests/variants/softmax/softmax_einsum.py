"""The sum by einsum over the last dimension."""

import torch


def softmax(logits, dim=-1):
    x = logits.movedim(dim, -1)
    e = torch.exp(x - x.amax(-1, keepdim=True))
    total = torch.einsum("...c->...", e)
    return torch.einsum("...c,...->...c", e, 1 / total).movedim(-1, dim)
