"""Copies are shuffled once an epoch, and split."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(images.shape[0], generator=generator)
        for x, y in zip(images[order].split(batch_size), targets[order].split(batch_size), strict=True):
            losses += [train_step(model, optimizer, x, y)]
    return losses
