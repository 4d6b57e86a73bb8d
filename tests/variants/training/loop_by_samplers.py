"""A RandomSampler in a BatchSampler gives the indices."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
from torch.utils.data import BatchSampler, RandomSampler


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    sampler = RandomSampler(range(len(images)), generator=torch.Generator().manual_seed(seed))
    batches = BatchSampler(sampler, batch_size, drop_last=False)
    optimizer = torch.optim.SGD(params=model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        for indices in batches:
            losses.append(train_step(model, optimizer, images[indices], targets[indices]))
    return losses
