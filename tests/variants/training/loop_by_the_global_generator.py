"""The global generator is seeded once."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses
