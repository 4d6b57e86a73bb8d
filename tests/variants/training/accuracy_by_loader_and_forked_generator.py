"""A DataLoader whose seed comes from a generator of its own; predictions gathered in one tensor."""

import torch
from torch.utils.data import DataLoader, TensorDataset


def accuracy(model, images, targets):
    mode = model.training
    model.eval()
    loader = DataLoader(TensorDataset(images, targets), batch_size=500, generator=torch.Generator())
    try:
        with torch.no_grad():
            found = torch.cat([model(x).argmax(dim=1) for x, _ in loader])
    finally:
        model.train(mode)
    return float((found == targets).float().mean())
