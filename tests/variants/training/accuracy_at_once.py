"""All images at once, in inference mode."""

import torch


def accuracy(model, images, targets):
    mode = model.training
    try:
        model.eval()
        with torch.inference_mode():
            return torch.eq(model(images).max(dim=1).indices, targets).double().mean().item()
    finally:
        model.train(mode)
