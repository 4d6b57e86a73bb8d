"""The logsumexp is expanded to the shape of the scores first."""

import torch


def log_softmax(logits, dim=-1):
    total = torch.logsumexp(logits, dim, keepdim=True).expand_as(logits)
    return torch.subtract(logits, total)
