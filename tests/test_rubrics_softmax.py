"""The rubric of softmax: what is right keeps its points, each known mistake loses the check that is about it."""

from __future__ import annotations

import pytest

from grader_plugin.result import Status
from grader_plugin.rubrics import load

# Known mistakes by their codes; the body of the function, and the checks that fail of those that run.
WRONG_SOFTMAX = {
    "M01 no max-shift": (
        "e = logits.exp(); return e / e.sum(dim, keepdim=True)",
        {"uneven_rows", "large_logits"},
    ),
    "M02 whole tensor": ("e = (logits - logits.max()).exp(); return e / e.sum()", {"rows_sum_to_one"}),
    "M03 max of the whole tensor": (
        "e = (logits - logits.max()).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "softmax_any_tensor", "uneven_rows", "large_logits"},
    ),
    "M04 dim ignored": (
        "e = (logits - logits.amax(-1, keepdim=True)).exp(); return e / e.sum(-1, keepdim=True)",
        {"softmax_every_dim"},
    ),
    "M05 max over a fixed dim": (
        "e = (logits - logits.amax(-1, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim"},
    ),
    "M06 numerator without exp": (
        "return logits / logits.exp().sum(dim, keepdim=True)",
        {"rows_sum_to_one"},
    ),
    "M07 in place": (
        "logits -= logits.amax(dim, keepdim=True); e = logits.exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "softmax_any_tensor", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "M08 minus abs(max)": (
        "e = (logits - logits.amax(dim, keepdim=True).abs()).exp(); return e / e.sum(dim, keepdim=True)",
        {"uneven_rows", "large_logits"},
    ),
    "M09 max returns a pair": (
        "e = (logits - torch.max(logits, dim)).exp(); return e / e.sum(dim, keepdim=True)",
        {"rows_sum_to_one"},
    ),
    "M10 keepdim missing in max": (
        "e = (logits - logits.amax(dim)).exp(); return e / e.sum(dim, keepdim=True)",
        {"rows_sum_to_one"},
    ),
    "M11 keepdim missing in sum": (
        "e = (logits - logits.amax(dim, keepdim=True)).exp(); return e / e.sum(dim)",
        {"rows_sum_to_one"},
    ),
    "M12 mean-shift": (
        "e = (logits - logits.mean(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"large_logits", "masked_entries"},
    ),
    "M13 no exponential": ("return logits / logits.sum(dim, keepdim=True)", {"softmax_values"}),
    "M14 squares": ("e = logits ** 2; return e / e.sum(dim, keepdim=True)", {"softmax_values"}),
    "M14 sigmoids": ("e = logits.sigmoid(); return e / e.sum(dim, keepdim=True)", {"softmax_values"}),
    "base 2": (
        "e = (logits - logits.amax(dim, keepdim=True)).exp2(); return e / e.sum(dim, keepdim=True)",
        {"softmax_values"},
    ),
    "clamped logits": (
        "e = logits.clamp(-50, 50).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "uneven_rows", "large_logits", "masked_entries"},
    ),
    "eps below the line": (
        "e = (logits - logits.amax(dim, keepdim=True)).exp(); return e / (e.sum(dim, keepdim=True) + 1e-4)",
        {"rows_sum_to_one"},
    ),
    "nan_to_num hides the overflow": (
        "e = logits.exp(); return (e / e.sum(dim, keepdim=True)).nan_to_num(1.0)",
        {"uneven_rows", "large_logits"},
    ),
    "X01 built-in": ("return torch.softmax(logits, dim)", {"rows_sum_to_one"}),
    "X02 no return": ("torch.exp(logits)", {"rows_sum_to_one"}),
    "X03 detached": (
        "e = (logits.detach() - logits.amax(dim, keepdim=True)).exp(); return (e / e.sum(dim, keepdim=True)).detach()",
        {"softmax_every_dim", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "X03 half detached": (
        "e = (logits - logits.amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True).detach()",
        {"softmax_every_dim", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "X04 numpy": (
        "e = torch.from_numpy((logits - logits.amax(dim, keepdim=True)).numpy()).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_every_dim", "softmax_any_tensor", "large_logits", "masked_entries", "softmax_gradient"},
    ),
    "X06 view": (
        "x = logits.view(-1).view(logits.shape); e = (x - x.amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_any_tensor"},
    ),
    "X07 backward with a number": (
        """
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            e = (x - x.amax(dim, keepdim=True)).exp()
            ctx.p = (e / e.sum(dim, keepdim=True)).detach()
            return ctx.p.clone()
        @staticmethod
        def backward(ctx, g):
            return ctx.p * (g - (g * ctx.p).sum(dim, keepdim=True))
    return F.apply(logits)""",
        {"softmax_gradient"},
    ),
    "X08 float32 out": (
        "e = (logits.float() - logits.float().amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
        {"softmax_values"},
    ),
}

SHIFTED = "x = logits - logits.amax(dim, keepdim=True); "
WRONG_LOG_SOFTMAX = {
    "L01 naive": ("return logits - logits.exp().sum(dim, keepdim=True).log()", {"log_of_large_logits"}),
    "L02 log of a naive softmax": (
        "e = logits.exp(); return (e / e.sum(dim, keepdim=True)).log()",
        {"log_keeps_far_classes", "log_of_large_logits"},
    ),
    "L03 log of softmax": (
        "return softmax(logits, dim).log()",
        {"log_keeps_far_classes", "log_of_large_logits"},
    ),
    "L04 max of the whole tensor": (
        "x = logits - logits.max(); return x - x.exp().sum(dim, keepdim=True).log()",
        {"log_any_tensor", "log_of_large_logits"},
    ),
    "L05 sum of the whole tensor": ("return logits - logits.exp().sum().log()", {"log_values"}),
    "L06 minus abs(max)": (
        "x = logits - logits.amax(dim, keepdim=True).abs(); return x - x.exp().sum(dim, keepdim=True).log()",
        {"log_of_large_logits"},
    ),
    "L07 eps in the logarithm": (
        "return (softmax(logits, dim) + 1e-15).log()",
        {"log_keeps_far_classes", "log_of_large_logits"},
    ),
    "L07 clamped": (
        "return softmax(logits, dim).clamp(min=1e-20).log()",
        {"log_keeps_far_classes", "log_of_large_logits"},
    ),
    "L08 detached": (
        "x = logits.detach(); return x - x.logsumexp(dim, keepdim=True)",
        {"log_any_tensor", "log_keeps_far_classes", "log_of_large_logits", "log_gradient"},
    ),
    "L09 dim ignored": ("return logits - logits.logsumexp(-1, keepdim=True)", {"log_any_tensor"}),
    "L10 base 10": (SHIFTED + "return x - x.exp().sum(dim, keepdim=True).log10()", {"log_values"}),
    "L10 base 2": (SHIFTED + "return x - x.exp().sum(dim, keepdim=True).log2()", {"log_values"}),
    "L11 sign": ("return logits.logsumexp(dim, keepdim=True) - logits", {"log_values"}),
    "in place": (
        "logits -= logits.logsumexp(dim, keepdim=True); return logits",
        {"log_any_tensor", "log_keeps_far_classes", "log_of_large_logits", "log_gradient"},
    ),
    "masked entries replaced": (
        "x = logits.masked_fill(logits == -torch.inf, 0.0); return x - x.logsumexp(dim, keepdim=True)",
        {"log_of_large_logits"},
    ),
    "sum without exp": (SHIFTED + "return x - x.sum(dim, keepdim=True).log()", {"log_values"}),
    "X01 built-in": ("return F.log_softmax(logits, dim)", {"log_values"}),
    "X02 no return": ("logits - logits.logsumexp(dim, keepdim=True)", {"log_values"}),
    "X07 backward with a number": (
        """
    class Hand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x - x.logsumexp(dim, keepdim=True)
            ctx.p = y.exp().detach()
            return y
        @staticmethod
        def backward(ctx, g):
            return g - ctx.p * g.sum(dim, keepdim=True)
    return Hand.apply(logits)""",
        {"log_gradient"},
    ),
}

ROWS = "N = len(logits); rows = torch.arange(N); logp = log_softmax(logits, 1); "
WRONG_CROSS_ENTROPY = {
    "C01 sum": (ROWS + "return -logp[rows, targets].sum()", {"mean_over_the_batch"}),
    "C02 no reduction": (ROWS + "return -logp[rows, targets]", {"mean_over_the_batch"}),
    "C03 logits as probabilities": (
        ROWS + "return -logits[rows, targets].log().mean()",
        {"mean_over_the_batch"},
    ),
    "C04 log(p + 1e-12)": (
        ROWS + "return -(softmax(logits, 1)[rows, targets] + 1e-12).log().mean()",
        {"confident_mistakes"},
    ),
    "C04 clamped": (
        ROWS + "return -softmax(logits, 1)[rows, targets].clamp(min=1e-9).log().mean()",
        {"confident_mistakes"},
    ),
    "C05 log of softmax": (
        ROWS + "return -softmax(logits, 1)[rows, targets].log().mean()",
        {"confident_mistakes"},
    ),
    "C06 one-hot times log p": (
        "p = softmax(logits, 1); return -(F.one_hot(targets, logits.shape[1]) * p.log()).sum(1).mean()",
        {"confident_mistakes"},
    ),
    "C07 in place": (
        "logits -= logits.amax(1, keepdim=True); return (logits.logsumexp(1) - logits[torch.arange(len(logits)), targets]).mean()",
        {"loss_of_any_batch", "confident_mistakes", "loss_gradient"},
    ),
    "C08 every row with every label": (
        ROWS + "return -logp[:, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C09 first row only": (
        ROWS + "return -logp[0, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C10 target unused": (
        ROWS + "return -logp.max(1).values.mean()",
        {"mean_over_the_batch"},
    ),
    "C11 normalised twice": (
        ROWS + "return -log_softmax(softmax(logits, 1), 1)[rows, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C12 mean over classes too": (
        ROWS + "return -(F.one_hot(targets, logits.shape[1]) * logp).mean()",
        {"mean_over_the_batch"},
    ),
    "C13 expects one-hot": (
        ROWS + "return -(targets * logp).sum(dim=2).mean()",
        {"mean_over_the_batch"},
    ),
    "C14 normalised over the batch too": (
        ROWS + "return -(logits - logits.logsumexp((0, 1)))[rows, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C15 naive": (
        ROWS + "return (logits.exp().sum(1).log() - logits[rows, targets]).mean()",
        {"confident_mistakes"},
    ),
    "C16 sign": (ROWS + "return logp[rows, targets].mean()", {"mean_over_the_batch"}),
    "C17 base 2": (
        ROWS + "return -logp[rows, targets].mean() / 0.6931471805599453",
        {"mean_over_the_batch"},
    ),
    "C18 no logarithm": (
        ROWS + "return -logp.exp()[rows, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C19 not normalised": (
        ROWS + "return -logits[rows, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C20 normalised over the batch": (
        ROWS + "return -log_softmax(logits, 0)[rows, targets].mean()",
        {"mean_over_the_batch"},
    ),
    "C21 squared error": (
        ROWS + "return ((logp.exp() - F.one_hot(targets, logits.shape[1])) ** 2).mean()",
        {"mean_over_the_batch"},
    ),
    "C22 binary loss": (
        ROWS
        + "return F.binary_cross_entropy(logp.exp(), F.one_hot(targets, logits.shape[1]).to(logits.dtype))",
        {"mean_over_the_batch"},
    ),
    "C23 label smoothing": (
        ROWS + "return -0.9 * logp[rows, targets].mean() - 0.1 * logp.mean()",
        {"mean_over_the_batch"},
    ),
    "squeezes one sample away": (
        ROWS + "x = logits.squeeze(); return (x.logsumexp(1) - x[rows, targets]).mean()",
        {"loss_of_any_batch", "confident_mistakes"},
    ),
    "targets written to": (
        ROWS + "loss = -logp[rows, targets].mean(); targets += 1; return loss",
        {"loss_of_any_batch", "confident_mistakes", "loss_gradient"},
    ),
    "X01 built-in": (
        "return F.cross_entropy(logits, targets)",
        {"mean_over_the_batch"},
    ),
    "X01 built-in loss of an own logarithm": (
        "return F.nll_loss(log_softmax(logits, 1), targets)",
        {"mean_over_the_batch"},
    ),
    "X02 no return": (ROWS, {"mean_over_the_batch"}),
    "X03 a new tensor": (
        ROWS + "return torch.tensor(-logp[rows, targets].mean().item(), dtype=logits.dtype)",
        {"confident_mistakes", "loss_gradient"},
    ),
    "X05 item": (
        ROWS + "return -logp[rows, targets].mean().item()",
        {"mean_over_the_batch"},
    ),
}

RIGHT_SOFTMAX = {
    "max, not amax": "e = (logits - logits.max(dim, keepdim=True).values).exp(); return e / e.sum(dim, keepdim=True)",
    "detached max": "e = (logits - logits.detach().amax(dim, keepdim=True)).exp(); return e / e.sum(dim, keepdim=True)",
    "logsumexp": "return (logits - logits.logsumexp(dim, keepdim=True)).exp()",
    "unsqueeze": "e = (logits - logits.amax(dim).unsqueeze(dim)).exp(); return e / e.sum(dim).unsqueeze(dim)",
    "transposed": "x = logits.movedim(dim, 0); e = (x - x.amax(0)).exp(); return (e / e.sum(0)).movedim(0, dim)",
    "reciprocal": "e = (logits - logits.amax(dim, keepdim=True)).exp(); return e * e.sum(dim, keepdim=True).reciprocal()",
    "sort": "x = logits.sort(dim, descending=True).values.narrow(dim, 0, 1); e = torch.exp(logits - x); return e / e.sum(dim, keepdim=True)",
    "mask by where": "m = logits.amax(dim, keepdim=True); e = torch.where(logits.isinf(), 0, (logits - m).exp()); return e / e.sum(dim, keepdim=True)",
    "float64 inside": "x = logits.double(); e = (x - x.amax(dim, keepdim=True)).exp(); return (e / e.sum(dim, keepdim=True)).to(logits.dtype)",
    "own log_softmax": "return log_softmax(logits, dim).exp()",
    "own backward": """
    class Hand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            e = (x - x.amax(dim, keepdim=True)).exp()
            p = e / e.sum(dim, keepdim=True)
            ctx.save_for_backward(p)
            return p
        @staticmethod
        def backward(ctx, g):
            (p,) = ctx.saved_tensors
            return p * (g - (g * p).sum(dim, keepdim=True))
    return Hand.apply(logits)""",
}
RIGHT_LOG_SOFTMAX = {
    "logsumexp": "return logits - logits.logsumexp(dim, keepdim=True)",
    "detached max": "m = logits.detach().amax(dim, keepdim=True); return logits - m - (logits - m).exp().sum(dim, keepdim=True).log()",
    "log1p": "x = logits - logits.amax(dim, keepdim=True); s = x.exp().sum(dim, keepdim=True); return x - torch.log1p(s - 1)",
    "movedim": "x = logits.movedim(dim, -1); return (x - x.logsumexp(-1).unsqueeze(-1)).movedim(-1, dim)",
    "max, not amax": "x = logits - logits.max(dim, keepdim=True)[0]; return x - torch.log(torch.sum(torch.exp(x), dim=dim, keepdim=True))",
    "shift and add back": "m = logits.amax(dim, keepdim=True); return logits - (m + (logits - m).exp().sum(dim, keepdim=True).log())",
    "float64 inside": "x = logits.double(); return (x - x.logsumexp(dim, keepdim=True)).to(logits.dtype)",
}
RIGHT_CROSS_ENTROPY = {
    "rows by arange": "return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean()",
    "logsumexp minus the target's": "return (logits.logsumexp(1) - logits.gather(1, targets[:, None]).squeeze(1)).mean()",
    "one-hot": "return -(F.one_hot(targets, logits.shape[1]) * log_softmax(logits, 1)).sum(1).mean()",
    "one-hot and where": "return -torch.where(F.one_hot(targets, logits.shape[1]).bool(), log_softmax(logits, 1), 0).sum(1).mean()",
    "einsum": "y = F.one_hot(targets, logits.shape[1]).to(logits.dtype); return -torch.einsum('nc,nc->n', y, log_softmax(logits)).mean()",
    "sum over N": "return -log_softmax(logits, 1).gather(1, targets.view(-1, 1)).sum() / logits.shape[0]",
    "sample by sample": "return torch.stack([row.logsumexp(0) - row[y] for row, y in zip(logits, targets)]).mean()",
    "take_along_dim": "return -torch.take_along_dim(log_softmax(logits, -1), targets[:, None], 1).mean()",
}

ARGUMENTS = {"softmax": "logits, dim=-1", "log_softmax": "logits, dim=-1", "cross_entropy": "logits, targets"}


def define(task: str, body: str) -> str:
    """The function with this body."""
    return f"import torch\nimport torch.nn.functional as F\n\n\ndef {task}({ARGUMENTS[task]}):\n    {body}\n"


WRONG = {"softmax": WRONG_SOFTMAX, "log_softmax": WRONG_LOG_SOFTMAX, "cross_entropy": WRONG_CROSS_ENTROPY}
RIGHT = {"softmax": RIGHT_SOFTMAX, "log_softmax": RIGHT_LOG_SOFTMAX, "cross_entropy": RIGHT_CROSS_ENTROPY}


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in WRONG.items() for code in table])
def test_a_known_mistake_loses_its_check(grading, task, code):
    body, expected = WRONG[task][code]
    results = grading("softmax", define(task, body), task=task)
    failed = {name for name, result in results.items() if result.status is Status.FAILED}
    assert failed == expected
    assert {result.status for result in results.values()} <= {Status.FAILED, Status.PASSED, Status.BLOCKED}
    assert all(results[name].message and results[name].where for name in failed)


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in RIGHT.items() for code in table])
def test_what_is_right_keeps_its_points(grading, task, code):
    results = grading("softmax", define(task, RIGHT[task][code]), task=task)
    lost = {name: result.message for name, result in results.items() if result.status is not Status.PASSED}
    assert not lost


@pytest.mark.parametrize("task", WRONG)
def test_each_check_is_lost_by_a_mistake(task):
    checks = {check.name for check in load("softmax").info.checks if check.task == task}
    assert set().union(*(failed for _, failed in WRONG[task].values())) == checks


def test_float32_inside_is_remarked(grading):
    body = "x = logits.float() if logits.dtype == torch.float64 else logits; return torch.exp(x - x.logsumexp(dim, keepdim=True)).to(logits.dtype)"
    results = grading("softmax", define("softmax", body), task="softmax")
    assert results["softmax_values"].status is Status.PASSED
    assert "in float32?" in results["softmax_values"].remarks[0]


def test_nan_for_a_masked_class_is_remarked(grading):
    one_hot = RIGHT_CROSS_ENTROPY["one-hot"]
    results = grading("softmax", define("cross_entropy", one_hot), task="cross_entropy")
    assert "0 · inf is nan" in results["mean_over_the_batch"].remarks[0]
