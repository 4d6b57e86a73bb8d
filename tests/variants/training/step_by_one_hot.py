"""Cross-entropy with one-hot targets, as a sum of products."""

import torch.nn.functional as F


def train_step(model, optimizer, images, targets):
    optimizer.zero_grad()
    logits = model(images)
    wanted = F.one_hot(targets, num_classes=logits.shape[1]).to(logits.dtype)
    loss = -(wanted * logits.log_softmax(dim=1)).sum(dim=1).mean()
    loss.backward()
    optimizer.step()
    return loss.tolist()
