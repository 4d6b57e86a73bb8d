"""A context manager of its own puts the mode back."""

from contextlib import contextmanager

import torch


@contextmanager
def evaluating(model):
    before = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(before)


def accuracy(model, images, targets):
    with evaluating(model), torch.no_grad():
        right = 0
        for start in range(0, len(images), 256):
            scores = model(images[start : start + 256])
            right += int((scores.argmax(-1) == targets[start : start + 256]).sum())
    return right / len(images)
