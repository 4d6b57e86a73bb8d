"""Training: one step, one epoch, three networks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..compare import a_float, assert_close, floats, floats_by_name, text
from ..drawing import Axes
from ..exercise import TRAINING_SECONDS, Exercise, Task
from ..exhibit import curve
from ..remote import Handle, a_figure
from ..result import CheckFailure
from ..submission import Submission
from .evidence import STACKED_FLOOR, check_end, check_first, converge, logits, name_stacking, trained, weights

# What is asked of a step or a loop is asked of a network of any width; a narrow one is sent to and fro in no time.
HIDDEN = 16
NARROW = (784, HIDDEN)

exercise = Exercise(
    "training",
    "Training, and a race of three activations",
    points=25,
    uses=("activations", "mlp"),
    tasks=(
        Task(
            "train_step",
            a_float,
            hints=(
                "What does each of your lines change: the gradients, the weights, or neither? And which line needs what another one has made?",
                "By hand: loss w · w, w = 1, learning rate 0.1. After one step w is 0.8, after two 0.64; 0.44 means that the first gradient was still there, 1 that none arrived. Which do you get?",
                "A step of gradient descent is w → w − learning rate · gradient; how far it goes is the optimizer's affair. The loss, a mean over raw scores, is known before the weights move.",
            ),
        ),
        Task(
            "train",
            floats,
            hints=(
                "250 samples, batches of 100, 2 epochs: what sizes do the six batches have, and which of your lines run once, which twice, which six times?",
                "Number 5 samples from 0 and follow the order 3, 0, 4, 1, 2 in batches of 2: (3, 0), (4, 1), (2). Does target 3 travel with image 3, and where does the next order come from?",
                "Optimizer and generator are made once, an order once an epoch, a batch is a slice of it. A generator of its own, seeded once, keeps the orders free of whatever else draws numbers.",
            ),
        ),
        Task(
            "accuracy",
            a_float,
            hints=(
                "With 3 right of 4 the share is 0.75: by which number does your code divide, and is it still that one if the last batch is smaller?",
                "Note what differs after the call from before: the mode of the model, its gradients, the random state. Even a DataLoader that does not shuffle draws a seed. What needs to be put back?",
                "Share = (number of images whose largest score is at the target) / N. Remember the mode that you found; it has to come back by a path that is also taken when the model raises.",
            ),
        ),
        Task(
            "compare",
            floats_by_name,
            hints=(
                "What could help one network before its first step: its weights, the order of its batches, or what the network before it left behind?",
                "Give one function two names and look at one weight of each new network. If the weights differ, look at the seed; if only the curves differ, what did train receive?",
                "For each name, in this order: seed, new network, training. The seed is the one in settings, or 0, and train still receives it, with all the other settings.",
            ),
        ),
        Task(
            "plot_losses",
            a_figure,
            needs="matplotlib.pyplot",
            hints=(
                "Which curves would a reader lay side by side, and what would you ask about this figure if its axes and its legend were empty?",
                "Three histories of 60 losses make three lines of 60 points in one axes. If you smooth, are the raw losses there as well, with the name in their label?",
                "A label that is given to a line is shown only once the legend is made. The horizontal axis counts steps, the vertical one is the loss, and the figure itself is returned.",
            ),
        ),
        Task(
            "fastest",
            text,
            hints=(
                "If a curve of 3 steps holds a nan and the other two have 100 steps, how many steps are compared? And if it holds inf?",
                "By hand: [2, 1, 0, 0] against [1.2, 1]. Over the two steps that both have, the means are 1.5 and 1.1; over all of them, 0.75 and 1.1. Which pair does your code compare?",
                "A curve's score is (Σ of its first n losses) / n, with n the shortest length among the finite curves. nan compares as false with everything, so it has to be gone before any minimum.",
            ),
        ),
    ),
)


def batch(count: int, features: int = 784) -> tuple[Tensor, Tensor]:
    """Random images in [0, 1] and targets."""
    return torch.rand(count, 1, 28, features // 28), torch.randint(10, (count,))


def narrow(submission: Submission, fixture: str = "ReferenceMLP", activation: str = "relu") -> Handle:
    """A new network of 784, 16 and 10 units."""
    model: Handle = submission.make(fixture, activation, *NARROW)
    return model


def noted(model: Handle, name: str, kind: type) -> list[Any]:
    """What a recording network noted of its forwards."""
    notes = model.attribute(name)
    if not isinstance(notes, list) or not all(isinstance(note, kind) for note in notes):
        raise CheckFailure(
            f"The attribute {name!r} of the model was overwritten",
            hint="Which attributes of the model does your code set?",
        )
    return notes


def loss_and_gradients(
    state: dict[str, Tensor], images: Tensor, targets: Tensor, activation: str = "relu"
) -> tuple[Tensor, dict[str, Tensor]]:
    """Cross-entropy of that network, and its gradients, in float64."""
    leaves = {name: value.detach().double().requires_grad_() for name, value in state.items()}
    loss = F.cross_entropy(logits(leaves, images.double(), activation), targets)
    return loss.detach(), dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))


QUESTIONS = (
    "No weight has moved before the first loss: which images, which targets, and which mean is it made of?",
    "The first loss is right: what did the first step do to the weights, and what should it have done?",
    "The first two losses are right: what did the first step leave behind that the second one found?",
)
LATER = "Up to there all is right: what changes from step to step beside the weights?"


def assert_losses(told: list[float], truth: list[float], what: str) -> None:
    """Each loss is what the steps before it make of the weights: the first that is not says where to look.

    0: the data, or the loss itself; 1: the update; 2: gradients or the optimizer's memory, carried over.
    """
    for index, (loss, expected) in enumerate(zip(told, truth, strict=True)):
        if not abs(loss - expected) <= 1e-5 + 1e-4 * expected:
            right = (
                ("", "; the one before is right")[index] if index < 2 else f"; the {index} before are right"
            )
            raise CheckFailure(
                f"Loss {index} {what} is {loss:.6g}, expected {expected:.6g}{right}",
                hint=QUESTIONS[index] if index < len(QUESTIONS) else LATER,
                curve=curve(range(len(told)), told, truth, keep=index),
            )


def descent(
    state: dict[str, Tensor],
    batches: Iterable[tuple[Tensor, Tensor]],
    learning_rate: float,
    activation: str = "relu",
) -> tuple[list[float], dict[str, Tensor]]:
    """The losses of plain gradient descent on these batches, and the weights after it, in float64."""
    losses = []
    for images, targets in batches:
        loss, gradients = loss_and_gradients(state, images, targets, activation)
        losses.append(float(loss))
        state = {name: state[name].double() - learning_rate * gradients[name] for name in state}
    return losses, state


def assert_moved(
    before: dict[str, Tensor],
    after: dict[str, Tensor],
    update: dict[str, Tensor],
    hint: str,
    *,
    when: str = "In the step",
) -> None:
    """Every parameter moved by `update`: to float32 rounding, 1e-4 of the largest update and 2 eps of the weight."""
    if all(torch.equal(before[name], after[name]) for name in before):
        raise CheckFailure(
            "The weights are the same after the step as before",
            hint="Which call computes the gradients, which one applies them, and in which order?",
        )
    for name, step in update.items():
        tolerance = 1e-4 * float(step.abs().max()) + 2.4e-7 * float(before[name].abs().max())
        assert_close(
            after[name].double() - before[name].double(),
            step.double(),
            f"{when}, the change of {name}",
            tolerance=tolerance,
            hint=hint,
        )


@exercise.check(task="train_step", points=1)
def loss_before_the_update(submission: Submission) -> None:
    """train_step returns the batch's mean loss as it was before the update"""
    for count in (24, 1):
        images, targets = batch(count)
        model = narrow(submission)
        optimizer = submission.make("SGD", model, lr=0.5)
        before = weights(model, HIDDEN)
        loss = submission.train_step(model, optimizer, images, targets)
        truth, _ = loss_and_gradients(before, images, targets)
        stacked = float(F.cross_entropy(logits(before, images).softmax(dim=1), targets))
        if abs(loss - stacked) < 1e-5 < abs(float(truth) - stacked):
            raise CheckFailure(
                f"train_step returned {loss:.5f}, the cross-entropy of the model's softmax; of its raw output it is {float(truth):.5f}",
                hint="Cross-entropy applies log-softmax itself: what should it get from your step, logits or probabilities?",
            )
        later, _ = loss_and_gradients(weights(model, HIDDEN), images, targets)
        if abs(loss - float(later)) < 1e-5 < abs(float(truth - later)):
            raise CheckFailure(
                f"train_step returned {loss:.6g}, the loss after the update; before it was {float(truth):.6g}",
                hint="At which point of the step is the loss computed?",
            )
        assert_close(
            torch.tensor(loss, dtype=torch.float64),
            truth,
            "The returned loss" if count > 1 else "The loss returned for a batch of one image",
            tolerance=1e-5,
            hint="Mean over the batch, of cross-entropy, of what the model returned?",
        )


@exercise.check(task="train_step", points=2)
def one_update(submission: Submission) -> None:
    """One SGD step moves every weight by −learning rate × gradient"""
    for scale in (1.0, 4.0):  # large weights have large gradients, which nobody asked to shorten
        images, targets = batch(24)
        model = narrow(submission)
        model.restore({name: scale * value for name, value in weights(model, HIDDEN).items()})
        optimizer = submission.make("SGD", model, lr=0.1)
        before = weights(model, HIDDEN)
        submission.train_step(model, optimizer, images, targets)
        _, gradients = loss_and_gradients(before, images, targets)
        assert_moved(
            before,
            weights(model, HIDDEN),
            {name: -0.1 * g for name, g in gradients.items()},
            "How many times, and with which sign, is the gradient applied?",
            when="In the step" if scale == 1 else "In a step with a large gradient",
        )


@exercise.check(task="train_step", points=1, after=one_update)
def old_gradients_do_not_count(submission: Submission) -> None:
    """Gradients from before, and from the step before, do not leak into a step"""
    model = narrow(submission)
    optimizer = submission.make("SGD", model, lr=0.1)
    model.backward(batch(8)[0], torch.randn(8, 10))
    for step in ("In a step that began with an older gradient in .grad", "In the step after it"):
        images, targets = batch(24)
        before = weights(model, HIDDEN)
        submission.train_step(model, optimizer, images, targets)
        _, gradients = loss_and_gradients(before, images, targets)
        assert_moved(
            before,
            weights(model, HIDDEN),
            {name: -0.1 * g for name, g in gradients.items()},
            "What is in .grad when backward() begins, and does backward() replace it?",
            when=step,
        )


@exercise.check(task="train_step", points=1, after=one_update)
def any_optimizer(submission: Submission) -> None:
    """train_step works with any optimizer: Adam, and SGD with momentum"""
    images, targets = batch(24)
    model = narrow(submission)
    before = weights(model, HIDDEN)
    submission.train_step(model, submission.make("Adam", model, lr=0.01), images, targets)
    _, gradients = loss_and_gradients(before, images, targets)
    after = weights(model, HIDDEN)
    for (
        name,
        g,
    ) in gradients.items():  # Adam's first step is −lr · g / (|g| + 1e-8): Kingma & Ba 2015, algorithm 1
        clear = g.abs() > 1e-5
        assert_close(
            (after[name] - before[name])[clear].double(),
            (-0.01 * g.sign())[clear],
            f"Adam's first change of {name}",
            tolerance=1e-4,
            hint="Who decides how far the weights move, your code or the optimizer?",
        )
    momentum, update = (
        submission.make("SGD", model, lr=0.1, momentum=0.9),
        {name: torch.zeros(()) for name in gradients},
    )
    for step in ("first", "second", "third"):
        before = weights(model, HIDDEN)
        submission.train_step(model, momentum, images, targets)
        _, gradients = loss_and_gradients(before, images, targets)
        update = {name: 0.9 * update[name] - 0.1 * g for name, g in gradients.items()}
        hint = "What does the optimizer remember from step to step, and what lies in .grad?"
        assert_moved(before, weights(model, HIDDEN), update, hint, when=f"In the {step} step with momentum")


@exercise.check(task="train_step", points=2)
def logits_go_into_the_loss(submission: Submission) -> None:
    """The loss receives logits: nothing is stacked in front of cross-entropy"""
    model = narrow(submission)
    state = {name: torch.zeros_like(value) for name, value in weights(model, HIDDEN).items()}
    eyes = {"fc1.weight": torch.eye(*reversed(NARROW)), "fc2.weight": torch.eye(10, HIDDEN)}
    model.restore({**state, **eyes, "fc1.weight": 60 * eyes["fc1.weight"]})
    images, targets = torch.eye(10, 784).reshape(10, 1, 28, 28), torch.arange(10)
    loss = submission.train_step(model, submission.make("SGD", model, lr=0.1), images, targets)
    if abs(loss - STACKED_FLOOR) < 1e-3:
        raise CheckFailure(
            f"For predictions that are all right and sure the loss is {loss:.4f}, not 0: that is ln(1 + 9/e), cross-entropy of probabilities",
            hint="Cross-entropy applies log-softmax itself: what does it get from your step, logits or probabilities?",
        )
    assert_close(
        torch.tensor(loss),
        torch.tensor(0.0),
        "The loss of predictions that are all right and sure",
        tolerance=1e-3,
        hint="What lies between the model's output and the loss?",
    )
    far = round(float(torch.empty(()).uniform_(150, 250)))
    model.restore({**state, **eyes, "fc1.weight": far * eyes["fc1.weight"]})
    loss = submission.train_step(model, submission.make("SGD", model, lr=0.1), images, targets.roll(1))
    assert_close(
        torch.tensor(loss),
        torch.tensor(float(far)),  # the right class has 0, another one so much
        "The loss of predictions that are all wrong and sure",
        tolerance=1e-3,
        hint=f"What is the logarithm of a probability as small as exp(−{far}) in float32, and is it computed from the probability?",
    )


def numbered(count: int) -> tuple[Tensor, Tensor]:
    """Random images, each with its number in its first pixel, and targets."""
    images, targets = batch(count)
    images[:, 0, 0, 0] = torch.arange(count) / count
    return images, targets


def recorded(
    submission: Submission, count: int, *, equal: bool = False, **settings: Any
) -> tuple[list[Tensor], Handle]:
    """Train a network that notes its images: the numbers, batch by batch. `equal`: each is the first one."""
    images, targets = numbered(count)
    if equal:
        images, targets = images[:1].repeat(count, 1, 1, 1), targets[:1].repeat(count)
    submission.make("manual_seed", 1)  # so that the network is the same, whatever was drawn before
    model = narrow(submission, "RecordingMLP")
    model.fixture("mode", False)  # to see who puts it in training mode
    trained(submission, model, images, targets, **settings)
    return batches_seen(model, count), model


SEEN_CAP = 50  # times each image; in three epochs with an evaluation after each it is 6


def batches_seen(model: Handle, count: int) -> list[Tensor]:
    """The numbers of the images in each batch that a recording network was trained on."""
    seen = noted(model, "seen", Tensor)
    if (images := sum(values.numel() for values in seen)) > SEEN_CAP * count:
        raise CheckFailure(
            f"{images:,} images went through the model, in training on {count}",
            hint="How often does each image go through the model in an epoch?",
        )
    forwards = zip(seen, noted(model, "graphs", bool), strict=False)
    # Those with a graph: a train that evaluates between its epochs is right too.
    # Complex numbers have no order, and nobody's images are any.
    return [(values.real.reshape(-1) * count).round().long() for values, graph in forwards if graph]


def epochs_of(seen: list[Tensor], per_epoch: int, epochs: int = 2) -> list[Tensor]:
    """The samples' numbers of each epoch; CheckFailure if the batches are not that many."""
    if len(seen) != per_epoch * epochs:
        raise CheckFailure(
            f"The model was trained on {len(seen)} batches in {epochs} epochs, expected {per_epoch * epochs}",
            hint="Does each batch go through the model once?",
        )
    return [torch.cat(seen[start : start + per_epoch]) for start in range(0, len(seen), per_epoch)]


@exercise.check(task="train", points=1)
def one_loss_a_batch(submission: Submission) -> None:
    """train returns one loss for every batch of every epoch, the smaller last one included"""
    seen, model = recorded(submission, 250, equal=True, epochs=2, batch_size=100)
    sizes = [len(numbers) for numbers in seen]
    if sizes != [100, 100, 50] * 2:
        raise CheckFailure(
            f"The model was trained on batches of {', '.join(map(str, sizes[:8])) or 'no'} samples, expected 100, 100, 50, 100, 100, 50",
            hint="Where does each batch begin, and where does the last one end?",
        )
    modes, graphs = noted(model, "modes", bool), noted(model, "graphs", bool)
    if any(graph and not mode for mode, graph in zip(modes, graphs, strict=False)):
        raise CheckFailure(
            "The model came in evaluation mode and was trained in it",
            hint="Which method puts a module in training mode?",
        )


@exercise.check(task="train", points=1, after=one_loss_a_batch)
def every_sample_once(submission: Submission) -> None:
    """Every sample is seen exactly once in an epoch"""
    seen, _ = recorded(submission, 300, epochs=2, batch_size=64, seed=submission.seed("order"))
    for number, epoch in enumerate(epochs_of(seen, 5), start=1):
        counts = torch.bincount(epoch.clamp(0, 299), minlength=300)
        if not bool((counts == 1).all()):
            raise CheckFailure(
                f"In epoch {number}, {int((counts == 0).sum())} of 300 samples were never seen, and {int((counts > 1).sum())} more than once",
                hint="Does each index of the permutation belong to exactly one batch?",
            )


def neighbours(epoch: Tensor, batch_size: int) -> tuple[int, int]:
    """How many pairs of neighbouring samples shared a batch, and how many stayed side by side."""
    place = epoch.argsort()
    apart = (place[1:] - place[:-1]).abs()
    together = place[1:].div(batch_size, rounding_mode="floor") == place[:-1].div(
        batch_size, rounding_mode="floor"
    )
    return int(together.sum()), int((apart == 1).sum())


@exercise.check(task="train", points=1, after=one_loss_a_batch)
def a_new_order_each_epoch(submission: Submission) -> None:
    """The order is drawn anew for each epoch, from the seed"""
    seed = submission.seed("order")
    seen, _ = recorded(submission, 300, epochs=3, batch_size=64, seed=seed)
    epochs = epochs_of(seen, 5, epochs=3)
    if torch.equal(epochs[0], torch.arange(300)):
        raise CheckFailure(
            "The samples were seen in the order in which they were given", hint="Where is the order drawn?"
        )
    for first, second in ((0, 1), (1, 2), (0, 2)):
        if torch.equal(epochs[first], epochs[second]):
            raise CheckFailure(
                "Both epochs saw the samples in the same order"
                if second - first == 1
                else "Epoch 3 saw the samples in the order of epoch 1",
                hint="Inside or outside of which loop is the order drawn?",
            )
    for number, epoch in enumerate(epochs, start=1):
        # 10,000 orders drawn at random: 33 to 87 pairs of 299 in one batch, at most 10 side by side.
        together, beside = neighbours(epoch, 64)
        if together > 150 or beside > 60:
            raise CheckFailure(
                f"In epoch {number}, {together} of 299 samples shared a batch with the one given next, and {beside} stood beside it; in an order drawn at random about 60 and 2",
                hint="Can every sample of your order come at every place, or do some stay together?",
            )
    for other_seed in (seed + 1, seed + 2, seed + 1000):
        other, _ = recorded(submission, 300, epochs=1, batch_size=64, seed=other_seed)
        if torch.equal(epochs[0], *epochs_of(other, 5, epochs=1)):
            raise CheckFailure(
                f"The seeds {seed} and {other_seed} gave the same order",
                hint="What does your code do with the argument seed?",
            )


@exercise.check(task="train", points=1, after=one_loss_a_batch)
def same_seed_same_losses(submission: Submission) -> None:
    """The same weights, images and seed give exactly the same losses, each the loss of its batch"""
    images, targets = numbered(200)
    kept, labels = submission.put(images), submission.put(targets)
    model = narrow(submission, "RecordingMLP")
    state, seed = weights(model, HIDDEN), submission.seed("order")
    first = trained(submission, model, kept, labels, epochs=2, batch_size=64, learning_rate=0.05, seed=seed)
    for argument, name in ((kept, "images"), (labels, "targets")):
        if not torch.equal(argument.now(), argument.tensor):
            raise CheckFailure(
                f"train changed the {name} that it was given",
                hint="Which line of yours writes into a tensor, instead of making a new one?",
            )
    submission.make("manual_seed", seed + 17)  # whatever the global generator holds must not matter
    twin = narrow(submission)  # a new one: left-over gradients are another check's matter
    twin.restore(state)
    second = trained(submission, twin, kept, labels, epochs=2, batch_size=64, learning_rate=0.05, seed=seed)
    if first != second:
        where = next(
            index for index, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]
        )
        raise CheckFailure(
            f"Loss {where} was {first[where]:.6g} and then {second[where]:.6g} with the same weights and seed",
            hint="Which random number is drawn before the seed has its say?",
        )
    seen = [numbers.clamp(0, 199) for numbers in batches_seen(model, 200)]
    if len(seen) < len(first):
        raise CheckFailure(
            f"train returned {len(first)} losses, and {len(seen)} batches went through the model",
            hint="Of which output of the model is each loss?",
        )
    truth, _ = descent(state, [(images[numbers], targets[numbers]) for numbers in seen], 0.05)
    if len(truth) == len(first):  # more forwards than batches are another check's matter
        assert_losses(first, truth, "of two epochs of 200 samples")


def drawn_problem(count: int, prototypes: Tensor) -> tuple[Tensor, Tensor]:
    """Images around ten prototypes that nobody can know beforehand."""
    targets = torch.randint(10, (count,))
    images = (0.5 + 0.2 * prototypes[targets] + 0.3 * torch.randn(count, 784)).clamp(0, 1)
    return images.reshape(count, 1, 28, 28), targets


@exercise.check(task="train", points=1, after=one_loss_a_batch, seconds=60)
def learns_a_new_problem(submission: Submission) -> None:
    """A network learns a problem drawn for this run"""
    prototypes = torch.randn(10, 784)
    images, targets = drawn_problem(1500, prototypes)
    model = submission.make("ReferenceMLP", "relu", 784, 32)
    losses = trained(
        submission, model, images, targets, epochs=5, batch_size=32, seed=submission.seed("order")
    )
    new_images, new_targets = drawn_problem(500, prototypes)
    scores = logits(weights(model, 32), new_images)
    share = float((scores.argmax(dim=1) == new_targets).float().mean())
    name_stacking(losses, scores, new_targets, "The network")
    # 40 seeds of the solution: 1.0 each; with labels that no longer match their images: at most 0.2.
    if share < 0.95:
        raise CheckFailure(
            f"After 5 epochs on 1,500 images the network is right on {share:.1%} of new ones, expected at least 95%",
            hint="Does every check of train_step pass? If so: does each image still have its own label in its batch?",
        )
    check_first(losses)
    check_end(losses, float(F.cross_entropy(scores, new_targets)), "the network", "new images")


@exercise.check(task="train", points=1, after=one_loss_a_batch, seconds=60)
def overfits_32_samples(submission: Submission) -> None:
    """32 samples with random labels are learned by heart, by plain gradient descent with the learning rate given"""
    images, targets = batch(32)
    model = narrow(submission, activation="tanh")
    before = weights(model, HIDDEN)
    # As many steps as an epoch on MNIST has. At this learning rate rounding stays rounding: after 480 steps losses and
    # weights of 60 seeds are within 2e-6 of float64. At 0.2 the same steps are chaotic.
    losses = trained(submission, model, images, targets, epochs=480, batch_size=32, learning_rate=0.05)
    after = weights(model, HIDDEN)
    name_stacking(losses, logits(after, images, "tanh"), targets, "The network")
    truth, state = descent(before, [(images, targets)] * 480, 0.05, "tanh")
    assert_losses(losses, truth, "of 480 steps on one batch")
    assert_moved(
        before,
        after,
        {name: state[name] - before[name] for name in state},
        "Are the weights that made these losses those of the network that was given?",
        when="In 480 steps",
    )


@exercise.check(task="train", points=2, after=one_loss_a_batch, seconds=TRAINING_SECONDS, beside=True)
def relu_network_converges(submission: Submission) -> None:
    """Your network with your relu learns MNIST in one epoch"""
    converge(submission, "relu", "ReLU")


@exercise.check(task="train", points=2, after=one_loss_a_batch, seconds=TRAINING_SECONDS, beside=True)
def gelu_network_converges(submission: Submission) -> None:
    """Your network with your gelu learns MNIST in one epoch"""
    converge(submission, "gelu", "GELU")


@exercise.check(task="train", points=2, after=one_loss_a_batch, seconds=TRAINING_SECONDS, beside=True)
def tanh_network_converges(submission: Submission) -> None:
    """Your network with your tanh learns MNIST in one epoch"""
    converge(submission, "tanh", "Tanh")


@exercise.check(task="accuracy", points=1)
def accuracy_is_the_share(submission: Submission) -> None:
    """accuracy is the share of right predictions, from 0 to 1"""
    for count in (7, 1, 1031):
        images, _ = batch(count)
        model = narrow(submission, activation="tanh")
        predicted = logits(weights(model, HIDDEN), images, "tanh").argmax(dim=1)
        right = math.ceil(count * float(torch.empty(()).uniform_(0.5, 0.8)))  # drawn: no answer fits all runs
        # The right ones come first: whoever leaves out the end, or averages batches of different sizes, is far off.
        targets = (predicted + torch.randint(1, 10, (count,)) * (torch.arange(count) >= right)) % 10
        share = submission.accuracy(model, images, targets)
        assert_close(
            torch.tensor(share, dtype=torch.float64),
            torch.tensor(right / count, dtype=torch.float64),
            f"The accuracy on {count:,} {'sample' if count == 1 else 'samples'}",
            tolerance=1.01e-3 if count > 1000 else 1e-6,
            hint="How many are right, out of how many samples?",
        )


@exercise.check(task="accuracy", points=1, after=accuracy_is_the_share)
def accuracy_leaves_no_trace(submission: Submission) -> None:
    """accuracy evaluates without dropout or graph, and leaves the model and the generator as they were"""
    images, targets = batch(40)
    for training in (True, False):
        model = submission.make("RecordingMLP", "relu", *NARROW, dropout=0.5)
        model.fixture("mode", training)
        given = submission.put(images)
        gradients = model.backward(images[:4], torch.randn(4, 10))
        before, generator = weights(model, HIDDEN), submission.make("random_state")
        begun = len(noted(model, "graphs", bool))
        submission.accuracy(model, given, targets)
        if any(noted(model, "modes", bool)[begun:]):
            raise CheckFailure(
                "The model was in training mode while it was evaluated",
                hint="What does dropout do in each of the two modes?",
            )
        if any(noted(model, "graphs", bool)[begun:]):
            raise CheckFailure(
                "A graph was built while evaluating",
                hint="Which context manager says that no gradients are needed?",
            )
        if model.fixture("is_training") is not training:
            raise CheckFailure(
                f"model.training was {training} before the call and {not training} after it",
                hint="Who remembers the mode the model came in?",
            )
        state = submission.make("random_state")
        if not (isinstance(state, Tensor) and torch.equal(state, generator)):
            raise CheckFailure(
                "accuracy drew a random number",
                hint="Does evaluating need an order, and does something draw a seed, as going through a DataLoader does?",
            )
        for name, value in weights(model, HIDDEN).items():
            assert_close(value, before[name], f"After the evaluation {name}", tolerance=0.0)
        assert_close(given.now(), images, "After the evaluation the argument images", tolerance=0.0)
        assert_gradients_kept(gradients, model.gradients())
        model(images[:2])
        if not noted(model, "graphs", bool)[-1]:
            raise CheckFailure(
                "After the call the model's forward builds no graph any more",
                hint="What did your code switch off for the evaluation, and who switches it on again?",
            )
    broken = submission.make("BrokenMLP")
    broken.fixture("mode", True)
    submission.raises("RuntimeError", submission.accuracy, broken, images, targets)
    if not broken.fixture("is_training"):
        raise CheckFailure(
            "When the model raised, it was left in evaluation mode",
            hint="Which statement of Python cleans up also after an exception?",
        )


def assert_gradients_kept(before: dict[str, Tensor | None], after: dict[str, Tensor | None]) -> None:
    """The gradients that a model had before a call are there after it."""
    for name, gradient in before.items():
        found = after.get(name)
        if gradient is not None and (found is None or not torch.equal(found, gradient)):
            raise CheckFailure(
                f"The gradient of {name} was {'removed' if found is None else 'changed'} by the evaluation",
                hint="Which of your lines has to do with gradients, and does measuring need it?",
            )


@exercise.check(task="compare", points=1)
def the_race_is_fair(submission: Submission) -> None:
    """compare gives every activation the same start: one function under two names gives equal curves"""
    images, targets = batch(96)
    entries = {"first": submission.tanh, "other": submission.relu, "again": submission.tanh}
    histories = submission.compare(entries, images, targets, batch_size=32)
    if list(histories) != list(entries):
        raise CheckFailure(
            f"compare returned the names {', '.join(map(repr, histories)) or 'of nothing'}, expected 'first', 'other', 'again'",
            hint="Which names does the argument have, in which order?",
        )
    if histories["first"] != histories["again"]:
        raise CheckFailure(
            "The same function under two names gave two different curves",
            hint="What must be the same before each network is made, and before each is trained?",
        )
    if histories["first"] == histories["other"]:
        raise CheckFailure(
            "tanh and relu gave the same curve", hint="Which activation does each new network get?"
        )


@exercise.check(task="compare", points=1, after=the_race_is_fair)
def settings_go_to_train(submission: Submission) -> None:
    """compare hands its settings to train, and seeds the weights with the same seed"""
    images, targets = batch(96)
    settings: dict[str, Any] = {
        "epochs": 2,
        "batch_size": 40,
        "learning_rate": 0.05,
        "seed": submission.seed("order"),
    }
    for given in (settings, {"batch_size": 32}):  # without a seed it is 0
        # By itself first: what comes after compare can be made to fit what compare returned.
        submission.make("manual_seed", given.get("seed", 0))
        model = submission.MLP(submission.relu)
        alone = submission.train(model, images, targets, **given)
        submission.make("manual_seed", submission.seed("another"))
        histories = submission.compare({"relu": submission.relu}, images, targets, **given)
        found = histories.get("relu", [])
        if len(found) != len(alone):
            raise CheckFailure(
                f"compare returned {len(found)} losses where train with the same settings returns {len(alone)}",
                hint="Which of its settings does compare pass on?",
            )
        if found != alone:
            pairs = enumerate(zip(found, alone, strict=True))
            where = next(index for index, pair in pairs if pair[0] != pair[1])
            raise CheckFailure(
                f"Loss {where} of compare is {found[where]:.6g}; seeding, making the network and calling train gives {alone[where]:.6g}",
                hint="Is torch.manual_seed called with the seed among the settings, or 0 without one, right before the network is made?",
            )


# Nobody's code can know them, and none is part of another.
NAMES = ("SiLU", "GELU", "square root 2", "ReLU 6")
LOSS_WORDS = ("loss", "entropy")
STEP_WORDS = ("step", "iteration", "batch", "epoch", "update")


@exercise.check(task="plot_losses", points=1)
def losses_are_drawn(submission: Submission) -> None:
    """plot_losses draws every history under its name, on one axes with a legend and named axes"""
    histories = {
        name: (2.3 * torch.exp(-torch.rand(()) * torch.arange(60.0) / 20) + 0.1 * torch.rand(60)).tolist()
        for name in NAMES
    }
    figure = submission.plot_losses(histories)
    used = [axes for axes in figure.axes if axes.lines]
    if len(used) != 1:
        raise CheckFailure(
            f"The curves are drawn on {len(used)} axes, expected one",
            hint="Where would a reader compare them?",
        )
    axes = used[0]
    for name, losses in histories.items():
        assert_drawn(axes, name, losses, [other for other in histories if other != name])
        if not any(name.lower() in entry.lower() for entry in (*axes.legend, *figure.legend)):
            raise CheckFailure(f"{name} is not in the legend", hint="Which method shows the labels?")
    for label, which in ((axes.xlabel, "horizontal"), (axes.ylabel, "vertical")):
        if not label.strip():
            raise CheckFailure(
                f"The {which} axis has no name", hint="What would a reader want to know there?"
            )
    if _speaks_of(axes.xlabel, LOSS_WORDS, STEP_WORDS) and _speaks_of(axes.ylabel, STEP_WORDS, LOSS_WORDS):
        raise CheckFailure(
            f"The horizontal axis is named {axes.xlabel!r}, the vertical one {axes.ylabel!r}",
            hint="What is counted from left to right, and what falls from top to bottom?",
        )
    race = real_race(submission)
    if race:
        submission.keep("losses", lambda: submission.plot_losses(race))


def assert_drawn(axes: Axes, name: str, losses: list[float], others: list[str]) -> None:
    """A line under that name, and under no other one, has these losses at growing steps."""
    labelled = [line for line in axes.lines if name.lower() in line.label.lower()]
    if not labelled:
        raise CheckFailure(f"No line has {name} in its label", hint="Which argument of plot names a line?")
    whole = [line for line in labelled if len(line.x) == len(line.y) == len(losses)]
    truth = torch.tensor(losses)
    from_the_left = [sorted(zip(line.x, line.y, strict=True), key=lambda point: point[0]) for line in whole]
    found = [
        (line, points)
        for line, points in zip(whole, from_the_left, strict=True)
        if torch.allclose(torch.tensor([y for _, y in points]), truth, atol=1e-5)
    ]
    if not found:
        backwards = any(torch.allclose(torch.tensor(line.y), truth, atol=1e-5) for line in whole)
        what = (
            "has its losses from right to left"
            if backwards
            else f"does not hold the {len(losses)} losses of {name}"
        )
        raise CheckFailure(
            f"The line labelled {labelled[0].label!r} {what}",
            hint="At which step does it stand, the first loss of the history, and is all of it there?",
        )
    if not any(all(a < b for (a, _), (b, _) in pairwise(points)) for _, points in found):
        raise CheckFailure(
            f"Several losses of {name} are drawn at the same step, {found[0][1][0][0]:g}",
            hint="Which numbers does plot get for the horizontal axis?",
        )
    for other in others:
        if all(other.lower() in line.label.lower() for line, _ in found):
            raise CheckFailure(
                f"The line with the losses of {name} is labelled {found[0][0].label!r}, which names {other} too",
                hint="Which word of a label differs from line to line?",
            )


def _speaks_of(label: str, words: tuple[str, ...], not_of: tuple[str, ...]) -> bool:
    told = label.lower()
    return any(word in told for word in words) and not any(word in told for word in not_of)


def real_race(submission: Submission) -> dict[str, list[float]]:
    """The learner's own curves on MNIST, if this run has all three; nan where a loss was no number."""
    told: dict[str, Any] = {name: submission.trained.get(name.lower()) for name in ("ReLU", "GELU", "tanh")}
    if not all(told.values()):
        return {}
    return {
        name: [math.nan if loss is None else loss for loss in curves["losses"]]
        for name, curves in told.items()
    }


COMPETITORS = ("relu", "gelu", "tanh", "silu", "elu")
RACES: tuple[tuple[dict[str, list[float]], str], ...] = (
    ({"slow": [2.3, 2.0, 1.9], "quick": [2.3, 1.0, 0.5]}, "quick"),
    ({"late": [2.3, 2.2, 0.1], "early": [2.3, 0.4, 0.4]}, "early"),  # the mean decides, not the end
    ({"long": [2.0, 1.0, 0.0, 0.0, 0.0], "short": [1.5, 1.2]}, "short"),  # cut to the shortest
    ({"short": [2.0, 1.9], "long": [1.0, 0.9, 1.5, 1.5]}, "long"),  # and not the sum of all
    ({"first": [1.0, 1.0], "second": [1.0, 1.0]}, "first"),  # an exact tie goes to the first
    ({"b": [2.0, 1.0], "a": [1.0, 2.0]}, "b"),
    ({"two": [3.0, 1.0, 1.0], "one": [1.5, 1.5, 1.5]}, "one"),  # no median, no geometric mean
    ({"even": [1.5, 1.5, 1.5], "spread": [3.0, 0.7, 0.7]}, "spread"),  # no root of the mean square
    ({"broken": [0.1, math.nan], "sound": [2.0, 1.9, 1.8]}, "sound"),
    ({"sound": [2.0, 1.9], "endless": [0.1, 0.1, -math.inf]}, "sound"),  # broken behind the others' end
    (
        {"diverged": [0.1, math.inf], "up": [2.0, 1.0, 3.0], "down": [2.0, 1.5, 0.5]},
        "down",
    ),  # and does not shorten
)
DRAWN_RACES = 8  # two or three curves each: of a thousand that guess, one is right in all


def drawn_race() -> tuple[dict[str, list[float]], str]:
    """Three curves of this run, one perhaps broken, and the name of the lowest mean, which is 0.1 below the next."""
    while True:
        names = [COMPETITORS[place] for place in torch.randperm(len(COMPETITORS))[:3].tolist()]
        lengths = torch.randint(1, 5, (3,)).tolist()
        curves = {
            name: [tenths / 10 for tenths in torch.randint(1, 30, (length,)).tolist()]
            for name, length in zip(names, lengths, strict=True)
        }
        finite = dict(curves)
        if not int(torch.randint(3, ())):
            broken = names[int(torch.randint(3, ()))]
            curves[broken] = [*finite.pop(broken), math.nan]
        steps = min(map(len, finite.values()))
        means = {name: sum(losses[:steps]) / steps for name, losses in finite.items()}
        best, second = sorted(means, key=means.__getitem__)[:2]
        if means[second] - means[best] > 0.1:
            return curves, best


@exercise.check(task="fastest", points=1)
def fastest_has_the_lowest_mean(submission: Submission) -> None:
    """fastest names the lowest mean loss over the steps that all curves have"""
    for histories, truth in (*RACES, *(drawn_race() for _ in range(DRAWN_RACES))):
        found = submission.fastest(histories)
        if found != truth:
            raise CheckFailure(
                f"fastest returned {found!r} for {histories}, expected {truth!r}",
                hint="Which curves take part, over how many steps, and what decides?",
            )
    for histories in ({"a": [math.nan, 1.0]}, {"a": [], "b": [1.0]}, {"a": [-math.inf]}, {}):
        submission.raises("ValueError", submission.fastest, histories)
