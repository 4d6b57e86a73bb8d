"""The seed is an argument of its own, and handed on."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch

from .mlp import MLP


def compare(activations, images, targets, *, seed=0, **settings):
    histories = dict.fromkeys(activations)
    for name, activation in activations.items():
        torch.random.manual_seed(seed)
        histories[name] = train(MLP(activation), images, targets, seed=seed, **settings)
    return histories
