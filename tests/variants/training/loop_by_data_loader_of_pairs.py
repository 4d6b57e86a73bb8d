"""A DataLoader over a list of pairs, with the global seed, a closing evaluation mode undone."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
from torch.utils.data import DataLoader


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    torch.manual_seed(seed)
    pairs = list(zip(images, targets, strict=True))
    loader = DataLoader(pairs, batch_size=batch_size, shuffle=True, drop_last=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(epochs):
        model.train()
        for x, y in loader:
            losses.append(train_step(model, optimizer, x, y))
    return losses
