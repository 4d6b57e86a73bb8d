"""One start is drawn, and copied into every network."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import copy

import torch

from .mlp import MLP


def compare(activations, images, targets, **settings):
    start = None
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        model = MLP(activation)
        if start is None:
            start = copy.deepcopy(model.state_dict())
        model.load_state_dict(start)
        histories[name] = train(model, images, targets, **settings)
    return histories
