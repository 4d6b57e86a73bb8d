"""A helper for one network, a comprehension for all."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch

from .mlp import MLP


def seeded(activation, seed):
    torch.manual_seed(seed)
    return MLP(activation)


def compare(activations, images, targets, **settings):
    seed = settings.get("seed", 0)
    return {
        name: train(seeded(activation, seed), images, targets, **settings)
        for name, activation in activations.items()
    }
