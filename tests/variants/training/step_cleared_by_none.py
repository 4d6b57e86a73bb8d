"""Each parameter's gradient is set to None by hand; the loss is a module."""

from torch import nn


def train_step(model, optimizer, images, targets):
    criterion = nn.CrossEntropyLoss()
    for parameter in model.parameters():
        parameter.grad = None
    loss = criterion(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.detach().item()
