"""A generator function yields the batches."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def batches(images, targets, batch_size, generator):
    order = torch.randperm(len(images), generator=generator)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield images[chosen], targets[chosen]


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    return [
        train_step(model, optimizer, x, y)
        for _ in range(epochs)
        for x, y in batches(images, targets, batch_size, generator)
    ]
