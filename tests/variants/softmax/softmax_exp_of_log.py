"""The exp of scores minus their logsumexp."""

import torch


def softmax(logits, dim=-1):
    return torch.exp(logits - torch.logsumexp(logits, dim=dim, keepdim=True))
