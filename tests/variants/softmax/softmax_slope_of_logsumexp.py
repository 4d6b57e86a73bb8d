"""The probabilities are the slope of logsumexp."""

import torch


def softmax(logits, dim=-1):
    return torch.func.grad(lambda scores: scores.logsumexp(dim).sum())(logits)
