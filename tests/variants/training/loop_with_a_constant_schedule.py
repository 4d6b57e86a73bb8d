"""A scheduler that changes nothing, and Nesterov left off."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, weight_decay=0, nesterov=False)
    schedule = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        schedule.step()
    return losses
