"""The step asks for a graph itself, and clears what the optimizer holds group by group."""

import torch
import torch.nn.functional as F


@torch.enable_grad()
def train_step(model, optimizer, images, targets):
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                parameter.grad.zero_()
    output = model(images)
    loss = F.cross_entropy(input=output, target=targets)
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.data.cpu().numpy().item()
