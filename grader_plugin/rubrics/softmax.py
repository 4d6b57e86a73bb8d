"""Softmax and its logarithm: rows that sum to one, along any dimension, at any finite score."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ..compare import (
    FLOAT32_BAND,
    GRADIENT_EPS,
    VALUE_EPS,
    Tolerance,
    assert_close,
    eps,
    gradient,
    like_input,
    precision_remark,
    scalar_loss,
    second_derivative,
)
from ..exercise import Exercise, Task
from ..result import CheckFailure, LoadFailure
from ..submission import Submission
from ..wire import dtype_name

# None of them in any function here: the exp of a built-in log-softmax is a built-in softmax.
BUILT_IN = frozenset({"aten::*softmax*", "aten::nll_loss*", "aten::cross_entropy_loss"})

exercise = Exercise(
    "softmax",
    "Softmax and cross-entropy, stable at any score",
    points=20,
    tasks=(
        Task(
            "softmax",
            like_input,
            BUILT_IN,
            hints=(
                "For logits of shape (2, 3) and dim=1: how many largest values and how many sums are there, and in which shape does each of them meet its own row?",
                "Take the rows [5000, 4000] and [−1000, −2000] by hand: after the shift both have to read [0, −1000]. Which number did your code subtract from each of them?",
                "With m the largest logit of the row: exp(z − m) / Σ exp(z − m). Largest value and sum run along the same dim, and both keep it as a dimension of size 1.",
            ),
        ),
        Task(
            "log_softmax",
            like_input,
            BUILT_IN,
            hints=(
                "Of which number do you take the logarithm, and can that number become 0, for example for the row [0, −200]?",
                "After the shift by the largest logit, the sum of the exponentials lies between 1 and the number of classes, so its logarithm is always safe. Is there another logarithm in your code?",
                "The logarithm of a quotient is a difference: (z − m) − log Σ exp(z − m), with m the largest logit along dim. No division is left, and nothing needs a small number added.",
            ),
        ),
        Task(
            "cross_entropy",
            scalar_loss,
            BUILT_IN,
            hints=(
                "How many numbers does one sample bring into the loss, and how many does yours take from each row: one, all C, or one for each of the N targets?",
                "Logits [[0, 3], [3, 0]] with targets [0, 1] cost 3.0486. 6.0972 is the sum, not the mean; 1.5486 mixes each row with the other's target; 1.2448 has normalised twice. Which is yours?",
                "−(1/N) · Σ log p(target), with log p from your own log_softmax along the classes. gather picks one entry a row, and its index has as many dimensions as the logits.",
            ),
        ),
    ),
)

# How far out each dtype is asked: exp overflows at 11 (float16), 89 (float32, bfloat16), 710 (float64).
FAR = {torch.float32: 1e4, torch.float64: 1e4, torch.float16: 100.0}
# From which distance exp is 0 in the dtype: 104, 18, 93, 746.
GAPS = {torch.float32: 104.5, torch.float16: 18.5, torch.bfloat16: 100.0, torch.float64: 750.0}
LEVELS = torch.tensor([[1000.0], [-1000.0], [0.0], [-60.0]])
# No exp overflows there, but two rows have no shift in common.
APART = torch.tensor([[80.0], [-40.0], [0.0], [20.0]])
FURTHER = torch.tensor([[30000.0], [-30000.0]])
# The best class of [0, -40] gets 1 and its logarithm is 0: 17 correct forms give just that, in each dtype.
CERTAIN = 5e-8

NO_SLOPE = "The values are right: which step of yours has no finite slope there, or is cut out of the graph?"
NOT_TENSORS = "Does every step from the logits to the result stay a tensor operation?"
SLOPE_ALONG = "Along which dimension does the gradient of your result flow together?"
TIED = "Which step of yours has a corner where two scores are equal, and which slope does it give there?"
INCOMING = "Where in your backward pass does the gradient come in that is handed to it?"
BY_HAND = "Is the backward pass written by hand, with numbers kept instead of tensors?"
TOGETHER = "Each row alone is right, all together are not: which number do the rows share in your code?"
UNEVEN = "They differ by a constant only: what is subtracted from each of them before exp?"
IN_PLACE = "Which operation writes into the tensor that it was given?"


def largest(logits: Tensor) -> float:
    """The largest finite magnitude: a logit is known to eps times it, and a softmax cannot be known better."""
    return float(logits.double().nan_to_num(neginf=0.0).abs().max()) if logits.numel() else 0.0


def at_least_float32(allowed: Tensor, dtype: torch.dtype) -> Tensor:
    """float64 that went through float32 is remarked, not failed."""
    return allowed.clamp(min=FLOAT32_BAND) if dtype == torch.float64 else allowed


def probability_tolerance(logits: Tensor, truth: Tensor) -> Tensor:
    """Of 10 correct softmaxes the worst is off by 0.8 eps at |logits| of 1, 450 eps of the value at 1000."""
    allowed = eps(logits.dtype) * (VALUE_EPS + (VALUE_EPS + largest(logits)) * truth.abs())
    return at_least_float32(allowed, logits.dtype)


def logarithm_tolerance(logits: Tensor, truth: Tensor) -> Tensor:
    """Of 17 correct log-softmaxes and cross-entropies the worst is off by 1.5 eps of the largest logit."""
    allowed = torch.full_like(truth, 4 * eps(logits.dtype) * max(1.0, largest(logits)))
    return at_least_float32(allowed, logits.dtype)


def gradient_tolerance(logits: Tensor, truth: Tensor) -> Tensor:
    """Of 10 correct gradients the worst is off by 7 eps at |logits| of 1, 450 eps at 1000."""
    allowed = torch.full_like(truth, eps(logits.dtype) * (GRADIENT_EPS + largest(logits)))
    return at_least_float32(allowed, logits.dtype)


REFERENCE: dict[str, Callable[[Tensor, int], Tensor]] = {
    "softmax": torch.softmax,
    "log_softmax": torch.log_softmax,
}
TOLERANCE = {"softmax": probability_tolerance, "log_softmax": logarithm_tolerance}


def in_dtype(name: str, logits: Tensor) -> str:
    """The subject of a sentence, with the dtype."""
    return f"{name} in {dtype_name(logits.dtype)}"


def shown(scores: Sequence[float]) -> str:
    """A row of scores in a sentence."""
    return f"[{', '.join(f'{score:g}' for score in scores)}]"


@contextlib.contextmanager
def given(kind: str) -> Iterator[None]:
    """A failure of the block says what the input was."""
    try:
        yield
    except LoadFailure:
        raise
    except CheckFailure as failure:
        failure.message = failure.message if kind in failure.message else f"Given {kind}, {failure.message}"
        raise


def check_values(
    submission: Submission, task: str, logits: Tensor, name: str, *, dim: int = -1, hint: str = ""
) -> None:
    """The values along `dim` are those of the reference in float64."""
    truth = REFERENCE[task](logits.double(), dim)
    answer = getattr(submission, task)(logits, dim=dim)
    tolerance = TOLERANCE[task](logits, truth)
    assert_close(answer, truth, name, dtype=logits.dtype, tolerance=tolerance, hint=hint)
    submission.remark(precision_remark(answer, truth, task))


def check_gradient(
    submission: Submission, task: str, logits: Tensor, name: str, *, dim: int = -1, hint: str = NO_SLOPE
) -> None:
    """The gradient for a random cotangent is that of the reference in float64."""
    cotangent = torch.randn(logits.shape, dtype=logits.dtype).clamp(-2, 2)
    cotangent[logits.isinf()] = 0  # a logarithm of -inf has no slope to ask for
    x, x64 = logits.clone().requires_grad_(), logits.double().clone().requires_grad_()
    along = {} if dim == -1 else {"dim": dim}  # the default is asked for too
    (slope,) = gradient(getattr(submission, task)(x, **along), x, name=name, cotangent=cotangent)
    finite = REFERENCE[task](x64, dim).masked_fill(logits.isinf(), 0)
    (truth,) = torch.autograd.grad((finite * cotangent).sum(), x64)
    tolerance = 2 * gradient_tolerance(logits, truth)  # the cotangent is up to 2
    assert_close(slope, truth, f"The gradient of {name}", dtype=logits.dtype, tolerance=tolerance, hint=hint)


def check_ties(submission: Submission) -> None:
    """The gradient where scores are equal: a shift cancels, whichever of them its own gradient goes to."""
    for logits in (torch.zeros(3, 4), torch.zeros(2, 2), torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, -1.0]])):
        name = f"log_softmax of {shown(logits[0].tolist())}, with equal scores"
        check_gradient(submission, "log_softmax", logits, name, hint=TIED)


def check_slopes(submission: Submission, task: str) -> None:
    """The gradient at ordinary scores, and the gradient of the gradient."""
    for dtype in (torch.float32, torch.float64):
        for shape in ((5, 7), (4, 4), (2, 3, 5)):
            logits = torch.randn(shape, dtype=dtype)
            check_gradient(submission, task, logits, in_dtype(task, logits), hint=NOT_TENSORS)
    x, first, second = torch.randn(3, 3, 5, dtype=torch.float64).unbind()
    x.requires_grad_()
    (slope,) = gradient(getattr(submission, task)(x), x, name=task, cotangent=first, again=True)
    (bend,) = second_derivative(slope * second, x, name=task)  # unweighted, the slopes sum to 0
    (truth,) = torch.autograd.grad((REFERENCE[task](x, -1) * first).sum(), x, create_graph=True)
    (truth,) = torch.autograd.grad((truth * second).sum(), x)
    assert_close(bend, truth, f"The second derivative of {task}", tolerance=FLOAT32_BAND, hint=BY_HAND)


def check_formula(submission: Submission, task: str, hint: str) -> None:
    """Ordinary scores, square and not, float32 and float64."""
    check_values(submission, task, torch.tensor([[1.0, 2.0, 3.0]]), f"{task} of [1, 2, 3]", hint=hint)
    for logits in (torch.randn(3, 3), 3 * torch.randn(6, 10), torch.randn(5, 7).double()):
        check_values(submission, task, logits, in_dtype(f"{task}(logits)", logits), hint=hint)


def check_every_dim(submission: Submission, task: str) -> None:
    """Two and three dimensions, each of them, counted from either end."""
    hint = "Which reductions are there in your function, and along which dimension does each of them go?"
    for shape, dims in (((7, 10), (0, 1, -2)), ((4, 5, 6), (0, 1, -1, 2, -2, -3)), ((3, 3), (0,))):
        for dim in dims:
            with given(f"logits of shape {shape}"):
                name = f"{task}(logits, dim={dim})"
                check_values(submission, task, torch.randn(shape), name, dim=dim, hint=hint)
    rows = torch.tensor([0.0, 1.0, 2.0]) + APART
    cube = torch.stack([rows, rows.flip(0)])  # within a sample, too, the rows lie apart
    for dim in (0, 1, -1):
        name = f"{task}(logits, dim={dim}) of rows that differ by a constant only"
        logits = (rows.t() if dim == 0 else cube.movedim(-1, dim)).contiguous()
        check_values(submission, task, logits, name, dim=dim, hint=UNEVEN)
    for dim in (0, -2):
        name = f"{task}(logits, dim={dim})"
        check_gradient(submission, task, torch.randn(4, 4, 4), name, dim=dim, hint=SLOPE_ALONG)


def check_any_tensor(submission: Submission, task: str) -> None:
    """Every shape, layout and dtype that is fair to ask; the logits are still what they were."""
    noise = torch.randn(3, 4, 5)
    kinds = {
        "a 1-D tensor": noise[0, 0],
        "one class": noise[0, :, :1],
        "one row": noise[0, :1],
        "a 3-D tensor": noise,
        "a transposed tensor": noise[0].t(),
        "every second column": noise[0, :, ::2],
        "float16 logits": noise[0].half(),
        "ten equal float16 logits": torch.zeros(2, 10, dtype=torch.float16),
        "bfloat16 logits": noise[0].bfloat16(),
        "float64 logits": noise[0].double(),
    }
    for kind, logits in kinds.items():
        with given(kind):
            check_values(submission, task, logits, f"{task} of {kind}")
    remark_empty(submission, task)
    kept = submission.put(noise)
    getattr(submission, task)(kept)
    name = f"After {task}(logits), logits"
    assert_close(kept.now(), noise, name, tolerance=0.0, hint=IN_PLACE)


def remark_empty(submission: Submission, task: str) -> None:
    """A batch without rows: a correct form that goes row by row has nothing to stack, so it costs nothing."""
    empty = torch.empty(0, 3)
    try:
        check_values(submission, task, empty, task)
    except LoadFailure:
        raise
    except CheckFailure:
        submission.remark(f"{task} takes no empty batch, here of shape (0, 3)")


def check_far(submission: Submission, task: str) -> None:
    """Rows at the far ends: a clear winner, near ties, all far below zero; the gradient too."""
    for dtype, far in FAR.items():
        rows = [[0, far, 1], [far, far - 1, far - 2], [-far, -far - 1, -far - 2], [far, 0, -far]]
        logits = torch.tensor(rows, dtype=dtype)
        step = "quotient" if task == "softmax" else "logarithm"
        hint = f"What is exp({far:g}), what is exp({-far:g}), and what becomes of the {step} then?"
        for row in logits:
            name = in_dtype(f"{task} of {shown(row.tolist())}", row)
            check_values(submission, task, row[None], name, hint=hint)
        name = in_dtype(f"{task} of logits of ±{far:g}", logits)
        check_values(submission, task, logits, name, hint=TOGETHER)
        check_gradient(submission, task, logits, name)


def check_uneven(submission: Submission, task: str) -> None:
    """Rows that differ by a constant only have one result."""
    batch = torch.tensor([0.0, 1.0, 2.0]) + LEVELS
    name = f"{task} of [[1000, 1001, 1002], [-1000, -999, -998], [0, 1, 2], [-60, -59, -58]]"
    check_values(submission, task, batch, name, hint=UNEVEN)
    name = f"{task} of [[30000, 30001, 30002], [-30000, -29999, -29998]]"
    check_values(submission, task, torch.tensor([0.0, 1.0, 2.0]) + FURTHER, name, hint=UNEVEN)


@exercise.check(task="softmax", points=1)
def rows_sum_to_one(submission: Submission) -> None:
    """Each row of softmax sums to one"""
    for rows, columns in ((3, 3), (4, 7)):
        with given(f"logits of shape ({rows}, {columns})"):
            shares = submission.softmax(torch.randn(rows, columns)).detach().double()
            sums = shares.sum(dim=1)
        error = (sums - 1).abs()
        if not bool((error <= 1e-5).all()):
            row = int(error.argmax())
            raise CheckFailure(
                f"Row {row} of a {rows} × {columns} result sums to {float(sums[row]):.6g}, expected 1",
                hint="Over which numbers does the sum below the line run, and which shape does it have?",
            )
        if bool((shares == shares[:, :1]).all()):
            raise CheckFailure(
                f"Each of the {columns} classes has the same share, {float(shares[0, 0]):.4g}, for scores that differ",
                hint="What should become of the class with the largest score?",
            )


@exercise.check(task="softmax", points=1, after=rows_sum_to_one)
def softmax_values(submission: Submission) -> None:
    """softmax gives each class its share: exp of its score, over the sum of all exp"""
    hint = "It should be [0.0900, 0.2447, 0.6652] for [1, 2, 3]: which number stands above each line?"
    check_formula(submission, "softmax", hint)
    certain = submission.softmax(torch.tensor([[0.0, -40.0]]))
    hint = "What does the quotient contain beside the exp of the scores?"
    name = "softmax of [0, -40]"
    assert_close(certain, torch.tensor([[1.0, 0.0]]), name, tolerance=CERTAIN, hint=hint)


@exercise.check(task="softmax", points=1, after=softmax_values)
def softmax_every_dim(submission: Submission) -> None:
    """softmax works along the dimension that it is asked for"""
    check_every_dim(submission, "softmax")


@exercise.check(task="softmax", points=1, after=softmax_values)
def softmax_any_tensor(submission: Submission) -> None:
    """softmax takes any shape, layout and dtype, and leaves its input alone"""
    check_any_tensor(submission, "softmax")


@exercise.check(task="softmax", points=2, after=softmax_values)
def large_logits(submission: Submission) -> None:
    """Logits of ±10,000, or ±100 in float16, do not overflow, in the gradient either"""
    check_far(submission, "softmax")


@exercise.check(task="softmax", points=1, after=softmax_values)
def uneven_rows(submission: Submission) -> None:
    """Rows of very different level in one batch do not disturb each other"""
    check_uneven(submission, "softmax")


@exercise.check(task="softmax", points=1, after=softmax_values)
def masked_entries(submission: Submission) -> None:
    """A class that is ruled out by -inf gets probability 0, and no nan in the gradient"""
    logits = torch.randn(6, 5)
    logits[torch.arange(6), torch.randint(5, (6,))] = -torch.inf
    name, hint = "softmax with one -inf a row", "What does each step of yours make of one entry of -inf?"
    check_values(submission, "softmax", logits, name, hint=hint)
    check_gradient(submission, "softmax", logits, name)
    name, logits = "softmax of [-inf, 0, 1]", torch.tensor([[-torch.inf, 0.0, 1.0]])
    check_values(submission, "softmax", logits, name, hint=hint)
    share = submission.softmax(logits)[:, 0]
    assert_close(share, torch.zeros(1), f"The first entry of {name}", tolerance=0.0, hint=hint)


@exercise.check(task="softmax", points=1, after=softmax_values)
def softmax_gradient(submission: Submission) -> None:
    """softmax has the right gradient, and one that can be differentiated again"""
    check_slopes(submission, "softmax")


@exercise.check(task="log_softmax", points=1)
def log_values(submission: Submission) -> None:
    """log_softmax is the logarithm of softmax, for ordinary scores"""
    hint = "The exp of each row should sum to 1: does it, and which base has the logarithm?"
    check_formula(submission, "log_softmax", hint)
    # A probability of 1.7e-5 shows a number added to it, down to 1e-10.
    logits = torch.tensor([[0.0, 11.0]], dtype=torch.float64)
    check_values(submission, "log_softmax", logits, "log_softmax of [0, 11] in float64", hint=hint)
    best = submission.log_softmax(torch.tensor([[0.0, -40.0]]))[:, 0]
    hint = "What goes into the logarithm there beside the exp of the scores?"
    name = "The first entry of log_softmax of [0, -40]"
    assert_close(best, torch.zeros(1), name, tolerance=CERTAIN, hint=hint)


@exercise.check(task="log_softmax", points=1, after=log_values)
def log_any_tensor(submission: Submission) -> None:
    """log_softmax works along any dimension, for any shape and dtype, and leaves its input alone"""
    check_every_dim(submission, "log_softmax")
    check_any_tensor(submission, "log_softmax")


@exercise.check(task="log_softmax", points=1, after=log_values)
def log_keeps_far_classes(submission: Submission) -> None:
    """log_softmax keeps a class whose probability is too small for the dtype"""
    for dtype, gap in GAPS.items():
        logits = torch.tensor([[0.0, -gap, 0.5], [-gap, 0.0, -2 * gap]], dtype=dtype)
        name = in_dtype(f"log_softmax of a class {gap:g} below the best", logits)
        hint = f"What is exp({-gap:g}) in {dtype_name(dtype)}, and what is the logarithm of that?"
        check_values(submission, "log_softmax", logits, name, hint=hint)
        check_gradient(submission, "log_softmax", logits, name)


@exercise.check(task="log_softmax", points=1, after=log_values)
def log_of_large_logits(submission: Submission) -> None:
    """log_softmax holds at ±10,000, for rows of very different level, and for a class ruled out by -inf"""
    check_far(submission, "log_softmax")
    check_uneven(submission, "log_softmax")
    hint = "What does each step of yours make of one entry of -inf?"
    for scores in ([0.0, -torch.inf, 1.0], [-20000.0, -torch.inf, -20001.0]):
        name = f"log_softmax of {shown(scores)}"
        check_values(submission, "log_softmax", torch.tensor([scores]), name, hint=hint)


@exercise.check(task="log_softmax", points=1, after=log_values)
def log_gradient(submission: Submission) -> None:
    """log_softmax has the right gradient, and one that can be differentiated again"""
    check_slopes(submission, "log_softmax")
    check_ties(submission)


def check_loss(
    submission: Submission,
    logits: Tensor,
    targets: Tensor,
    name: str,
    hint: str = "",
    tolerance: Tolerance | None = None,
) -> None:
    """The loss is that of the reference in float64."""
    truth = F.cross_entropy(logits.double(), targets)
    answer = submission.cross_entropy(logits, targets)
    tolerance = logarithm_tolerance(logits, truth) if tolerance is None else tolerance
    assert_close(answer, truth, name, dtype=logits.dtype, tolerance=tolerance, hint=hint)
    submission.remark(precision_remark(answer, truth, "cross_entropy"))


def check_loss_gradient(
    submission: Submission,
    logits: Tensor,
    targets: Tensor,
    name: str,
    *,
    factor: float = 1.0,
    hint: str = NO_SLOPE,
) -> None:
    """The gradient of `factor` times the loss is that times (p − onehot) / N."""
    samples, classes = logits.shape
    truth = factor * (logits.double().softmax(1) - F.one_hot(targets, classes)) / samples
    x = logits.clone().requires_grad_()
    weight = torch.tensor(factor, dtype=logits.dtype)
    (slope,) = gradient(submission.cross_entropy(x, targets), x, name=name, cotangent=weight)
    tolerance = abs(factor) * gradient_tolerance(logits, truth) / samples
    assert_close(slope, truth, f"The gradient of {name}", dtype=logits.dtype, tolerance=tolerance, hint=hint)


def some_batches() -> Iterator[tuple[str, Tensor, Tensor]]:
    """Ordinary batches in float32 and float64, with targets."""
    for samples, classes in ((16, 10), (5, 5), (7, 3)):
        for dtype in (torch.float32, torch.float64):
            name = f"cross_entropy of {samples} samples and {classes} classes in {dtype_name(dtype)}"
            logits = 2 * torch.randn(samples, classes, dtype=dtype)
            yield name, logits, torch.randint(classes, (samples,))


@exercise.check(task="cross_entropy", points=2)
def mean_over_the_batch(submission: Submission) -> None:
    """cross_entropy is the mean over the samples of −log p(target)"""
    hint = "Which one number does each sample contribute, and by how many is their sum divided?"
    blind, certain = torch.zeros(4, 10), 60 * torch.eye(10)
    targets = torch.tensor([0, 3, 9, 3])
    check_loss(submission, blind, targets, "cross_entropy of 4 samples with ten equal scores each", hint)
    entry = "Which entry of its row does each sample give, and how often was the row normalised: once, twice?"
    name = "cross_entropy of 10 certain, right predictions"
    check_loss(submission, certain, torch.arange(10), name, entry, CERTAIN)
    for name, logits, targets in some_batches():
        check_loss(submission, logits, targets, name, hint)
    unlikely = torch.tensor(
        [[0.0, 11.0], [11.0, 0.0]], dtype=torch.float64
    )  # so with each seed a number added to p shows
    name = "cross_entropy of [[0, 11], [11, 0]] with targets [0, 1] in float64"
    check_loss(submission, unlikely, torch.tensor([0, 1]), name, hint)
    # Pieces of a size that one would choose are not all equal: 149 is a prime.
    logits, targets = 2 * torch.randn(149, 3), torch.randint(3, (149,))
    check_loss(submission, logits, targets, "cross_entropy of 149 samples", hint)
    remark_masked(submission)


def remark_masked(submission: Submission) -> None:
    """A class ruled out by −inf, not the target: one correct form of ten gives nan, so it costs nothing."""
    logits = torch.tensor([[0.0, -torch.inf, 1.0], [-torch.inf, 0.0, 1.0]])
    with contextlib.suppress(CheckFailure):
        if bool(submission.cross_entropy(logits, torch.tensor([0, 2])).isnan()):
            submission.remark(
                "cross_entropy is nan where -inf rules out another class than the target: 0 · inf is nan"
            )


@exercise.check(task="cross_entropy", points=1, after=mean_over_the_batch)
def loss_of_any_batch(submission: Submission) -> None:
    """cross_entropy takes one sample or many in any dtype, and leaves logits and targets alone"""
    noise = 2 * torch.randn(6, 4)
    batches = {
        "one sample": noise[:1],
        "one class": noise[:, :1],
        "two classes": noise[:, :2],
        "100 classes": torch.randn(3, 100),
        "transposed logits": noise.t(),
        "every second class": noise[:, ::2],
        "float16 logits": noise.half(),
        "bfloat16 logits": noise.bfloat16(),
    }
    for kind, logits in batches.items():
        samples, classes = logits.shape
        with given(kind):
            check_loss(submission, logits, torch.randint(classes, (samples,)), f"cross_entropy of {kind}")
    targets = torch.tensor([0, 3, 1, 2, 0, 0])
    kept, labels = submission.put(noise), submission.put(targets)
    submission.cross_entropy(kept, labels)
    assert_close(
        kept.now(), noise, "After cross_entropy(logits, targets), logits", tolerance=0.0, hint=IN_PLACE
    )
    assert_close(labels.now(), targets, "After cross_entropy(logits, targets), targets", hint=IN_PLACE)


@exercise.check(task="cross_entropy", points=2, after=mean_over_the_batch)
def confident_mistakes(submission: Submission) -> None:
    """A confident mistake costs what it should: 1000 for a wrong logit that is 1000 too high"""
    cases: tuple[tuple[torch.dtype, list[float], int], ...] = (
        (torch.float32, [1000.0, 0.0, 0.0], 1),
        (torch.float32, [1000.0, 0.0, 0.0], 0),
        (torch.float32, [-1000.0, -1000.0, -1000.0], 2),
        (torch.float32, [10000.0, 0.0, -10000.0], 2),
        (torch.float64, [200.0, 0.0, 0.0], 1),
        (torch.float64, [10000.0, 0.0, 0.0], 1),
        (torch.float16, [100.0, 0.0, 0.0], 1),
    )
    for dtype, scores, target in cases:
        logits, targets = torch.tensor([scores], dtype=dtype), torch.tensor([target])
        name = in_dtype(f"cross_entropy of {shown(scores)} with target {target}", logits)
        hint = "What is p(target) there, as that dtype can hold it, and what does the logarithm make of it?"
        check_loss(submission, logits, targets, name, hint)
        check_loss_gradient(submission, logits, targets, name)
    batch = torch.tensor([0.0, 1.0, 2.0]) + LEVELS
    hint = "All rows differ by a constant only: does one row's level reach into another's loss?"
    targets = torch.tensor([0, 1, 2, 1])
    check_loss(submission, batch, targets, "cross_entropy of rows near ±1000", hint)
    check_loss_gradient(submission, batch, targets, "cross_entropy of rows near ±1000", hint=hint)
    batch = torch.tensor([0.0, 1.0, 2.0]) + FURTHER
    check_loss(submission, batch, targets[:2], "cross_entropy of rows near ±30000", hint)


@exercise.check(task="cross_entropy", points=1, after=mean_over_the_batch)
def loss_gradient(submission: Submission) -> None:
    """The gradient of cross_entropy is (p − onehot(target)) / N"""
    for name, logits, targets in some_batches():
        check_loss_gradient(submission, logits, targets, name, hint=NOT_TENSORS)
        scaled = f"-1.5 · {name}"
        check_loss_gradient(submission, logits, targets, scaled, factor=-1.5, hint=INCOMING)
    for logits in (
        torch.zeros(3, 4),
        torch.zeros(3, 2),
        torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, -1.0], [5.0, 5.0, 5.0]]),
    ):
        name = f"cross_entropy of 3 samples, {shown(logits[0].tolist())} the first, with equal scores"
        check_loss_gradient(submission, logits, torch.tensor([0, 1, 1]), name, hint=TIED)
    remark_bend(submission)


def remark_bend(submission: Submission) -> None:
    """A backward pass by hand from numbers that were kept: right as far as it is asked for, so it costs nothing."""
    x, direction = torch.randn(2, 3, 4, dtype=torch.float64).unbind()
    x.requires_grad_()
    bend = torch.zeros(())
    with contextlib.suppress(CheckFailure):
        loss = submission.cross_entropy(x, torch.tensor([0, 3, 1]))
        (slope,) = gradient(loss, x, name="cross_entropy", again=True)
        (bend,) = second_derivative(slope * direction, x, name="cross_entropy")
    if not bool(bend.any()):
        submission.remark("The gradient of cross_entropy cannot be differentiated again")
