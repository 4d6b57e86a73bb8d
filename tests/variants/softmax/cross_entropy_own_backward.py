"""A backward pass by hand: p minus one-hot, over N, times what comes in."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logp = log_softmax(logits, 1)
        ctx.save_for_backward(logp, targets)
        return -logp[torch.arange(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, grad_output):
        logp, targets = ctx.saved_tensors
        slope = logp.exp()
        slope[torch.arange(len(targets)), targets] -= 1
        return grad_output * slope / len(targets), None


def cross_entropy(logits, targets):
    return CrossEntropy.apply(logits, targets)
