"""Trainability: dead units, saturation, and how far a gradient reaches."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean

import torch
from torch import Tensor

from ..compare import a_float, a_tensor, assert_close, floats, text
from ..exercise import Exercise, Task
from ..remote import Handle, Kept
from ..result import CheckFailure
from ..submission import Submission

exercise = Exercise(
    "trainability",
    "Does the signal survive?",
    points=10,
    tasks=(
        Task(
            "dead_units",
            a_tensor,
            hints=(
                "In a tensor of 40 samples and 12 units, is a unit a row or a column, and how many answers are asked for?",
                "[[0, 4], [0, 0]]: unit 0 is silent for both samples, unit 1 for the second only. Does your code ask how many zeros a unit has, or whether all of its values are zero?",
                "Dead means that h = 0 holds for all samples: a logical 'and' over the dimension of the samples, with exactly 0 and no threshold, and one bool for each unit.",
            ),
        ),
        Task(
            "saturated_fraction",
            a_float,
            hints=(
                "Draw the line from low to high: near which of its two ends is the curve flat, and which values does your comparison count?",
                "Entries 0.1, 0.5, 0.9 and 1, tolerance 0.2: between 0 and 1 three of four count, 0.75; between 0 and inf only 0.1 does, 0.25. What does your code say for each?",
                "Share = (number of entries near low, near high or both) / (number of all entries), each counted once. inf − tolerance is inf, which no finite entry reaches: a missing bound is no special case.",
            ),
        ),
        Task(
            "gradient_norms",
            floats,
            hints=(
                "Turn the docstring into a list of steps: what is drawn at random and in which order, and does your code draw anything else, or anything before the seed?",
                "With an activation that changes nothing, depth 3 and width 64, each number is near 5.5. Near 700 the sum is not divided, near 0.09 it is divided by every entry. Where is yours?",
                "The chain rule multiplies by the activation's slope once a layer, on the way from last to first. σ has slope ¼ at most, and ¼ twenty times is about 10^(−12): the first norm is the small one.",
            ),
        ),
        Task(
            "choose_activation",
            text,
            hints=(
                "Who reads what this layer gives: the next layer, the loss, or a person? And which range of numbers does that reader expect?",
                "Four layers times three architectures make twelve answers: write them as a table. In how many of its rows do the answers differ, and which name is refused when both are unknown?",
                "σ gives one number between 0 and 1, softmax as many as there are classes, with sum 1; cross-entropy takes the softmax itself. In hidden layers the smooth gate is a transformer's habit.",
            ),
        ),
    ),
)

DEPTH = 20
EDGE = 1e-4  # no graded value is nearer to a bound: h ≤ low + tolerance is rounded in float32


def check_dead(submission: Submission, hidden: Tensor, name: str, hint: str) -> None:
    """dead_units says of each column whether it is zero throughout."""
    assert_close(submission.dead_units(hidden), (hidden == 0).all(dim=0), f"dead_units of {name}", hint=hint)


@exercise.check(task="dead_units", points=1)
def dead_for_every_sample(submission: Submission) -> None:
    """A unit is dead if it is zero for every sample"""
    hidden = torch.randn(40, 12).relu()
    hidden[:, [2, 7]] = 0
    hidden[:, 4] = 0
    hidden[31, 4] = 0.5
    hidden[:-1, 5], hidden[-1, 5] = 0, 0.5
    hidden[1:, 9], hidden[0, 9] = 0, 0.5
    hidden = hidden[:, torch.randperm(12)]  # which they are, nobody knows beforehand
    hint = "A unit that fires for one sample of forty is alive: along which dimension do the samples lie?"
    check_dead(submission, hidden, "40 samples of 12 units", hint)
    check_dead(submission, hidden[:12], "12 samples of 12 units", hint)


@exercise.check(task="dead_units", points=1, after=dead_for_every_sample)
def dead_units_at_the_edges(submission: Submission) -> None:
    """dead_units holds for one sample, all dead, none dead, and a unit that hardly fires"""
    hint = "What is the answer for each unit on its own?"
    check_dead(submission, torch.tensor([[0.0, 2.0, 0.0]]), "one sample", hint)
    check_dead(submission, torch.tensor([[0.0], [2.0], [0.0]]), "one unit", hint)
    check_dead(submission, torch.zeros(5, 3), "units that are all dead", hint)
    check_dead(submission, torch.rand(5, 3) + 0.1, "units that are all alive", hint)
    faint = torch.zeros(1000, 4)
    faint[123, 1] = 1e-6
    check_dead(submission, faint, "1000 samples, one of them 1e-06 in unit 1", "Is 1e-06 zero?")
    faint[321, 3] = 1e-15  # a sum of squares still sees it
    check_dead(submission, faint, "1000 samples, one of them 1e-15 in unit 3", "Is 1e-15 zero?")
    kept = submission.put(hidden := torch.randn(5, 3).relu())
    submission.dead_units(kept)
    check_untouched(kept, hidden, "dead_units(hidden)")


def check_untouched(kept: Kept, hidden: Tensor, call: str) -> None:
    """What was measured is still what it was."""
    hint = "Which line writes into the tensor that it is given?"
    assert_close(kept.now(), hidden, f"After {call}, hidden", tolerance=0.0, hint=hint)


def away_from(hidden: Tensor, *edges: float) -> Tensor:
    """The values with those near an edge moved off it."""
    for edge in edges:
        hidden = torch.where((hidden - edge).abs() < EDGE, hidden + 3 * EDGE, hidden)
    return hidden


def check_saturated(
    submission: Submission, hidden: Tensor, low: float, high: float, *tolerance: float, hint: str
) -> None:
    """saturated_fraction counts the entries within the tolerance of a bound."""
    wide = tolerance[0] if tolerance else 0.01
    hidden = away_from(hidden, low + wide, high - wide)
    truth = float(((hidden <= low + wide) | (hidden >= high - wide)).double().mean())
    given = ", ".join(f"{number:g}" for number in (low, high, *tolerance))
    found = submission.saturated_fraction(hidden, low, high, *tolerance)
    if not abs(found - truth) <= 1e-6:
        raise CheckFailure(
            f"saturated_fraction(hidden, {given}) is {found:.6g}, expected {truth:.6g}", hint=hint
        )


@exercise.check(task="saturated_fraction", points=1)
def saturated_share(submission: Submission) -> None:
    """saturated_fraction is the share of entries near either bound"""
    hint = "For [-0.999, 0.5, 0.995, 0] between -1 and 1, which entries count, and out of how many?"
    check_saturated(submission, torch.tensor([[-0.999, 0.5], [0.995, 0.0]]), -1.0, 1.0, hint=hint)
    hint = "Which entries lie near low, which near high, and out of how many?"
    check_saturated(submission, (3 * torch.randn(50, 8)).tanh(), -1.0, 1.0, hint=hint)
    check_saturated(submission, (5 * torch.randn(9, 30)).sigmoid(), 0.0, 1.0, hint=hint)
    check_saturated(submission, torch.full((4, 3), 0.5), 0.0, 1.0, hint=hint)
    check_saturated(submission, torch.ones(4, 3), -1.0, 1.0, hint=hint)
    kept = submission.put(hidden := torch.tensor([[-0.999, 0.5], [0.995, 0.0]]))
    submission.saturated_fraction(kept, -1.0, 1.0)
    check_untouched(kept, hidden, "saturated_fraction(hidden, -1, 1)")


@exercise.check(task="saturated_fraction", points=1, after=saturated_share)
def saturated_bounds(submission: Submission) -> None:
    """saturated_fraction takes the tolerance it is given, and a side without a bound"""
    hidden = (2 * torch.randn(40, 10)).tanh()
    for tolerance in (0.2, 0.001):
        check_saturated(submission, hidden, -1.0, 1.0, tolerance, hint="Where does the tolerance enter?")
    hint = "How often is an entry counted that is near both bounds?"
    check_saturated(submission, torch.rand(40, 10), 0.0, 1.0, 0.6, hint=hint)
    hint = "Which finite number is near an infinite bound?"
    check_saturated(submission, torch.randn(40, 10).relu(), 0.0, math.inf, hint=hint)
    check_saturated(submission, torch.randn(40, 10), -math.inf, 0.5, 0.1, hint=hint)
    check_saturated(submission, torch.randn(40, 10), -math.inf, math.inf, hint=hint)


SMALLEST, LARGEST = (
    1e-100,
    1e100,
)  # beyond lies no norm of the lesson's; squares and products stay finite in between


def norms(submission: Submission, activation: str, depth: int, *, width: int = 64, seed: int) -> list[float]:
    """The learner's norms, one for each layer, finite and positive."""
    found: list[float] = submission.gradient_norms(
        submission.make("Activation", activation), depth, width=width, seed=seed
    )
    if len(found) != depth:
        raise CheckFailure(
            f"gradient_norms with depth {depth} returned {len(found)} numbers, expected {depth}",
            hint="How many layers have a weight?",
        )
    for index, norm in enumerate(found):
        if norm > 0 and not SMALLEST < norm < LARGEST:
            raise CheckFailure(
                f"Entry {index} of gradient_norms({activation}, depth={depth}) is {norm:.3g}, expected a number of ordinary size",
                hint="Of which tensor is that the norm, and what is it multiplied or divided by?",
            )
        if not norm > 0:
            raise CheckFailure(
                f"Entry {index} of gradient_norms({activation}, depth={depth}) is {norm:.3g}, expected a positive number",
                hint="Of which tensor is that the norm, and when does it get its gradient?",
            )
    return found


def typical(draws: list[list[float]], read: Callable[[list[float]], float]) -> float:
    """The geometric mean over several seeds: one seed's norms scatter by a factor."""
    return math.exp(fmean(math.log(max(read(draw), 1e-300)) for draw in draws))


def some_seeds(count: int) -> list[int]:
    """Seeds drawn by the run's."""
    return [int(seed) for seed in torch.randint(10_000, (count,))]


# What 250 times the geometric mean over 8 seeds was, and what is accepted, over five standard deviations wider: a
# forgotten division, He's or PyTorch's default weights, the bias's gradient, uniform inputs are all outside.
SIZES = {
    ("identity", 3, 64): (4.4, 7.0),  # 4.76 to 6.12
    ("identity", 3, 16): (0.7, 2.3),  # 1.02 to 1.67
    ("relu", 1, 64): (4.0, 6.5),  # 4.92 to 5.27; the activation before the layer instead of after it: 26
}


@exercise.check(task="gradient_norms", points=1)
def one_norm_a_layer(submission: Submission) -> None:
    """gradient_norms gives a positive number for each layer, the same for the same seed"""
    seed, other = 7, 8
    norms(submission, "tanh", 1, seed=seed)
    first = norms(submission, "tanh", 5, width=16, seed=seed)
    again = norms(submission, "tanh", 5, width=16, seed=seed)
    if first != again:
        raise CheckFailure(
            f"Two calls with seed {seed} differ: {first[0]:.6g} and {again[0]:.6g} for the first layer",
            hint="What is drawn at random, and when is the generator seeded?",
        )
    if first == norms(submission, "tanh", 5, width=16, seed=other):
        raise CheckFailure(
            f"Seeds {seed} and {other} give the same {len(first)} numbers",
            hint="Where does the argument seed go?",
        )


@exercise.check(task="gradient_norms", points=1, after=one_norm_a_layer)
def activation_after_each_layer(submission: Submission) -> None:
    """gradient_norms applies the activation once after each layer, the last included"""
    for depth in (1, 6):
        activation: Handle = submission.make("Activation", "tanh")
        submission.gradient_norms(activation, depth)
        calls = activation.attribute("calls")
        if not isinstance(calls, int) or calls != depth:
            raise CheckFailure(
                f"With depth {depth} the activation was called {calls!r:.20} times, expected {depth}",
                hint="After which layers does the activation come, and how often does the data pass?",
            )


def log_mean(numbers: list[float]) -> float:
    """The geometric mean."""
    return math.exp(fmean(math.log(min(max(number, 1e-300), 1e300)) for number in numbers))


def outlier(draw: list[float]) -> float:
    """The largest weight in units of their root mean square; at width 1, without a bend, a norm is a factor over its weight."""
    weights = [1 / norm for norm in draw]
    return max(weights) / math.sqrt(fmean(weight * weight for weight in weights))


# Below: mean and standard deviation of a statistic over so many seeds, found by simulation; accepted is what lies within
# five of them. The seeds are the same in each run, for the score not to hang on luck.


def check_input(submission: Submission) -> None:
    """One layer without a bend: its gradient is the mean of the input, whatever the weights are."""
    draws = [norms(submission, "identity", 1, width=256, seed=seed)[0] for seed in range(16)]
    size = math.sqrt(fmean(norm * norm for norm in draws))
    if not 21.3 <= size <= 24.0:  # 256 / √128 = 22.6, ± 1.1 %; 100 samples give 20.0 or 25.6
        raise CheckFailure(
            f"With identity, depth 1 and width 256 a norm is {size:.3g} on average, expected 21.3 to 24",
            hint="Which shape and which distribution has the input, and what is the sum divided by?",
        )
    if len(set(draws)) == 1:
        raise CheckFailure(
            f"With identity and depth 1 the norm is {size:.6g} for each of 16 seeds",
            hint="Where does the input come from, and does the seed have a say in it?",
        )


def check_biases(submission: Submission) -> None:
    """Eight layers without a bend: with zero biases the mean of what a layer receives does not grow on the way."""
    draws = [norms(submission, "identity", 8, seed=seed) for seed in range(16)]
    growth = log_mean([draw[-1] / draw[0] for draw in draws])
    if not 0.62 <= growth <= 1.6:  # 1 ± 8 %; with nn.Linear's biases 2.5
        raise CheckFailure(
            f"With identity and depth 8 the last norm is {growth:.3g} times the first, expected 0.62 to 1.6",
            hint="What does a layer give for an input of zeros, and what should it give?",
        )
    if any(all(draw == sorted(draw, reverse=order) for draw in draws) for order in (False, True)):
        raise CheckFailure(
            "In 16 random networks of 8 layers the norms are sorted by their size each time",
            hint="By what is the list to be ordered?",
        )


def check_weights(submission: Submission) -> None:
    """The weights' distribution, read from the norms of networks with one weight a layer."""
    draws = [norms(submission, "identity", 16, width=1, seed=seed) for seed in range(32)]
    largest = log_mean([outlier(draw) for draw in draws])
    if not largest >= 1.83:  # 2.09 ± 2.6 %; uniform weights 1.65 ± 1.8 %, weights that are all the same 1
        raise CheckFailure(
            f"With one weight a layer the largest of 16 weights is {largest:.3g} times their root mean square, expected at least 1.83",
            hint="From which distribution are the weights drawn, and is each layer drawn anew?",
        )


@exercise.check(task="gradient_norms", points=1, after=one_norm_a_layer)
def norms_have_the_right_size(submission: Submission) -> None:
    """The norms have the size that these weights, this input and this sum give them"""
    for (activation, depth, width), (low, high) in SIZES.items():
        draws = [norms(submission, activation, depth, width=width, seed=seed) for seed in some_seeds(8)]
        size = typical(draws, log_mean)
        if not low <= size <= high:
            raise CheckFailure(
                f"With {activation}, depth {depth} and width {width} a norm is {size:.3g} on average, expected {low:g} to {high:g}",
                hint="Step by step against the text: the weights, the biases, the input, the order, what the sum is divided by?",
            )
    check_input(submission)
    check_biases(submission)
    check_weights(submission)


@exercise.check(
    task="gradient_norms", points=1, after=(activation_after_each_layer, norms_have_the_right_size)
)
def gradient_vanishes_with_sigmoid(submission: Submission) -> None:
    """Through 20 layers the gradient vanishes with sigmoid and survives with the others, first layer first"""
    hint = "Which layer's norm stands first, and in which layer does a gradient that shrinks on its way back end?"
    layers: dict[str, list[float]] = {}
    # The geometric mean over 5 seeds, 60 times: sigmoid 1e-13 to 2.4e-13, the others 0.14 to 2.1.
    for activation in ("sigmoid", "relu", "tanh", "gelu", "silu"):
        draws = [norms(submission, activation, DEPTH, seed=seed) for seed in some_seeds(5)]
        ratio = typical(draws, lambda draw: draw[0] / draw[-1])
        low, high = (0.0, 1e-9) if activation == "sigmoid" else (0.03, 6.0)
        if not low <= ratio <= high:
            expected = f"{low:g} to {high:g}" if low else f"at most {high:g}"
            raise CheckFailure(
                f"With {activation} the first norm is {ratio:.3g} times the last, expected {expected}",
                hint=hint,
            )
        layers[activation] = [log_mean([draw[layer] for draw in draws]) for layer in range(DEPTH)]
    order = ("relu", "gelu", "silu", "sigmoid", "tanh")
    submission.show(range(1, DEPTH + 1), {activation: layers[activation] for activation in order})


RULE = {
    "hidden": {"mlp": "relu", "cnn": "relu", "transformer": "gelu"},
    "binary_output": dict.fromkeys(("mlp", "cnn", "transformer"), "sigmoid"),
    "classifier_output": dict.fromkeys(("mlp", "cnn", "transformer"), "softmax"),
    "before_cross_entropy": dict.fromkeys(("mlp", "cnn", "transformer"), "none"),
}


@exercise.check(task="choose_activation", points=1)
def three_line_rule(submission: Submission) -> None:
    """choose_activation knows the rule for each layer and architecture"""
    hint = "What does that layer's reader need: a number without bounds, one probability, one for each class?"
    for layer, answers in RULE.items():
        for architecture, expected in answers.items():
            found = submission.choose_activation(layer, architecture)
            if found != expected:
                raise CheckFailure(
                    f"choose_activation({layer!r}, {architecture!r}) is {found[:80]!r}, expected another name",
                    hint=hint,
                )
        found = submission.choose_activation(layer)
        if found != answers["mlp"]:
            raise CheckFailure(
                f"choose_activation({layer!r}) is {found[:80]!r}, expected what it is for 'mlp'",
                hint="What is the default of architecture?",
            )


@exercise.check(task="choose_activation", points=1)
def unknown_names_are_refused(submission: Submission) -> None:
    """choose_activation raises a ValueError that names the unknown string, the layer first"""
    unknown = (
        ("embedding", "mlp"),
        ("hidden", "diffusion"),
        ("binary_output", "diffusion"),
        ("embedding", "diffusion"),
        ("output", "mlp"),
        ("hidden", "transform"),
        ("hidden", "rnn"),
        ("hidden_2", "mlp"),
    )
    for layer, architecture in unknown:
        wrong = layer if layer in ("embedding", "output", "hidden_2") else architecture
        told = submission.raises("ValueError", submission.choose_activation, layer, architecture)
        if wrong not in told:
            raise CheckFailure(
                f"The ValueError for choose_activation({layer!r}, {architecture!r}) says {told[:200]!r}; expected {wrong!r} in it",
                hint="What would you want to read if you had mistyped the name?",
            )
