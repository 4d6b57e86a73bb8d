"""Softmax is the slope of logsumexp, and autograd can take it."""

import torch


def softmax(logits, dim=-1):
    with torch.enable_grad():
        x = logits if logits.requires_grad else logits.detach().requires_grad_()
        keep = logits.requires_grad
        (p,) = torch.autograd.grad(x.logsumexp(dim).sum(), x, create_graph=keep)
    return p
