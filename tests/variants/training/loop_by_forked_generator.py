"""The global generator is seeded inside fork_rng, so that nobody else notices."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        orders = [torch.randperm(len(images)) for _ in range(epochs)]
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for order in orders:
        for batch in order.split(batch_size):
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses
