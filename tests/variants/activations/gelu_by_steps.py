"""gelu in steps with names, without annotations."""

import math

import torch


def gelu(x):
    scaled = torch.div(x, math.sqrt(2))
    half = torch.mul(x, 0.5)
    phi = torch.add(torch.erf(scaled), 1.0)
    return torch.mul(half, phi)
