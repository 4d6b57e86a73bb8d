"""tanh with a backward pass from the saved output."""

from typing import Any

import torch
from torch import Tensor


class _Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        e = torch.expm1(-2 * x.abs())
        y = torch.sign(x) * (-e / (e + 2))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return grad_output * (1 - y.square())


def tanh(x: Tensor) -> Tensor:
    return _Tanh.apply(x)
