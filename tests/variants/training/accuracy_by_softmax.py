"""Probabilities first, then the largest; modes of all modules are remembered."""

import torch


def accuracy(model, images, targets):
    modes = {module: module.training for module in model.modules()}
    grad = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.eval()
    try:
        probabilities = model(images).softmax(dim=1)
        _, predicted = torch.max(probabilities, 1)
        return float(torch.mean((predicted == targets).to(torch.float64)))
    finally:
        torch.set_grad_enabled(grad)
        for module, mode in modes.items():
            module.training = mode
