"""torch.func.vmap over a loss of one sample."""

import torch


def cross_entropy(logits, targets):
    def loss(row, target):
        return torch.logsumexp(row, 0) - row.gather(0, target.unsqueeze(0)).squeeze(0)

    return torch.func.vmap(loss)(logits, targets).mean()
