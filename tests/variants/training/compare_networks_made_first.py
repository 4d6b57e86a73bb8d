"""All networks are made first, each from the seed, and trained afterwards."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch

from .mlp import MLP


def compare(activations, images, targets, **settings):
    models = {}
    for name in activations:
        torch.manual_seed(settings.get("seed", 0))
        models[name] = MLP(activation=activations[name])
    histories = {}
    for name, model in models.items():
        histories[name] = train(model, images, targets, **settings)
    return histories
