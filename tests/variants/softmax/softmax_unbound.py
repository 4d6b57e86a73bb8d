"""A list of slices along the dimension, in Python."""

from functools import reduce

import torch


def softmax(logits, dim=-1):
    slices = logits.unbind(dim)
    largest = reduce(torch.maximum, slices)
    powers = [torch.exp(one - largest) for one in slices]
    total = sum(powers)
    return torch.stack([power / total for power in powers], dim=dim)
