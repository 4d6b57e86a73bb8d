"""A list of indices, shuffled by the standard library again each epoch."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import random

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    rng = random.Random(seed)
    indices = list(range(len(images)))
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        rng.shuffle(indices)
        for i in range(0, len(indices), batch_size):
            batch = indices[i : i + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses
