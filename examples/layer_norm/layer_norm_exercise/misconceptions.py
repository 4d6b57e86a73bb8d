"""What goes wrong in layer_norm.py: the wrong numbers are averaged, or the right ones in the wrong order."""

from __future__ import annotations

import torch
from torch import Tensor

from grader_plugin.misconceptions import Misconceptions

misconceptions = Misconceptions()


@misconceptions.entry(
    "L01-over-the-batch",
    task="layer_norm",
    loses="layer_norm_values",
    diagnosis="Mean and variance are taken over the samples, which is batch normalisation.",
    hint="For a batch of one sample, what should be left of it?",
)
def over_the_batch(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    centred = x - x.mean(dim=0, keepdim=True)
    return weight * centred / torch.sqrt(centred.square().mean(dim=0, keepdim=True) + eps) + bias


@misconceptions.entry(
    "L02-over-everything",
    task="layer_norm",
    loses="layer_norm_values",
    diagnosis="One mean and one variance are taken over all numbers of the batch.",
    hint="How many rows are there, and how many means?",
)
def over_everything(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    centred = x - x.mean()
    return weight * centred / torch.sqrt(centred.square().mean() + eps) + bias


@misconceptions.entry(
    "L03-unbiased",
    task="layer_norm",
    loses="layer_norm_values",
    diagnosis="The squared deviations are divided by n − 1, which estimates a population's variance.",
    hint="What does torch.var divide by unless it is told otherwise?",
)
def unbiased(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    return weight * (x - x.mean(-1, True)) / torch.sqrt(x.var(-1, keepdim=True) + eps) + bias


@misconceptions.entry(
    "L04-no-scale",
    task="layer_norm",
    loses="layer_norm_values",
    diagnosis="The rows are normalised, and weight and bias have no say.",
    hint="Where do the other two arguments come in?",
)
def no_scale(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    centred = x - x.mean(-1, True)
    return centred / torch.sqrt(centred.square().mean(-1, True) + eps)


@misconceptions.entry(
    "L05-own-eps",
    task="layer_norm",
    loses="layer_norm_takes_eps",
    diagnosis="eps is a number of its own, and the argument has no say.",
    hint="What changes if eps is 0.5?",
)
def own_eps(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    centred = x - x.mean(-1, True)
    return weight * centred / torch.sqrt(centred.square().mean(-1, True) + 1e-5) + bias


@misconceptions.entry(
    "L06-cut-off",
    task="layer_norm",
    loses="layer_norm_gradient",
    diagnosis="Mean and variance are cut off from the gradient.",
    hint="If one number of a row grows, what becomes of the others?",
)
def cut_off(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    mean, variance = x.detach().mean(-1, True), x.detach().var(-1, keepdim=True, unbiased=False)
    return weight * (x - mean) / torch.sqrt(variance + eps) + bias


@misconceptions.entry(
    "L07-beside-the-root",
    task="layer_norm",
    loses="rows_without_spread",
    diagnosis="eps is added to the root instead of the variance, so the root of 0 is taken and its slope is inf.",
    hint="At variance 0, what is the slope of the root?",
)
def beside_the_root(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    centred = x - x.mean(-1, True)
    return weight * centred / (torch.sqrt(centred.square().mean(-1, True)) + eps) + bias


@misconceptions.entry(
    "L08-difference-of-squares",
    task="layer_norm",
    loses="rows_far_from_zero",
    diagnosis="The variance is the mean of the squares less the square of the mean, and far from 0 nothing is left of that.",
    hint="What do 4096² and 4097² differ by, and how many digits has a float32?",
)
def difference_of_squares(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    mean = x.mean(-1, True)
    variance = ((x * x).mean(-1, True) - mean * mean).clamp(min=0)
    return weight * (x - mean) / torch.sqrt(variance + eps) + bias
