"""Layer normalisation: values, which dimension, gradient, rows without spread, rows far from 0."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from grader_plugin.compare import assert_close, like_input
from grader_plugin.exercise import Exercise, Task
from grader_plugin.submission import Submission

FORBIDDEN = frozenset(
    {"aten::layer_norm", "aten::native_layer_norm", "aten::native_batch_norm", "aten::native_group_norm"}
)
exercise = Exercise(
    "layer_norm",
    "Layer normalisation",
    points=10,
    tasks=(
        Task(
            "layer_norm",
            like_input,
            FORBIDDEN,
            hints=(
                "For a batch of 4 samples with 3 features each: how many means are there, 3 or 4?",
                "Of the row 1, 2, 3 the mean is 2 and the variance ⅔, so without weight and bias it becomes −1.2247, 0, 1.2247.",
                "First the deviations from the mean of their row; their squares have the variance as mean. eps goes under the root.",
            ),
        ),
    ),
)


def truth(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """PyTorch's own, in float64."""
    return F.layer_norm(x.double(), x.shape[-1:], weight.double(), bias.double(), eps)


# What eps does beside the root instead of under it is 1e-5 at most here, and other checks are for that.
ROOM = 2e-5


def room(expected: Tensor) -> Tensor:
    """So much of each number, and of 1 where it is smaller."""
    return ROOM * expected.detach().double().abs().clamp(min=1.0)


def scale(features: int) -> tuple[Tensor, Tensor]:
    """A weight and a bias that show: neither ones nor zeros."""
    return 1 + torch.rand(features), torch.randn(features)


@exercise.check(task="layer_norm", points=3)
def layer_norm_values(submission: Submission) -> None:
    """layer_norm brings each row to mean 0 and variance 1, then scales and shifts each feature"""
    for shape in ((6, 5), (3, 4, 7)):
        x, (weight, bias) = 2 * torch.randn(shape) + 1, scale(shape[-1])
        hint = "Which numbers is the mean taken of, what is the sum of squares divided by, and where do weight and bias come in?"
        name, expected = f"layer_norm of a {shape} tensor", truth(x, weight, bias)
        assert_close(
            submission.layer_norm(x, weight, bias),
            expected,
            name,
            dtype=x.dtype,
            tolerance=room(expected),
            hint=hint,
        )


@exercise.check(task="layer_norm", points=2, after=layer_norm_values)
def layer_norm_takes_eps(submission: Submission) -> None:
    """layer_norm adds the eps that it is given to the variance"""
    x, (weight, bias) = torch.randn(4, 6), scale(6)
    hint = "Under the root or beside it, and is it the argument's?"
    name = "layer_norm(x, weight, bias, eps=0.5)"
    assert_close(
        submission.layer_norm(x, weight, bias, 0.5),
        truth(x, weight, bias, 0.5),
        name,
        dtype=x.dtype,
        hint=hint,
    )


@exercise.check(task="layer_norm", points=2, after=layer_norm_values)
def layer_norm_gradient(submission: Submission) -> None:
    """layer_norm passes the gradient through mean and variance, too"""
    x, (weight, bias) = torch.randn(5, 6, requires_grad=True), scale(6)
    upstream = torch.randn(5, 6)
    (slope,) = torch.autograd.grad(submission.layer_norm(x, weight, bias), x, upstream)
    (expected,) = torch.autograd.grad(truth(x, weight, bias), x, upstream.double())
    assert_close(
        slope,
        expected,
        "The gradient",
        dtype=x.dtype,
        tolerance=room(expected),
        hint="Which of your steps does autograd not see?",
    )


@exercise.check(task="layer_norm", points=2, after=layer_norm_values)
def rows_without_spread(submission: Submission) -> None:
    """A row of equal numbers gives the bias, and a finite gradient"""
    weight, bias = scale(4)
    x = torch.full((2, 4), 3.0, requires_grad=True)
    answer = submission.layer_norm(x, weight, bias)
    hint = "What is divided by what there, and what is the slope of a root at 0?"
    assert_close(answer, bias.expand(2, 4), "layer_norm of equal numbers", hint=hint)
    (slope,) = torch.autograd.grad(answer, x, torch.randn(2, 4))
    (expected,) = torch.autograd.grad(truth(x, weight, bias), x, torch.zeros(2, 4).double())
    assert_close(
        slope.isfinite().float(),
        torch.ones_like(expected),
        "How finite the gradient is",
        dtype=x.dtype,
        hint=hint,
    )


@exercise.check(task="layer_norm", points=1, after=layer_norm_values)
def rows_far_from_zero(submission: Submission) -> None:
    """A large number added to a whole row changes nothing that float32 can hold"""
    weight, bias = scale(8)
    x = torch.randn(3, 8) + 4096
    hint = "What are the squares of numbers near 4096, and how many digits of their difference are left?"
    expected = truth(x, weight, bias)
    error = (submission.layer_norm(x, weight, bias).detach().double() - expected).abs().max()
    worst = torch.tensor(float(error > 0.02))
    assert_close(
        worst, torch.tensor(0.0), "The share of rows near 4096 that are off by more than 0.02", hint=hint
    )
