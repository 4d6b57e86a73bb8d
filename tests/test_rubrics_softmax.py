"""The rubric of softmax: what is right keeps its points, each known mistake loses the check that is about it."""

from __future__ import annotations

import pytest

from grader_plugin import misconceptions
from grader_plugin.result import Status
from grader_plugin.rubrics import load

# Known mistakes by their codes; the body of the function, and the checks that fail of those that run.
WRONG_SOFTMAX = {
    "M01 no max-shift": (
        "e = logits.exp(); return e / e.sum(dim, keepdim=True)",
        {"uneven_rows", "large_logits"},
    ),
    "M03 max of the whole tensor": (
        "e = (logits - logits.max()).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "uneven_rows", "large_logits"},
    ),
    "M04 dim ignored": (
        "e = (logits - logits.amax(-1, keepdim=True)).exp(); return e / e.sum(-1, keepdim=True)",
        {"softmax_every_dim"},
    ),
    "M07 in place": (
        "logits -= logits.amax(dim, keepdim=True); e = logits.exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "softmax_any_tensor", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "M08 minus abs(max)": (
        "e = (logits - logits.amax(dim, keepdim=True).abs()).exp(); return e / e.sum(dim, keepdim=True)",
        {"uneven_rows", "large_logits"},
    ),
    "clamped logits": (
        "e = logits.clamp(-50, 50).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "uneven_rows", "large_logits", "masked_entries"},
    ),
    "X03 detached": (
        "e = (logits.detach() - logits.amax(dim, keepdim=True)).exp(); return (e / e.sum(dim, keepdim=True)).detach()",
        {"softmax_every_dim", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "X06 view": (
        "x = logits.view(-1).view(logits.shape); e = (x - x.amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_any_tensor"},
    ),
    "X08 float32 out": (
        "e = (logits.float() - logits.float().amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_values"},
    ),
}

SHIFTED = "x = logits - logits.amax(dim, keepdim=True); "
WRONG_LOG_SOFTMAX = {
    "L04 max of the whole tensor": (
        "x = logits - logits.max(); return x - x.exp().sum(dim, keepdim=True).log()",
        {"log_any_tensor", "log_of_large_logits"},
    ),
    "L07 clamped": (
        "return softmax(logits, dim).clamp(min=1e-20).log()",
        {"log_keeps_far_classes", "log_of_large_logits"},
    ),
    "L08 detached": (
        "x = logits.detach(); return x - x.logsumexp(dim, keepdim=True)",
        {"log_any_tensor", "log_keeps_far_classes", "log_of_large_logits", "log_gradient"},
    ),
    "in place": (
        "logits -= logits.logsumexp(dim, keepdim=True); return logits",
        {"log_any_tensor", "log_keeps_far_classes", "log_of_large_logits", "log_gradient"},
    ),
}

ROWS = "N = len(logits); rows = torch.arange(N); logp = log_softmax(logits, 1); "
WRONG_CROSS_ENTROPY = {
    "C06 one-hot times log p": (
        "p = softmax(logits, 1); return -(F.one_hot(targets, logits.shape[1]) * p.log()).sum(1).mean()",
        {"confident_mistakes"},
    ),
    "C07 in place": (
        "logits -= logits.amax(1, keepdim=True); return (logits.logsumexp(1) - logits[torch.arange(len(logits)), targets]).mean()",
        {"loss_of_any_batch", "confident_mistakes", "loss_gradient"},
    ),
    "C10 target unused": (
        ROWS + "return -logp.max(1).values.mean()",
        {"mean_over_the_batch"},
    ),
    "C17 base 2": (
        ROWS + "return -logp[rows, targets].mean() / 0.6931471805599453",
        {"mean_over_the_batch"},
    ),
    "targets written to": (
        ROWS + "loss = -logp[rows, targets].mean(); targets += 1; return loss",
        {"loss_of_any_batch", "confident_mistakes", "loss_gradient"},
    ),
    "X03 a new tensor": (
        ROWS + "return torch.tensor(-logp[rows, targets].mean().item(), dtype=logits.dtype)",
        {"confident_mistakes", "loss_gradient"},
    ),
}

ARGUMENTS = {"softmax": "logits, dim=-1", "log_softmax": "logits, dim=-1", "cross_entropy": "logits, targets"}


def define(task: str, body: str) -> str:
    """The function with this body."""
    return f"import torch\nimport torch.nn.functional as F\n\n\ndef {task}({ARGUMENTS[task]}):\n    {body}\n"


WRONG = {"softmax": WRONG_SOFTMAX, "log_softmax": WRONG_LOG_SOFTMAX, "cross_entropy": WRONG_CROSS_ENTROPY}


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in WRONG.items() for code in table])
def test_a_known_mistake_loses_its_check(grading, task, code):
    body, expected = WRONG[task][code]
    results = grading("softmax", define(task, body), task=task)
    failed = {name for name, result in results.items() if result.status is Status.FAILED}
    assert failed == expected
    assert {result.status for result in results.values()} <= {Status.FAILED, Status.PASSED, Status.BLOCKED}
    assert all(results[name].message and results[name].where for name in failed)


def test_each_check_is_lost_by_a_known_mistake():
    checks = {check.name for check in load("softmax").info.checks}
    assert {entry.loses for entry in misconceptions.load("softmax")} == checks


def test_float32_inside_is_remarked(grading):
    body = "x = logits.float() if logits.dtype == torch.float64 else logits; return torch.exp(x - x.logsumexp(dim, keepdim=True)).to(logits.dtype)"
    results = grading("softmax", define("softmax", body), task="softmax")
    assert results["softmax_values"].status is Status.PASSED
    assert "in float32?" in results["softmax_values"].remarks[0]


def test_nan_for_a_masked_class_is_remarked(grading):
    body = "return -(F.one_hot(targets, logits.shape[1]) * log_softmax(logits, 1)).sum(1).mean()"
    results = grading("softmax", define("cross_entropy", body), task="cross_entropy")
    assert "0 · inf is nan" in results["mean_over_the_batch"].remarks[0]


def test_a_backward_pass_of_kept_numbers_is_remarked(grading):
    body = """
    class Hand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.slope = (softmax(x, 1) - F.one_hot(y, x.shape[1])) / len(x)
            return (x.logsumexp(1) - x.gather(1, y[:, None])[:, 0]).mean()
        @staticmethod
        def backward(ctx, g):
            return g * ctx.slope, None
    return Hand.apply(logits, targets)"""
    results = grading("softmax", define("cross_entropy", body), task="cross_entropy")
    assert results["loss_gradient"].status is Status.PASSED
    assert "differentiated again" in results["loss_gradient"].remarks[0]
