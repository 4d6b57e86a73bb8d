"""backward(), then an update through .data and .grad by hand."""

import torch
import torch.nn.functional as F


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    model.train()
    model.zero_grad()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            loss.backward()
            for parameter in model.parameters():
                parameter.data.add_(parameter.grad, alpha=-learning_rate)
                parameter.grad = None
            losses.append(float(loss))
    return losses
