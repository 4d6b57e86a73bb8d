"""The order is the argsort of random numbers, cut by tensor_split."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD([{"params": model.parameters()}], lr=learning_rate, momentum=0.0)
    generator = torch.Generator().manual_seed(seed)
    model.train(True)
    losses = []
    for _ in range(epochs):
        order = torch.rand(len(images), generator=generator, dtype=torch.float64).argsort()
        for batch in torch.tensor_split(order, tuple(range(batch_size, len(order), batch_size))):
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses
