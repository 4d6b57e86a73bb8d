"""What goes wrong in softmax.py: the shift, the dimension, the logarithm, the reduction."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..result import Blocked, CheckFailure, StillToDo
from . import Misconceptions

if TYPE_CHECKING:
    from ..submission import Submission

misconceptions = Misconceptions()


# Largest score, mean, median, first and last score, smallest: each as a shift overflows on another of these.
SHIFTS = (
    [0.0, 100.0, 1.0],
    [0.0, 0.0, 0.0, -100.0],
    [-110.0, -109.0],
    [60.0, 0.0, -60.0],
    [100.0, 0.0, 0.0, 100.0],
    [100.0, 100.0, 0.0],
    [100.0, 0.0, 0.0, 0.0],
    [-120.0, -30.0, 0.0],
)


def look_after(submission: Submission, function: Callable[..., Any], *more: Tensor) -> None:
    """What a call leaves of its input, and whether it takes one that asks for a gradient."""
    scores = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
    kept = submission.put(scores)
    with contextlib.suppress(CheckFailure):
        function(kept, *more)
    kept.now()
    with contextlib.suppress(CheckFailure):
        function(scores.requires_grad_(), *more)


@misconceptions.probe("softmax")
def large_and_uneven(submission: Submission) -> None:
    """Rows on which each choice of a shift overflows elsewhere."""
    for row in SHIFTS:
        with contextlib.suppress(CheckFailure):
            submission.softmax(torch.tensor([row]))
    for dim in (0, 1, -2):
        with contextlib.suppress(CheckFailure):
            submission.softmax(torch.randn(2, 2, 2), dim=dim)
    with contextlib.suppress(CheckFailure):
        submission.softmax(torch.randn(2, 3), dim=0)  # a matrix may have a branch of its own
    look_after(submission, submission.softmax)


@misconceptions.probe("log_softmax")
def log_large_and_uneven(submission: Submission) -> None:
    """The same for logarithms."""
    for row in SHIFTS:
        with contextlib.suppress(CheckFailure):
            submission.log_softmax(torch.tensor([row]))
    for dim in (0, 1, -2):
        with contextlib.suppress(CheckFailure):
            submission.log_softmax(torch.randn(2, 2, 2), dim=dim)
    with contextlib.suppress(CheckFailure):
        submission.log_softmax(torch.randn(2, 3), dim=0)
    look_after(submission, submission.log_softmax)


@misconceptions.probe("cross_entropy")
def sure_and_mistaken(submission: Submission) -> None:
    """Both targets of a row: what overflows in the denominator shows where the right class is the large one."""
    for row in (
        [120.0, 0.0],
        [95.0, 0.0],
        [60.0, 0.0],
        [90.0, -90.0],
        [-200.0, -200.0],
        [300.0, -500.0],  # no exp overflows in float64, yet the quotient is 0
    ):
        for target in (0, 1):
            with contextlib.suppress(CheckFailure):
                submission.cross_entropy(torch.tensor([row]), torch.tensor([target]))
    with contextlib.suppress(CheckFailure):  # a rule may treat the first two classes alike
        submission.cross_entropy(torch.tensor([[3.0, 1.0, 0.0]]), torch.tensor([2]))
    look_after(submission, submission.cross_entropy, torch.tensor([1, 0]))
    # A loss that is off may be built on one of these, which then is what is wrong.
    for function in (submission.log_softmax, submission.softmax):
        for logits in (
            torch.tensor([[0.0, 200.0], [0.0, 12.0]]),
            torch.randn(3, 4),
            torch.randn(2, 3).half(),
        ):
            with contextlib.suppress(CheckFailure, Blocked, StillToDo, RuntimeError):
                x = logits.requires_grad_()
                torch.autograd.grad((function(x, dim=1) * torch.randn_like(x)).sum(), x)


# Mistakes that look alike where they are first seen have one text.
IGNORED_DIM = {
    "diagnosis": "The argument dim has no effect: the result runs along the same dimension, whichever one is asked for.",
    "hint": "Where in your function does dim come in, and what changes if it is 0?",
}
OVERFLOW = {
    "diagnosis": "The exp is taken of the scores as they stand: above 88 it is inf in float32, and where a whole row lies far below 0 nothing but 0 is left of it.",
    "hint": "One number may be subtracted from a whole row without a change to its result: which choice leaves no exponent above 0?",
}
LATER_OVERFLOW = {
    "diagnosis": "The exp is taken in float64 of the scores as they stand: that moves the limit and does not lift it, for above 709 the exp is inf there too.",
    "hint": "One number may be subtracted from a whole row without a change to its result: which choice leaves no exponent above 0?",
}
ABSOLUTE = {
    "diagnosis": "What is subtracted has no sign: a row of negative scores moves further down, until every exp in it is 0.",
    "hint": "For the row [-1000, -999], which number does your code subtract, and where do the two scores land?",
}
CLAMPED = {
    "diagnosis": "The scores are clamped before exp: all that lie beyond the bound look alike, and their differences are lost.",
    "hint": "How do 1000 and 1001 differ after your clamp, and by how much should their results differ?",
}
WHOLE_SUM = {
    "diagnosis": "The exp of the whole tensor goes into one sum: all entries together are shares of 1, each row alone has less.",
    "hint": "Logits of shape (4, 7): how many sums are there, and which numbers belong to each of them?",
}
REPLACED_MASK = {
    "diagnosis": "An entry of -inf is replaced by an ordinary number before exp, so a class that is ruled out takes part again.",
    "hint": "What is exp(-inf), and does it need any help?",
}
LOST_PROBABILITY = {
    "diagnosis": "The logarithm is taken of a probability: one that is too small for the dtype is 0 by then, and the logarithm of 0 is -inf.",
    "hint": "The logarithm of a quotient is a difference: which of its two parts could still be too small?",
}
FLOOR = {
    "diagnosis": "A small number keeps the probability away from 0 before its logarithm: nothing can fall below the logarithm of that number, and the gradient fades there.",
    "hint": "Which logarithm should a class have whose score is 200 below the best, and which one does the small number allow?",
}
CHEAP_MISTAKE = {
    "diagnosis": "A small number keeps the probability away from 0 before its logarithm: beyond that a confident mistake costs no more, and its gradient fades.",
    "hint": "What should a target cost whose score is 1000 below the best, and can a probability still hold that?",
}
OTHER_BASE = {
    "diagnosis": "The logarithm has another base than the exp: the two do not undo each other.",
    "hint": "Which number does exp raise to a power, and to which base is your logarithm?",
}
BUILT_IN = {
    "diagnosis": "A built-in of PyTorch does the work here; the lesson asks for the steps that it is made of.",
    "hint": "Which elementary operations is the formula in the docstring made of?",
}
NO_RETURN = {
    "diagnosis": "The result is computed, but the function ends without handing it back, and the caller gets None.",
    "hint": "What does a Python function give back when it comes to its end?",
}
DETACHED = {
    "diagnosis": "The calculation runs on a copy outside the graph: the values are right, but no gradient comes back to the scores.",
    "hint": "Which step of yours takes the tensor out of autograd's sight?",
}
NUMPY = {
    "diagnosis": "The scores go through a NumPy array: it has no bfloat16, and a tensor that needs a gradient cannot become one.",
    "hint": "Which step of yours has no counterpart among the operations on tensors?",
}
VIEW = {
    "diagnosis": "A new shape is asked for by view, which needs the numbers in order in memory; a transposed tensor raises an error.",
    "hint": "What does the error message say about memory, and what does it propose?",
}
KEPT_NUMBERS = {
    "diagnosis": "The backward pass by hand uses numbers kept out of the graph: the gradient is right, but it cannot be differentiated again.",
    "hint": "How does a function with its own backward tell autograd which tensors it keeps?",
}
FLOAT32_OUT = {
    "diagnosis": "On their way the scores meet float32, and the result stays there: another dtype comes back than went in.",
    "hint": "Which dtype comes back for float16 and for float64 scores, and which tensor of yours decides it?",
}


FIRST_SHIFT = {
    "diagnosis": "The first score of each row is subtracted: where another lies far above it, the exp of the difference is inf.",
    "hint": "Which score of a row decides whether exp overflows, and where does your shift put it?",
}
MEDIAN_SHIFT = {
    "diagnosis": "The median of each row is subtracted: that leaves its largest score above 0, and where it lies far above, its exp is inf.",
    "hint": "Which score of a row decides whether exp overflows, and where does your shift put it?",
}
NEGATIVE_DIM = {
    "diagnosis": "Each negative dim is taken for the last one: dim=-2 gives the result of dim=-1.",
    "hint": "Which dimension does -2 count to in a tensor of shape (4, 5, 6), and which one does your code take?",
}
BACKWARD_ALONG_LAST = {
    "diagnosis": "The backward pass by hand sums along the last dimension, whichever one was asked for.",
    "hint": "Which entries share one sum in your forward pass, and which ones in your backward pass?",
}
PUT_BACK = {
    "diagnosis": "What a reduction leaves gets its dimension back at the end of the shape: that fits only where it was taken from there.",
    "hint": "Which shape do the maxima of a (4, 5, 6) tensor have along dim=0, and at which place is the dimension missing?",
}


# Right ones, for the mistakes that begin with them.


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """As it should be."""
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


def log_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """As it should be."""
    shifted = logits - logits.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


# softmax

of_softmax = partial(misconceptions.entry, task="softmax")


@of_softmax("M01-no-shift", loses="large_logits", **OVERFLOW)
def softmax_no_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M02-sum-over-everything", loses="rows_sum_to_one", **WHOLE_SUM)
def softmax_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.max()).exp()
    return e / e.sum()


@of_softmax("M02b-row-shift-sum-over-everything", loses="rows_sum_to_one", **WHOLE_SUM)
def softmax_row_shift_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.sum()


SHARED_SHIFT = {
    "diagnosis": "One number, such as the largest score of the whole tensor, is subtracted from every row: a row far below it becomes 0 / 0.",
    "hint": "How many largest scores are there in a batch of four rows, and which rows have to know of each other?",
}


@of_softmax("M03-max-over-everything", loses="softmax_every_dim", **SHARED_SHIFT)
def softmax_max_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.max()).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M04-always-last-dim", loses="softmax_every_dim", **IGNORED_DIM)
def softmax_always_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@of_softmax("M04b-always-dim-1", loses="softmax_every_dim", **IGNORED_DIM)
def softmax_always_dim_1(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(1, keepdim=True)).exp()
    return e / e.sum(1, keepdim=True)


@of_softmax("M04c-always-columns", loses="rows_sum_to_one", **IGNORED_DIM)
def softmax_always_columns(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(0, keepdim=True)).exp()
    return e / e.sum(0, keepdim=True)


SHIFT_ASTRAY = {
    "diagnosis": "The largest score is always sought along the same dimension, while the sum follows dim: within one sum the terms are shifted by different numbers.",
    "hint": "A shift cancels only if it is the same above and below the line: which entries share one sum?",
}


@of_softmax("M05-shift-along-last-dim", loses="softmax_every_dim", **SHIFT_ASTRAY)
def softmax_shift_along_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(-1, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M05b-sum-along-last-dim",
    loses="softmax_every_dim",
    diagnosis="The shift follows dim, but the sum below the line always runs along the last dimension.",
    hint="For dim=0, which entries should sum to 1, and which ones go into your sum?",
)
def softmax_sum_along_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


NO_EXP_ABOVE = {
    "diagnosis": "Above the line stands the score itself and not its exp: entries can be negative, and rows do not sum to 1.",
    "hint": "Can a share be negative? Which function makes every score positive, and where does yours use it?",
}


@of_softmax("M06-numerator-without-exp", loses="rows_sum_to_one", **NO_EXP_ABOVE)
def softmax_numerator_without_exp(logits: Tensor, dim: int = -1) -> Tensor:
    return logits / logits.exp().sum(dim, keepdim=True)


@of_softmax("M06b-shifted-numerator-without-exp", loses="rows_sum_to_one", **NO_EXP_ABOVE)
def softmax_shifted_numerator_without_exp(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z / z.exp().sum(dim, keepdim=True)


IN_PLACE = {
    "diagnosis": "A step is written into the tensor that was handed over: after the call the caller's scores have changed.",
    "hint": "Which of your operations makes a new tensor, and which one changes the one that it has?",
}


@of_softmax("M07-shift-in-place", loses="softmax_any_tensor", **IN_PLACE)
def softmax_shift_in_place(logits: Tensor, dim: int = -1) -> Tensor:
    logits -= logits.amax(dim, keepdim=True)
    e = logits.exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M07c-shift-in-place-of-the-data", loses="softmax_any_tensor", **IN_PLACE)
def softmax_shift_in_place_of_the_data(logits: Tensor, dim: int = -1) -> Tensor:
    logits.data.sub_(logits.amax(dim, keepdim=True))
    e = logits.exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M08-minus-absolute-max", loses="large_logits", **ABSOLUTE)
def softmax_minus_absolute_max(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True).abs()).exp()
    return e / e.sum(dim, keepdim=True)


PAIR = {
    "diagnosis": "A maximum along a dimension comes as a pair, values and positions, and here the pair is subtracted as if it were a tensor.",
    "hint": "Print what the maximum along a dimension returns: which part of it does the shift need?",
}


@of_softmax("M09b-max-is-a-pair-for-sub", loses="rows_sum_to_one", **PAIR)
def softmax_max_is_a_pair_for_sub(logits: Tensor, dim: int = -1) -> Tensor:
    e: Tensor = torch.sub(logits, torch.max(logits, dim, keepdim=True)).exp()  # type: ignore[call-overload]  # the mistake
    return e / e.sum(dim, keepdim=True)


@of_softmax("M09-max-is-a-pair", loses="rows_sum_to_one", **PAIR)
def softmax_max_is_a_pair(logits: Tensor, dim: int = -1) -> Tensor:
    e = torch.exp(logits - torch.max(logits, dim, keepdim=True))  # type: ignore[operator]  # the mistake
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M10-max-loses-dim",
    loses="rows_sum_to_one",
    diagnosis="The maxima lose their dimension: each of them meets a column and not its own row, and unless the tensor is square there is an error.",
    hint="Logits of shape (4, 7) have 4 maxima: in which shape does each of them meet its own row?",
)
def softmax_max_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M10b-max-and-sum-lose-dim",
    loses="rows_sum_to_one",
    diagnosis="Maxima and sums both lose their dimension: they meet columns and not their own rows, and unless the tensor is square there is an error.",
    hint="Logits of shape (4, 7) have 4 maxima and 4 sums: in which shape does each of them meet its own row?",
)
def softmax_max_and_sum_lose_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim)).exp()
    return e / e.sum(dim)


LOST_SUM_DIM = {
    "diagnosis": "The sums lose their dimension: an entry is divided by the sum of another row, and unless the tensor is square there is an error.",
    "hint": "Logits of shape (4, 7) have 4 sums: in which shape does each of them meet its own row?",
}


@of_softmax("M11-sum-loses-dim", loses="rows_sum_to_one", **LOST_SUM_DIM)
def softmax_sum_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim)


@of_softmax("M11b-no-shift-sum-loses-dim", loses="rows_sum_to_one", **LOST_SUM_DIM)
def softmax_no_shift_sum_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    return torch.exp(logits) / torch.sum(torch.exp(logits), dim)


MEAN_SHIFT = {
    "diagnosis": "Before exp the largest score of a row still lies above 0, far above if its scores differ much: for [0, 10000, 1] the exp of it is inf.",
    "hint": "Which score of a row decides whether exp overflows, and where does it lie when your code takes its exp?",
}


@of_softmax("M12-mean-shift", loses="large_logits", **MEAN_SHIFT)
def softmax_mean_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.mean(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


NO_EXP = {
    "diagnosis": "The scores themselves are divided by their sum: there is no exp, and [1, 2, 3] becomes [0.1667, 0.3333, 0.5].",
    "hint": "Softmax makes no difference between [1, 2, 3] and [101, 102, 103]: does yours?",
}


@of_softmax("M13-no-exponential", loses="softmax_values", **NO_EXP)
def softmax_no_exponential(logits: Tensor, dim: int = -1) -> Tensor:
    return logits / logits.sum(dim, keepdim=True)


@of_softmax(
    "M13b-shifted-no-exponential",
    loses="softmax_values",
    diagnosis="The shifted scores are divided by their sum without an exp: the best class gets 0, and the last one most.",
    hint="Which of [1, 2, 3] should get the largest share, and which one gets it here?",
)
def softmax_shifted_no_exponential(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z / z.sum(dim, keepdim=True)


@of_softmax(
    "M14-squares",
    loses="softmax_values",
    diagnosis="The shares are those of the squared scores: -3 counts as much as 3.",
    hint="Which share should a score of -3 have beside one of 3, and which function would tell the two apart?",
)
def softmax_squares(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits**2
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M14b-sigmoids",
    loses="softmax_values",
    diagnosis="Each score passes a sigmoid before it is normalised: high scores all become nearly 1, and their shares are nearly equal.",
    hint="How many times larger should the share of 12 be than that of 10, and how many times is it here?",
)
def softmax_sigmoids(logits: Tensor, dim: int = -1) -> Tensor:
    e = 1 / (1 + torch.exp(-logits))
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M14c-softplus",
    loses="softmax_values",
    diagnosis="Each score passes softplus, log(1 + exp), before it is normalised: high scores keep their ratio where the ratio of their exp is asked for.",
    hint="How many times larger should the share of 12 be than that of 10, and how many times is it here?",
)
def softmax_softplus(logits: Tensor, dim: int = -1) -> Tensor:
    e = F.softplus(logits)
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M50-denominator-without-exp",
    loses="rows_sum_to_one",
    diagnosis="Below the line the scores are summed without their exp, so the quotients do not sum to 1.",
    hint="Write the formula down for two scores: which two numbers are added below the line?",
)
def softmax_denominator_without_exp(logits: Tensor, dim: int = -1) -> Tensor:
    return logits.exp() / logits.sum(dim, keepdim=True)


@of_softmax(
    "M51-division-in-place",
    loses="large_logits",
    diagnosis="The division overwrites what exp returned, and the backward pass still needs it: the values are right, but the gradient ends in an error.",
    hint="For its slope autograd keeps what exp returned: what stands in that tensor after your division?",
)
def softmax_division_in_place(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    e /= e.sum(dim, keepdim=True)
    return e


@of_softmax(
    "M52-min-shift",
    loses="large_logits",
    diagnosis="The smallest score of each row is subtracted: no exponent is below 0, and in a wide row exp overflows.",
    hint="On which side of 0 can exp not overflow, and on which side are your exponents?",
)
def softmax_min_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amin(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M53-powers-of-two",
    loses="softmax_values",
    diagnosis="The powers are those of 2 and not of e: a score that is higher by 1 doubles the share.",
    hint="By which factor should a share grow against another when its score grows by 1?",
)
def softmax_powers_of_two(logits: Tensor, dim: int = -1) -> Tensor:
    e = torch.exp2(logits - logits.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@of_softmax("M54-clamped-scores", loses="large_logits", **CLAMPED)
def softmax_clamped_scores(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.clamp(-50, 50).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M54b-clamped-above", loses="large_logits", **CLAMPED)
def softmax_clamped_above(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.clamp(max=80).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M54c-clamped-at-80", loses="large_logits", **CLAMPED)
def softmax_clamped_at_80(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.clamp(-80, 80).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M55-small-number-for-a-shift",
    loses="large_logits",
    diagnosis="A small number below the line stands where a shift is needed: a row far below 0 becomes all 0, and one far above is still nan.",
    hint="What do the shares of [-1000, -1000] sum to here, and what is left of exp(-1000)?",
)
def softmax_small_number_for_a_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return e / (e.sum(dim, keepdim=True) + 1e-8)


@of_softmax(
    "M55b-number-below-the-line",
    loses="rows_sum_to_one",
    diagnosis="A number is added to the sum below the line, so the shares of a row add up to less than 1.",
    hint="How small can the sum below the line become when the largest exponent is 0?",
)
def softmax_number_below_the_line(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-4)


HIDDEN_NAN = {
    "diagnosis": "The nan that an overflow leaves behind is replaced by a number: it is out of sight, but the shares of that row are lost.",
    "hint": "Where does the first inf of that row come from, and what was the row before it?",
}


@of_softmax("M56-nan-to-zero", loses="large_logits", **HIDDEN_NAN)
def softmax_nan_to_zero(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return torch.nan_to_num(e / e.sum(dim, keepdim=True))


@of_softmax("M56b-nan-to-one", loses="large_logits", **HIDDEN_NAN)
def softmax_nan_to_one(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return torch.nan_to_num(e / e.sum(dim, keepdim=True), nan=1.0)


@of_softmax(
    "M57-one-hot-of-the-best",
    loses="softmax_values",
    diagnosis="The best class gets 1 and all others 0: this marks where the maximum is and gives the others no share.",
    hint="What should a class get whose score is only a little below the best?",
)
def softmax_one_hot_of_the_best(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits == logits.amax(dim, keepdim=True)).to(logits.dtype)


@of_softmax(
    "M58-logarithms",
    loses="rows_sum_to_one",
    diagnosis="These are the logarithms of the probabilities: none is above 0, and their sum is not 1.",
    hint="Which of the two functions in this file has its results between 0 and 1?",
)
def softmax_logarithms(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(dim, keepdim=True)


@of_softmax(
    "M59-smallest-wins",
    loses="softmax_values",
    diagnosis="The exponents have their sign turned: the smallest score gets the largest share.",
    hint="Which of [1, 2, 3] should get the largest share, and from what is which number subtracted?",
)
def softmax_smallest_wins(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits.amin(dim, keepdim=True) - logits).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M60-ruled-out-becomes-zero", loses="masked_entries", **REPLACED_MASK)
def softmax_ruled_out_becomes_zero(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.masked_fill(logits == -torch.inf, 0.0)
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


NEVER_NEGATIVE = {
    "diagnosis": "A row whose scores are all far below 0 is not shifted: it stays where it is, and its exp is 0.",
    "hint": "Which number does your code subtract from [-1000, -999]?",
}


@of_softmax("M61-max-never-negative", loses="large_logits", **NEVER_NEGATIVE)
def softmax_max_never_negative(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.amax(dim, keepdim=True).clamp(min=0)
    e = (logits - m).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M62-divided-by-the-largest",
    loses="rows_sum_to_one",
    diagnosis="Each exp is divided by the largest one of its row: the best class always gets 1, and the row sums to more.",
    hint="What should the shares of one row add up to, and which number below the line sees to it?",
)
def softmax_divided_by_the_largest(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits - logits.amax(dim, keepdim=True)).exp()


@of_softmax(
    "M63-divided-by-the-mean",
    loses="rows_sum_to_one",
    diagnosis="Each exp is divided by the mean of its row: the row sums to the number of its classes.",
    hint="What do the shares of a row of ten classes add up to here?",
)
def softmax_divided_by_the_mean(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.mean(dim, keepdim=True)


@of_softmax(
    "M64-backward-of-own-score-only",
    loses="large_logits",
    diagnosis="The backward pass by hand has the slope of each share in its own score only: p · (1 - p). The other scores do not come into it.",
    hint="Raise one score a little: what happens to the shares of the others, and which term of yours says so?",
)
def softmax_backward_of_own_score_only(logits: Tensor, dim: int = -1) -> Tensor:
    class Softmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            e = (x - x.amax(dim, keepdim=True)).exp()
            p = e / e.sum(dim, keepdim=True)
            ctx.save_for_backward(p)
            return p

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            (p,) = ctx.saved_tensors
            slope: Tensor = g * p * (1 - p)
            return slope

    probabilities: Tensor = Softmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return probabilities


@of_softmax("M03b-max-over-everything-there-is", loses="uneven_rows", **SHARED_SHIFT)
def softmax_max_over_everything_there_is(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.max() if logits.numel() else 0
    e = (logits - m).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M03c-max-over-a-sample",
    loses="softmax_every_dim",
    diagnosis="The largest score is sought over all dimensions but the first: within one sum the terms may be shifted by different numbers.",
    hint="A shift cancels only if it is the same above and below the line: which entries share one sum?",
)
def softmax_max_over_a_sample(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.amax(tuple(range(1, logits.dim())) if logits.dim() > 1 else 0, keepdim=True)
    e = (logits - m).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M08b-minus-largest-magnitude", loses="large_logits", **ABSOLUTE)
def softmax_minus_largest_magnitude(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.abs().amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M10c-dim-put-back-at-the-end", loses="softmax_every_dim", **PUT_BACK)
def softmax_dim_put_back_at_the_end(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim).unsqueeze(-1)).exp()
    return e / e.sum(dim).unsqueeze(-1)


@of_softmax("M54d-clamped-at-10000", loses="large_logits", **CLAMPED)
def softmax_clamped_at_10000(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.clamp(-1e4, 1e4)
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


NEVER_QUITE_ONE = {
    "diagnosis": "Even a certain class gets a little less than 1: a small number that the formula does not have comes into the quotient.",
    "hint": "With the shift, how small can the sum below the line become? Is there anything to guard against?",
}


@of_softmax("M55c-one-millionth-below-the-line", loses="softmax_values", **NEVER_QUITE_ONE)
def softmax_one_millionth_below_the_line(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-6)


@of_softmax("M55d-rounding-unit-below-the-line", loses="softmax_values", **NEVER_QUITE_ONE)
def softmax_rounding_unit_below_the_line(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / (e.sum(dim, keepdim=True) + torch.finfo(logits.dtype).eps)


KEPT_SHARE = {
    "diagnosis": "A class that is ruled out by -inf keeps a small share: a bound, or a number added or put in the place of -inf, holds it away from 0.",
    "hint": "What is exp(-inf), and does it need any help?",
}


@of_softmax("M65-exponent-bounded-below", loses="masked_entries", **KEPT_SHARE)
def softmax_exponent_bounded_below(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).clamp(min=-50).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M65b-share-bounded-below", loses="masked_entries", **KEPT_SHARE)
def softmax_share_bounded_below(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return (e / e.sum(dim, keepdim=True)).clamp(min=1e-8)


@of_softmax("M66-first-entry-shift", loses="large_logits", **FIRST_SHIFT)
def softmax_first_entry_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.narrow(dim, 0, 1)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "M70-unshifted-where-finite",
    loses="large_logits",
    diagnosis="The quotient without a shift is computed too, and put aside where it is nan: the values are right, but its gradient is nan all the same.",
    hint="A choice between two results differentiates both: what is the slope of the one that you do not take?",
)
def softmax_unshifted_where_finite(logits: Tensor, dim: int = -1) -> Tensor:
    plain = logits.exp() / logits.exp().sum(dim, keepdim=True)
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return torch.where(plain.isfinite(), plain, e / e.sum(dim, keepdim=True))


@of_softmax("M67-median-shift", loses="large_logits", **MEDIAN_SHIFT)
def softmax_median_shift(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.median(dim, keepdim=True).values).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M61b-shifted-only-above", loses="large_logits", **NEVER_NEGATIVE)
def softmax_shifted_only_above(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.amax(dim, keepdim=True)
    e = torch.where(m > 80, logits - m, logits).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M68-negative-dim-is-the-last", loses="softmax_every_dim", **NEGATIVE_DIM)
def softmax_negative_dim_is_the_last(logits: Tensor, dim: int = -1) -> Tensor:
    along = dim if dim >= 0 else logits.dim() - 1
    e = (logits - logits.amax(along, keepdim=True)).exp()
    return e / e.sum(along, keepdim=True)


@of_softmax("M69-backward-along-last-dim", loses="softmax_every_dim", **BACKWARD_ALONG_LAST)
def softmax_backward_along_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    class Softmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            e = (x - x.amax(dim, keepdim=True)).exp()
            p = e / e.sum(dim, keepdim=True)
            ctx.save_for_backward(p)
            return p

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            (p,) = ctx.saved_tensors
            slope: Tensor = p * (g - (g * p).sum(-1, keepdim=True))
            return slope

    probabilities: Tensor = Softmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return probabilities


@of_softmax("M01b-no-shift-in-the-logarithm", loses="large_logits", **OVERFLOW)
def softmax_no_shift_in_the_logarithm(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits - logits.exp().sum(dim, keepdim=True).log()).exp()


@of_softmax("M02c-no-shift-sum-over-everything", loses="rows_sum_to_one", **WHOLE_SUM)
def softmax_no_shift_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return e / e.sum()


@of_softmax("M05c-shift-along-dim-1", loses="softmax_every_dim", **SHIFT_ASTRAY)
def softmax_shift_along_dim_1(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(min(1, logits.dim() - 1), keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M05d-shift-along-dim-0", loses="softmax_values", **SHIFT_ASTRAY)
def softmax_shift_along_dim_0(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(0, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax("M01f-no-shift-in-float64", loses="large_logits", **LATER_OVERFLOW)
def softmax_no_shift_in_float64(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.double().exp()
    return (e / e.sum(dim, keepdim=True)).to(logits.dtype)


@of_softmax("M07b-exp-in-place", loses="softmax_any_tensor", **IN_PLACE)
def softmax_exp_in_place(logits: Tensor, dim: int = -1) -> Tensor:
    logits.sub_(logits.amax(dim, keepdim=True)).exp_()
    return logits / logits.sum(dim, keepdim=True)


@of_softmax(
    "M13c-magnitudes",
    loses="softmax_values",
    diagnosis="The magnitudes of the scores are divided by their sum: there is no exp, and -3 counts as much as 3.",
    hint="Which share should a score of -3 have beside one of 3, and which function would tell the two apart?",
)
def softmax_magnitudes(logits: Tensor, dim: int = -1) -> Tensor:
    return logits.abs() / logits.abs().sum(dim, keepdim=True)


@of_softmax(
    "M13d-distances-to-the-smallest",
    loses="softmax_values",
    diagnosis="The distances to the smallest score are divided by their sum: there is no exp, and the smallest class always gets 0.",
    hint="Which share should the smallest of [1, 2, 3] have, and which function makes every score positive?",
)
def softmax_distances_to_the_smallest(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amin(dim, keepdim=True)
    return z / z.sum(dim, keepdim=True)


@of_softmax("X01-softmax-built-in", loses="rows_sum_to_one", **BUILT_IN)
def softmax_built_in(logits: Tensor, dim: int = -1) -> Tensor:
    return torch.softmax(logits, dim)


@of_softmax("X02-softmax-no-return", loses="rows_sum_to_one", **NO_RETURN)
def softmax_no_return(logits: Tensor, dim: int = -1) -> None:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    probabilities = e / e.sum(dim, keepdim=True)  # noqa: F841  # the mistake


@of_softmax("X03-softmax-detached", loses="large_logits", **DETACHED)
def softmax_detached(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.detach()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


@of_softmax(
    "X03b-softmax-sum-detached",
    loses="large_logits",
    diagnosis="The sum below the line is cut out of the graph: the values are right, but the gradient does not know that each score moves the sum.",
    hint="If one score rises, the shares of the others fall: through which of your tensors does that reach them?",
)
def softmax_sum_detached(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True).detach()


@of_softmax("X04-softmax-numpy", loses="softmax_any_tensor", **NUMPY)
def softmax_numpy(logits: Tensor, dim: int = -1) -> Tensor:
    import numpy as np

    x = logits.numpy()
    e = np.exp(x - np.max(x, axis=dim, keepdims=True))
    return torch.from_numpy(e / np.sum(e, axis=dim, keepdims=True))


@of_softmax("X06-softmax-view", loses="softmax_every_dim", **VIEW)
def softmax_view(logits: Tensor, dim: int = -1) -> Tensor:
    moved = logits.movedim(dim, -1)
    rows = moved.view(-1, moved.shape[-1])
    e = (rows - rows.amax(1, keepdim=True)).exp()
    return (e / e.sum(1, keepdim=True)).view(moved.shape).movedim(-1, dim)


@of_softmax("X07-softmax-kept-numbers", loses="softmax_gradient", **KEPT_NUMBERS)
def softmax_kept_numbers(logits: Tensor, dim: int = -1) -> Tensor:
    class Softmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            e = (x - x.amax(dim, keepdim=True)).exp()
            ctx.p = (e / e.sum(dim, keepdim=True)).detach()
            return e / e.sum(dim, keepdim=True)

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            slope: Tensor = ctx.p * (g - (g * ctx.p).sum(dim, keepdim=True))
            return slope

    probabilities: Tensor = Softmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return probabilities


@of_softmax("X08-softmax-float32-out", loses="softmax_values", **FLOAT32_OUT)
def softmax_float32_out(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.float()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


FLOAT64_OUT = {
    "diagnosis": "The scores are cast to float64, and the result stays there: float32 goes in, float64 comes out.",
    "hint": "Which dtype does the docstring promise, and at which step does yours change for the last time?",
}


@of_softmax("X08b-softmax-float64-out", loses="rows_sum_to_one", **FLOAT64_OUT)
def softmax_float64_out(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.double()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


# log_softmax

of_log_softmax = partial(misconceptions.entry, task="log_softmax")


@of_log_softmax("L01-no-shift", loses="log_of_large_logits", **OVERFLOW)
def log_no_shift(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L02-log-of-unshifted-softmax", loses="log_keeps_far_classes", **LOST_PROBABILITY)
def log_of_unshifted_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return (e / e.sum(dim, keepdim=True)).log()


@of_log_softmax("L03-log-of-softmax", loses="log_keeps_far_classes", **LOST_PROBABILITY)
def log_of_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).log()


@of_log_softmax(
    "L03c-log-of-exp",
    loses="log_keeps_far_classes",
    diagnosis="The exp of a shifted score is taken, and then its logarithm: for a class far below the best the exp is 0, and the logarithm of 0 is -inf.",
    hint="What is the logarithm of exp of a number, and do you need either of the two there?",
)
def log_of_exp(logits: Tensor, dim: int = -1) -> Tensor:
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e.log() - e.sum(dim, keepdim=True).log()


SHARED_LOG_SHIFT = {
    "diagnosis": "The largest score of the whole tensor is subtracted from every row: far below it the sum of a row becomes 0.",
    "hint": "How many largest scores are there in a batch of four rows, and which rows have to know of each other?",
}


@of_log_softmax("L04-max-over-everything", loses="log_any_tensor", **SHARED_LOG_SHIFT)
def log_max_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.max()
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L05-sum-over-everything", loses="log_values", **WHOLE_SUM)
def log_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.max()
    return z - z.exp().sum().log()


@of_log_softmax("L05b-row-shift-sum-over-everything", loses="log_values", **WHOLE_SUM)
def log_row_shift_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum().log()


@of_log_softmax("L06-minus-absolute-max", loses="log_of_large_logits", **ABSOLUTE)
def log_minus_absolute_max(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True).abs()
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L07-plus-1e-6", loses="log_values", **FLOOR)
def log_plus_1e_6(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-6).log()


@of_log_softmax("L07b-plus-1e-7", loses="log_values", **FLOOR)
def log_plus_1e_7(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-7).log()


@of_log_softmax("L07c-plus-1e-8", loses="log_values", **FLOOR)
def log_plus_1e_8(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-8).log()


@of_log_softmax("L07d-plus-1e-9", loses="log_values", **FLOOR)
def log_plus_1e_9(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-9).log()


@of_log_softmax("L07e-at-least-1e-10", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_10(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-10).log()


@of_log_softmax("L07f-plus-1e-12", loses="log_keeps_far_classes", **FLOOR)
def log_plus_1e_12(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-12).log()


@of_log_softmax("L07g-plus-1e-15", loses="log_keeps_far_classes", **FLOOR)
def log_plus_1e_15(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-15).log()


@of_log_softmax("L07h-plus-1e-20", loses="log_keeps_far_classes", **FLOOR)
def log_plus_1e_20(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-20).log()


@of_log_softmax("L07i-at-least-1e-7", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_7(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-7).log()


@of_log_softmax("L07j-at-least-1e-8", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_8(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-8).log()


@of_log_softmax("L07k-plus-rounding-unit", loses="log_values", **FLOOR)
def log_plus_rounding_unit(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + torch.finfo(logits.dtype).eps).log()


@of_log_softmax("L07l-at-least-tiny", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_tiny(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=torch.finfo(logits.dtype).tiny).log()


@of_log_softmax("L08-detached", loses="log_keeps_far_classes", **DETACHED)
def log_detached(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.detach()
    return x - x.logsumexp(dim, keepdim=True)


@of_log_softmax("L09-always-last-dim", loses="log_any_tensor", **IGNORED_DIM)
def log_always_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(-1, keepdim=True)


@of_log_softmax("L09b-always-dim-1", loses="log_any_tensor", **IGNORED_DIM)
def log_always_dim_1(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(1, keepdim=True)


@of_log_softmax("L09c-always-columns", loses="log_values", **IGNORED_DIM)
def log_always_columns(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(0, keepdim=True)


@of_log_softmax("L10-log2-of-the-sum", loses="log_values", **OTHER_BASE)
def log2_of_the_sum(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log2()


@of_log_softmax("L10b-log10-of-the-sum", loses="log_values", **OTHER_BASE)
def log10_of_the_sum(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log10()


@of_log_softmax("L10c-log2-of-softmax", loses="log_values", **OTHER_BASE)
def log2_of_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).log2()


@of_log_softmax("L10d-log10-of-softmax", loses="log_values", **OTHER_BASE)
def log10_of_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).log10()


SIGN_TURNED = {
    "diagnosis": "The difference is taken the other way round: all results are positive, and the best class has the smallest.",
    "hint": "A probability is at most 1: which sign can its logarithm have?",
}


@of_log_softmax("L11-sign-turned", loses="log_values", **SIGN_TURNED)
def log_sign_turned(logits: Tensor, dim: int = -1) -> Tensor:
    return logits.logsumexp(dim, keepdim=True) - logits


@of_log_softmax(
    "L11b-sum-added",
    loses="log_values",
    diagnosis="The logarithm of the sum is added and not subtracted, so that some results are above 0.",
    hint="The sum stands below the line: what does the logarithm make of a division?",
)
def log_sum_added(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z + z.exp().sum(dim, keepdim=True).log()


@of_log_softmax(
    "L50-in-place",
    loses="log_any_tensor",
    diagnosis="The subtraction is written into the tensor that was handed over: after the call the caller's scores have changed.",
    hint="Which of your operations makes a new tensor, and which one changes the one that it has?",
)
def log_in_place(logits: Tensor, dim: int = -1) -> Tensor:
    logits -= logits.logsumexp(dim, keepdim=True)
    return logits


@of_log_softmax("L51-ruled-out-becomes-zero", loses="log_of_large_logits", **REPLACED_MASK)
def log_ruled_out_becomes_zero(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.masked_fill(logits == -torch.inf, 0.0)
    return x - x.logsumexp(dim, keepdim=True)


@of_log_softmax(
    "L52-sum-without-exp",
    loses="log_values",
    diagnosis="The scores are summed without their exp before the logarithm; where their sum is negative the result is nan.",
    hint="Write the formula down for two scores: which two numbers are added under the logarithm?",
)
def log_sum_without_exp(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.sum(dim, keepdim=True).log()


@of_log_softmax(
    "L53-shift-in-the-sum-only",
    loses="log_values",
    diagnosis="Inside the sum the maximum is subtracted, outside it the score is unshifted: every result of a row is too large by its maximum.",
    hint="Which result does [1, 2, 3] have, which one [101, 102, 103], and should they differ?",
)
def log_shift_in_the_sum_only(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return logits - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax(
    "L53b-shift-twice",
    loses="log_values",
    diagnosis="The maximum is subtracted twice, once from the score and once with the logarithm of the sum: every result of a row is too small by it.",
    hint="Which result does [1, 2, 3] have, which one [101, 102, 103], and should they differ?",
)
def log_shift_twice(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.amax(dim, keepdim=True)
    z = logits - m
    return z - (m + z.exp().sum(dim, keepdim=True).log())


@of_log_softmax(
    "L54-shift-only",
    loses="log_values",
    diagnosis="The scores are shifted, but no sum is taken into account: the best class has 0, as if it were certain.",
    hint="What is the sum of exp over one row of your result, and what should it be?",
)
def log_shift_only(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.amax(dim, keepdim=True)


@of_log_softmax(
    "L55-probabilities",
    loses="log_values",
    diagnosis="These are the probabilities themselves, between 0 and 1; no logarithm is taken of them.",
    hint="Which sign does the logarithm of a probability have, and which sign do your results have?",
)
def log_probabilities(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim)


@of_log_softmax(
    "L56-quotient-of-logarithms",
    loses="log_values",
    diagnosis="The score is divided by the logarithm of the sum: this is a quotient of two logarithms, not the logarithm of a quotient.",
    hint="Is log(8 / 2) the same as log(8) / log(2)? Which operation takes the place of the division?",
)
def log_quotient_of_logarithms(logits: Tensor, dim: int = -1) -> Tensor:
    return logits / logits.logsumexp(dim, keepdim=True)


@of_log_softmax(
    "L57-normalised-twice",
    loses="log_values",
    diagnosis="The scores become probabilities first, and those are normalised once more: no class can stand out any longer.",
    hint="How many times are the scores normalised on their way, and what goes into the second time?",
)
def log_normalised_twice(logits: Tensor, dim: int = -1) -> Tensor:
    p = softmax(logits, dim)
    return p - p.logsumexp(dim, keepdim=True)


@of_log_softmax(
    "L58-sum-loses-dim",
    loses="log_values",
    diagnosis="The sums lose their dimension: each of them meets a column and not its own row, and unless the tensor is square there is an error.",
    hint="Logits of shape (4, 7) have 4 sums: in which shape does each of them meet its own row?",
)
def log_sum_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum(dim).log()


@of_log_softmax(
    "L58b-max-loses-dim",
    loses="log_values",
    diagnosis="The maxima lose their dimension: each of them meets a column and not its own row, and unless the tensor is square there is an error.",
    hint="Logits of shape (4, 7) have 4 maxima: in which shape does each of them meet its own row?",
)
def log_max_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax(
    "L58c-whole-term-loses-dim",
    loses="log_values",
    diagnosis="Maximum and sum together lose their dimension: what belongs to one row is subtracted from a column, and unless the tensor is square there is an error.",
    hint="Logits of shape (4, 7) have 4 such numbers: in which shape does each of them meet its own row?",
)
def log_whole_term_loses_dim(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(dim)


LOG_MEAN_SHIFT = {
    "diagnosis": "Before exp the largest score of a row still lies above 0, far above if its scores differ much: for [0, 10000, 1] the exp of it is inf.",
    "hint": "Which score of a row decides whether exp overflows, and where does it lie when your code takes its exp?",
}


@of_log_softmax("L59-mean-shift", loses="log_keeps_far_classes", **LOG_MEAN_SHIFT)
def log_mean_shift(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.mean(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L60-clamped-scores", loses="log_keeps_far_classes", **CLAMPED)
def log_clamped_scores(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.clamp(-50, 50)
    return x - x.exp().sum(dim, keepdim=True).log()


@of_log_softmax(
    "L61-one-more-in-the-sum",
    loses="log_values",
    diagnosis="The logarithm is that of 1 plus the sum: a term too many, as if there were one class more.",
    hint="What does log1p add to its argument, and is that number in your sum already?",
)
def log_one_more_in_the_sum(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log1p()


@of_log_softmax(
    "L62-inf-to-a-number",
    loses="log_keeps_far_classes",
    diagnosis="The -inf that the logarithm of 0 leaves is replaced by the lowest number of the dtype, and how far the class lies below the best is lost.",
    hint="At which step does the probability become 0, and was it needed at all?",
)
def log_inf_to_a_number(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).log().nan_to_num()


@of_log_softmax("L02b-log-of-built-in-softmax", loses="log_values", **LOST_PROBABILITY)
def log_of_built_in_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return torch.log(torch.softmax(logits, dim))


@of_log_softmax("L06b-minus-largest-magnitude", loses="log_of_large_logits", **ABSOLUTE)
def log_minus_largest_magnitude(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.abs().amax(dim, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L58d-dim-put-back-at-the-end", loses="log_any_tensor", **PUT_BACK)
def log_dim_put_back_at_the_end(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim).unsqueeze(-1)
    return z - z.exp().sum(dim).log().unsqueeze(-1)


@of_log_softmax("L60b-clamped-at-10000", loses="log_of_large_logits", **CLAMPED)
def log_clamped_at_10000(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.clamp(-1e4, 1e4)
    return x - x.logsumexp(dim, keepdim=True)


NEVER_QUITE_ZERO = {
    "diagnosis": "Even a certain class does not reach 0: a small number that the formula does not have goes into the logarithm.",
    "hint": "With the shift, how small can the sum under the logarithm become? Is there anything to guard against?",
}


@of_log_softmax("L63-one-millionth-in-the-sum", loses="log_values", **NEVER_QUITE_ZERO)
def log_one_millionth_in_the_sum(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(dim, keepdim=True)
    return z - (z.exp().sum(dim, keepdim=True) + 1e-6).log()


@of_log_softmax("L64-first-entry-shift", loses="log_keeps_far_classes", **FIRST_SHIFT)
def log_first_entry_shift(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.narrow(dim, 0, 1)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L65-median-shift", loses="log_of_large_logits", **MEDIAN_SHIFT)
def log_median_shift(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.median(dim, keepdim=True).values
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L66-negative-dim-is-the-last", loses="log_any_tensor", **NEGATIVE_DIM)
def log_negative_dim_is_the_last(logits: Tensor, dim: int = -1) -> Tensor:
    along = dim if dim >= 0 else logits.dim() - 1
    return logits - logits.logsumexp(along, keepdim=True)


@of_log_softmax("L67-backward-along-last-dim", loses="log_any_tensor", **BACKWARD_ALONG_LAST)
def log_backward_along_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = x - x.logsumexp(dim, keepdim=True)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            (y,) = ctx.saved_tensors
            slope: Tensor = g - y.exp() * g.sum(-1, keepdim=True)
            return slope

    logarithms: Tensor = LogSoftmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return logarithms


@of_log_softmax(
    "L68-backward-without-the-sum",
    loses="log_keeps_far_classes",
    diagnosis="The backward pass by hand takes the sum of what is handed to it for 1: it is right only where that is so.",
    hint="Each score moves the sum, and the sum moves every entry: how do all the incoming numbers come together in one slope?",
)
def log_backward_without_the_sum(logits: Tensor, dim: int = -1) -> Tensor:
    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = x - x.logsumexp(dim, keepdim=True)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            (y,) = ctx.saved_tensors
            slope: Tensor = g - y.exp()
            return slope

    logarithms: Tensor = LogSoftmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return logarithms


@of_log_softmax("L01b-logarithm-of-exp", loses="log_keeps_far_classes", **OVERFLOW)
def log_logarithm_of_exp(logits: Tensor, dim: int = -1) -> Tensor:
    e = logits.exp()
    return e.log() - e.sum(dim, keepdim=True).log()


@of_log_softmax("L03b-log-of-exp-of-difference", loses="log_keeps_far_classes", **LOST_PROBABILITY)
def log_log_of_exp_of_difference(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits - logits.logsumexp(dim, keepdim=True)).exp().log()


@of_log_softmax("L05c-no-shift-sum-over-everything", loses="log_values", **WHOLE_SUM)
def log_no_shift_sum_over_everything(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.exp().sum().log()


@of_log_softmax("L06c-absolute-max-added-back", loses="log_of_large_logits", **ABSOLUTE)
def log_absolute_max_added_back(logits: Tensor, dim: int = -1) -> Tensor:
    m = logits.amax(dim, keepdim=True).abs()
    return logits - (m + (logits - m).exp().sum(dim, keepdim=True).log())


@of_log_softmax("L07m-plus-1e-5", loses="log_values", **FLOOR)
def log_plus_1e_5(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-5).log()


@of_log_softmax("L07n-at-least-1e-12", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_12(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-12).log()


@of_log_softmax("L07o-plus-1e-10", loses="log_values", **FLOOR)
def log_plus_1e_10(logits: Tensor, dim: int = -1) -> Tensor:
    return (softmax(logits, dim) + 1e-10).log()


@of_log_softmax("L07p-at-least-1e-15", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_15(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-15).log()


@of_log_softmax("L07r-at-least-1e-9", loses="log_keeps_far_classes", **FLOOR)
def log_at_least_1e_9(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).clamp(min=1e-9).log()


@of_log_softmax(
    "L07s-logarithm-at-least-minus-100",
    loses="log_keeps_far_classes",
    diagnosis="The logarithm of the probability is held at -100: all classes that are further below the best look alike, and their gradient is lost.",
    hint="Which logarithm should a class have whose score is 200 below the best?",
)
def log_at_least_minus_100(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits, dim).log().clamp(min=-100)


@of_log_softmax(
    "L07t-minus-100-for-a-lost-logarithm",
    loses="log_keeps_far_classes",
    diagnosis="Where the probability is 0, its logarithm is set to -100: all classes that are so far below the best look alike.",
    hint="Which logarithm should a class have whose score is 200 below the best?",
)
def log_minus_100_for_a_lost_logarithm(logits: Tensor, dim: int = -1) -> Tensor:
    p = softmax(logits, dim)
    return torch.where(p > 0, p.log(), torch.full_like(p, -100.0))


@of_log_softmax("L01f-no-shift-in-float64", loses="log_of_large_logits", **LATER_OVERFLOW)
def log_no_shift_in_float64(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits.double()
    return (z - z.exp().sum(dim, keepdim=True).log()).to(logits.dtype)


@of_log_softmax("L03f-log-of-softmax-in-float64", loses="log_keeps_far_classes", **LOST_PROBABILITY)
def log_of_softmax_in_float64(logits: Tensor, dim: int = -1) -> Tensor:
    return softmax(logits.double(), dim).log().to(logits.dtype)


LOG_SHIFT_ASTRAY = {
    "diagnosis": "The largest score is always sought along the same dimension, while the sum follows dim: within one sum the terms are shifted by different numbers.",
    "hint": "A shift cancels only if it is the same for all that goes into one sum: which entries are these?",
}


@of_log_softmax("L69-shift-along-dim-0", loses="log_values", **LOG_SHIFT_ASTRAY)
def log_shift_along_dim_0(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(0, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L69b-shift-along-last-dim", loses="log_any_tensor", **LOG_SHIFT_ASTRAY)
def log_shift_along_last_dim(logits: Tensor, dim: int = -1) -> Tensor:
    z = logits - logits.amax(-1, keepdim=True)
    return z - z.exp().sum(dim, keepdim=True).log()


@of_log_softmax("L10e-divided-by-log-10", loses="log_values", **OTHER_BASE)
def log_divided_by_log_10(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits - logits.logsumexp(dim, keepdim=True)) / torch.tensor(10.0, dtype=logits.dtype).log()


@of_log_softmax("L10f-divided-by-log-2", loses="log_values", **OTHER_BASE)
def log_divided_by_log_2(logits: Tensor, dim: int = -1) -> Tensor:
    return (logits - logits.logsumexp(dim, keepdim=True)) / torch.tensor(2.0, dtype=logits.dtype).log()


@of_log_softmax("L11c-minus-log-of-softmax", loses="log_values", **SIGN_TURNED)
def log_minus_log_of_softmax(logits: Tensor, dim: int = -1) -> Tensor:
    return -softmax(logits, dim).log()


@of_log_softmax("X08b-log-softmax-float64-out", loses="log_values", **FLOAT64_OUT)
def log_float64_out(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.double()
    return x - x.logsumexp(dim, keepdim=True)


@of_log_softmax("X01-log-softmax-built-in", loses="log_values", **BUILT_IN)
def log_built_in(logits: Tensor, dim: int = -1) -> Tensor:
    return F.log_softmax(logits, dim)


@of_log_softmax("X02-log-softmax-no-return", loses="log_values", **NO_RETURN)
def log_no_return(logits: Tensor, dim: int = -1) -> None:
    z = logits - logits.amax(dim, keepdim=True)
    logarithms = z - z.exp().sum(dim, keepdim=True).log()  # noqa: F841  # the mistake


@of_log_softmax(
    "X03-log-softmax-sum-detached",
    loses="log_keeps_far_classes",
    diagnosis="The logarithm of the sum is cut out of the graph: the values are right, but the gradient does not know that each score moves the sum.",
    hint="If one score rises, the logarithms of the others fall: through which of your tensors does that reach them?",
)
def log_sum_detached(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.logsumexp(dim, keepdim=True).detach()


@of_log_softmax("X04-log-softmax-numpy", loses="log_any_tensor", **NUMPY)
def log_numpy(logits: Tensor, dim: int = -1) -> Tensor:
    import numpy as np

    x = logits.numpy()
    z = x - np.max(x, axis=dim, keepdims=True)
    return torch.from_numpy(z - np.log(np.sum(np.exp(z), axis=dim, keepdims=True)))


@of_log_softmax("X06-log-softmax-view", loses="log_any_tensor", **VIEW)
def log_view(logits: Tensor, dim: int = -1) -> Tensor:
    moved = logits.movedim(dim, -1)
    rows = moved.view(-1, moved.shape[-1])
    return (rows - rows.logsumexp(1, keepdim=True)).view(moved.shape).movedim(-1, dim)


@of_log_softmax("X07-log-softmax-kept-numbers", loses="log_gradient", **KEPT_NUMBERS)
def log_kept_numbers(logits: Tensor, dim: int = -1) -> Tensor:
    class LogSoftmax(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = x - x.logsumexp(dim, keepdim=True)
            ctx.p = y.exp().detach()
            return y

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            slope: Tensor = g - ctx.p * g.sum(dim, keepdim=True)
            return slope

    logarithms: Tensor = LogSoftmax.apply(logits)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return logarithms


@of_log_softmax("X08-log-softmax-float32-out", loses="log_values", **FLOAT32_OUT)
def log_float32_out(logits: Tensor, dim: int = -1) -> Tensor:
    x = logits.float()
    return x - x.logsumexp(dim, keepdim=True)


# cross_entropy

of_cross_entropy = partial(misconceptions.entry, task="cross_entropy")


@of_cross_entropy(
    "C01-sum",
    loses="mean_over_the_batch",
    diagnosis="The losses of the samples are added up and not averaged: the loss grows with the size of the batch.",
    hint="What happens to your loss if every sample of the batch stands in it twice?",
)
def loss_sum(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].sum()


NO_REDUCTION = {
    "diagnosis": "One loss for each sample comes back: the last step, from these to one number, is not taken.",
    "hint": "Which shape does the result have for a batch of four, and which one does the docstring ask for?",
}


@of_cross_entropy("C02-no-reduction", loses="mean_over_the_batch", **NO_REDUCTION)
def loss_no_reduction(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets]


@of_cross_entropy("C02b-column-of-losses", loses="mean_over_the_batch", **NO_REDUCTION)
def loss_column_of_losses(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).gather(1, targets.unsqueeze(1))


SCORES_AS_P = {
    "diagnosis": "The logarithm is taken of the score itself, as if it were a probability: a score of 0 costs inf, a negative one is nan.",
    "hint": "Which numbers can a score be, and which ones a probability? Which step leads from one to the other?",
}


@of_cross_entropy("C03-scores-as-probabilities", loses="mean_over_the_batch", **SCORES_AS_P)
def loss_scores_as_probabilities(logits: Tensor, targets: Tensor) -> Tensor:
    return -logits[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C04-plus-1e-6", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_6(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-6).log().mean()


@of_cross_entropy("C04b-plus-1e-7", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_7(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-7).log().mean()


@of_cross_entropy("C04c-plus-1e-8", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_8(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-8).log().mean()


@of_cross_entropy("C04d-at-least-1e-9", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_9(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].clamp(min=1e-9).log().mean()


@of_cross_entropy("C04e-at-least-1e-10", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_10(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].clamp(min=1e-10).log().mean()


@of_cross_entropy("C04f-plus-1e-12", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_plus_1e_12(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-12).log().mean()


@of_cross_entropy("C04g-plus-1e-15", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_plus_1e_15(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-15).log().mean()


@of_cross_entropy("C04h-plus-1e-20", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_plus_1e_20(logits: Tensor, targets: Tensor) -> Tensor:
    return -(softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-20).log().mean()


@of_cross_entropy("C04i-plus-rounding-unit", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_rounding_unit(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -(p + torch.finfo(logits.dtype).eps).log().mean()


@of_cross_entropy("C04j-at-least-1e-7", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_7(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].clamp(min=1e-7).log().mean()


@of_cross_entropy("C04l-at-least-1e-8", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_8(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].clamp(min=1e-8).log().mean()


@of_cross_entropy("C04k-at-least-tiny", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_tiny(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -p.clamp(min=torch.finfo(logits.dtype).tiny).log().mean()


@of_cross_entropy("C05-log-of-softmax", loses="confident_mistakes", **LOST_PROBABILITY)
def loss_log_of_softmax(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C05b-log-of-unshifted-softmax", loses="confident_mistakes", **LOST_PROBABILITY)
def loss_log_of_unshifted_softmax(logits: Tensor, targets: Tensor) -> Tensor:
    e = logits.exp()
    p = e / e.sum(1, keepdim=True)
    return -p[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy(
    "C06-zero-times-inf",
    loses="confident_mistakes",
    diagnosis="Every class has its logarithm taken and is then multiplied by 0 or 1: where one probability is 0 its logarithm is -inf, and 0 · inf is nan.",
    hint="How many entries of a row does the loss need, and do the others have to be touched at all?",
)
def loss_zero_times_inf(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = F.one_hot(targets, logits.shape[1])
    return -(chosen * softmax(logits, 1).log()).sum(1).mean()


LOSS_IN_PLACE = {
    "diagnosis": "A step is written into the logits that were handed over: after the call the caller's scores have changed.",
    "hint": "Which of your operations makes a new tensor, and which one changes the one that it has?",
}


@of_cross_entropy("C07-shift-in-place", loses="loss_of_any_batch", **LOSS_IN_PLACE)
def loss_shift_in_place(logits: Tensor, targets: Tensor) -> Tensor:
    logits -= logits.amax(1, keepdim=True)
    logp = logits - logits.exp().sum(1, keepdim=True).log()
    return -logp[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C07b-shift-in-place-of-the-data", loses="loss_of_any_batch", **LOSS_IN_PLACE)
def loss_shift_in_place_of_the_data(logits: Tensor, targets: Tensor) -> Tensor:
    logits.data.sub_(logits.amax(1, keepdim=True))
    logp = logits - logits.exp().sum(1, keepdim=True).log()
    return -logp[torch.arange(len(logits)), targets].mean()


EVERY_TARGET = {
    "diagnosis": "Each row is paired with the targets of all samples: N · N numbers are averaged, of which only N belong to the loss.",
    "hint": "Which shape do the chosen entries have for a batch of four, and how many of them should there be?",
}


@of_cross_entropy(
    "C67b-always-class-0",
    loses="mean_over_the_batch",
    diagnosis="Each sample gives its entry of class 0, whatever its target is: the targets have no effect.",
    hint="Which entry of its row does a target of 3 name, and which one does your code take?",
)
def loss_always_class_0(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[:, 0].mean()


@of_cross_entropy("C08-every-row-with-every-target", loses="mean_over_the_batch", **EVERY_TARGET)
def loss_every_row_with_every_target(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[:, targets].mean()


@of_cross_entropy(
    "C08b-targets-choose-rows",
    loses="mean_over_the_batch",
    diagnosis="The targets choose rows and not classes: target 3 takes all of sample 3, and there may be no sample of that number.",
    hint="Which dimension of the logits counts the samples, which one the classes, and which one do the targets index?",
)
def loss_targets_choose_rows(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[targets].mean()


@of_cross_entropy(
    "C09-first-row-for-all",
    loses="mean_over_the_batch",
    diagnosis="The targets of all samples are looked up in the first row: what the other rows say does not count.",
    hint="Change the scores of the second sample: does your loss change?",
)
def loss_first_row_for_all(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[0, targets].mean()


@of_cross_entropy(
    "C10-best-class-for-target",
    loses="mean_over_the_batch",
    diagnosis="The loss is that of the best class of each row, whatever its target is: a confident mistake costs nothing.",
    hint="Exchange two targets: does your loss change?",
)
def loss_best_class_for_target(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).amax(1).mean()


@of_cross_entropy(
    "C10b-mean-of-all-classes",
    loses="mean_over_the_batch",
    diagnosis="All classes of a row are averaged, and the targets do not come in: a certain, right prediction costs more than a blind guess.",
    hint="Exchange two targets: does your loss change?",
)
def loss_mean_of_all_classes(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).mean()


@of_cross_entropy(
    "C10c-entropy",
    loses="mean_over_the_batch",
    diagnosis="The logarithms are weighted by the predicted probabilities and not by the targets: this is the entropy of the prediction.",
    hint="Exchange two targets: does your loss change?",
)
def loss_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    logp = log_softmax(logits, 1)
    return -(logp.exp() * logp).sum(1).mean()


NORMALISED_TWICE = {
    "diagnosis": "The scores become probabilities and are then normalised once more: with ten classes even certain, right predictions cost 1.4612.",
    "hint": "What does the logarithm's own normalisation expect: scores, or numbers between 0 and 1?",
}


@of_cross_entropy("C11-normalised-twice", loses="mean_over_the_batch", **NORMALISED_TWICE)
def loss_normalised_twice(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(softmax(logits, 1), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C11b-built-in-after-softmax", loses="mean_over_the_batch", **NORMALISED_TWICE)
def loss_built_in_after_softmax(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(softmax(logits, 1), targets)


@of_cross_entropy(
    "C12-mean-over-classes-too",
    loses="mean_over_the_batch",
    diagnosis="The mean runs over samples and classes, so the loss is divided by the number of classes once too often.",
    hint="By which number is your sum divided for 4 samples and 10 classes: 4, 10 or 40?",
)
def loss_mean_over_classes_too(logits: Tensor, targets: Tensor) -> Tensor:
    return -(F.one_hot(targets, logits.shape[1]) * log_softmax(logits, 1)).mean()


EXPECTS_ONE_HOT = {
    "diagnosis": "The targets are used as a matrix with one row for each sample; they come as a vector of class numbers, and as the second argument.",
    "hint": "Which shape do the targets have, what does a 3 among them say, and which argument are they?",
}


@of_cross_entropy("C13-expects-one-hot", loses="mean_over_the_batch", **EXPECTS_ONE_HOT)
def loss_expects_one_hot(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * log_softmax(logits, 1)).sum(1).mean()


@of_cross_entropy("C13b-argmax-of-targets", loses="mean_over_the_batch", **EXPECTS_ONE_HOT)
def loss_argmax_of_targets(logits: Tensor, targets: Tensor) -> Tensor:
    classes = targets.argmax(dim=1)
    return -log_softmax(logits, 1)[torch.arange(len(logits)), classes].mean()


WHOLE_BATCH = {
    "diagnosis": "Rows and classes are normalised together: each sample has to share the probability of 1 with the whole batch.",
    "hint": "What do the probabilities of one sample sum to here?",
}


@of_cross_entropy("C14-normalised-over-everything", loses="mean_over_the_batch", **WHOLE_BATCH)
def loss_normalised_over_everything(logits: Tensor, targets: Tensor) -> Tensor:
    logp = logits - logits.logsumexp((0, 1))
    return -logp[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C15-no-shift", loses="confident_mistakes", **OVERFLOW)
def loss_no_shift(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = logits[torch.arange(len(logits)), targets]
    return (logits.exp().sum(1).log() - chosen).mean()


@of_cross_entropy(
    "C16-sign-missing",
    loses="mean_over_the_batch",
    diagnosis="This is the mean logarithm itself: the loss is negative, and to make it smaller makes the predictions worse.",
    hint="Which sign should the loss of a blind guess have, and which sign has the logarithm of a probability?",
)
def loss_sign_missing(logits: Tensor, targets: Tensor) -> Tensor:
    return log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean()


LOSS_BASE = {
    "diagnosis": "The logarithm of the probability is not the natural one: every loss is off by the same factor.",
    "hint": "A blind guess among ten classes should cost 2.3026: what does it cost here, and to which base is that?",
}


@of_cross_entropy("C17-log2", loses="mean_over_the_batch", **LOSS_BASE)
def loss_log2(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].log2().mean()


@of_cross_entropy("C17b-log10", loses="mean_over_the_batch", **LOSS_BASE)
def loss_log10(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].log10().mean()


@of_cross_entropy(
    "C18-no-logarithm",
    loses="mean_over_the_batch",
    diagnosis="The loss is minus the probability of the target, without a logarithm: it lies between -1 and 0.",
    hint="What should a certain, right prediction cost, and what should it cost to rule out the target?",
)
def loss_no_logarithm(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy(
    "C18b-one-minus-probability",
    loses="mean_over_the_batch",
    diagnosis="The loss is 1 minus the probability of the target, without a logarithm: no mistake can cost more than 1.",
    hint="What should it cost to give the target a probability of nearly 0?",
)
def loss_one_minus_probability(logits: Tensor, targets: Tensor) -> Tensor:
    return (1 - softmax(logits, 1)[torch.arange(len(logits)), targets]).mean()


@of_cross_entropy(
    "C19-not-normalised",
    loses="mean_over_the_batch",
    diagnosis="The loss is minus the target's score: the scores of the other classes do not come in, and it has no lower bound.",
    hint="Add 100 to every score of a row: does your loss change, and should it?",
)
def loss_not_normalised(logits: Tensor, targets: Tensor) -> Tensor:
    return -logits[torch.arange(len(logits)), targets].mean()


@of_cross_entropy(
    "C20-normalised-over-the-batch",
    loses="mean_over_the_batch",
    diagnosis="The scores are normalised along dimension 0: the samples of the batch compete with each other, not the classes of a sample.",
    hint="Which dimension of the logits counts the classes, and along which one do your probabilities sum to 1?",
)
def loss_normalised_over_the_batch(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 0)[torch.arange(len(logits)), targets].mean()


SQUARED = {
    "diagnosis": "This is the squared distance to the one-hot target: there is no logarithm, and a confident mistake costs little more than a doubtful one.",
    "hint": "Which probabilities of a row does the formula in the docstring use, and in which function?",
}


@of_cross_entropy("C21-squared-error", loses="mean_over_the_batch", **SQUARED)
def loss_squared_error(logits: Tensor, targets: Tensor) -> Tensor:
    return ((softmax(logits, 1) - F.one_hot(targets, logits.shape[1])) ** 2).mean()


@of_cross_entropy("C21b-squared-error-a-sample", loses="mean_over_the_batch", **SQUARED)
def loss_squared_error_a_sample(logits: Tensor, targets: Tensor) -> Tensor:
    return ((softmax(logits, 1) - F.one_hot(targets, logits.shape[1])) ** 2).sum(1).mean()


@of_cross_entropy("C21d-half-squared-error-a-sample", loses="mean_over_the_batch", **SQUARED)
def loss_half_squared_error_a_sample(logits: Tensor, targets: Tensor) -> Tensor:
    return ((softmax(logits, 1) - F.one_hot(targets, logits.shape[1])) ** 2).sum(1).mean() / 2


@of_cross_entropy("C21c-squared-error-of-scores", loses="mean_over_the_batch", **SQUARED)
def loss_squared_error_of_scores(logits: Tensor, targets: Tensor) -> Tensor:
    return ((logits - F.one_hot(targets, logits.shape[1])) ** 2).mean()


BINARY = {
    "diagnosis": "Each class is judged on its own, as a question of yes or no, and the answers are averaged: this is the binary loss.",
    "hint": "How many terms does one sample with ten classes bring into your sum, and how many into the docstring's?",
}


@of_cross_entropy("C22-binary-loss", loses="mean_over_the_batch", **BINARY)
def loss_binary_loss(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return F.binary_cross_entropy(softmax(logits, 1), chosen)


@of_cross_entropy("C22b-binary-loss-of-scores", loses="mean_over_the_batch", **BINARY)
def loss_binary_loss_of_scores(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return F.binary_cross_entropy_with_logits(logits, chosen)


SMOOTHED = {
    "diagnosis": "Part of the weight goes to all classes alike: the targets are smoothed, and a certain, right prediction does not cost 0.",
    "hint": "How much weight do the classes have in your sum that are not the target?",
}


@of_cross_entropy("C23-label-smoothing", loses="mean_over_the_batch", **SMOOTHED)
def loss_label_smoothing(logits: Tensor, targets: Tensor) -> Tensor:
    logp = log_softmax(logits, 1)
    return -0.9 * logp[torch.arange(len(logits)), targets].mean() - 0.1 * logp.mean()


@of_cross_entropy(
    "C50-divided-by-classes",
    loses="mean_over_the_batch",
    diagnosis="The sum over the samples is divided by the number of classes, not by the number of samples.",
    hint="Which entry of the shape counts the samples?",
)
def loss_divided_by_classes(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].sum() / logits.shape[1]


@of_cross_entropy(
    "C51-squeezed",
    loses="loss_of_any_batch",
    diagnosis="A squeeze takes every dimension of size 1 away: a batch of one sample has no dimension for its samples left.",
    hint="Which shape do logits of (1, 4) have after the squeeze, and which dimension is gone?",
)
def loss_squeezed(logits: Tensor, targets: Tensor) -> Tensor:
    x = logits.squeeze()
    return (x.logsumexp(1) - x[torch.arange(len(x)), targets]).mean()


@of_cross_entropy(
    "C52-targets-in-place",
    loses="loss_of_any_batch",
    diagnosis="The targets get their second dimension in place: after the call the caller's tensor has another shape.",
    hint="What does an underscore at the end of a method's name say about the tensor?",
)
def loss_targets_in_place(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).gather(1, targets.unsqueeze_(1)).mean()


@of_cross_entropy(
    "C53-gather-by-a-flat-index",
    loses="mean_over_the_batch",
    diagnosis="The index for gather has one dimension and the logits have two; gather needs as many in both and raises an error.",
    hint="Which shape should the chosen entries have before the mean, and which shape has your index?",
)
def loss_gather_by_a_flat_index(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).gather(1, targets).mean()


@of_cross_entropy(
    "C54-classes-counted-in-targets",
    loses="mean_over_the_batch",
    diagnosis="The width of the one-hot rows comes from the largest target: where the last class does not occur the shapes do not fit.",
    hint="How many classes do the targets [0, 1, 1] speak of, and where does the real number stand?",
)
def loss_classes_counted_in_targets(logits: Tensor, targets: Tensor) -> Tensor:
    return -(F.one_hot(targets) * log_softmax(logits, 1)).sum(1).mean()


@of_cross_entropy(
    "C55-share-of-mistakes",
    loses="mean_over_the_batch",
    diagnosis="This counts how many predictions miss their target: it says nothing of how sure they are, and has no gradient.",
    hint="What should two right predictions cost of which one is certain and the other barely right?",
)
def loss_share_of_mistakes(logits: Tensor, targets: Tensor) -> Tensor:
    return (logits.argmax(1) != targets).to(logits.dtype).mean()


@of_cross_entropy(
    "C56-first-sample-only",
    loses="mean_over_the_batch",
    diagnosis="Only the first sample has a say: what the others cost does not come into the loss.",
    hint="In a batch of four, whose scores does your function read before it returns?",
)
def loss_first_sample_only(logits: Tensor, targets: Tensor) -> Tensor:
    total = torch.zeros((), dtype=logits.dtype)
    for row, target in zip(logits, targets, strict=True):
        total = total - log_softmax(row)[target]
        return total
    return total


@of_cross_entropy(
    "C57-backward-not-averaged",
    loses="loss_gradient",
    diagnosis="The value is averaged over the batch, but the backward pass by hand is that of the sum: every slope is too large by the number of samples.",
    hint="For a batch of one your gradient is right: what should happen to each slope when the batch grows?",
)
def loss_backward_not_averaged(logits: Tensor, targets: Tensor) -> Tensor:
    class CrossEntropy(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
            ctx.save_for_backward(x, y)
            return (x.logsumexp(1) - x[torch.arange(len(x)), y]).mean()

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
            x, y = ctx.saved_tensors
            return g * (softmax(x, 1) - F.one_hot(y, x.shape[1])), None

    loss: Tensor = CrossEntropy.apply(logits, targets)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return loss


@of_cross_entropy(
    "C57b-backward-ignores-what-comes-in",
    loses="loss_gradient",
    diagnosis="The backward pass by hand leaves out the gradient that is handed to it: twice the loss would have the same slopes.",
    hint="If the loss is multiplied by 3 before backward, what should happen to each slope, and through which argument does yours hear of it?",
)
def loss_backward_ignores_what_comes_in(logits: Tensor, targets: Tensor) -> Tensor:
    class CrossEntropy(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
            ctx.save_for_backward(x, y)
            return (x.logsumexp(1) - x[torch.arange(len(x)), y]).mean()

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
            x, y = ctx.saved_tensors
            return (softmax(x, 1) - F.one_hot(y, x.shape[1])) / len(x), None

    loss: Tensor = CrossEntropy.apply(logits, targets)  # type: ignore[no-untyped-call]  # torch says nothing of it
    return loss


PIECES = {
    "diagnosis": "The batch is taken in pieces, and the means of the pieces are averaged: a small last piece weighs as much as a full one.",
    "hint": "If the last piece has one sample and the others many, how much does that sample weigh?",
}


@of_cross_entropy("C58-mean-over-pieces-of-8", loses="mean_over_the_batch", **PIECES)
def loss_mean_over_pieces_of_8(logits: Tensor, targets: Tensor) -> Tensor:
    each = log_softmax(logits, 1).gather(1, targets.unsqueeze(1))
    return -torch.stack([piece.mean() for piece in torch.split(each, 8)]).mean()


@of_cross_entropy("C58b-mean-over-pieces-of-16", loses="mean_over_the_batch", **PIECES)
def loss_mean_over_pieces_of_16(logits: Tensor, targets: Tensor) -> Tensor:
    each = log_softmax(logits, 1).gather(1, targets.unsqueeze(1))
    return -torch.stack([piece.mean() for piece in torch.split(each, 16)]).mean()


@of_cross_entropy("C58c-mean-over-pieces-of-32", loses="mean_over_the_batch", **PIECES)
def loss_mean_over_pieces_of_32(logits: Tensor, targets: Tensor) -> Tensor:
    each = log_softmax(logits, 1).gather(1, targets.unsqueeze(1))
    return -torch.stack([piece.mean() for piece in torch.split(each, 32)]).mean()


@of_cross_entropy("C58d-mean-over-pieces-of-64", loses="mean_over_the_batch", **PIECES)
def loss_mean_over_pieces_of_64(logits: Tensor, targets: Tensor) -> Tensor:
    each = log_softmax(logits, 1).gather(1, targets.unsqueeze(1))
    return -torch.stack([piece.mean() for piece in torch.split(each, 64)]).mean()


@of_cross_entropy("C58e-mean-over-pieces-of-128", loses="mean_over_the_batch", **PIECES)
def loss_mean_over_pieces_of_128(logits: Tensor, targets: Tensor) -> Tensor:
    each = log_softmax(logits, 1).gather(1, targets.unsqueeze(1))
    return -torch.stack([piece.mean() for piece in torch.split(each, 128)]).mean()


@of_cross_entropy(
    "C59-one-millionth-in-the-sum",
    loses="mean_over_the_batch",
    diagnosis="Even a certain, right prediction does not cost 0: a small number that the formula does not have goes into the logarithm.",
    hint="With the shift, how small can the sum under the logarithm become? Is there anything to guard against?",
)
def loss_one_millionth_in_the_sum(logits: Tensor, targets: Tensor) -> Tensor:
    z = logits - logits.amax(1, keepdim=True)
    logp = z - (z.exp().sum(1, keepdim=True) + 1e-6).log()
    return -logp[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C60-clamped-scores", loses="confident_mistakes", **CLAMPED)
def loss_clamped_scores(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.clamp(-50, 50), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C60b-clamped-at-10000", loses="confident_mistakes", **CLAMPED)
def loss_clamped_at_10000(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.clamp(-1e4, 1e4), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("C60d-clamped-at-10000-then-logsumexp", loses="confident_mistakes", **CLAMPED)
def loss_clamped_at_10000_then_logsumexp(logits: Tensor, targets: Tensor) -> Tensor:
    x = logits.clamp(-1e4, 1e4)
    return (x.logsumexp(1) - x[torch.arange(len(x)), targets]).mean()


@of_cross_entropy("C60c-clamped-at-100", loses="confident_mistakes", **CLAMPED)
def loss_clamped_at_100(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.clamp(-100, 100), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy(
    "C61-loss-at-most-100",
    loses="confident_mistakes",
    diagnosis="The loss of a sample is bounded: beyond that a confident mistake costs no more, and its gradient is 0.",
    hint="What should a target cost whose score is 1000 below the best, and which number comes out here?",
)
def loss_at_most_100(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1).clamp(min=-100)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy(
    "C62-shift-by-the-target",
    loses="confident_mistakes",
    diagnosis="The logarithm is taken of one over the target's probability, or of a sum of exp over that of the target: where the target lies far below, that is inf.",
    hint="With a target 1000 below the best score, what is under your logarithm, and can the dtype hold it?",
)
def loss_shift_by_the_target(logits: Tensor, targets: Tensor) -> Tensor:
    z = logits - logits.gather(1, targets.unsqueeze(1))
    return z.exp().sum(1).log().mean()


@of_cross_entropy(
    "C63-max-over-everything",
    loses="confident_mistakes",
    diagnosis="The largest score of the whole batch is subtracted from every row: far below it the sum of a row becomes 0, and its loss is inf.",
    hint="How many largest scores are there in a batch of four rows, and which rows have to know of each other?",
)
def loss_max_over_everything(logits: Tensor, targets: Tensor) -> Tensor:
    z = logits - logits.max()
    return (z.exp().sum(1).log() - z[torch.arange(len(logits)), targets]).mean()


@of_cross_entropy(
    "C64-mean-of-the-classes",
    loses="mean_over_the_batch",
    diagnosis="The losses are averaged within each class first and then over the classes: a sample of a rare class weighs more.",
    hint="By which number is each sample's loss divided in the docstring's formula, whatever its class is?",
)
def loss_mean_of_the_classes(logits: Tensor, targets: Tensor) -> Tensor:
    each = -log_softmax(logits, 1)[torch.arange(len(logits)), targets]
    return torch.stack([each[targets == c].mean() for c in sorted(set(targets.tolist()))]).mean()


@of_cross_entropy(
    "C65-divided-by-one-less",
    loses="mean_over_the_batch",
    diagnosis="The sum is divided by one less than the number of samples.",
    hint="By which number do you divide for a batch of four?",
)
def loss_divided_by_one_less(logits: Tensor, targets: Tensor) -> Tensor:
    each = -log_softmax(logits, 1)[torch.arange(len(logits)), targets]
    return each.sum() / max(1, len(each) - 1)


@of_cross_entropy(
    "C66-class-0-left-out",
    loses="mean_over_the_batch",
    diagnosis="Samples of class 0 do not count: neither in the sum nor in the number that it is divided by.",
    hint="Is 0 a class like the others here?",
)
def loss_class_0_left_out(logits: Tensor, targets: Tensor) -> Tensor:
    each = -log_softmax(logits, 1)[torch.arange(len(logits)), targets]
    kept = targets != 0
    return (each * kept).sum() / kept.sum().clamp(min=1)


@of_cross_entropy(
    "C67-classes-counted-from-1",
    loses="mean_over_the_batch",
    diagnosis="Each target is taken one too low, as if the classes were counted from 1: it picks the entry beside the right one.",
    hint="Which entry of its row does a target of 0 name?",
)
def loss_classes_counted_from_1(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets - 1].mean()


@of_cross_entropy(
    "C68-logarithm-of-the-mean",
    loses="mean_over_the_batch",
    diagnosis="The probabilities of the targets are averaged first, and the logarithm is taken of their mean: a confident mistake hardly shows.",
    hint="One sample with p = 1 and one with p = 0.01: what is the mean of their losses, and what does your order of steps give?",
)
def loss_logarithm_of_the_mean(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[torch.arange(len(logits)), targets].mean().log()


@of_cross_entropy("C15f-no-shift-in-float64", loses="confident_mistakes", **LATER_OVERFLOW)
def loss_no_shift_in_float64(logits: Tensor, targets: Tensor) -> Tensor:
    z = logits.double()
    chosen = z[torch.arange(len(logits)), targets]
    return (z.exp().sum(1).log() - chosen).mean().to(logits.dtype)


@of_cross_entropy("C05f-log-of-softmax-in-float64", loses="confident_mistakes", **LOST_PROBABILITY)
def loss_log_of_softmax_in_float64(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits.double(), 1)[torch.arange(len(logits)), targets]
    return -p.log().mean().to(logits.dtype)


# With a built-in on the way, too, the mistake after it is told.


@of_cross_entropy("C05c-log-of-built-in-softmax", loses="mean_over_the_batch", **LOST_PROBABILITY)
def loss_log_of_built_in_softmax(logits: Tensor, targets: Tensor) -> Tensor:
    return -torch.softmax(logits, 1)[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C04n-built-in-plus-1e-9", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_built_in_plus_1e_9(logits: Tensor, targets: Tensor) -> Tensor:
    return -(torch.softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-9).log().mean()


@of_cross_entropy("C04o-built-in-plus-1e-8", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_built_in_plus_1e_8(logits: Tensor, targets: Tensor) -> Tensor:
    return -(torch.softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-8).log().mean()


@of_cross_entropy("C04p-built-in-plus-1e-12", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_built_in_plus_1e_12(logits: Tensor, targets: Tensor) -> Tensor:
    return -(torch.softmax(logits, 1)[torch.arange(len(logits)), targets] + 1e-12).log().mean()


@of_cross_entropy("C03b-one-hot-times-log-of-scores", loses="mean_over_the_batch", **SCORES_AS_P)
def loss_one_hot_times_log_of_scores(logits: Tensor, targets: Tensor) -> Tensor:
    return -(F.one_hot(targets, logits.shape[1]) * logits.log()).sum(1).mean()


@of_cross_entropy("C04q-plus-1e-5", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_5(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -(p + 1e-5).log().mean()


@of_cross_entropy("C04r-at-least-1e-12", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_12(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -p.clamp(min=1e-12).log().mean()


@of_cross_entropy("C04s-at-least-1e-15", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_15(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -p.clamp(min=1e-15).log().mean()


@of_cross_entropy("C04t-plus-1e-10", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_10(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -(p + 1e-10).log().mean()


@of_cross_entropy("C04u-plus-1e-9", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_plus_1e_9(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -(p + 1e-9).log().mean()


@of_cross_entropy("C04v-at-least-1e-6", loses="confident_mistakes", **CHEAP_MISTAKE)
def loss_at_least_1e_6(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1)[torch.arange(len(logits)), targets]
    return -p.clamp(min=1e-6).log().mean()


@of_cross_entropy("C04w-between-1e-7-and-1", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_between_1e_7_and_1(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1).clamp(1e-7, 1 - 1e-7)
    return -p[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C04x-between-1e-6-and-1", loses="mean_over_the_batch", **CHEAP_MISTAKE)
def loss_between_1e_6_and_1(logits: Tensor, targets: Tensor) -> Tensor:
    p = softmax(logits, 1).clamp(1e-6, 1 - 1e-6)
    return -p[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C08c-log-of-softmax-with-every-target", loses="mean_over_the_batch", **EVERY_TARGET)
def loss_log_of_softmax_with_every_target(logits: Tensor, targets: Tensor) -> Tensor:
    return -softmax(logits, 1)[:, targets].log().mean()


@of_cross_entropy("C13c-targets-times-log-of-softmax", loses="mean_over_the_batch", **EXPECTS_ONE_HOT)
def loss_targets_times_log_of_softmax(logits: Tensor, targets: Tensor) -> Tensor:
    return -(targets * softmax(logits, 1).log()).sum(1).mean()


@of_cross_entropy("C14b-unshifted-over-everything", loses="mean_over_the_batch", **WHOLE_BATCH)
def loss_unshifted_over_everything(logits: Tensor, targets: Tensor) -> Tensor:
    p = logits.exp() / logits.exp().sum()
    return -p[torch.arange(len(logits)), targets].log().mean()


@of_cross_entropy("C17c-divided-by-log-2", loses="mean_over_the_batch", **LOSS_BASE)
def loss_divided_by_log_2(logits: Tensor, targets: Tensor) -> Tensor:
    base = torch.tensor(2.0, dtype=logits.dtype)
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean() / base.log()


@of_cross_entropy("C17d-divided-by-log-10", loses="mean_over_the_batch", **LOSS_BASE)
def loss_divided_by_log_10(logits: Tensor, targets: Tensor) -> Tensor:
    base = torch.tensor(10.0, dtype=logits.dtype)
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean() / base.log()


@of_cross_entropy("C22c-binary-loss-by-hand", loses="mean_over_the_batch", **BINARY)
def loss_binary_loss_by_hand(logits: Tensor, targets: Tensor) -> Tensor:
    y, p = F.one_hot(targets, logits.shape[1]), softmax(logits, 1)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


@of_cross_entropy(
    "C22d-binary-losses-added-up",
    loses="mean_over_the_batch",
    diagnosis="Each class is judged on its own, as a question of yes or no, and the answers of a sample are added up: this is the binary loss.",
    hint="How many terms does one sample with ten classes bring into your sum, and how many into the docstring's?",
)
def loss_binary_losses_added_up(logits: Tensor, targets: Tensor) -> Tensor:
    y, p = F.one_hot(targets, logits.shape[1]), softmax(logits, 1)
    return -(y * p.log() + (1 - y) * (1 - p).log()).sum(1).mean()


@of_cross_entropy("C23b-smoothed-by-a-fifth", loses="mean_over_the_batch", **SMOOTHED)
def loss_smoothed_by_0_2(logits: Tensor, targets: Tensor) -> Tensor:
    logp = log_softmax(logits, 1)
    chosen = logp[torch.arange(len(logits)), targets].mean()
    return -(1 - 0.2) * chosen - 0.2 * logp.mean()


@of_cross_entropy("C23c-smoothed-by-a-twentieth", loses="mean_over_the_batch", **SMOOTHED)
def loss_smoothed_by_0_05(logits: Tensor, targets: Tensor) -> Tensor:
    logp = log_softmax(logits, 1)
    chosen = logp[torch.arange(len(logits)), targets].mean()
    return -(1 - 0.05) * chosen - 0.05 * logp.mean()


@of_cross_entropy("X08c-cross-entropy-float64-out", loses="mean_over_the_batch", **FLOAT64_OUT)
def loss_float64_out(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.double(), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("X06b-cross-entropy-rows-by-view", loses="loss_of_any_batch", **VIEW)
def loss_rows_by_view(logits: Tensor, targets: Tensor) -> Tensor:
    x = logits.view(len(targets), -1)
    flat = torch.arange(len(x)) * x.shape[1] + targets
    return (x.logsumexp(1) - x.view(-1)[flat]).mean()


@of_cross_entropy("X04-cross-entropy-numpy", loses="loss_of_any_batch", **NUMPY)
def loss_numpy(logits: Tensor, targets: Tensor) -> Tensor:
    import numpy as np

    x = logits.numpy()
    z = x - np.max(x, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return torch.tensor(-logp[np.arange(len(x)), targets.numpy()].mean())


@of_cross_entropy("X01-cross-entropy-built-in", loses="mean_over_the_batch", **BUILT_IN)
def loss_built_in(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits, targets)


@of_cross_entropy("X01b-cross-entropy-built-in-of-own-logarithm", loses="mean_over_the_batch", **BUILT_IN)
def loss_built_in_of_own_logarithm(logits: Tensor, targets: Tensor) -> Tensor:
    return F.nll_loss(log_softmax(logits, 1), targets)


@of_cross_entropy("X02-cross-entropy-no-return", loses="mean_over_the_batch", **NO_RETURN)
def loss_no_return(logits: Tensor, targets: Tensor) -> None:
    loss = -log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean()  # noqa: F841  # the mistake


@of_cross_entropy("X03-cross-entropy-detached", loses="confident_mistakes", **DETACHED)
def loss_detached(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.detach(), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy(
    "X03b-cross-entropy-sum-detached",
    loses="confident_mistakes",
    diagnosis="The logarithm of the sum is cut out of the graph: the value is right, but the gradient pulls at the target's score only.",
    hint="Which classes of a row should feel a gradient, and through which of your tensors would it reach them?",
)
def loss_sum_detached(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = logits[torch.arange(len(logits)), targets]
    return (logits.logsumexp(1).detach() - chosen).mean()


@of_cross_entropy(
    "X05-cross-entropy-python-number",
    loses="mean_over_the_batch",
    diagnosis="A Python number comes back and not a tensor: the value is right, but it remembers nothing of the scores, and nothing can be trained with it.",
    hint="Which step of yours turns the tensor into a number, and who needs it as one?",
)
def loss_python_number(logits: Tensor, targets: Tensor) -> float:
    return -log_softmax(logits, 1)[torch.arange(len(logits)), targets].mean().item()


@of_cross_entropy("X06-cross-entropy-view", loses="loss_of_any_batch", **VIEW)
def loss_view(logits: Tensor, targets: Tensor) -> Tensor:
    samples, classes = logits.shape
    flat = log_softmax(logits, 1).view(-1)
    return -flat[torch.arange(samples) * classes + targets].mean()


@of_cross_entropy("X08-cross-entropy-float32-out", loses="mean_over_the_batch", **FLOAT32_OUT)
def loss_float32_out(logits: Tensor, targets: Tensor) -> Tensor:
    return -log_softmax(logits.float(), 1)[torch.arange(len(logits)), targets].mean()


@of_cross_entropy("X08b-cross-entropy-float32-one-hot", loses="loss_of_any_batch", **FLOAT32_OUT)
def loss_float32_one_hot(logits: Tensor, targets: Tensor) -> Tensor:
    chosen = F.one_hot(targets, logits.shape[1]).float()
    return -(chosen * log_softmax(logits, 1)).sum(1).mean()
