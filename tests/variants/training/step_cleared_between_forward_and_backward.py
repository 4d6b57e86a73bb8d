"""Forward, then clear through the model, then backward, with types."""

import torch
from torch import Tensor, nn


def train_step(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    model.train()
    scores: Tensor = model(images)
    loss: Tensor = nn.functional.cross_entropy(scores, targets, reduction="mean")
    value: float = loss.item()
    model.zero_grad()
    loss.backward()
    optimizer.step()
    return value
