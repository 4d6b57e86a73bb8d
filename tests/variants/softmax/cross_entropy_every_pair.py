"""Each row's logsumexp minus every sample's score: N · N differences, and their mean is the loss all the same."""

import torch


def cross_entropy(logits, targets):
    total = logits.logsumexp(dim=1, keepdim=True)
    right = logits[torch.arange(len(targets)), targets]
    return (total - right).mean()
