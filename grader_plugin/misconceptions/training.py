"""What goes wrong in training.py: steps, batches, and how runs are measured, compared and drawn."""

# mypy: allow-untyped-calls
# (a tensor's backward() has no types)

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..result import CheckFailure
from . import Misconceptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..submission import Submission

misconceptions = Misconceptions()


class MLP(nn.Module):
    """As it should be, for what is made of it below."""

    def __init__(
        self,
        activation: Callable[[Tensor], Tensor],
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, out_features)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.activation(self.fc1(images.flatten(1))))
        return scores


def train_step(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    """As it should be, for the loops below that are not."""
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


# What tells the mistakes of a task apart


NARROW = (784, 4)  # mistakes differ in a network of any width


@misconceptions.probe("train_step")
def one_step(submission: Submission) -> None:
    """What a step does to a network in training mode, with an older gradient in it."""
    submission.make("manual_seed", 1)  # whatever was drawn before must not decide what comes
    model = submission.make("RecordingMLP", "relu", *NARROW)
    optimizer = submission.make("SGD", model, lr=0.1)
    model.backward(torch.rand(3, 1, 28, 28), torch.randn(3, 10))
    before = model.state()
    with contextlib.suppress(CheckFailure):
        submission.train_step(model, optimizer, torch.rand(12, 1, 28, 28), torch.randint(10, (12,)))
    model.attribute("modes")
    after = model.state()
    # Asked only then, for it is free in which line gradients are cleared.
    if all(torch.equal(before[name], after[name]) for name in before):
        model.gradients()
    # All wrong and sure: exp of a score overflows, the probability of the target does not underflow yet.
    zeros = {name: torch.zeros_like(value) for name, value in before.items()}
    eyes = {"fc1.weight": 95 * torch.eye(4, 784), "fc2.weight": torch.eye(10, 4)}
    model.restore({**zeros, **eyes})
    with contextlib.suppress(CheckFailure):
        submission.train_step(
            model, optimizer, torch.eye(4, 784).reshape(4, 1, 28, 28), torch.tensor([1, 2, 3, 0])
        )


@misconceptions.probe("train")
def short_runs(submission: Submission) -> None:
    """Runs of a few batches of one sample many times, so that no order matters, and a step alone."""
    images, targets = torch.rand(1, 1, 28, 28).repeat(20, 1, 1, 1), torch.randint(10, (1,)).repeat(20)
    for settings in ({"epochs": 2, "batch_size": 8}, {"batch_size": 4, "learning_rate": 0.03, "seed": 5}):
        submission.make("manual_seed", 1)
        model = submission.make("RecordingMLP", "relu", *NARROW)
        model.fixture("mode", False)
        with contextlib.suppress(CheckFailure):
            submission.train(model, images, targets, **settings)
        model.attribute("modes")
        model.attribute("seen")
        model.state()
    one_step(submission)


@misconceptions.probe("accuracy")
def few_and_many(submission: Submission) -> None:
    """A single batch, and more images than one evaluation takes at once."""
    model = submission.make("ReferenceMLP", "relu", *NARROW)
    for count in (7, 1030):
        with contextlib.suppress(CheckFailure):
            submission.accuracy(model, torch.rand(count, 1, 28, 28), torch.randint(10, (count,)))


@misconceptions.probe("fastest")
def other_races(submission: Submission) -> None:
    """Races that each rule ends with another winner."""
    curve = {
        "highest": [3.0, 3.0, 3.0, 3.0],
        "first": [1.0, 3.0, 3.0, 3.0],
        "lowest": [3.0, 0.1, 3.0, 3.0],
        "last": [3.0, 3.0, 3.0, 0.5],
        "mean": [1.5, 1.5, 1.5, 1.5],
    }
    races: tuple[dict[str, list[float]], ...] = (
        curve,
        {"long": [2.0, 1.0, 0.0, 0.0], "short": [1.5, 1.2]},
        {"equal": [1.0, 2.0], "too": [2.0, 1.0]},
        {"broken": [0.1, math.nan, 0.1], "sound": [2.0, 1.9, 1.8]},
        {"sound": [2.0, 1.9, 1.8], "broken": [0.1, math.nan, 0.1]},
        {"late": [0.1, 0.1, math.nan], "sound": [2.0, 1.9]},
        {"endless": [0.1, -math.inf], "sound": [2.0, 1.9]},
        {"short": [2.0, 1.9], "long": [1.0, 0.9, 1.5, 1.5]},
        {"two": [3.0, 1.0, 1.0], "one": [1.5, 1.5, 1.5]},
        {"diverged": [0.1, math.inf], "up": [2.0, 1.0, 3.0], "down": [2.0, 1.5, 0.5]},
        {"none": [math.nan]},
        {"empty": [], "one": [1.0]},
    )
    for histories in races:
        with contextlib.suppress(CheckFailure):
            submission.fastest(histories)


# train_step and train


@misconceptions.entry(
    "K01-gradients-never-cleared",
    task="train_step",
    loses="old_gradients_do_not_count",
    diagnosis="Gradients are never cleared: each step adds its own to all that came before and follows the sum.",
    hint="What does backward() do with a number that is already in .grad?",
)
def gradients_never_cleared(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K01b-cleared-only-at-the-end",
    task="train_step",
    loses="old_gradients_do_not_count",
    diagnosis="Gradients are cleared at the end of the step only: what was in them before its first backward() counts too.",
    hint="Who promises that the gradients are empty when your step begins?",
)
def cleared_only_at_the_end(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@misconceptions.entry(
    "K03-no-gradients-at-the-step",
    task="train_step",
    loses="one_update",
    diagnosis="When step() comes there are no gradients: they were cleared after backward(), or backward() was never called.",
    hint="What stands in .grad in the line before step()?",
)
def no_gradients_at_the_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K03b-gradients-zeroed-before-the-step",
    task="train_step",
    loses="one_update",
    diagnosis="After backward() the gradients are set to 0 before a step has used them.",
    hint="What stands in .grad in the line before step()?",
)
def gradients_zeroed_before_the_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K04-no-step-after-backward",
    task="train_step",
    loses="one_update",
    diagnosis="The gradients are there after the call, and the weights are what they were: nothing that follows backward() changes them.",
    hint="Which line moves the weights, and what does it need to have been done before?",
)
def no_step_after_backward(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    optimizer.step()
    loss.backward()
    return loss.item()


@misconceptions.entry(
    "K04b-step-before-backward-with-zeros",
    task="train_step",
    loses="one_update",
    diagnosis="The gradients are set to 0, and the weights are updated before backward() has filled them.",
    hint="Which line moves the weights, and what does it need to have been done before?",
)
def step_before_backward_with_zeros(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad(set_to_none=False)
    loss = F.cross_entropy(model(images), targets)
    value = loss.item()
    optimizer.step()
    loss.backward()
    return value


@misconceptions.entry(
    "K05-step-between-forward-and-backward",
    task="train_step",
    loses="one_update",
    diagnosis="The weights are updated between forward and backward(): the first call moves nothing, the second finds its graph changed.",
    hint="Which weights belong to the graph that backward() walks through?",
)
def step_between(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    loss = F.cross_entropy(model(images), targets)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@misconceptions.entry(
    "K05b-step-one-call-late",
    task="train_step",
    loses="one_update",
    diagnosis="The update stands at the beginning and applies the gradients of the call before: every step comes one call late.",
    hint="Whose gradients does step() find in the very first call?",
)
def step_one_call_late(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.step()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    return loss.item()


@misconceptions.entry(
    "K08-step-twice",
    task="train_step",
    loses="one_update",
    diagnosis="The gradient is applied twice in one call: the weights move 2 · learning rate · gradient.",
    hint="How often does each line of your step run for one batch?",
)
def step_twice(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K08b-backward-twice",
    task="train_step",
    loses="one_update",
    diagnosis="The gradient that the step gets is twice that of the loss: plain gradient descent then moves twice as far.",
    hint="What is it that backward() starts from, and how often does it run for one batch?",
)
def backward_twice(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K09-softmax-before-the-loss",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The scores pass through softmax before cross-entropy, which takes another: the loss never falls below 1.4612.",
    hint="Are probabilities or scores what this loss function starts from?",
)
def softmax_before_the_loss(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(F.softmax(model(images), dim=1), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K09b-sigmoid-before-the-loss",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The scores pass through a sigmoid before cross-entropy: no class can lead by more than 1.",
    hint="Are probabilities or scores what this loss function starts from?",
)
def sigmoid_before_the_loss(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(torch.sigmoid(model(images)), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K50-minus-the-score",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is minus the score of the right class, with no logarithm of a softmax before it: it has no lower bound.",
    hint="What does this loss gain by raising all ten scores together?",
)
def minus_the_score(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.nll_loss(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K50b-minus-the-probability",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is minus the probability of the right class, without its logarithm: it lies between −1 and 0.",
    hint="What is the loss of a network that is sure and right, and what of one that is sure and mistaken?",
)
def minus_the_probability(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.nll_loss(F.softmax(model(images), dim=1), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K51-squared-error",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is the squared distance of the probabilities to one-hot targets, not cross-entropy.",
    hint="Which loss does the docstring name?",
)
def squared_error(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.mse_loss(F.softmax(model(images), dim=1), F.one_hot(targets, 10).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K51b-squared-error-of-the-scores",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is the squared distance of the scores to one-hot targets, not cross-entropy.",
    hint="Which loss does the docstring name?",
)
def squared_error_of_the_scores(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.mse_loss(model(images), F.one_hot(targets, 10).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K51c-ten-binary-losses",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is a binary cross-entropy, averaged over all ten classes: each is judged alone, yes or no.",
    hint="May an image belong to several classes here, or do the classes exclude each other?",
)
def ten_binary_losses(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.binary_cross_entropy_with_logits(model(images), F.one_hot(targets, 10).float())
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K51d-label-smoothing",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The targets are smoothed: a tenth of the weight is spread over all classes, so the loss cannot reach 0.",
    hint="Which options of the loss function did you set, and which did the docstring ask for?",
)
def label_smoothing(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets, label_smoothing=0.1)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K51e-label-smoothing-a-twentieth",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The targets are smoothed: a twentieth of the weight is spread over all classes, so the loss cannot reach 0.",
    hint="Which options of the loss function did you set, and which did the docstring ask for?",
)
def label_smoothing_a_twentieth(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets, label_smoothing=0.05)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K16-sum-over-the-batch",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The losses of the batch are summed, not averaged: loss and step are N times too large.",
    hint="Should the first loss depend on how many images the batch has?",
)
def sum_over_the_batch(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets, reduction="sum")
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K16b-sum-differentiated-mean-returned",
    task="train_step",
    loses="one_update",
    diagnosis="The mean is returned, and the sum is differentiated: the weights move N times too far.",
    hint="Is the number that you return the one whose gradient you take?",
)
def sum_differentiated(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets, reduction="sum")
    loss.backward()
    optimizer.step()
    return loss.item() / len(images)


@misconceptions.entry(
    "K16c-sum-returned",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The weights move as they should, and the number returned is N times the mean: the sum over the batch.",
    hint="Should the first loss depend on how many images the batch has?",
)
def sum_returned(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item() * len(images)


@misconceptions.entry(
    "K16d-mean-over-samples-and-classes",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The mean runs over samples and classes: loss and step are ten times too small.",
    hint="How many numbers are averaged for a batch of 24, and how many of them can differ from 0?",
)
def mean_over_classes_too(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = -(F.one_hot(targets, 10) * F.log_softmax(model(images), dim=1)).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K16e-mean-divided-by-the-batch-size",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is a mean already and is divided by the size of the batch once more: loss and step are N times too small.",
    hint="What does the loss function do with the losses of the samples by itself?",
)
def mean_divided(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets) / len(images)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K16f-mean-returned-divided",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The weights move as they should, and the mean is divided by N once more when it is returned.",
    hint="What does the loss function do with the losses of the samples by itself?",
)
def mean_returned_divided(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item() / len(images)


@misconceptions.entry(
    "K19-ascent",
    task="train_step",
    loses="one_update",
    diagnosis="The step goes uphill: the weights move by plus learning rate · gradient, and the loss grows.",
    hint="Which way does the gradient point, and which way should the loss go?",
)
def ascent(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    (-loss).backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K20-images-divided-by-255",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The images are divided by 255, though they come as numbers from 0 to 1: the network sees almost black.",
    hint="How large is the largest pixel before your division, and how large after it?",
)
def images_divided(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images / 255), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K21-loss-as-a-tensor",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is returned as a tensor, which keeps the whole graph of its step in memory.",
    hint="What does the tensor know beside its value, and who needs that later?",
)
def loss_as_a_tensor(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> Tensor:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss


@misconceptions.entry(
    "K52-loss-after-the-update",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The number returned is the loss after the update: a second forward measures the weights that have moved.",
    hint="How many forwards does one step need?",
)
def loss_after_the_update(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    F.cross_entropy(model(images), targets).backward()
    optimizer.step()
    return F.cross_entropy(model(images), targets).item()


@misconceptions.entry(
    "K52b-loss-rounded",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is rounded before it is returned: a few decimals are left of it.",
    hint="Where is a number best rounded, where it is computed or where it is shown?",
)
def loss_rounded(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return round(loss.item(), 3)


@misconceptions.entry(
    "K52c-share-instead-of-the-loss",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The number returned is the share of right predictions in the batch, not its loss.",
    hint="Which of the numbers that you compute does backward() start from?",
)
def share_instead_of_the_loss(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    scores = model(images)
    F.cross_entropy(scores, targets).backward()
    optimizer.step()
    share: Tensor = (scores.argmax(dim=1) == targets).float().mean()
    return share.item()


@misconceptions.entry(
    "K53-forward-without-a-graph",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The forward runs without a graph, so backward() raises: there is nothing to differentiate.",
    hint="For which part of a program is a forward without gradients made?",
)
def forward_without_a_graph(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    with torch.no_grad():
        loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K53b-scores-and-targets-exchanged",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss function gets the targets first and the scores second, so it raises before anything is learned.",
    hint="In which order does the loss function take its two arguments?",
)
def scores_and_targets_exchanged(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(targets, model(images))
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K26-optimizer-made-anew",
    task="train_step",
    loses="any_optimizer",
    diagnosis="Each call makes an optimizer of its own, like the one given but without its memory: momentum starts at 0 every time.",
    hint="What has an optimizer learned after one step that it needs in the next?",
)
def optimizer_made_anew(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer = type(optimizer)(model.parameters(), **optimizer.defaults)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K26b-optimizer-of-its-own",
    task="train_step",
    loses="any_optimizer",
    diagnosis="Plain gradient descent with learning rate 0.1 makes the step; the optimizer given is not used.",
    hint="Which of its four arguments does your step never ask for anything?",
)
def optimizer_of_its_own(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K26c-update-by-hand",
    task="train_step",
    loses="any_optimizer",
    diagnosis="The weights move by plain descent, with the learning rate of the optimizer given: what Adam or momentum would do is lost.",
    hint="Which rule would your step have to know for every optimizer there is?",
)
def update_by_hand(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.sub_(optimizer.param_groups[0]["lr"] * parameter.grad)
    return loss.item()


@misconceptions.entry(
    "K54-gradients-clipped",
    task="train_step",
    loses="one_update",
    diagnosis="The gradient is shortened before it is applied: the step has the right direction and is too short.",
    hint="Which line stands between backward() and step(), and did the docstring ask for it?",
)
def gradients_clipped(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K55-evaluation-mode",
    task="train_step",
    loses="one_loss_a_batch",
    diagnosis="The step puts the network into evaluation mode: it learns with dropout switched off.",
    hint="Which of the two modes of a module is meant for learning?",
)
def step_in_evaluation_mode(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    model.eval()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K56-logarithm-of-softmax",
    task="train_step",
    loses="logits_go_into_the_loss",
    diagnosis="The loss is the logarithm of a softmax, taken in two steps: where a probability underflows to 0, the loss is infinite.",
    hint="What is exp(−200) in float32, and what is its logarithm?",
)
def logarithm_of_softmax(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.nll_loss(torch.log(F.softmax(model(images), dim=1)), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K56b-scores-not-shifted",
    task="train_step",
    loses="logits_go_into_the_loss",
    diagnosis="The scores go into exp as they are: from 89 on the sum is infinite, and the loss with it.",
    hint="Which number can be subtracted from all ten scores without changing their softmax?",
)
def scores_not_shifted(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    scores: Tensor = model(images)
    loss: Tensor = (scores.exp().sum(dim=1).log() - scores.gather(1, targets.unsqueeze(1)).squeeze(1)).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K56c-loss-capped",
    task="train_step",
    loses="logits_go_into_the_loss",
    diagnosis="The probability gets a small number added before its logarithm: beyond some point the loss stops growing.",
    hint="How large can the logarithm become that you take, and how large should the loss be at odds of exp(−200)?",
)
def loss_capped(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor) -> float:
    optimizer.zero_grad()
    loss = F.nll_loss(torch.log(F.softmax(model(images), dim=1) + 1e-9), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K54b-large-gradients-clipped",
    task="train_step",
    loses="one_update",
    diagnosis="The step is right while the gradient is short, and too short where the gradient is long: it is clipped.",
    hint="Which line stands between backward() and step(), and did the docstring ask for it?",
)
def large_gradients_clipped(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K19c-negative-loss",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss has the wrong sign, returned as well as differentiated: the step goes uphill.",
    hint="Can the negative logarithm of a probability be below 0?",
)
def negative_loss(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = -F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K20d-images-times-255",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The images are multiplied by 255, though they should be used as they come, from 0 to 1.",
    hint="How large is the largest pixel that the network sees, and how large was it when it came?",
)
def images_times_255(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> float:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images * 255), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconceptions.entry(
    "K21c-loss-as-a-detached-tensor",
    task="train_step",
    loses="loss_before_the_update",
    diagnosis="The loss is returned as a tensor without a graph; asked for is a Python float.",
    hint="How does a tensor with a single element become a Python number?",
)
def loss_as_a_detached_tensor(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, targets: Tensor
) -> Tensor:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets)
    loss.backward()
    optimizer.step()
    return loss.detach()


@misconceptions.entry(
    "K01c-gradients-never-cleared-in-the-loop",
    task="train",
    loses="tanh_network_converges",
    diagnosis="The loop does the steps itself and never clears the gradients: each step follows the sum of all that came before.",
    hint="What does backward() do with a number that is already in .grad?",
)
def never_cleared_in_the_loop(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@misconceptions.entry(
    "K02-cleared-once-an-epoch",
    task="train",
    loses="relu_network_converges",
    diagnosis="The gradients are cleared once an epoch: within an epoch they add up from batch to batch.",
    hint="How many gradients has the last batch of an epoch in its sum?",
)
def cleared_once_an_epoch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        optimizer.zero_grad()
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@misconceptions.entry(
    "K10-optimizer-of-another-network",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="No step moves the weights of the network that was given: if something changes, it is not what that network holds.",
    hint="Which object has other numbers after your update, and which one does the model hold?",
)
def optimizer_of_another_network(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(MLP(torch.relu).parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K10b-last-layer-only",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The optimizer holds the last layer only: fc1 keeps the random weights that it began with.",
    hint="Which parameters are different after a step, and which are not?",
)
def last_layer_only(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(list(model.parameters())[-2:], lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K11-labels-not-shuffled",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="The images are shuffled and the targets are not: no image keeps its own label.",
    hint="After shuffling, which target belongs to the first image of the batch, and which one does it get?",
)
def labels_not_shuffled(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[start : start + batch_size]))
    return losses


@misconceptions.entry(
    "K11c-labels-not-shuffled-in-place",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="The images are shuffled and the targets are not: no image keeps its own label.",
    hint="After shuffling, which target belongs to the first image of the batch, and which one does it get?",
)
def labels_left_behind(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        images = images[torch.randperm(len(images), generator=generator)]
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K11b-two-orders",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="Images and targets are shuffled by two different orders: no image keeps its own label.",
    hint="How many permutations does one epoch need?",
)
def two_orders(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        shuffled = images[torch.randperm(len(images), generator=generator)]
        labels = targets[torch.randperm(len(images), generator=generator)]
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            losses.append(train_step(model, optimizer, shuffled[batch], labels[batch]))
    return losses


@misconceptions.entry(
    "K12-sorted-by-class",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="The samples are sorted by their target: a batch holds one class or two, in the same order in every epoch.",
    hint="What does the network learn from a batch in which every answer is the same?",
)
def sorted_by_class(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        order = targets.argsort(stable=True)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K12b-sorted-by-class-unstably",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="The samples are sorted by their target: a batch holds one class or two, in the same order in every epoch.",
    hint="What does the network learn from a batch in which every answer is the same?",
)
def sorted_by_class_unstably(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        order = targets.sort().indices
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K13-never-shuffled",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="The samples are seen in the order in which they were given, in every epoch.",
    hint="Which line of your loop depends on the seed?",
)
def never_shuffled(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K13b-one-order-for-all-epochs",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="One order serves all epochs: it is drawn once, or drawn again from the same seed.",
    hint="How often is an order drawn, and in which state is the generator each time?",
)
def one_order_for_all_epochs(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    order = torch.randperm(len(images), generator=generator)
    losses = []
    for _ in range(epochs):
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K60-seed-not-used",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="The orders come from the global generator: what was drawn before decides them, not the seed.",
    hint="Where would the seed have to go so that two calls draw the same orders?",
)
def seed_not_used(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K60b-seed-fixed",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="The generator gets a number of its own instead of the seed: every seed leads to the same orders.",
    hint="Which of the arguments of train does your code never read?",
)
def seed_fixed(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(0)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K61-batches-shuffled-samples-not",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The order of the batches is drawn, and inside each batch the samples stand as they were given: neighbours stay together.",
    hint="Can a sample meet another one in a batch than its neighbours?",
)
def batches_shuffled_samples_not(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        starts = torch.arange(0, len(images), batch_size)
        for start in starts[torch.randperm(len(starts), generator=generator)].tolist():
            batch = slice(start, start + batch_size)
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K62-with-replacement",
    task="train",
    loses="every_sample_once",
    diagnosis="Each epoch draws its samples with replacement: some come twice, about a third never.",
    hint="Which random function returns every index exactly once?",
)
def with_replacement(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randint(len(images), (len(images),), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K14-last-batch-dropped",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="Only full batches are used: the samples that are left over at the end of an epoch are never seen in it.",
    hint="With 250 samples and batches of 100, what happens to the last 50?",
)
def smaller_last_batch_dropped(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images) - batch_size + 1, batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K15-always-the-first-batch",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="All batches are full, the last one too: with 250 samples and batches of 100 it has samples that were used before.",
    hint="At which sample does the second batch begin, and which samples are left for the last one?",
)
def always_the_first_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for _ in range(0, len(images), batch_size):
            batch = order[:batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K15b-index-without-batch-size",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="All batches are full, the last one too: the steps of an epoch do not walk through the samples from the first to the last.",
    hint="At which sample does the second batch begin, and which samples are left for the last one?",
)
def index_without_batch_size(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for number in range(-(-len(images) // batch_size)):
            batch = order[number : number + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K15c-slice-ends-at-the-batch-size",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The slice always ends at batch_size: the first batch is whole, and all others are empty.",
    hint="With batches of 100, where does the batch that begins at 100 end?",
)
def slice_ends_at_the_batch_size(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start:batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K17-learning-rate-fixed",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is a number in the code: the one that was given has no effect.",
    hint="Which of the arguments of train does your code never read?",
)
def learning_rate_fixed(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K17b-momentum",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The optimizer has momentum: from the second step on each one carries on with the steps before it.",
    hint="Which kind of gradient descent does the docstring ask for?",
)
def momentum(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K17c-adam",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="The optimizer is Adam: each weight moves by about the learning rate, however small its gradient is.",
    hint="Which kind of gradient descent does the docstring ask for?",
)
def adam(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K17d-weight-decay",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The optimizer has weight decay: each step also draws every weight towards 0.",
    hint="Which settings of the optimizer did the docstring ask for?",
)
def weight_decay(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, weight_decay=0.01)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18-learning-rate-too-small",
    task="train",
    loses="gelu_network_converges",
    diagnosis="The learning rate is a hundredth of the one that was given: the network hardly moves.",
    hint="How far do the weights move in one step, measured in gradients?",
)
def learning_rate_too_small(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate / 100)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18b-learning-rate-divided-by-the-batch",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="The learning rate is divided by the batch size, though the loss is a mean already: the steps are that much too short.",
    hint="Where has the number of samples in the batch been divided out before?",
)
def learning_rate_divided_by_the_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate / batch_size)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18c-learning-rate-shrinks",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate shrinks from epoch to epoch: the later steps hardly count.",
    hint="Which learning rate does step 300 have, and which one was asked for?",
)
def learning_rate_shrinks(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        for group in optimizer.param_groups:
            group["lr"] *= 0.9
    return losses


@misconceptions.entry(
    "K19b-ascent-by-hand",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="The gradient is added to the weights and not subtracted: the loss grows from step to step.",
    hint="Which way does the gradient point, and which way should the loss go?",
)
def ascent_by_hand(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    if parameter.grad is not None:
                        parameter.add_(learning_rate * parameter.grad)
            losses.append(loss.item())
    return losses


@misconceptions.entry(
    "K20b-all-images-divided-by-255",
    task="train",
    loses="every_sample_once",
    diagnosis="The images are divided by 255 before training, though they come as numbers from 0 to 1: what is left is almost black.",
    hint="How large is the largest pixel before your division, and how large after it?",
)
def all_images_divided(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    images = images / 255
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K20c-all-images-standardised",
    task="train",
    loses="every_sample_once",
    diagnosis="The images are shifted and scaled by a mean and a deviation before training; they should be used as they come.",
    hint="What does the docstring of this file say about the range of the images?",
)
def all_images_standardised(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    images = (images - 0.1307) / 0.3081
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K21b-losses-as-tensors",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The list holds tensors: each keeps the graph of its step, and all of them stay in memory.",
    hint="What does such a tensor know beside its value, and who needs that after the step?",
)
def losses_as_tensors(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[Tensor]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss)
    return losses


@misconceptions.entry(
    "K22-running-mean",
    task="train",
    loses="overfits_32_samples",
    diagnosis="Each entry of the list is the mean of all losses up to its step: the curve lags behind the network.",
    hint="What does entry 1 tell, the loss of step 1 or of two steps?",
)
def running_mean(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses: list[float] = []
    means = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
            means.append(sum(losses) / len(losses))
    return means


@misconceptions.entry(
    "K22b-total-so-far",
    task="train",
    loses="overfits_32_samples",
    diagnosis="Each entry of the list is the sum of all losses up to its step: the curve can only rise.",
    hint="Which number of your loop grows although the network gets better?",
)
def total_so_far(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    total = 0.0
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            total += train_step(model, optimizer, images[batch], targets[batch])
            losses.append(total)
    return losses


@misconceptions.entry(
    "K22c-loss-divided-by-the-batch-size",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="Each loss is a mean already and is divided once more: the curve begins near 0 instead of 2.3.",
    hint="What is the loss of a network that finds ten digits equally likely, and what does your list begin with?",
)
def loss_divided_by_the_batch_size(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]) / batch_size)
    return losses


@misconceptions.entry(
    "K22d-loss-times-the-batch",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="Each loss is multiplied by the number of samples in its batch: the list holds sums, not means.",
    hint="What is the loss of a network that finds ten digits equally likely, and what does your list begin with?",
)
def loss_times_the_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]) * len(batch))
    return losses


@misconceptions.entry(
    "K25-new-tensors-instead-of-weights",
    task="train",
    loses="learns_a_new_problem",
    diagnosis="No step moves the weights of the network that was given: if something changes, it is not what that network holds.",
    hint="Which object has other numbers after your update, and which one does the model hold?",
)
def new_tensors_instead_of_weights(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    weights: list[Any] = list(model.parameters())
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                for weight in weights:
                    weight = weight - learning_rate * weight.grad
            losses.append(loss.item())
    return losses


@misconceptions.entry(
    "K63-one-mean-an-epoch",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The list has one number for each epoch, the mean of its losses; the losses of the steps are gone.",
    hint="How many steps do 2 epochs of 250 samples in batches of 100 have?",
)
def one_mean_an_epoch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    means = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        losses = []
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        means.append(sum(losses) / len(losses))
    return means


@misconceptions.entry(
    "K63b-last-loss-of-each-epoch",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The list has one number for each epoch, the loss of its last batch: the other steps are not noted.",
    hint="In which of the two loops does the line stand that adds to the list?",
)
def last_loss_of_each_epoch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = train_step(model, optimizer, images[batch], targets[batch])
        losses.append(loss)
    return losses


@misconceptions.entry(
    "K63c-list-begun-again",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="Each epoch begins the list again: what comes back are the losses of the last epoch.",
    hint="How often does the line run that makes the list empty?",
)
def list_begun_again(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses: list[float] = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        losses = []
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K63d-last-loss-only",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="One number comes back, the loss of the last step, instead of a list of all of them.",
    hint="What does the docstring promise to return, and where do the losses of the other steps go?",
)
def last_loss_only_of_all(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    loss = math.nan
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = train_step(model, optimizer, images[batch], targets[batch])
    return loss


@misconceptions.entry(
    "K64-one-epoch-only",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="One epoch is run, whatever epochs says: the second one never begins.",
    hint="Which line runs once an epoch, and how often does it run when epochs is 2?",
)
def one_epoch_only(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        return losses
    return losses


@misconceptions.entry(
    "K64b-batch-size-fixed",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The batches have 128 samples, whatever batch_size is.",
    hint="Which of the arguments of train does your code never read?",
)
def batch_size_fixed(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), 128):
            batch = order[start : start + 128]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K64c-an-epoch-too-few",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The loop over the epochs begins at 1 and ends before the last: one epoch is missing.",
    hint="Which numbers does your loop count through when epochs is 2?",
)
def an_epoch_too_few(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(1, epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K64d-epochs-fixed",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="Ten epochs are run, whatever epochs says.",
    hint="Which of the arguments of train does your code never read?",
)
def epochs_fixed(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(10):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K65-no-training-mode",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="The network learns in evaluation mode: nothing puts it into training mode, and it may come in the other one.",
    hint="In which mode is the network when its last user was an evaluation?",
)
def no_training_mode(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K66-trains-a-copy",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="A copy of the network is trained: the losses fall, and the network that was given stays as it was.",
    hint="Which object do you train, and which one does the caller hold?",
)
def trains_a_copy(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    import copy

    model = copy.deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K66b-weights-drawn-anew",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The weights are drawn anew before training: the network does not begin with those that it came with.",
    hint="Who has initialised the model when it comes to train?",
)
def weights_drawn_anew(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    torch.manual_seed(seed)
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K67-two-steps-a-batch",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="Your loop calls train_step twice for each batch, and one of its two losses is noted.",
    hint="How often does each batch go through the network in one epoch?",
)
def two_steps_a_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            train_step(model, optimizer, images[batch], targets[batch])
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K68-stops-when-good-enough",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="Training ends as soon as a loss is small: the batches that are left are never seen.",
    hint="How many losses does the docstring promise, whatever they are?",
)
def stops_when_good_enough(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        if losses[-1] < 0.1:
            break
    return losses


@misconceptions.entry(
    "K61b-neighbours-stay-together",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="The samples are shuffled inside blocks that stay as they were given: neighbours meet in the same batch in every epoch.",
    hint="Can a sample meet another one in a batch than its neighbours?",
)
def neighbours_stay_together(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        blocks = torch.arange(len(images)).split(batch_size)
        order = torch.cat([block[torch.randperm(len(block), generator=generator)] for block in blocks])
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K61c-rotated",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="Each epoch begins at another sample and goes on in the order given: neighbours follow each other in every epoch.",
    hint="How many different orders can this give for five samples, and how many are there?",
)
def rotated(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        shift = int(torch.randint(1, len(images), (), generator=generator))
        order = torch.arange(len(images)).roll(shift)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K13c-two-orders-in-turn",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="Two orders are drawn and used in turn: the third epoch sees the samples as the first one did.",
    hint="How many orders do three epochs need?",
)
def two_orders_in_turn(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    orders = [torch.randperm(len(images), generator=generator) for _ in range(2)]
    losses = []
    for epoch in range(epochs):
        order = orders[epoch % 2]
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K60c-few-seeds",
    task="train",
    loses="a_new_order_each_epoch",
    diagnosis="Only a part of the seed is used: seeds that differ in the rest lead to the same orders.",
    hint="What is done to the seed on its way to the generator?",
)
def few_seeds(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed % 2)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K69-shuffled-in-place",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="The images and targets of the caller are shuffled themselves: a second call starts from what the first one left.",
    hint="Does your line make a new tensor, or does it write into the one that was given?",
)
def shuffled_in_place(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        images[:], targets[:] = images[order], targets[order]
        for start in range(0, len(images), batch_size):
            batch = slice(start, start + batch_size)
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18d-learning-rate-halved-late",
    task="train",
    loses="overfits_32_samples",
    diagnosis="After some hundred steps the learning rate becomes smaller: up to there the losses are right, then they fall too slowly.",
    hint="Which learning rate does the last step have, and which one was asked for?",
)
def learning_rate_halved_late(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses: list[float] = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            if len(losses) == 400:
                optimizer.param_groups[0]["lr"] /= 2
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K22e-scaled-by-the-share-of-a-batch",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="The loss of a batch that is not full is scaled by its size: the last number of each epoch is too small.",
    hint="Is the loss of 50 samples a mean over 50, or over the batch size?",
)
def scaled_by_the_share_of_a_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss = train_step(model, optimizer, images[batch], targets[batch])
            losses.append(loss * len(batch) / batch_size)
    return losses


@misconceptions.entry(
    "K17f-learning-rate-fixed-at-1",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is a number in the code: the one that was given has no effect.",
    hint="Which of the arguments of train does your code never read?",
)
def learning_rate_fixed_at_1(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K17g-learning-rate-times-ten",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is ten times the one that was given: every step overshoots.",
    hint="How far do the weights move in one step, measured in gradients?",
)
def learning_rate_times_ten(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=10 * learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18e-learning-rate-a-tenth",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is a tenth of the one that was given: the network learns slowly.",
    hint="How far do the weights move in one step, measured in gradients?",
)
def learning_rate_a_tenth(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate / 10)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18f-learning-rate-fixed-at-a-hundredth",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is a number in the code: the one that was given has no effect.",
    hint="Which of the arguments of train does your code never read?",
)
def learning_rate_fixed_at_a_hundredth(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K18g-learning-rate-fixed-at-a-thousandth",
    task="train",
    loses="overfits_32_samples",
    diagnosis="The learning rate is a number in the code: the one that was given has no effect.",
    hint="Which of the arguments of train does your code never read?",
)
def learning_rate_fixed_at_a_thousandth(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K20e-all-images-times-255",
    task="train",
    loses="every_sample_once",
    diagnosis="The images are multiplied by 255 before training, though they should be used as they come, from 0 to 1.",
    hint="How large is the largest pixel that the network sees, and how large was it when it came?",
)
def all_images_times_255(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    images = images * 255
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K22f-loss-divided-by-the-batch",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="Each loss is a mean already and is divided once more: the curve begins near 0 instead of 2.3.",
    hint="What is the loss of a network that finds ten digits equally likely, and what does your list begin with?",
)
def loss_divided_by_the_batch(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]) / len(batch))
    return losses


@misconceptions.entry(
    "K22g-loss-divided-by-all-samples",
    task="train",
    loses="same_seed_same_losses",
    diagnosis="Each loss is a mean already and is divided once more: the curve begins near 0 instead of 2.3.",
    hint="What is the loss of a network that finds ten digits equally likely, and what does your list begin with?",
)
def loss_divided_by_all_samples(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            losses.append(train_step(model, optimizer, images[batch], targets[batch]) / len(images))
    return losses


@misconceptions.entry(
    "K15d-random-samples-each-step",
    task="train",
    loses="one_loss_a_batch",
    diagnosis="All batches are full, the last one too: the steps of an epoch do not walk through the samples from the first to the last.",
    hint="At which sample does the second batch begin, and which samples are left for the last one?",
)
def random_samples_each_step(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        for _ in range(0, len(images), batch_size):
            batch = torch.randint(len(images), (batch_size,), generator=generator)
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


# accuracy, compare, plot_losses and fastest


def train(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    learning_rate: float = 0.1,
    seed: int = 0,
) -> list[float]:
    """As it should be, for the steps and the races that are not."""
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        for batch in torch.split(torch.randperm(len(images), generator=generator), batch_size):
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
    return losses


@misconceptions.entry(
    "K22c-batch-shares-over-samples",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are added and divided by the number of samples: the result is far too small.",
    hint="Each share has been divided once already: by what?",
)
def batch_shares_over_samples(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 1024), torch.split(targets, 1024), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(targets)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22d-mean-of-the-batch-shares",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_the_batch_shares(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 1024), torch.split(targets, 1024), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23-divided-by-the-batches",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_the_batches(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 1024), torch.split(targets, 1024), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K70-percent",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The share is given in percent, a hundred times what is asked for.",
    hint="From 0 to what does the docstring's share go?",
)
def percent(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return 100 * float((model(images).argmax(dim=1) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K70b-count-of-the-right",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are counted, and the count is not divided by anything.",
    hint="Seven right of seven and seven right of a thousand: does your result tell them apart?",
)
def count_of_the_right(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax(dim=1) == targets).sum())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K70c-share-of-errors",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="This is the share of the images on which the model is mistaken, the error rate.",
    hint="What does your function return for a model that is always right?",
)
def share_of_errors(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax(dim=1) != targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K74-share-as-a-tensor",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The share is right, but it is still a tensor of one element, not a Python float.",
    hint="How does a tensor with a single element become a Python number?",
)
def share_as_a_tensor(model: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            share: Tensor = (model(images).argmax(dim=1) == targets).float().mean()
            return share
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K75-argmax-down-the-columns",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The largest logit is looked for in each column, over the images, instead of in each image's row.",
    hint="How many predictions do you get for 7 images and 10 digits?",
)
def argmax_down_the_columns(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax(dim=0) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K75b-argmax-of-the-whole-batch",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The largest logit of the whole batch is found: one position for all images together.",
    hint="What does argmax return for a matrix when it is given no dimension?",
)
def argmax_of_the_whole_batch(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax() == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K75c-smallest-logit",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The digit with the smallest logit is taken as the prediction.",
    hint="Does a high logit stand for a likely digit or for an unlikely one?",
)
def smallest_logit(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmin(dim=1) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K76-last-batch-dropped",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="A last batch that is not full is left out, though its images count among all.",
    hint="Of 7 images in batches of 128, how many does your code look at?",
)
def last_batch_dropped(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            correct = 0
            for start in range(0, len(images) - 127, 128):
                stop = start + 128
                correct += int((model(images[start:stop]).argmax(dim=1) == targets[start:stop]).sum())
            return correct / len(targets)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K76b-first-batch-only",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="Only the first 128 images are looked at, whatever the number of images.",
    hint="Which of 1030 images have a part in your result?",
)
def first_batch_only(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images[:128]).argmax(dim=1) == targets[:128]).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K77-mean-probability",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="This is the mean probability that the model gives to the targets, not how often it is right.",
    hint="The right digit has probability 0.4 and every other one less: is the prediction right?",
)
def mean_probability(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            probabilities = model(images).softmax(dim=1)
            return float(probabilities.gather(1, targets.unsqueeze(1)).mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K71-training-mode",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="The model is measured in the mode in which it comes: in training mode dropout still removes inputs.",
    hint="Which mode does dropout need to be quiet, and who sets it?",
)
def training_mode(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    with torch.no_grad():
        return float((model(images).argmax(dim=1) == targets).float().mean())


@misconceptions.entry(
    "K71b-evaluation-mode-left-on",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="The model is put in evaluation mode and left there: training would go on without dropout.",
    hint="In which mode was the model before the call, and in which is it after?",
)
def evaluation_mode_left_on(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    model.eval()
    with torch.no_grad():
        return float((model(images).argmax(dim=1) == targets).float().mean())


@misconceptions.entry(
    "K71c-training-mode-whatever-it-was",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="The model is always put in training mode at the end, also if it came in evaluation mode.",
    hint="Where does your code look at the mode before it changes it?",
)
def training_mode_whatever_it_was(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax(dim=1) == targets).float().mean())
    finally:
        model.train()


@misconceptions.entry(
    "K71d-mode-not-restored-after-an-error",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="The mode is put back only if all goes well; when the model raises, it stays in evaluation mode.",
    hint="Which lines of your function run when the line of the forward pass raises?",
)
def mode_not_restored_after_an_error(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        share = float((model(images).argmax(dim=1) == targets).float().mean())
    model.train(was_training)
    return share


@misconceptions.entry(
    "K72-graph-built",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="A graph is built while the model is measured, and nothing ever goes backward through it.",
    hint="What does PyTorch remember of a forward pass, and until when?",
)
def graph_built(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        return float((model(images).argmax(dim=1) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K73-data-loader-draws-a-seed",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="A random number is drawn while the model is measured: a DataLoader draws a seed each time one goes through it, even in order.",
    hint="Does a share depend on an order, and how else can a tensor of images be cut into batches?",
)
def data_loader_draws_a_seed(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    from torch.utils.data import DataLoader, TensorDataset

    was_training = model.training
    model.eval()
    correct = 0
    try:
        with torch.no_grad():
            for batch, labels in DataLoader(TensorDataset(images, targets), batch_size=256):
                correct += int((model(batch).argmax(dim=1) == labels).sum())
    finally:
        model.train(was_training)
    return correct / len(targets)


@misconceptions.entry(
    "K76c-first-thousand-only",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="Only the first 1000 images are looked at, whatever the number of images.",
    hint="Which of 1031 images have a part in your result?",
)
def first_thousand_only(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images[:1000]).argmax(dim=1) == targets[:1000]).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K72b-gradients-stay-off",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="After the measurement the forward of the model builds no graph any more: it cannot be trained further.",
    hint="What is switched off for measuring, and which of your lines switches it on again?",
)
def gradients_stay_off(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    was_training = model.training
    model.eval()
    try:
        return float((model(images).argmax(dim=1) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K72c-gradients-removed",
    task="accuracy",
    loses="accuracy_leaves_no_trace",
    diagnosis="The gradients that the model had are gone after the measurement.",
    hint="Who may still need the gradients that the model came with?",
)
def gradients_removed(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    model.zero_grad()
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return float((model(images).argmax(dim=1) == targets).float().mean())
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23g-divided-by-batches-of-64",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_64(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 64), torch.split(targets, 64), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23b-divided-by-batches-of-100",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_100(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 100), torch.split(targets, 100), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23c-divided-by-batches-of-128",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_128(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 128), torch.split(targets, 128), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23d-divided-by-batches-of-256",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_256(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 256), torch.split(targets, 256), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23e-divided-by-batches-of-500",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_500(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 500), torch.split(targets, 500), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K23f-divided-by-batches-of-1000",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The right predictions are divided by the number of batches: the result can pass 1.",
    hint="What is counted above the line, and what below?",
)
def divided_by_batches_of_1000(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 1000), torch.split(targets, 1000), strict=True))
            correct = sum(int((model(x).argmax(dim=1) == y).sum()) for x, y in batches)
            return correct / len(batches)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22h-mean-of-shares-of-100",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_shares_of_100(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 100), torch.split(targets, 100), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22i-mean-of-shares-of-128",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_shares_of_128(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 128), torch.split(targets, 128), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22j-mean-of-shares-of-256",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_shares_of_256(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 256), torch.split(targets, 256), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22k-mean-of-shares-of-500",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_shares_of_500(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 500), torch.split(targets, 500), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K22l-mean-of-shares-of-1000",
    task="accuracy",
    loses="accuracy_is_the_share",
    diagnosis="The shares of the batches are averaged as if all batches were of one size; the last one is smaller.",
    hint="A batch of 1000 and one of 30: how much does each image count for in your mean?",
)
def mean_of_shares_of_1000(model: nn.Module, images: Tensor, targets: Tensor) -> float:
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            batches = list(zip(torch.split(images, 1000), torch.split(targets, 1000), strict=True))
            shares = [float((model(x).argmax(dim=1) == y).float().mean()) for x, y in batches]
            return sum(shares) / len(shares)
    finally:
        model.train(was_training)


@misconceptions.entry(
    "K27-one-network-for-all",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="One network is trained again and again: each name goes on from where the one before stopped, and all have the first activation.",
    hint="In which line is a network made, and how often does it run?",
)
def one_network_for_all(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    torch.manual_seed(settings.get("seed", 0))
    model = MLP(next(iter(activations.values())))
    return {name: train(model, images, targets, **settings) for name in activations}


@misconceptions.entry(
    "K27b-starts-from-trained-weights",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="Each network takes over the trained weights of the one before, so the later names have a head start.",
    hint="How low is the first loss of the second curve, and what should ten equally likely digits give?",
)
def starts_from_trained_weights(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    last: nn.Module | None = None
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        model = MLP(activation)
        if last is not None:
            model.load_state_dict(last.state_dict())
        histories[name] = train(model, images, targets, **settings)
        last = model
    return histories


@misconceptions.entry(
    "K28-not-seeded",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="Nothing is seeded before the networks are made: each starts from other weights.",
    hint="Make two networks one after the other and look at one weight of each: are they equal?",
)
def not_seeded(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28b-seeded-once",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The generator is seeded once, before the first network: the second draws the numbers that come after.",
    hint="How many times does the line with the seed run, and how many networks are made?",
)
def seeded_once(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    torch.manual_seed(settings.get("seed", 0))
    histories = {}
    for name, activation in activations.items():
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28c-seeded-after-the-network",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The seed is set after a network has drawn its weights, where it can no longer change them.",
    hint="Which line draws the weights, and what stands before it the first time?",
)
def seeded_after_the_network(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        model = MLP(activation)
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(model, images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28d-another-seed-for-each",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="Each network gets a seed of its own, one higher than the last: their weights differ.",
    hint="If one function has two names, do both start from the same weights?",
)
def another_seed_for_each(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for number, (name, activation) in enumerate(activations.items()):
        torch.manual_seed(settings.get("seed", 0) + number)
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28e-another-order-for-each",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The networks start from the same weights, but each sees its batches in another order.",
    hint="Which argument of train decides the order, and is it the same for every name?",
)
def another_order_for_each(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    seed = settings.get("seed", 0)
    for number, (name, activation) in enumerate(activations.items()):
        torch.manual_seed(seed)
        histories[name] = train(MLP(activation), images, targets, **{**settings, "seed": seed + number})
    return histories


@misconceptions.entry(
    "K28f-seed-fixed-at-zero",
    task="compare",
    loses="settings_go_to_train",
    diagnosis="The weights are always drawn from seed 0; the seed among the settings only decides the order.",
    hint="Call it with two different seeds: do the first losses differ?",
)
def seed_fixed_at_zero(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(0)
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28g-another-seed-without-one",
    task="compare",
    loses="settings_go_to_train",
    diagnosis="Without a seed among the settings, the weights are drawn from seed 42.",
    hint="Which seed does train take when it is given none?",
)
def another_seed_without_one(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 42))
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K28h-seed-taken-out-of-the-settings",
    task="compare",
    loses="settings_go_to_train",
    diagnosis="The seed is taken out of the settings for the weights, so train never gets it.",
    hint="What is left in the dictionary after pop?",
)
def seed_taken_out_of_the_settings(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    seed = settings.pop("seed", 0)
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(seed)
        histories[name] = train(MLP(activation), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K78-settings-not-passed-on",
    task="compare",
    loses="settings_go_to_train",
    diagnosis="The settings stop in compare: train runs with its own defaults, one epoch in batches of 128.",
    hint="Ask for two epochs: how many losses come back?",
)
def settings_not_passed_on(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(MLP(activation), images, targets)
    return histories


@misconceptions.entry(
    "K78b-learning-rate-not-passed-on",
    task="compare",
    loses="settings_go_to_train",
    diagnosis="Some of the settings are passed on, but the learning rate is not among them.",
    hint="Which settings may come in, and which of them does your call of train name?",
)
def learning_rate_not_passed_on(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(
            MLP(activation),
            images,
            targets,
            epochs=settings.get("epochs", 1),
            batch_size=settings.get("batch_size", 128),
            seed=settings.get("seed", 0),
        )
    return histories


@misconceptions.entry(
    "K79-relu-for-all",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="Every network is made with relu, whatever function stands under its name.",
    hint="Where does your loop use the function that belongs to the name?",
)
def relu_for_all(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name in activations:
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(MLP(torch.relu), images, targets, **settings)
    return histories


@misconceptions.entry(
    "K79b-last-function-for-all",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="All networks share the last function: a lambda looks its variable up when it is called, and by then the loop is over.",
    hint="When does a lambda look up the variables that it names?",
)
def last_function_for_all(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    models = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        models[name] = MLP(lambda x: activation(x))  # noqa: B023 -- that is the mistake
    return {name: train(model, images, targets, **settings) for name, model in models.items()}


@misconceptions.entry(
    "K80-names-of-the-functions",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The curves stand under the functions' own names, so a function with two names has one curve.",
    hint="Which strings does the caller expect as keys?",
)
def names_of_the_functions(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for activation in activations.values():
        torch.manual_seed(settings.get("seed", 0))
        losses = train(MLP(activation), images, targets, **settings)
        histories[getattr(activation, "__name__", str(activation))] = losses
    return histories


@misconceptions.entry(
    "K80b-only-the-first",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The function returns inside its loop: only the first network is trained.",
    hint="At which depth of indentation does your return stand?",
)
def only_the_first(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, list[float]]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(MLP(activation), images, targets, **settings)
        return histories
    return {}


@misconceptions.entry(
    "K80c-last-loss-only",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="Only the last loss of each network is kept; asked for are the losses of all steps.",
    hint="What would plot_losses draw from one number?",
)
def last_loss_only(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> dict[str, float]:
    histories = {}
    for name, activation in activations.items():
        torch.manual_seed(settings.get("seed", 0))
        histories[name] = train(MLP(activation), images, targets, **settings)[-1]
    return histories


@misconceptions.entry(
    "K80d-curves-without-names",
    task="compare",
    loses="the_race_is_fair",
    diagnosis="The curves come as a list in order; asked for is each curve under its name.",
    hint="How would a reader of your result know whose curve is whose?",
)
def curves_without_names(
    activations: Mapping[str, Callable[[Tensor], Tensor]], images: Tensor, targets: Tensor, **settings: Any
) -> list[list[float]]:
    histories = []
    for activation in activations.values():
        torch.manual_seed(settings.get("seed", 0))
        histories.append(train(MLP(activation), images, targets, **settings))
    return histories


@misconceptions.entry(
    "K83-no-legend",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The lines have names, but no legend shows them.",
    hint="Which call puts the labels where a reader can see them?",
)
def no_legend(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    return figure


@misconceptions.entry(
    "K83c-lines-without-names",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Neither a label nor a legend says which line is whose.",
    hint="Cover the code with your hand: which of the lines is GELU?",
)
def lines_without_names(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for losses in histories.values():
        axes.plot(losses)
    axes.set(xlabel="step", ylabel="loss")
    return figure


@misconceptions.entry(
    "K84-axes-not-named",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Neither axis has a name; a title does not say what runs along them.",
    hint="Steps or epochs, loss or accuracy: how would a reader know?",
)
def axes_not_named(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set_title("loss by step")
    axes.legend()
    return figure


@misconceptions.entry(
    "K84b-height-not-named",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The horizontal axis has a name, the vertical one has none.",
    hint="What is it that falls in your figure?",
)
def height_not_named(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set_xlabel("step")
    axes.legend()
    return figure


@misconceptions.entry(
    "K84c-steps-not-named",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The vertical axis has a name, the horizontal one has none.",
    hint="What is counted from left to right in your figure?",
)
def steps_not_named(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set_ylabel("loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K85-smoothed-only",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The lines are means over the steps before each point; the losses themselves are not in the figure.",
    hint="Smoothing is welcome: what has to be there beside it?",
)
def smoothed_only(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        means = [fmean(losses[max(0, step - 9) : step + 1]) for step in range(len(losses))]
        axes.plot(means, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K85b-lowest-so-far",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Each line shows the lowest loss so far, so no step ever seems to make things worse.",
    hint="Can the lines of your figure rise?",
)
def lowest_so_far(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot([min(losses[: step + 1]) for step in range(len(losses))], label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K85c-every-tenth-step",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Only every tenth loss is drawn.",
    hint="A history of 60 losses: how many points has its line?",
)
def every_tenth_step(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(range(0, len(losses), 10), losses[::10], label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K85d-relative-to-the-first",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Each loss is divided by the first of its curve: the lines show ratios.",
    hint="At which height does each of your lines begin, and what was its first loss?",
)
def relative_to_the_first(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot([loss / losses[0] for loss in losses], label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K85e-logarithms",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The logarithms of the losses are drawn as heights.",
    hint="Which of the two can be logarithmic without changing the data, the line or the axis?",
)
def logarithms(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot([math.log(loss) for loss in losses], label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K86-an-axes-for-each",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Every network has an axes of its own, where heights are hard to compare.",
    hint="Where would a reader see which of two curves is lower at step 30?",
)
def an_axes_for_each(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    for number, (name, losses) in enumerate(histories.items(), start=1):
        axes = figure.add_subplot(1, len(histories), number)
        axes.plot(losses, label=name)
        axes.set(xlabel="step", ylabel="loss")
        axes.legend()
    return figure


@misconceptions.entry(
    "K86b-only-the-last",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The figure that comes back holds the last network's curve alone.",
    hint="How often does the line with plot run, and on which figure?",
)
def only_the_last(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    for name, losses in histories.items():
        figure = Figure()
        axes = figure.add_subplot()
        axes.plot(losses, label=name)
        axes.set(xlabel="step", ylabel="loss")
        axes.legend()
    return figure


@misconceptions.entry(
    "K87-axes-returned",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The axes are returned; asked for is the figure that they are part of.",
    hint="Two things are made at the start: which one can be saved to a file?",
)
def axes_returned(histories: Mapping[str, Sequence[float]]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return axes


@misconceptions.entry(
    "K88-steps-upwards",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Steps and losses are exchanged: the steps run upwards and the losses to the right.",
    hint="Which of plot's first two arguments is horizontal?",
)
def steps_upwards(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, range(len(losses)), label=name)
    axes.set(xlabel="loss", ylabel="step")
    axes.legend()
    return figure


@misconceptions.entry(
    "K88b-points-instead-of-lines",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="No line is to be seen that joins the losses of a network.",
    hint="Which method of the axes draws a line?",
)
def points_instead_of_lines(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.scatter(range(len(losses)), losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K89-one-name-for-all",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Every line is labelled loss, so the legend tells nothing apart.",
    hint="Which word of the loop differs from line to line?",
)
def one_name_for_all(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for losses in histories.values():
        axes.plot(losses, label="loss")
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K88c-right-to-left",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The losses run from right to left: the first of a history stands at the last step.",
    hint="At which step does the first loss of a history stand in your figure?",
)
def right_to_left(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(range(len(losses) - 1, -1, -1), losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K88d-names-of-the-axes-exchanged",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The names of the two axes are exchanged: the one that counts steps is called loss.",
    hint="What is counted from left to right in your figure?",
)
def names_of_the_axes_exchanged(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(losses, label=name)
    axes.set(xlabel="loss", ylabel="step")
    axes.legend()
    return figure


@misconceptions.entry(
    "K88e-all-at-one-step",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="All losses of a network stand above one and the same step.",
    hint="Which numbers does plot get for the horizontal axis?",
)
def all_at_one_step(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot([0] * len(losses), losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K89b-all-names-on-every-line",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="Every line carries the names of all networks, so the legend tells nothing apart.",
    hint="Which word of a label differs from line to line?",
)
def all_names_on_every_line(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for losses in histories.values():
        axes.plot(losses, label=", ".join(histories))
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K89c-names-fixed",
    task="plot_losses",
    loses="losses_are_drawn",
    diagnosis="The lines have the names ReLU, GELU and Tanh, whatever the names in the argument are.",
    hint="If the argument has a network called swish, what does your legend say?",
)
def names_fixed(histories: Mapping[str, Sequence[float]]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in zip(("ReLU", "GELU", "Tanh"), histories.values(), strict=False):
        axes.plot(losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


@misconceptions.entry(
    "K90-last-loss",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The last loss decides; how quickly the curve fell to it has no part.",
    hint="A curve falls at its last step only, another at its first: which one learned faster?",
)
def last_loss(histories: Mapping[str, Sequence[float]]) -> str:
    return min(histories, key=lambda name: histories[name][-1])


@misconceptions.entry(
    "K90b-lowest-loss",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The lowest single loss decides; one lucky batch is enough to win.",
    hint="How much do the other steps of a curve count for in your result?",
)
def lowest_loss(histories: Mapping[str, Sequence[float]]) -> str:
    return min(histories, key=lambda name: min(histories[name]))


@misconceptions.entry(
    "K90c-first-loss",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The first loss decides, and it was taken before anything was learned.",
    hint="Has any weight moved when the first loss is noted?",
)
def first_loss(histories: Mapping[str, Sequence[float]]) -> str:
    return min(histories, key=lambda name: histories[name][0])


@misconceptions.entry(
    "K91-highest-mean",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The network with the highest mean loss is named, the slowest one.",
    hint="Is a high loss good or bad?",
)
def highest_mean(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return max(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K92-not-cut",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="Each mean is taken over the whole curve: a longer run has more low losses at its end.",
    hint="One network ran for 2 steps, another for 5: over how many steps do you compare them?",
)
def not_cut(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(finite[name]))


@misconceptions.entry(
    "K93-nan-takes-part",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="A curve with nan takes part, and nan compares as false with everything, so it can win.",
    hint="What is the mean of a curve with nan in it, and is it smaller than 2?",
)
def nan_takes_part(histories: Mapping[str, Sequence[float]]) -> str:
    steps = min(map(len, histories.values()))
    return min(histories, key=lambda name: fmean(histories[name][:steps]))


@misconceptions.entry(
    "K93b-infinite-curve-shortens",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="A curve that holds inf still decides over how many steps the others are compared.",
    hint="When do you find the shortest length: before the broken curves are gone, or after?",
)
def infinite_curve_shortens(histories: Mapping[str, Sequence[float]]) -> str:
    sound = {name: losses for name, losses in histories.items() if not any(map(math.isnan, losses))}
    steps = min(map(len, sound.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(sound, key=lambda name: fmean(sound[name][:steps]))


@misconceptions.entry(
    "K93c-nan-left-out-of-the-mean",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="Single values that are nan or inf are left out, and the rest of the curve stays in the race.",
    hint="A network's loss became nan: did it learn fast?",
)
def nan_left_out_of_the_mean(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: [loss for loss in losses if math.isfinite(loss)] for name, losses in histories.items()}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K94-last-of-equals",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="Of equal means the last name wins instead of the first.",
    hint="Does your comparison also hold when both sides are equal?",
)
def last_of_equals(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    best, lowest = "", math.inf
    for name, losses in finite.items():
        mean = fmean(losses[:steps])
        if mean <= lowest:
            best, lowest = name, mean
    return best


@misconceptions.entry(
    "K95-empty-name-for-no-curve",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="When no curve is left, an empty name is returned; a caller could take it for an answer.",
    hint="Which statement tells a caller that there is no answer?",
)
def empty_name_for_no_curve(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        return ""
    return min(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K95b-first-name-for-no-curve",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="When no curve is left, the first name is returned as if it had won.",
    hint="Every curve has nan in it: did one of them learn fastest?",
)
def first_name_for_no_curve(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    if not finite:
        return next(iter(histories))
    steps = min(map(len, finite.values()))
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K95c-empty-curve-left-out",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="An empty curve is left out in silence, and the race goes on without it.",
    hint="What does the docstring say about a curve without any loss?",
)
def empty_curve_left_out(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {
        name: losses for name, losses in histories.items() if losses and all(map(math.isfinite, losses))
    }
    if not finite:
        raise ValueError("nothing to compare")
    steps = min(map(len, finite.values()))
    return min(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K96-mean-instead-of-name",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The lowest mean itself is returned; asked for is whose it is.",
    hint="What does min give back with a key, and what without one?",
)
def mean_instead_of_name(histories: Mapping[str, Sequence[float]]) -> float:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(fmean(losses[:steps]) for losses in finite.values())


@misconceptions.entry(
    "K96b-name-and-mean",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The name comes together with its mean, as a pair.",
    hint="What would print show for your result, and what is asked for?",
)
def name_and_mean(histories: Mapping[str, Sequence[float]]) -> tuple[str, float]:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    name = min(finite, key=lambda name: fmean(finite[name][:steps]))
    return name, fmean(finite[name][:steps])


@misconceptions.entry(
    "K92b-sum-of-the-whole-curve",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The sums of whole curves are compared: a shorter curve has less to add up.",
    hint="One network ran for 2 steps, another for 5: over how many steps do you compare them?",
)
def sum_of_the_whole_curve(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: sum(finite[name]))


@misconceptions.entry(
    "K97-median",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The middle one of the sorted losses decides, the median: how high the others are does not count.",
    hint="If the highest loss of a curve were twice as high, would your result change?",
)
def median_decides(histories: Mapping[str, Sequence[float]]) -> str:
    from statistics import median

    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: median(finite[name][:steps]))


@misconceptions.entry(
    "K97b-mean-square",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The squares of the losses are averaged: single high losses count for more than they should.",
    hint="By hand: what is the mean of 3 and 1, and is your number the same?",
)
def mean_square(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(loss**2 for loss in finite[name][:steps]))


@misconceptions.entry(
    "K97c-mean-of-the-logarithms",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="A geometric mean decides, or a mean of logarithms: single high losses count for less than they should.",
    hint="By hand: what is the mean of 3 and 1, and is your number the same?",
)
def mean_of_the_logarithms(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(math.log(max(loss, 1e-12)) for loss in finite[name][:steps]))


@misconceptions.entry(
    "K93d-minus-infinity-takes-part",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="A curve with −inf takes part, and it wins: nothing is smaller.",
    hint="Which numbers does your test for a broken curve let through?",
)
def minus_infinity_takes_part(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(loss < math.inf for loss in losses)}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(finite[name][:steps]))


@misconceptions.entry(
    "K93e-cut-before-dropped",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="The curves are cut before the broken ones are dropped: nan or inf behind the cut is not seen.",
    hint="Is a curve sound whose last loss is nan, if the other curves are shorter?",
)
def cut_before_dropped(histories: Mapping[str, Sequence[float]]) -> str:
    steps = min(map(len, histories.values()), default=0)
    cut = {name: losses[:steps] for name, losses in histories.items()}
    finite = {name: losses for name, losses in cut.items() if all(map(math.isfinite, losses))}
    if steps == 0 or not finite:
        raise ValueError("nothing to compare")
    return min(finite, key=lambda name: fmean(finite[name]))


@misconceptions.entry(
    "K95d-none-for-no-curve",
    task="fastest",
    loses="fastest_has_the_lowest_mean",
    diagnosis="When no curve is left, None is returned; a caller who prints it sees a name.",
    hint="Which statement tells a caller that there is no answer?",
)
def none_for_no_curve(histories: Mapping[str, Sequence[float]]) -> str:
    finite = {name: losses for name, losses in histories.items() if all(map(math.isfinite, losses))}
    steps = min(map(len, finite.values()), default=0)
    if steps == 0:
        return None  # type: ignore[return-value]
    return min(finite, key=lambda name: fmean(finite[name][:steps]))
