"""The generator is seeded in a fork and left as it was; weights stacked into one tensor."""

import torch


def gradient_norms(activation, depth, width=64, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        weights = torch.randn(depth, width, width) * width**-0.5
        x = torch.randn(128, width)
    weights.requires_grad_(True)
    for index in range(depth):
        x = activation(torch.einsum("oi,ni->no", weights[index], x))
    (x.sum() / x.shape[0]).backward()
    return torch.linalg.vector_norm(weights.grad, dim=(1, 2)).tolist()
