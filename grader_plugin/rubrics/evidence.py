"""Training as evidence: networks judged by their weights, and curves by what they can and cannot be."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import mnist
from ..exhibit import curve
from ..remote import Handle, Kept
from ..result import CheckFailure
from ..submission import Submission
from ..wire import Shared, dtype_name

# Cross-entropy of probabilities instead of logits lies between ln(1 + 9/e) and ln(e + 9) for ten classes: a
# probability is at most 1 larger than another, so the right class gets at most e / (e + 9).
STACKED_FLOOR = math.log(1 + 9 / math.e)
STACKED_CEILING = math.log(math.e + 9)
LARGEST_LOSS = 1e6  # nothing that was learned from has one
LEARNED = 0.4  # the share that is right: after an epoch on probabilities 0.66 to 0.82, by chance 0.1

REFERENCES = {"relu": torch.relu, "gelu": F.gelu, "tanh": torch.tanh}


def weights(model: Handle, hidden: int = 128) -> dict[str, Tensor]:
    """The parameters of a network of the lesson, as they are now; CheckFailure if they are no longer that."""
    shapes = {
        "fc1.weight": (hidden, 784),
        "fc1.bias": (hidden,),
        "fc2.weight": (10, hidden),
        "fc2.bias": (10,),
    }
    state = model.state()
    for name, shape in shapes.items():
        found = state.get(name)
        if found is None or found.shape != shape or found.dtype != torch.float32:
            kind = (
                "is missing"
                if found is None
                else f"has shape {tuple(found.shape)} and dtype {dtype_name(found.dtype)}"
            )
            raise CheckFailure(
                f"The model's {name} {kind}, expected shape {shape} and dtype float32",
                hint="What do the checks of mlp.py say?",
            )
    return {name: state[name] for name in shapes}


def logits(state: dict[str, Tensor], images: Tensor, activation: str = "relu") -> Tensor:
    """What the network with these weights says, computed here."""
    hidden = REFERENCES[activation](F.linear(images.flatten(1), state["fc1.weight"], state["fc1.bias"]))
    return F.linear(hidden, state["fc2.weight"], state["fc2.bias"])


def trained(
    submission: Submission,
    model: Handle,
    images: Tensor | Shared | Kept,
    targets: Tensor | Shared | Kept,
    *,
    epochs: int = 1,
    batch_size: int = 128,
    **settings: Any,
) -> list[float]:
    """What the learner's `train` returned: one loss for each batch, or CheckFailure."""
    losses: list[float] = submission.train(
        model, images, targets, epochs=epochs, batch_size=batch_size, **settings
    )
    count = len(targets.tensor if isinstance(targets, Kept) else targets)
    expected = epochs * math.ceil(count / batch_size)
    if len(losses) != expected:
        raise CheckFailure(
            f"train returned {len(losses)} losses for {epochs} epochs of {count:,} samples in batches of {batch_size}, expected {expected}",
            hint="How many batches does it take until every sample was seen, the rest included?",
        )
    return losses


def name_stacking(losses: list[float], scores: Tensor, targets: Tensor, subject: str) -> None:
    """Training on probabilities cannot leave a certain range: say so where a curve never does.

    A network that hardly learns is in that range too, near ln 10, for any other reason. So it must have learned, and
    its curve must end where cross-entropy of the probabilities of its `scores` is, and not where that of the scores is.
    """
    share = float((scores.argmax(dim=1) == targets).float().mean())
    if share < LEARNED or len(losses) <= 50:
        return
    end = sum(losses[-20:]) / len(losses[-20:])
    from_scores = abs(end - float(F.cross_entropy(scores, targets)))
    from_probabilities = abs(end - float(F.cross_entropy(scores.softmax(dim=1), targets)))
    if not 2 * from_probabilities < from_scores > 0.1:
        return
    if all(STACKED_FLOOR - 1e-4 <= loss <= STACKED_CEILING + 1e-4 for loss in losses):
        raise CheckFailure(
            f"{subject} is right on {share:.0%}, yet in {len(losses)} steps its loss stayed above 1.4612 = ln(1 + 9/e) (lowest {min(losses):.4f}), the floor of cross-entropy on probabilities",
            hint="Is there a softmax in front of cross-entropy, which applies one itself?",
        )


@dataclass(frozen=True, slots=True)
class Digits:
    """MNIST as this run sees it: pixels and labels permuted by the run's seed."""

    images: Tensor | Shared
    targets: Tensor | Shared
    test_images: Tensor
    test_targets: Tensor


def digits(submission: Submission) -> Digits:
    """The 60,000 training images where workers can map them, and the 10,000 test images here."""
    train, test = submission.data()
    generator = torch.Generator().manual_seed(submission.seed("mnist"))
    pixels, labels = torch.randperm(784, generator=generator), torch.randperm(10, generator=generator)

    def images(split: mnist.Split, out: Tensor) -> Tensor:
        return torch.div(split.images.flatten(1)[:, pixels].view(-1, 1, 28, 28), 255, out=out)

    def targets(split: mnist.Split, out: Tensor) -> Tensor:
        return torch.take(labels, split.labels, out=out)

    count = len(train.labels)
    return Digits(
        submission.share((count, 1, 28, 28), torch.float32, lambda out: images(train, out)),
        submission.share((count,), torch.int64, lambda out: targets(train, out)),
        images(test, torch.empty(len(test.labels), 1, 28, 28)),
        targets(test, torch.empty(len(test.labels), dtype=torch.int64)),
    )


@contextlib.contextmanager
def drawn(losses: list[float]) -> Iterator[None]:
    """A CheckFailure of the block shows the losses: how a network failed to learn is best seen."""
    try:
        yield
    except CheckFailure as failure:
        broken = next((step for step, loss in enumerate(losses) if not math.isfinite(loss)), None)
        failure.curve = curve(range(len(losses)), losses, keep=broken)
        raise


def converge(submission: Submission, activation: str, label: str) -> None:
    """Train the learner's network with one activation for an epoch, and judge its weights and its curve.

    Of 30 seeds with the solutions (SGD, learning rate 0.1, batches of 128): test accuracy 0.903 to 0.916, mean of the
    last 20 losses 0.306 to 0.372 and at most 0.05 from the weights' own test loss, first loss 2.27 to 2.34 (with other
    usual initialisations up to 2.51). A sigmoid network reaches 0.864 at most, double softmax 0.81, no zero_grad 0.55.
    """
    submission.MLP(getattr(submission, activation))  # something to train, and to train with?
    trained(submission, submission.make("ReferenceMLP"), torch.zeros(2, 1, 28, 28), torch.tensor([0, 1]))
    data = submission.once("digits", lambda: digits(submission))  # only then 188 MB are worth their time
    submission.make("manual_seed", submission.seed("weights"))
    model = submission.MLP(getattr(submission, activation))
    before = weights(model)
    with submission.progress(f"{label} network", 469):
        losses = trained(
            submission,
            model,
            data.images,
            data.targets,
            learning_rate=0.1,
            seed=submission.seed("order"),
        )
    state = weights(model)
    scores = logits(state, data.test_images, activation)
    share = float((scores.argmax(dim=1) == data.test_targets).float().mean())
    loss = float(F.cross_entropy(scores, data.test_targets))
    submission.training[activation] = {
        "losses": [value if math.isfinite(value) else None for value in losses],  # JSON has no nan
        "accuracy": round(share, 4),
        "loss": round(loss, 4) if math.isfinite(loss) else None,
    }
    with drawn(losses):
        if all(torch.equal(before[name], state[name]) for name in before):
            raise CheckFailure(
                "The weights did not change in an epoch", hint="Whose parameters does the optimizer hold?"
            )
        bad = next((index for index, value in enumerate(losses) if not abs(value) < LARGEST_LOSS), None)
        if bad is not None:
            raise CheckFailure(
                f"Loss {bad} of 469 is {losses[bad]:.4g}", hint="What do the losses just before it look like?"
            )
        name_stacking(losses, scores, data.test_targets, f"The {label} network")
        judge(losses, share, loss, label)


def judge(losses: list[float], share: float, loss: float, label: str) -> None:
    """The curve against itself and against what the grader measured: the share that is right, and the loss."""
    check_first(losses)
    end = sum(losses[-20:]) / len(losses[-20:])
    if share < 0.885:
        raise CheckFailure(
            f"After one epoch the {label} network is right on {share:.1%} of the test images, expected at least 88.5%",
            detail=f"Loss at the start {losses[0]:.3f}, at the end {end:.3f} (mean of 20 steps)",
            hint="Which of the earlier checks of train, MLP or the activation does not pass yet?",
        )
    if end > 0.5:
        raise CheckFailure(
            f"The last 20 losses of the {label} network are {end:.3f} on average, expected at most 0.5",
            hint="What happens between the model's output and the list?",
        )
    check_end(losses, loss, f"the {label} network", "the test images")


def check_first(losses: list[float]) -> None:
    """A network that knows nothing of ten classes begins near ln 10; on a drawn problem at 2.23 to 2.38 (15 seeds)."""
    if not 2.1 <= losses[0] <= 2.8:
        raise CheckFailure(
            f"The first loss is {losses[0]:.4g}; ten equally likely digits give ln 10 = 2.30",
            hint="What are the scale of the images, of the initial weights, and is the loss a mean?",
        )


def check_end(losses: list[float], loss: float, subject: str, images: str) -> None:
    """The curve ends where the weights are; on a drawn problem within 0.08, whatever optimizer learned it."""
    end = sum(losses[-20:]) / len(losses[-20:])
    if abs(end - loss) > 0.15:
        raise CheckFailure(
            f"The curve of {subject} ends at {end:.3f}, and its weights have a loss of {loss:.3f} on {images}",
            hint="Is each entry of the list the loss of its own step?",
        )
