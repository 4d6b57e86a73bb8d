"""Each epoch shuffles the copies of the epoch before once more."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(targets), generator=generator)
        images, targets = images[order], targets[order]
        start = 0
        while start < len(targets):
            stop = start + batch_size
            losses.append(train_step(model, optimizer, images[start:stop], targets[start:stop]))
            start = stop
    return losses
