"""A learner's function is differentiable in a check, though it runs in another process: to any order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from grader_plugin.exercise import Exercise, Task
from grader_plugin.result import CheckResult, Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox
from grader_plugin.submission import Submission

Judge = Callable[[Submission], None]
Judged = Callable[[str, Judge], CheckResult]


@pytest.fixture
def judged(sandbox: Sandbox, tmp_path: Path) -> Judged:
    """Run `judge(submission)` as the check of a file whose function is `f`."""

    def judge_it(code: str, judge: Judge) -> CheckResult:
        """It holds"""
        exercise = Exercise("activations", "One", tasks=(Task("f"),))

        def check(submission: Submission) -> None:
            """It holds"""
            judge(submission)

        exercise.check(task="f", points=1)(check)
        (tmp_path / "activations.py").write_text(f"import torch\n\n\n{code}")
        return Run(tmp_path, "e", sandbox=sandbox, exercises={"activations": exercise}).check(
            "activations", "check"
        )

    return judge_it


def points(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64).requires_grad_()


SMOOTH = {
    "one tensor": ("def f(x):\n    return x * torch.sigmoid(x)\n", lambda: (points(3, 2),)),
    "two tensors": ("def f(x, y):\n    return (x @ y).tanh()\n", lambda: (points(2, 3), points(3, 2))),
    "a scalar": ("def f(x):\n    return (x**3).sum()\n", lambda: (points(4),)),
    "several outputs": ("def f(x):\n    return x.sin(), [x.exp()]\n", lambda: (points(3),)),
    "not every input": ("def f(x, y):\n    return x.exp()\n", lambda: (points(3), points(3))),
    "a view of its input": ("def f(x):\n    return x[::2] ** 2\n", lambda: (points(5),)),
}


@pytest.mark.parametrize("kind", SMOOTH)
def test_gradcheck_and_gradgradcheck_across_the_boundary(kind: str, judged: Judged) -> None:
    code, inputs = SMOOTH[kind]

    def judge(submission: Submission) -> None:
        def function(*args: Tensor) -> object:
            value = submission.f(*args)
            return (value[0], value[1][0]) if isinstance(value, tuple) else value

        assert gradcheck(function, inputs())
        assert gradgradcheck(function, inputs(), check_undefined_grad=False)

    result = judged(code, judge)
    assert result.status is Status.PASSED, result


def test_a_wrong_backward_is_the_learners(judged: Judged) -> None:
    code = (
        "class Wrong(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * 3\n\n\n"
        "def f(x):\n    return Wrong.apply(x)\n"
    )
    result = judged(code, lambda submission: gradcheck(submission.f, points(2)) and None)
    assert result.status is Status.FAILED
    assert "Jacobian mismatch" in result.message


def test_orders_cotangents_and_accumulation_as_in_one_process(judged: Judged) -> None:
    def judge(submission: Submission) -> None:
        x, weight = points(4), torch.randn(4, dtype=torch.float64)
        y = submission.f(x * 2) + submission.f(x)  # the remote node in the midst of a local graph
        (slope,) = torch.autograd.grad(y, x, weight, create_graph=True)
        truth = (6 * 4 * x.detach() ** 2 + 3 * x.detach() ** 2) * weight
        assert torch.allclose(slope, truth)
        (bend,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
        assert torch.allclose(bend, 54 * x.detach() * weight)
        (third,) = torch.autograd.grad(bend.sum(), x)
        assert torch.allclose(third, 54 * weight)
        submission.f(x).sum().backward()
        assert x.grad is not None
        submission.f(x).sum().backward()
        assert torch.allclose(x.grad, 6 * x.detach() ** 2)

    result = judged("def f(x):\n    return x**3\n", judge)
    assert result.status is Status.PASSED, result


@pytest.mark.parametrize(
    "body",
    [
        "x.detach() * 2",
        "x.data * 2",
        "torch.tensor(x.tolist())",
        "torch.from_numpy(x.detach().numpy() * 2)",
    ],
)
def test_a_graph_that_is_cut_is_named(body: str, judged: Judged) -> None:
    result = judged(
        f"def f(x):\n    return {body}\n", lambda submission: submission.f(points(3)).sum().backward()
    )
    assert result.status is Status.FAILED
    assert result.message == "f has no gradient path back to its input"
    assert ".item(), .detach(), .data or .numpy()" in result.hint


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: torch.randn(3, 4).t(), "x.stride() == (1, 4)"),
        (lambda: torch.randn(4, 6)[:, ::2], "not x.is_contiguous()"),
        (lambda: torch.randn(2, 3), "x.is_contiguous()"),
        (lambda: torch.tensor(1.0), "x.dim() == 0"),
        (lambda: torch.randn(0, 3), "x.shape == (0, 3)"),
        (lambda: torch.randn(3).requires_grad_(), "x.requires_grad and x.is_leaf"),
        (lambda: torch.randn(3), "not x.requires_grad"),
    ],
)
def test_an_input_arrives_as_it_is(make: Callable[[], Tensor], code: str, judged: Judged) -> None:
    def judge(submission: Submission) -> None:
        x = make()
        assert torch.equal(submission.f(x), x)

    result = judged(f"def f(x):\n    assert {code}, (x.shape, x.stride())\n    return x * 1\n", judge)
    assert result.status is Status.PASSED, result


def test_writing_into_an_input_that_asks_for_gradients_is_the_learners_error(judged: Judged) -> None:
    result = judged(
        "def f(x):\n    return x.mul_(2)\n", lambda submission: submission.f(points(3)).sum().backward()
    )
    assert result.status is Status.FAILED
    assert result.message.startswith("f raised RuntimeError: a leaf Variable that requires grad")
    assert result.where == "e/activations.py:5"


def test_each_call_has_its_own_copy_of_the_input(judged: Judged) -> None:
    def judge(submission: Submission) -> None:
        x = torch.ones(3)
        assert submission.f(x).tolist() == [2, 2, 2]
        assert submission.f(x).tolist() == [2, 2, 2]
        assert x.tolist() == [1, 1, 1]

    assert judged("def f(x):\n    return x.mul_(2)\n", judge).status is Status.PASSED


def test_a_backward_that_raises_or_ends_the_process_is_told(judged: Judged) -> None:
    code = (
        "import os\n\n\n"
        "class Bad(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        {}\n\n\n"
        "def f(x):\n    return Bad.apply(x)\n"
    )

    def judge(submission: Submission) -> None:
        submission.f(points(2)).sum().backward()

    result = judged(code.format("raise ValueError('no')"), judge)
    assert result.message == "The backward pass of f raised ValueError: no"
    assert result.where == "e/activations.py:14"
    assert judged(code.format("os._exit(4)"), judge).message == (
        "The backward pass of f ended the process with exit status 4"
    )
    assert judged(code.format("return g[:1]"), judge).status is Status.FAILED


def test_a_module_and_its_gradients(judged: Judged) -> None:
    code = (
        "class f(torch.nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.w = torch.nn.Parameter(torch.ones(2))\n\n"
        "    def forward(self, x):\n        return x * self.w**2\n"
    )

    def judge(submission: Submission) -> None:
        model = submission.f()
        x = points(3, 2).detach().float().requires_grad_()
        y = model(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        assert torch.equal(slope, torch.ones(3, 2))
        assert model.parameters()["w"].tolist() == [1, 1]
        assert model.backward(x.detach(), torch.ones(3, 2))["w"] is not None
        assert torch.allclose(model.gradients()["w"], 2 * x.detach().sum(0))
        model.restore({"w": torch.zeros(2)})
        assert model(x).tolist() == [[0, 0]] * 3

    result = judged(code, judge)
    assert result.status is Status.PASSED, result
