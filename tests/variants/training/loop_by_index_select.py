"""Batches by index_select, counted out beforehand with ceil."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import math

import torch


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    count = images.size(0)
    generator = torch.Generator()
    generator.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    model.train()
    for _epoch in range(epochs):
        order = torch.randperm(count, generator=generator)
        for number in range(math.ceil(count / batch_size)):
            batch = order[number * batch_size : min(count, (number + 1) * batch_size)]
            x = torch.index_select(images, 0, batch)
            y = torch.index_select(targets, 0, batch)
            losses.append(train_step(model, optimizer, x, y))
    return losses
