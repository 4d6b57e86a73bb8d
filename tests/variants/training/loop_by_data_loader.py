"""TensorDataset and DataLoader, shuffled by a generator of its own."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import torch
from torch.utils.data import DataLoader, TensorDataset


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    loader = DataLoader(
        TensorDataset(images, targets), batch_size=batch_size, shuffle=True, generator=generator
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    return [train_step(model, optimizer, x, y) for _ in range(epochs) for x, y in loader]
