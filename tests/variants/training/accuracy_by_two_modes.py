"""eval and train are chosen by if; set_grad_enabled as a context manager; one image a time."""

import torch


def accuracy(model, images, targets):
    training = model.training
    if training:
        model.eval()
    try:
        with torch.set_grad_enabled(False):
            hits = [
                int(model(image.unsqueeze(0)).argmax()) == int(target)
                for image, target in zip(images, targets, strict=True)
            ]
    finally:
        if training:
            model.train()
    return sum(hits) / len(hits)
