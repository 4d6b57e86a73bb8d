"""What goes wrong in trainability.py: units taken for samples, bounds for one side, a step of the recipe left out."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..result import CheckFailure
from . import Misconceptions

if TYPE_CHECKING:
    from ..submission import Submission

misconceptions = Misconceptions()


@misconceptions.probe("saturated_fraction")
def at_the_bounds_and_beyond(submission: Submission) -> None:
    """Entries on a bound, inside of it and outside, each alone."""
    for entries in ([-1.0, 1.0, 0.0, 0.0], [-3.0, 3.0, 0.0, 0.0], [-0.995, 0.995, 0.0, 0.0]):
        for tolerance in (0.01, 0.5):
            with contextlib.suppress(CheckFailure):
                submission.saturated_fraction(torch.tensor([entries]), -1.0, 1.0, tolerance)
    entries = [1.0, 0.9, 0.3, 0.0]
    for low, high, tolerance in (
        (0.0, math.inf, 0.1),
        (-math.inf, 0.5, 0.1),
        (0.0, 1.0, 0.6),
        (-2.0, 0.0, 0.1),
    ):
        with contextlib.suppress(CheckFailure):
            submission.saturated_fraction(torch.tensor([entries]), low, high, tolerance)
    rows = torch.tensor([[1.0, -1.0, 0.0], [0.0, 0.0, 0.0], [0.2, 0.0, 0.0], [0.0, 0.0, 0.0]])
    for tolerance in (0.01, 1.1):  # within 1.1, 0 is near both bounds
        with contextlib.suppress(CheckFailure):
            submission.saturated_fraction(rows, -1.0, 1.0, tolerance)


@misconceptions.probe("choose_activation")
def the_whole_table(submission: Submission) -> None:
    """Each layer for each architecture, and without one."""
    for layer in ("hidden", "binary_output", "classifier_output", "before_cross_entropy"):
        for architecture in (["mlp"], ["cnn"], ["transformer"], []):
            with contextlib.suppress(CheckFailure):
                submission.choose_activation(layer, *architecture)
    for layer, name in (("out", "mlp"), ("hidden", "trans"), ("my_output", "mlp"), ("hidden", "mlp2")):
        with contextlib.suppress(CheckFailure):
            submission.choose_activation(layer, name)


# dead_units


@misconceptions.entry(
    "D01-share-of-zeros-a-unit",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="This is the share of samples for which each unit is zero, a number; asked is a yes or no.",
    hint="A unit that rests for half of the samples does its work: for which share would you call it dead?",
)
def share_of_zeros_a_unit(hidden: Tensor) -> Tensor:
    return (hidden == 0).float().mean(dim=0)


@misconceptions.entry(
    "D01b-zero-for-some-sample",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit is called dead as soon as one sample gives zero, and nearly every ReLU unit has such a sample.",
    hint="Column (0, 2): the unit fires for the second sample. Is it dead?",
)
def zero_for_some_sample(hidden: Tensor) -> Tensor:
    return (hidden == 0).any(dim=0)


@misconceptions.entry(
    "D01c-share-of-all-zeros",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="This is one number, the share of zeros among all entries; about half of the entries of a healthy ReLU layer are zero.",
    hint="Of 12 units, how many answers does the caller want?",
)
def share_of_all_zeros(hidden: Tensor) -> Tensor:
    return (hidden == 0).float().mean()


@misconceptions.entry(
    "D01d-zero-for-half-of-the-samples",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that is zero for most of the samples is called dead; many healthy ReLU units are.",
    hint="A unit fires for one sample in three: does any gradient reach it?",
)
def zero_for_half_of_the_samples(hidden: Tensor) -> Tensor:
    return (hidden == 0).float().mean(dim=0) > 0.5


@misconceptions.entry(
    "D02-samples-instead-of-units",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="There is one answer for each sample: the code asks which samples silence all units.",
    hint="Which dimension has to be gone from the result: that of the samples or that of the units?",
)
def samples_instead_of_units(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=1)


@misconceptions.entry(
    "D03-sixteen-samples-only",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that fires for sample 31 of 40 and for no other is called dead: that sample is not looked at, or does not count.",
    hint="If sample 31 is the only one for which a unit fires, which line of your code notices it?",
)
def sixteen_samples_only(hidden: Tensor) -> Tensor:
    return (hidden[:16] == 0).all(dim=0)


@misconceptions.entry(
    "D50-alive-instead-of-dead",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="True and False are exchanged: the units that fire are marked.",
    hint="What does your function say of a column of zeros, and which question does that answer?",
)
def alive_instead_of_dead(hidden: Tensor) -> Tensor:
    return (hidden != 0).any(dim=0)


@misconceptions.entry(
    "D51-nearly-zero",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def nearly_zero(hidden: Tensor) -> Tensor:
    return hidden.mean(dim=0) < 1e-6


@misconceptions.entry(
    "D52-one-sample-squeezed-away",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A batch of one sample loses its dimension of samples, and what remains is one answer for all units.",
    hint="What shape does hidden have after squeeze, when N is 1?",
)
def one_sample_squeezed_away(hidden: Tensor) -> Tensor:
    return (hidden.squeeze() == 0).all(dim=0)


@misconceptions.entry(
    "D53-no-spread",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit is called dead when it does not vary; with a single sample, none does.",
    hint="A unit gives 2 for every sample: is it constant, is it dead?",
)
def no_spread(hidden: Tensor) -> Tensor:
    return hidden.std(dim=0, correction=0) == 0


@misconceptions.entry(
    "D53b-no-variance-of-a-sample",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="The variance decides, with a division by N - 1: for one sample it is nan, and no unit is found dead.",
    hint="Is a spread needed to say that a value is zero?",
)
def no_variance_of_a_sample(hidden: Tensor) -> Tensor:
    deviation = hidden - hidden.mean(dim=0)
    return deviation.square().sum(dim=0) / (len(hidden) - 1) == 0


@misconceptions.entry(
    "D54-numbers-instead-of-bools",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The right units are found, and given as the numbers 0 and 1 instead of True and False.",
    hint="What dtype has the result of a comparison before anything is done to it?",
)
def numbers_instead_of_bools(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=0).float()


@misconceptions.entry(
    "D54b-count-of-zeros",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="For each unit its zeros are counted; the count is returned, not what follows from it.",
    hint="A unit has 39 zeros in 40 samples: dead or not, and what would the caller read in your result?",
)
def count_of_zeros(hidden: Tensor) -> Tensor:
    return (hidden == 0).sum(dim=0)


@misconceptions.entry(
    "D54c-integers-instead-of-bools",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The right units are found, and given as the numbers 0 and 1 instead of True and False.",
    hint="What dtype has the result of a comparison before anything is done to it?",
)
def integers_instead_of_bools(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=0).int()


@misconceptions.entry(
    "D55-how-many",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The dead units are counted: one number, where an answer for each unit is asked for.",
    hint="Could a caller tell from your result which units are dead?",
)
def how_many(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=0).sum()


@misconceptions.entry(
    "D55b-how-many-as-an-int",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The dead units are counted into a Python number, where a tensor with an answer for each unit is asked for.",
    hint="Which line turns the answers for the units into one number, and is it needed?",
)
def how_many_as_an_int(hidden: Tensor) -> int:
    return int((hidden == 0).all(dim=0).sum().item())


@misconceptions.entry(
    "D56-their-indices",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The result lists the indices of the dead units; asked is a mask with an entry for every unit.",
    hint="How long is your result when no unit is dead, and how long should it be?",
)
def their_indices(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=0).nonzero().flatten()


@misconceptions.entry(
    "D57-dimension-kept",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The dimension of the samples is kept with size 1: the result is a row of a matrix, not a vector.",
    hint="What does keepdim do to the shape, and who needs it here?",
)
def dimension_kept(hidden: Tensor) -> Tensor:
    return (hidden == 0).all(dim=0, keepdim=True)


@misconceptions.entry(
    "D58-a-list",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The answers are right, but they come as a Python list instead of a tensor.",
    hint="What is left of your expression without its last method?",
)
def a_list(hidden: Tensor) -> list[bool]:
    return [bool((unit == 0).all()) for unit in hidden.T]


@misconceptions.entry(
    "D59-one-answer-for-all",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="There is one answer for the whole layer: whether every entry of it is zero.",
    hint="What does all do with a matrix when it is given no dimension?",
)
def one_answer_for_all(hidden: Tensor) -> Tensor:
    return (hidden == 0).all()


@misconceptions.entry(
    "D60-negative-instead-of-zero",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="No unit is found dead, not even one that is zero for every sample.",
    hint="What does ReLU make of a negative input, and does your code find that value in hidden?",
)
def negative_instead_of_zero(hidden: Tensor) -> Tensor:
    return (hidden < 0).all(dim=0)


@misconceptions.entry(
    "D61-first-sample-only",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="The first sample alone decides which units are dead.",
    hint="What do you know of a unit from one row of hidden, and what do the other rows add?",
)
def first_sample_only(hidden: Tensor) -> Tensor:
    return hidden[0] == 0


# saturated_fraction


@misconceptions.entry(
    "D04-zeros-instead-of-bounds",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="Entries at or below zero are counted, as for dead ReLU units; for tanh, zero is where the slope is largest.",
    hint="Look at the curve of tanh: near which outputs is it flat?",
)
def zeros_instead_of_bounds(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return (hidden <= 0).float().mean().item()


@misconceptions.entry(
    "D05-activation-applied-again",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The entries go through tanh once more before they are compared, and tanh of 1 is only 0.76.",
    hint="Is hidden what went into the activation, or what came out of it?",
)
def activation_applied_again(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    output = torch.tanh(hidden)
    return ((output <= low + tolerance) | (output >= high - tolerance)).float().mean().item()


@misconceptions.entry(
    "D62-upper-bound-only",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="Only the entries near the upper bound are counted; those near the lower one are missing.",
    hint="Of -0.999 and 0.995, which does your comparison see?",
)
def upper_bound_only(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return (hidden >= high - tolerance).float().mean().item()


@misconceptions.entry(
    "D62b-lower-bound-only",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="Only the entries near the lower bound are counted; those near the upper one are missing.",
    hint="Of -0.999 and 0.995, which does your comparison see?",
)
def lower_bound_only(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return (hidden <= low + tolerance).float().mean().item()


@misconceptions.entry(
    "D62c-absolute-value",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The absolute value is held against the upper bound: right for tanh, but near 0 sigmoid is as flat as near 1.",
    hint="A sigmoid unit gives 0.001: is it saturated, and does your code count it?",
)
def absolute_value(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return (hidden.abs() >= high - tolerance).float().mean().item()


@misconceptions.entry(
    "D63-both-bounds-at-once",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="An entry has to be near both bounds at once to be counted, so the share is always 0.",
    hint="Which word stands between your two conditions when you say them aloud?",
)
def both_bounds_at_once(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return ((hidden <= low + tolerance) & (hidden >= high - tolerance)).float().mean().item()


@misconceptions.entry(
    "D64-share-between-the-bounds",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="This is the share of the entries that are not saturated: those well between the bounds.",
    hint="If all entries are 1, between -1 and 1, what does your code return?",
)
def share_between_the_bounds(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return ((hidden > low + tolerance) & (hidden < high - tolerance)).float().mean().item()


@misconceptions.entry(
    "D65-units-saturated-throughout",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="This is a share of units, those that are near a bound for every sample; asked is the share of all entries.",
    hint="Entries, not units: is there anything left to do by dimension?",
)
def units_saturated_throughout(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.all(dim=0).float().mean().item()


@misconceptions.entry(
    "D65b-units-saturated-sometimes",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="This is a share of units, those that are near a bound for some sample; asked is the share of all entries.",
    hint="In a matrix of 50 samples and 8 units, out of how many do you count?",
)
def units_saturated_sometimes(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.any(dim=0).float().mean().item()


@misconceptions.entry(
    "D65c-samples-with-a-saturated-unit",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="This is a share of samples, those with some unit near a bound; asked is the share of all entries.",
    hint="In a matrix of 50 samples and 8 units, out of how many do you count?",
)
def samples_with_a_saturated_unit(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.any(dim=1).float().mean().item()


@misconceptions.entry(
    "D66-count-instead-of-share",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The saturated entries are counted, and the count is not divided by anything.",
    hint="Your result passes 1: two out of how many?",
)
def count_instead_of_share(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return float(((hidden <= low + tolerance) | (hidden >= high - tolerance)).sum())


@misconceptions.entry(
    "D66b-divided-by-the-samples",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The count of entries is divided by the number of samples: saturated entries a sample, not their share.",
    hint="What does len give for a matrix, and how many entries has it?",
)
def divided_by_the_samples(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.sum().item() / len(hidden)


@misconceptions.entry(
    "D66c-divided-by-the-units",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The count of entries is divided by the number of units alone, not by the number of entries.",
    hint="How many entries has a matrix of 50 samples and 8 units?",
)
def divided_by_the_units(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.sum().item() / hidden.shape[1]


@misconceptions.entry(
    "D67-percent",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The share is given in percent, a hundred times what is asked for.",
    hint="From 0 to what does the docstring's share go?",
)
def percent(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return 100 * near.float().mean().item()


@misconceptions.entry(
    "D68-share-as-a-tensor",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The share is right, but it is still a tensor of one element, not a Python float.",
    hint="How does a tensor with a single element become a Python number?",
)
def share_as_a_tensor(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> Tensor:
    return ((hidden <= low + tolerance) | (hidden >= high - tolerance)).float().mean()


@misconceptions.entry(
    "D68b-whether-any",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The result says whether some entry is saturated, not how many of them are.",
    hint="Half of the entries or one of a thousand: what does your result say for each?",
)
def whether_any(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> bool:
    return bool(((hidden <= low + tolerance) | (hidden >= high - tolerance)).any())


@misconceptions.entry(
    "D69-tolerance-not-used",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="The argument tolerance has no effect: the distance 0.01 is written into the comparison.",
    hint="Call it with 0.2 and with 0.001: does the result change?",
)
def tolerance_not_used(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return ((hidden <= low + 0.01) | (hidden >= high - 0.01)).float().mean().item()


@misconceptions.entry(
    "D69b-bounds-reached-exactly",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="Only entries that reach a bound exactly are counted; -0.999 is not.",
    hint="How near to a bound does an entry have to be, and which argument says so?",
)
def bounds_reached_exactly(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return ((hidden <= low) | (hidden >= high)).float().mean().item()


@misconceptions.entry(
    "D70-tolerance-of-half-the-range",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The tolerance is taken as a part of half the range: right between -1 and 1, half as wide between 0 and 1.",
    hint="With tolerance 0.01, is 0.992 near the bound 1 of sigmoid?",
)
def tolerance_of_half_the_range(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    if math.isfinite(high - low):
        tolerance *= (high - low) / 2
    return ((hidden <= low + tolerance) | (hidden >= high - tolerance)).float().mean().item()


@misconceptions.entry(
    "D70b-tolerance-as-a-factor",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The bounds are multiplied by 1 - tolerance: near a bound of 0 that leaves no room at all.",
    hint="A sigmoid unit gives 0.005, the lower bound is 0: does your code count it?",
)
def tolerance_as_a_factor(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low * (1 - tolerance)) | (hidden >= high * (1 - tolerance))
    return near.float().mean().item()


@misconceptions.entry(
    "D71-distance-from-the-middle",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="Entries are measured from the middle between the bounds, and with an infinite bound there is no middle.",
    hint="What are (0 + inf) / 2 and the distance from it?",
)
def distance_from_the_middle(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    middle, half = (high + low) / 2, (high - low) / 2
    return ((hidden - middle).abs() >= half - tolerance).float().mean().item()


@misconceptions.entry(
    "D71b-largest-entry-for-infinity",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="An infinite bound is replaced by the outermost entry, which is then counted as saturated.",
    hint="Is the largest output of ReLU on a flat piece of its curve?",
)
def largest_entry_for_infinity(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    if math.isinf(low):
        low = hidden.min().item()
    if math.isinf(high):
        high = hidden.max().item()
    return ((hidden <= low + tolerance) | (hidden >= high - tolerance)).float().mean().item()


@misconceptions.entry(
    "D72-tolerance-outwards",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The tolerance is laid outside the bounds, where the activation never gets: nothing is counted.",
    hint="On which side of the bound 1 do the outputs of tanh lie?",
)
def tolerance_outwards(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    return ((hidden <= low - tolerance) | (hidden >= high + tolerance)).float().mean().item()


@misconceptions.entry(
    "D73-mean-of-two-shares",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The shares near either bound are averaged: the result is half of what it should be.",
    hint="If a quarter of the entries is near each bound, how many are saturated?",
)
def mean_of_two_shares(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    lower = (hidden <= low + tolerance).float().mean().item()
    upper = (hidden >= high - tolerance).float().mean().item()
    return (lower + upper) / 2


# gradient_norms


@misconceptions.entry(
    "D75-last-layer-first",
    task="gradient_norms",
    loses="gradient_vanishes_with_sigmoid",
    diagnosis="The norms are right, but the last layer's stands first in the list.",
    hint="Backward begins at the end of the network; in which order did you build it?",
)
def last_layer_first(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in reversed(layers)]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D76-sum-not-divided",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The sum of the outputs is differentiated as it is: every norm is 128 times too large.",
    hint="How does the gradient of a sum grow with the number of samples, and what is said against that?",
)
def sum_not_divided(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum(), weights)]


@misconceptions.entry(
    "D76b-mean-of-all-outputs",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="Every norm is too small by the width, 64 as a rule: as if the sum were divided by the number of all outputs.",
    hint="By how many numbers does mean divide, and how many samples are there?",
)
def mean_of_all_outputs(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.mean(), weights)]


@misconceptions.entry(
    "D76c-divided-by-the-width",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The sum of the outputs is divided by the width instead of the number of samples.",
    hint="Which of the two sizes of the last output is 128?",
)
def divided_by_the_width(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / width, weights)]


@misconceptions.entry(
    "D76d-squares-summed",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The squares of the outputs are summed before the gradient is taken.",
    hint="Read once more which scalar is to be differentiated: is there a square in it?",
)
def squares_summed(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.square().sum() / 128, weights)]


@misconceptions.entry(
    "D77-default-initialisation",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are those that a new linear layer comes with, about half of Xavier's size: each layer shrinks the signal.",
    hint="Which line decides how large the weights are, and what does the docstring ask for?",
)
def default_initialisation(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D77b-he-initialisation",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights have twice the variance of Xavier's, as He's initialisation for ReLU gives it.",
    hint="Whose initialisation does the docstring name?",
)
def he_initialisation(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D77c-weights-of-variance-one",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights have variance 1 whatever the width: the signal grows eightfold in each layer of width 64.",
    hint="What does a sum of 64 products of variance 1 have as variance?",
)
def weights_of_variance_one(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D78-gradient-of-the-bias",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="These are the norms of the gradients of the biases, not of the weights.",
    hint="Which of a layer's two parameters does the docstring name?",
)
def gradient_of_the_bias(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    biases = [layer.bias for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, biases)]


@misconceptions.entry(
    "D78b-norm-of-the-weight",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="These are the norms of the weights themselves: near 8 for each layer, whatever the activation.",
    hint="Where does the backward pass leave the gradient of a weight?",
)
def norm_of_the_weight(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    return [layer.weight.norm().item() for layer in layers]


@misconceptions.entry(
    "D78c-mean-of-the-gradient",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="This is the mean size of a gradient's entries, not the norm of the whole gradient.",
    hint="What does a norm do with the entries before it adds them, and what with the sum?",
)
def mean_of_the_gradient(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.abs().mean().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D78d-root-missing",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The squares of the gradient's entries are added, but no root is taken: these are squared norms.",
    hint="Double the gradient: by which factor does your number grow?",
)
def root_missing(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.square().sum().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D78e-largest-entry",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="This is the largest entry of each gradient, not its norm.",
    hint="Do all the entries of the gradient have a part in your number?",
)
def largest_entry(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.abs().max().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D78h-largest-singular-value",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="This is the spectral norm of each gradient, its largest singular value, not the norm of all its entries.",
    hint="Given a matrix and a 2, which norm does linalg.norm compute, and which one Tensor.norm?",
)
def largest_singular_value(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [
        torch.linalg.norm(gradient, 2).item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)
    ]


@misconceptions.entry(
    "D78f-relative-to-the-weight",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="Each gradient's norm is divided by the norm of its weight, some eightfold at width 64.",
    hint="Useful for choosing a learning rate; is it what the docstring asks for?",
)
def relative_to_the_weight(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    gradients = torch.autograd.grad(hidden.sum() / 128, weights)
    return [
        (gradient.norm() / weight.norm()).item() for gradient, weight in zip(gradients, weights, strict=True)
    ]


@misconceptions.entry(
    "D78g-gradient-of-the-output",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="These are the gradients of the layers' outputs, one for each sample, not of their weights.",
    hint="With respect to which tensors do you differentiate?",
)
def gradient_of_the_output(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    outputs = []
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
        outputs.append(hidden)
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, outputs)]


@misconceptions.entry(
    "D79-input-from-zero-to-one",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input is uniform between 0 and 1, with a mean of one half, where a normal one is asked for.",
    hint="What is the mean of your input, and what is that of randn?",
)
def input_from_zero_to_one(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.rand(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D79b-one-sample",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The network gets a single sample, where the input is to have 128.",
    hint="What shape has your input?",
)
def one_sample(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(1, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D79c-as-many-samples-as-units",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input has as many samples as the layer has units, where 128 are asked for.",
    hint="Which of the input's two sizes is fixed?",
)
def as_many_samples_as_units(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(width, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D79d-input-of-ones",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input is all ones: all samples are the same one.",
    hint="What kind of numbers is the input to be drawn from?",
)
def input_of_ones(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.ones(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D80-no-activation",
    task="gradient_norms",
    loses="activation_after_each_layer",
    diagnosis="The activation is never called: twenty linear layers in a row are one linear layer.",
    hint="Where does your code use the argument activation?",
)
def no_activation(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = layer(hidden)
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D80b-none-after-the-last",
    task="gradient_norms",
    loses="activation_after_each_layer",
    diagnosis="The last layer's output has no activation, as in a classifier; here each layer has one.",
    hint="After how many of the layers does your activation come, and after how many should it?",
)
def none_after_the_last(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = layer(hidden)
        if layer is not layers[-1]:
            hidden = activation(hidden)
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D80c-activation-before-the-layer",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The activation stands before each layer: it is called often enough, but the input goes through it and the last output does not.",
    hint="What is the first thing that happens to the input?",
)
def activation_before_the_layer(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = layer(activation(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D80d-activation-twice",
    task="gradient_norms",
    loses="activation_after_each_layer",
    diagnosis="The activation is applied twice after each layer.",
    hint="How often is the activation called in a network of six layers?",
)
def activation_twice(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(activation(layer(hidden)))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D81-one-layer-repeated",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="There is one layer, used again and again: its gradients add up, and all the norms are the same.",
    hint="What does the star do to a list with one object in it?",
)
def one_layer_repeated(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width)] * depth
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    return [
        gradient.norm().item()
        for layer in layers
        for gradient in torch.autograd.grad(hidden.sum() / 128, layer.weight, retain_graph=True)
    ]


@misconceptions.entry(
    "D82-width-fixed-at-64",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The argument width has no effect: the layers have 64 units, whatever it says.",
    hint="Where does width stand in your code?",
)
def width_fixed_at_64(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(64, 64) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, 64)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D83-not-seeded",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The generator is never seeded, so two calls with the same seed draw different networks.",
    hint="Where does your code use the argument seed?",
)
def not_seeded(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D83b-seed-fixed-at-zero",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The argument seed has no effect: every call seeds with the same number and draws the same network.",
    hint="What changes in your function when seed does?",
)
def seed_fixed_at_zero(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(0)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D83c-seeded-after-the-weights",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The generator is seeded after the weights are drawn, so that only the input repeats.",
    hint="Which is the first line of your function that draws a random number?",
)
def seeded_after_the_weights(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width, generator=torch.manual_seed(seed))
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D84-first-layer-left-out",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The list has a norm too few: the first layer's is missing.",
    hint="How long is your list when depth is 1?",
)
def first_layer_left_out(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    gradients = torch.autograd.grad(hidden.sum() / 128, weights)
    return [gradient.norm().item() for gradient in gradients[1:]]


@misconceptions.entry(
    "D84b-weights-and-biases",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The list has two norms for each layer, its weight's and its bias's.",
    hint="What has a linear layer beside its weight, and is it asked for?",
)
def weights_and_biases(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    return [gradient.norm().item() for gradient in torch.autograd.grad(hidden.sum() / 128, parameters)]


@misconceptions.entry(
    "D84c-one-norm-for-all",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="There is one norm, that of all gradients taken together.",
    hint="Which layers' gradients could you compare with one number?",
)
def one_norm_for_all(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    gradients = torch.autograd.grad(hidden.sum() / 128, weights)
    return [torch.cat([gradient.flatten() for gradient in gradients]).norm().item()]


@misconceptions.entry(
    "D85-input-of-each-layer-detached",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The graph is cut before each layer: only the last one gets a gradient, the others have none.",
    hint="Which call in your loop makes a tensor forget where it came from?",
)
def input_of_each_layer_detached(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden.detach()))
    torch.autograd.backward(hidden.sum() / 128)
    gradients = [layer.weight.grad for layer in layers]
    return [0.0 if gradient is None else gradient.norm().item() for gradient in gradients]


@misconceptions.entry(
    "D86-norms-as-tensors",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The entries of the list are tensors of one element, not Python floats.",
    hint="How does a tensor with a single element become a Python number?",
)
def norms_as_tensors(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[Tensor]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return [gradient.norm() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)]


@misconceptions.entry(
    "D86b-a-tensor-of-norms",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The norms come as one tensor, where a list of Python floats is asked for.",
    hint="Which method turns a tensor into a list of Python numbers?",
)
def a_tensor_of_norms(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> Tensor:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    return torch.stack([gradient.norm() for gradient in torch.autograd.grad(hidden.sum() / 128, weights)])


@misconceptions.entry(
    "D87-gradients-cleared",
    task="gradient_norms",
    loses="one_norm_a_layer",
    diagnosis="The gradients are set to zero before they are read: every norm is 0.",
    hint="When are the gradients there, and what happens to them before you read them?",
)
def gradients_cleared(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    torch.autograd.backward(hidden.sum() / 128)
    for layer in layers:
        layer.zero_grad(set_to_none=False)
    gradients = [layer.weight.grad for layer in layers]
    return [0.0 if gradient is None else gradient.norm().item() for gradient in gradients]


# choose_activation


@misconceptions.entry(
    "D90-relu-everywhere",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="Every hidden layer gets relu, a transformer's too.",
    hint="For one of the three architectures the rule has another habit: which?",
)
def relu_everywhere(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "relu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D90b-gelu-everywhere",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="Every hidden layer gets gelu, those of an mlp and a cnn too.",
    hint="For which of the three architectures does the rule name gelu?",
)
def gelu_everywhere(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "gelu", "cnn": "gelu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D90c-gelu-for-the-cnn",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="A cnn's hidden layers get gelu, as in a transformer.",
    hint="Does the rule put a cnn beside the mlp or beside the transformer?",
)
def gelu_for_the_cnn(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "gelu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D90d-sigmoid-in-hidden-layers",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="Hidden layers get sigmoid, whose slope of a quarter at most lets the gradient vanish in a deep network.",
    hint="What did gradient_norms show for twenty layers of sigmoid?",
)
def sigmoid_in_hidden_layers(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "sigmoid", "cnn": "sigmoid", "transformer": "sigmoid"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D91-softmax-before-the-loss",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="A softmax stands in front of cross-entropy, which takes one itself: it would be applied twice.",
    hint="What does the loss do with the numbers that it receives?",
)
def softmax_before_the_loss(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "softmax"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D91b-sigmoid-for-all-outputs",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="The output of a classifier gets sigmoid, so its probabilities do not add up to 1.",
    hint="What does a reader expect of the probabilities of all classes together?",
)
def sigmoid_for_all_outputs(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "sigmoid", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D91c-softmax-for-all-outputs",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="A single binary output gets softmax, and the softmax of one number is always 1.",
    hint="What is e^z / e^z?",
)
def softmax_for_all_outputs(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "softmax", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D91d-sigmoid-and-softmax-exchanged",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="The names sigmoid and softmax are exchanged: the one is for a single probability, the other for several.",
    hint="Which of the two gives numbers that depend on each other?",
)
def sigmoid_and_softmax_exchanged(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "softmax", "classifier_output": "sigmoid", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D91e-output-before-the-loss-like-hidden",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="What goes into cross-entropy gets relu, so no score can be below 0.",
    hint="Which range of numbers may a score have?",
)
def output_before_the_loss_like_hidden(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "relu"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D92-another-default",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="Without an architecture the answer is that for a transformer.",
    hint="Which architecture does the docstring's first line assume?",
)
def another_default(layer: str, architecture: str = "transformer") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D92b-no-default",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="The function has to be given an architecture, and raises a TypeError without one.",
    hint="How does the first line of the stub say what architecture is when it is not given?",
)
def no_default(layer: str, architecture: str) -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D93-key-error",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="An unknown name raises a KeyError, from the dictionary itself; asked for is a ValueError.",
    hint="Which exception does a dictionary raise, and which does the docstring name?",
)
def key_error(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D93b-default-for-the-unknown",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="An unknown name gets an answer as well, so that a typing error is never noticed.",
    hint="What does your function say to a layer called hiden?",
)
def default_for_the_unknown(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    return hidden.get(architecture, "relu") if layer == "hidden" else output.get(layer, "none")


@misconceptions.entry(
    "D93c-unknown-name-not-told",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="A ValueError is raised, but its text does not say which name is unknown.",
    hint="Which part of your message would help someone who has mistyped a name?",
)
def unknown_name_not_told(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if architecture not in hidden or layer not in {"hidden", *output}:
        raise ValueError("unknown layer or architecture")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D93d-architecture-first",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="If both names are unknown, the error names the architecture; the layer is to be looked at first.",
    hint="In which order do your two tests stand?",
)
def architecture_first(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D93e-architecture-of-outputs-not-looked-at",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="For an output layer an unknown architecture is let through; it is looked at for hidden layers only.",
    hint="What does your function say for the binary output of an architecture called diffusion?",
)
def architecture_of_outputs_not_looked_at(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer == "hidden":
        if architecture not in hidden:
            raise ValueError(f"Unknown architecture {architecture!r}")
        return hidden[architecture]
    if layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    return output[layer]


@misconceptions.entry(
    "D93f-architecture-never-looked-at",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="An unknown layer is refused, an unknown architecture is not.",
    hint="What does your function say for an architecture called diffusion?",
)
def architecture_never_looked_at(layer: str, architecture: str = "mlp") -> str:
    if layer == "hidden":
        return "gelu" if architecture == "transformer" else "relu"
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    return output[layer]


@misconceptions.entry(
    "D93g-error-returned",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="The text of the error is returned like an answer; nothing is raised.",
    hint="Which statement of Python stops the caller, and which one gives it a value?",
)
def error_returned(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if layer != "hidden" and layer not in output:
        return f"ValueError: unknown layer {layer!r}"
    if architecture not in hidden:
        return f"ValueError: unknown architecture {architecture!r}"
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D93h-assertion",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="An assert refuses unknown names, so it is an AssertionError that the caller gets.",
    hint="Which exception does the docstring name, and which does assert raise?",
)
def assertion(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    assert layer == "hidden" or layer in output, f"Unknown layer {layer!r}"
    assert architecture in hidden, f"Unknown architecture {architecture!r}"
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D94-written-with-capitals",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="The names are written with capitals, as in ReLU; the answers asked for are in lower case.",
    hint="How does the docstring write its five answers?",
)
def written_with_capitals(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "ReLU", "cnn": "ReLU", "transformer": "GELU"}
    output = {"binary_output": "Sigmoid", "classifier_output": "Softmax", "before_cross_entropy": "None"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D94b-none-instead-of-its-name",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="Before cross-entropy the answer is the object None; asked for is a string.",
    hint="What type do the other answers have?",
)
def none_instead_of_its_name(layer: str, architecture: str = "mlp") -> str | None:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": None}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


@misconceptions.entry(
    "D94c-identity",
    task="choose_activation",
    loses="three_line_rule",
    diagnosis="The absence of an activation is called identity; the lesson has another name for it.",
    hint="Which five answers does the docstring list?",
)
def identity(layer: str, architecture: str = "mlp") -> str:
    hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "identity"}
    if layer != "hidden" and layer not in output:
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in hidden:
        raise ValueError(f"Unknown architecture {architecture!r}")
    return hidden[architecture] if layer == "hidden" else output[layer]


# dead_units, further ones


@misconceptions.entry(
    "D51b-close-to-zero",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def close_to_zero(hidden: Tensor) -> Tensor:
    return torch.isclose(hidden, torch.zeros_like(hidden)).all(dim=0)


@misconceptions.entry(
    "D51c-largest-below-a-threshold",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def largest_below_a_threshold(hidden: Tensor) -> Tensor:
    return hidden.amax(dim=0) < 1e-7


@misconceptions.entry(
    "D51d-threshold-of-a-millionth-reached",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def threshold_of_a_millionth_reached(hidden: Tensor) -> Tensor:
    return (hidden < 1e-5).all(dim=0)


@misconceptions.entry(
    "D51e-threshold-of-a-thousandth",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def threshold_of_a_thousandth(hidden: Tensor) -> Tensor:
    return (hidden <= 1e-3).all(dim=0)


@misconceptions.entry(
    "D51f-threshold-below-all-but-the-faintest",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="A unit that fires very little, and for one sample of 1000 only, is counted as dead.",
    hint="Which outputs of ReLU have slope 0, all the small ones or one alone?",
)
def threshold_below_all_but_the_faintest(hidden: Tensor) -> Tensor:
    return (hidden < 1e-12).all(dim=0)


@misconceptions.entry(
    "D03b-last-sample-left-out",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that fires for the last sample alone is called dead.",
    hint="If that sample is the only one for which a unit fires, which line of your code notices it?",
)
def last_sample_left_out(hidden: Tensor) -> Tensor:
    return (hidden[:-1] == 0).all(dim=0)


@misconceptions.entry(
    "D03c-first-sample-left-out",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that fires for the first sample alone is called dead.",
    hint="If that sample is the only one for which a unit fires, which line of your code notices it?",
)
def first_sample_left_out(hidden: Tensor) -> Tensor:
    return (hidden[1:] == 0).all(dim=0)


@misconceptions.entry(
    "D01e-zero-for-nine-samples-in-ten",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that fires for one sample of forty is called dead, because it is zero for nearly all of them.",
    hint="How often does a unit have to fire for a gradient to reach it?",
)
def zero_for_nine_samples_in_ten(hidden: Tensor) -> Tensor:
    return (hidden == 0).float().mean(dim=0) > 0.9


@misconceptions.entry(
    "D01f-zero-for-ninety-five-in-a-hundred",
    task="dead_units",
    loses="dead_for_every_sample",
    diagnosis="A unit that fires for one sample of forty is called dead, because it is zero for nearly all of them.",
    hint="How often does a unit have to fire for a gradient to reach it?",
)
def zero_for_ninety_five_in_a_hundred(hidden: Tensor) -> Tensor:
    return (hidden == 0).float().mean(dim=0) > 0.95


@misconceptions.entry(
    "D88-hidden-overwritten",
    task="dead_units",
    loses="dead_units_at_the_edges",
    diagnosis="The answers are right, but the tensor that was given is not what it was: your code writes into it.",
    hint="Who else needs the activations after they have been measured?",
)
def hidden_overwritten(hidden: Tensor) -> Tensor:
    hidden[hidden > 0] = 1
    return hidden.sum(dim=0) == 0


# saturated_fraction, further ones


@misconceptions.entry(
    "D74-counted-twice",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="An entry that is near both bounds is counted twice: with a wide tolerance the share is above 1.",
    hint="Between 0 and 1 with tolerance 0.6, how often is the entry 0.5 counted?",
)
def counted_twice(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    below = (hidden <= low + tolerance).float().mean()
    above = (hidden >= high - tolerance).float().mean()
    return (below + above).item()


@misconceptions.entry(
    "D74b-near-one-bound-only",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="An entry that is near both bounds is not counted at all: the two conditions exclude each other.",
    hint="Between 0 and 1 with tolerance 0.6, is the entry 0.5 near a bound?",
)
def near_one_bound_only(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) ^ (hidden >= high - tolerance)
    return near.float().mean().item()


@misconceptions.entry(
    "D71c-nothing-without-a-bound",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="Where one bound is missing the share is 0, though entries lie near the other one.",
    hint="Between 0 and inf, is an entry of 0 near a bound?",
)
def nothing_without_a_bound(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    if math.isinf(low) or math.isinf(high):
        return 0.0
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return near.float().mean().item()


@misconceptions.entry(
    "D72b-beyond-a-bound",
    task="saturated_fraction",
    loses="saturated_bounds",
    diagnosis="An entry beyond a bound is not counted: the distance to the bound is taken in both directions.",
    hint="Is an entry of 2 below, near or above a bound of 0.5, and what does the docstring count?",
)
def beyond_a_bound(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = ((hidden - low).abs() <= tolerance) | ((hidden - high).abs() <= tolerance)
    return near.float().mean().item()


@misconceptions.entry(
    "D67b-share-rounded",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The share is rounded to two digits.",
    hint="Is rounding a matter of measuring or of printing?",
)
def share_rounded(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return round(near.float().mean().item(), 2)


@misconceptions.entry(
    "D66d-divided-without-a-rest",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="The share is 0 unless every entry is saturated: the division drops what is behind the point.",
    hint="Which of the two division signs of Python keeps the fraction?",
)
def divided_without_a_rest(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = (hidden <= low + tolerance) | (hidden >= high - tolerance)
    return float(near.sum().item() // near.numel())


@misconceptions.entry(
    "D88b-hidden-clamped",
    task="saturated_fraction",
    loses="saturated_share",
    diagnosis="Your code writes into the tensor that was given: after the call hidden is not what it was.",
    hint="Who else needs the activations after they have been measured?",
)
def hidden_clamped(hidden: Tensor, low: float, high: float, tolerance: float = 0.01) -> float:
    near = hidden.clamp_(low + tolerance, high - tolerance)
    return ((near == low + tolerance) | (near == high - tolerance)).float().mean().item()


# gradient_norms, further ones


@misconceptions.entry(
    "D77d-xavier-uniform",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are uniform, with the right variance: none is larger than √3 times their usual size.",
    hint="Xavier's initialisation comes in two shapes: which one does the docstring name?",
)
def xavier_uniform(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77e-he-uniform",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights have twice the variance of Xavier's, as He's initialisation for ReLU gives it.",
    hint="Which initialisation does the docstring name, and which one is for ReLU?",
)
def he_uniform(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.kaiming_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77f-gain-of-tanh",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are multiplied by a gain, as for tanh: each layer makes the signal larger.",
    hint="Which gain has an initialisation that is given none?",
)
def gain_of_tanh(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight, gain=5 / 3)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77g-gain-of-relu",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights have twice the variance of Xavier's, as He's initialisation for ReLU gives it.",
    hint="Which initialisation does the docstring name, and which one is for ReLU?",
)
def gain_of_relu(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight, gain=nn.init.calculate_gain("relu"))
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77h-orthogonal",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are orthogonal matrices: with one weight a layer, each is 1 or -1.",
    hint="From which distribution does the docstring draw the weights?",
)
def orthogonal(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.orthogonal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77i-a-hundredth",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are much smaller than Xavier's: at width 64 each layer shrinks the signal to less than a tenth.",
    hint="Which variance keeps a sum of 64 products as large as its terms?",
)
def a_hundredth(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D77j-one-over-width",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are much smaller than Xavier's: at width 64 each layer shrinks the signal to less than a third.",
    hint="Is it the variance or its root that is 1 over the width?",
)
def one_over_width(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.normal_(layer.weight, std=1 / width)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D89-default-biases",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The biases are not zero at the start: they shift what each layer passes on, more with every layer.",
    hint="What does a new linear layer contain beside its weight?",
)
def default_biases(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D89b-default-weights-and-biases",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The layers are left as PyTorch makes them, weights and biases: each layer shrinks the signal.",
    hint="Which two things does the docstring say of the layers' numbers?",
)
def default_weights_and_biases(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D89c-uniform-weights-default-biases",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The weights are uniform and the biases not zero, where normal weights and zero biases are asked for.",
    hint="What does the docstring say of the weights, and what of the biases?",
)
def uniform_weights_default_biases(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D83d-seeded-for-each-layer",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The generator is seeded anew for each layer, so that all layers have the same weights.",
    hint="How often is the generator to be seeded in one call?",
)
def seeded_for_each_layer(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        torch.manual_seed(seed)
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D75b-sorted-upwards",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The norms are sorted by their size: which layer a number belongs to is lost.",
    hint="By what is the list to be ordered?",
)
def sorted_upwards(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return sorted(slope.norm().item() for slope in slopes)


@misconceptions.entry(
    "D75c-sorted-downwards",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The norms are sorted from the largest to the smallest: which layer a number belongs to is lost.",
    hint="By what is the list to be ordered?",
)
def sorted_downwards(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return sorted((slope.norm().item() for slope in slopes), reverse=True)


@misconceptions.entry(
    "D79e-hundred-samples",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input has 100 samples, and the sum is divided by 128.",
    hint="Which shape has the input in the docstring?",
)
def hundred_samples(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(100, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D79f-mean-of-hundred-samples",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input has 100 samples, where 128 are asked for, and the sum is divided by their number.",
    hint="Which shape has the input in the docstring?",
)
def mean_of_hundred_samples(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(100, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 100, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D79g-thirty-two-samples",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input has 32 samples, where 128 are asked for, and the sum is divided by their number.",
    hint="Which shape has the input in the docstring?",
)
def thirty_two_samples(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(32, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 32, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D79h-sixty-four-samples",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input has 64 samples, where 128 are asked for, and the sum is divided by their number.",
    hint="Which shape has the input in the docstring?",
)
def sixty_four_samples(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(64, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 64, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D78i-weight-and-bias-together",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="Each norm is that of the weight's and the bias's gradient taken together.",
    hint="Of how many tensors is the norm that the docstring asks for?",
)
def weight_and_bias_together(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    biases = [layer.bias for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, [*weights, *biases])
    return [math.hypot(slopes[i].norm().item(), slopes[i + depth].norm().item()) for i in range(depth)]


@misconceptions.entry(
    "D78j-weight-and-bias-added",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The norm of the bias's gradient is added to that of the weight's.",
    hint="Of how many tensors is the norm that the docstring asks for?",
)
def weight_and_bias_added(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    biases = [layer.bias for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, [*weights, *biases])
    return [slopes[i].norm().item() + slopes[i + depth].norm().item() for i in range(depth)]


@misconceptions.entry(
    "D78k-sum-of-the-sizes",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The sizes of the gradient's entries are added up: that is another norm than the root of the sum of squares.",
    hint="Which norm is meant where none is named?",
)
def sum_of_the_sizes(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.abs().sum().item() for slope in slopes]


@misconceptions.entry(
    "D80e-activation-not-used",
    task="gradient_norms",
    loses="gradient_vanishes_with_sigmoid",
    diagnosis="The activation is called after each layer, but what it returns is not used.",
    hint="To which name is the result of the activation assigned?",
)
def activation_not_used(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = layer(hidden)
        activation(hidden)
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D81b-input-added",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="Each layer's input is added to its output, as in a residual network.",
    hint="Which steps does the docstring list from one layer to the next?",
)
def input_added(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = hidden + activation(layer(hidden))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(hidden.sum() / 128, weights)
    return [slope.norm().item() for slope in slopes]


@misconceptions.entry(
    "D79i-input-the-same-for-all-seeds",
    task="gradient_norms",
    loses="norms_have_the_right_size",
    diagnosis="The input is the same for each seed: the generator is seeded with a fixed number before it is drawn.",
    hint="Which seed counts for the input?",
)
def input_the_same_for_all_seeds(
    activation: Callable[[Tensor], Tensor], depth: int, width: int = 64, seed: int = 0
) -> list[float]:
    torch.manual_seed(seed)
    layers = [nn.Linear(width, width) for _ in range(depth)]
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    torch.manual_seed(0)
    hidden = torch.randn(128, width)
    for layer in layers:
        hidden = activation(layer(hidden))
    slopes = torch.autograd.grad(hidden.sum() / 128, [layer.weight for layer in layers])
    return [slope.norm().item() for slope in slopes]


# choose_activation, further ones


@misconceptions.entry(
    "D95-parts-of-names",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="A part of a known name, as output or transform, is taken for the name itself.",
    hint="What does the in of Python look for in a string, and what in a list?",
)
def parts_of_names(layer: str, architecture: str = "mlp") -> str:
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    if not any(layer in name for name in ("hidden", *output)):
        raise ValueError(f"Unknown layer {layer!r}")
    if not any(architecture in name for name in ("mlp", "cnn", "transformer")):
        raise ValueError(f"Unknown architecture {architecture!r}")
    if layer == "hidden":
        return "gelu" if architecture == "transformer" else "relu"
    return output.get(layer, "none")


@misconceptions.entry(
    "D95b-any-output",
    task="choose_activation",
    loses="unknown_names_are_refused",
    diagnosis="An unknown layer whose name ends like a known one gets an answer instead of a ValueError.",
    hint="What does your function say to a layer called output?",
)
def any_output(layer: str, architecture: str = "mlp") -> str:
    if layer != "hidden" and layer != "before_cross_entropy" and not layer.endswith("output"):
        raise ValueError(f"Unknown layer {layer!r}")
    if architecture not in ("mlp", "cnn", "transformer"):
        raise ValueError(f"Unknown architecture {architecture!r}")
    if layer == "hidden":
        return "gelu" if architecture == "transformer" else "relu"
    return {"binary_output": "sigmoid", "classifier_output": "softmax"}.get(layer, "none")
