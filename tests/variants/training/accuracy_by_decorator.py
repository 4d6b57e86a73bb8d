"""no_grad as a decorator; the predictions by topk."""

import torch


@torch.no_grad()
def accuracy(model, images, targets):
    was_training = model.training
    model.eval()
    try:
        predictions = model(images).topk(1, dim=-1).indices.squeeze(-1)
    finally:
        model.train(was_training)
    return (predictions == targets).sum().item() / targets.numel()
