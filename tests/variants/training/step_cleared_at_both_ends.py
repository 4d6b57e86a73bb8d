"""Gradients are cleared before and after; the loss by float()."""

import torch.nn.functional as F


def train_step(model, optimizer, images, targets):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)
