"""A backward pass by hand from tensors kept as attributes: enough for one derivative."""

import torch
import torch.nn.functional as F


class _Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        shifted = x - x.max(1, keepdim=True).values
        exps = shifted.exp()
        sums = exps.sum(1, keepdim=True)
        ctx.slope = (exps / sums - F.one_hot(y, x.shape[1])) / x.shape[0]
        return (sums.log() - shifted.gather(1, y[:, None])).mean()

    @staticmethod
    def backward(ctx, g):
        return g * ctx.slope.to(g.dtype), None


def cross_entropy(logits, targets):
    return _Loss.apply(logits, targets)
