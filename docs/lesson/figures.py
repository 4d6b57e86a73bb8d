"""Draw the figures of the lesson's pages with the functions of `solutions`: python docs/lesson/figures.py"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[2]))  # `solutions` is not installed

import matplotlib
import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor, nn

from grader_plugin import mnist
from solutions.activations import gelu, plot_tour, relu, sigmoid, silu, tanh
from solutions.mlp import MLP
from solutions.softmax import cross_entropy, log_softmax, softmax
from solutions.trainability import gradient_norms
from solutions.training import accuracy, plot_losses, train

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "lesson" / "images"
Activation = Callable[[Tensor], Tensor]
ACTIVATIONS: Mapping[str, Activation] = {
    "ReLU": relu,
    "GELU": gelu,
    "SiLU": silu,
    "Sigmoid": sigmoid,
    "Tanh": tanh,
}
# Okabe and Ito's palette, in the order of `plot_tour`; shapes of the lines for those who see no colours.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000"]
STYLES = ["-", "--", "-.", "-", "--"]
DEPTH = 20

Initialise = Callable[[Tensor], Tensor]
# What becomes of weights and biases. As a layer is made it has PyTorch's default already.
INITIALISATIONS: Mapping[str, tuple[Initialise, Initialise]] = {
    "Xavier normal": (nn.init.xavier_normal_, nn.init.zeros_),
    "He normal": (nn.init.kaiming_normal_, nn.init.zeros_),
    "PyTorch's default": (lambda weight: weight, lambda bias: bias),
}


def slopes(activation: Activation, x: Tensor) -> Tensor:
    """The derivative at the points `x`, by autograd."""
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(activation(x).sum(), x)
    return slope


@contextmanager
def initialised(weights: Initialise, biases: Initialise) -> Iterator[None]:
    """Let `gradient_norms` initialise in another way: it always asks for Xavier's weights and zero biases."""
    with patch.object(nn.init, "xavier_normal_", weights), patch.object(nn.init, "zeros_", biases):
        yield


def norms(activation: Activation, initialisation: str, seed: int = 0) -> list[float]:
    """`gradient_norms` at the depth of the pages, under one of the initialisations."""
    with initialised(*INITIALISATIONS[initialisation]):
        return gradient_norms(activation, DEPTH, seed=seed)


def activations() -> Figure:
    return plot_tour(torch.linspace(-5, 5, 201))


def derivatives() -> Figure:
    x = torch.linspace(-5, 5, 201, dtype=torch.float64)
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for (name, activation), colour, style in zip(ACTIVATIONS.items(), COLOURS, STYLES, strict=True):
        y = slopes(activation, x)
        if name == "ReLU":
            y[len(x) // 2] = torch.nan  # a gap instead of a slanted line where the slope jumps
        axes.plot(x.tolist(), y.tolist(), label=name, color=colour, linestyle=style, linewidth=2)
    axes.set(title="Their derivatives", xlabel="x", ylabel="f′(x)")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def underflow() -> Figure:
    """The logarithm of a probability, and the log-probability, in float32."""
    gaps = torch.linspace(0, 150, 301)
    logits = torch.stack([torch.zeros_like(gaps), -gaps], dim=1)
    late = softmax(logits)[:, 1].log()
    late[late.isinf()] = torch.nan  # not drawn
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(gaps.tolist(), late.tolist(), color=COLOURS[1], linewidth=6, alpha=0.6, label="log(softmax(z))")
    axes.plot(
        gaps.tolist(),
        log_softmax(logits)[:, 1].tolist(),
        color=COLOURS[0],
        linewidth=2,
        label="log_softmax(z)",
    )
    axes.annotate(
        "the probability has become 0,\nits logarithm −inf",
        (104, -104),
        (30, -125),
        arrowprops={"arrowstyle": "->"},
    )
    axes.set(
        title="The smaller of two probabilities, float32",
        xlabel="how far its logit lies below the other",
        ylabel="logarithm of the probability",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def moons(samples: int = 200) -> tuple[Tensor, Tensor]:
    """Two half circles of points that reach into each other, one a class."""
    generator = torch.Generator().manual_seed(0)
    targets = torch.arange(samples) % 2
    angle = torch.pi * torch.rand(samples, generator=generator)
    side = 1 - 2 * targets
    points = torch.stack(
        [side * angle.cos() + targets - 0.5, side * angle.sin() + 0.4 * targets - 0.2], dim=1
    )
    return points + 0.08 * torch.randn(samples, 2, generator=generator), targets


def bend() -> Figure:
    """What two layers can tell apart, without and with an activation between them."""
    points, targets = moons()
    across, up = torch.linspace(-1.9, 1.9, 120), torch.linspace(-1.3, 1.3, 80)
    grid = torch.cartesian_prod(across, up)
    figure, panels = plt.subplots(1, 2, figsize=(7, 2.9), layout="constrained", sharey=True)
    for axes, (name, activation) in zip(
        panels, {"no activation": lambda x: x, "ReLU": relu}.items(), strict=True
    ):
        torch.manual_seed(0)
        model = MLP(activation, in_features=2, hidden_features=16, out_features=2)
        train(model, points, targets, epochs=250, batch_size=200, learning_rate=1.0)
        with torch.no_grad():
            chosen = model(grid).argmax(dim=1).reshape(120, 80).T
        axes.contourf(across, up, chosen, levels=[-0.5, 0.5, 1.5], colors=["#BFDCEB", "#F5D6BF"])
        for label, colour, marker in ((0, COLOURS[0], "o"), (1, COLOURS[1], "^")):
            axes.scatter(
                *points[targets == label].T, s=12, color=colour, marker=marker, label=f"class {label}"
            )
        axes.set(
            title=f"{name}: {accuracy(model, points, targets):.0%} right",
            xlabel="first input",
            aspect="equal",
        )
    panels[0].set_ylabel("second input")
    panels[1].legend(loc="upper right", fontsize="small")
    return figure


def stacked() -> Figure:
    """Loss and gradient of one sample of ten classes, with and without a softmax in front of the loss."""
    lead = torch.linspace(-12, 12, 241, dtype=torch.float64)
    target = torch.zeros(1, dtype=torch.int64)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.9), layout="constrained")
    inputs: Mapping[str, Activation] = {"logits": lambda z: z, "softmax of the logits": softmax}
    for (name, given), colour, style in zip(inputs.items(), COLOURS, STYLES, strict=False):
        losses, gradients = [], []
        for ahead in lead:
            logits = torch.zeros(1, 10, dtype=torch.float64)
            logits[0, 0] = ahead
            logits.requires_grad_()
            loss = cross_entropy(given(logits), target)
            (gradient,) = torch.autograd.grad(loss, logits)
            losses.append(loss.item())
            gradients.append(-gradient[0, 0].item())
        left.plot(lead, losses, color=colour, linestyle=style, linewidth=2, label=name)
        right.plot(lead, gradients, color=colour, linestyle=style, linewidth=2)
    left.set(title="Loss", ylabel="cross-entropy")
    right.set(title="Pull on the right class's logit", ylabel="minus the gradient")
    left.legend(title="the loss receives")
    for axes in (left, right):
        axes.set_xlabel("lead of the right class")
        axes.grid(alpha=0.3)
    return figure


def refusals() -> Figure:
    """One epoch on MNIST as it should be, and with one thing wrong at a time."""
    data, _ = mnist.load()
    images, targets = (data.images.float() / 255).unsqueeze(1), data.labels
    stranger = targets[torch.randperm(len(targets), generator=torch.Generator().manual_seed(1))]

    def model() -> MLP:
        torch.manual_seed(0)
        return MLP(relu)

    histories = {
        "as it should be": train(model(), images, targets),
        "softmax in front of the loss": train(nn.Sequential(model(), nn.Softmax(dim=1)), images, targets),
        "learning rate 0.01": train(model(), images, targets, learning_rate=0.01),
        "targets shuffled apart": train(model(), images, stranger),
    }
    with patch.object(torch.optim.SGD, "zero_grad", lambda optimizer: None):
        histories["gradients never cleared"] = train(model(), images, targets)
    figure = plot_losses(histories)
    figure.axes[0].set_title("One epoch, and four that went wrong")
    return figure


def by_depth() -> Figure:
    """Gradient norms of each layer, as a share of the last layer's."""
    figure, panels = plt.subplots(1, 2, figsize=(7.6, 4.4), layout="constrained", sharey=True)
    for axes, initialisation in zip(panels, ("Xavier normal", "PyTorch's default"), strict=True):
        for (name, activation), colour, style in zip(ACTIVATIONS.items(), COLOURS, STYLES, strict=True):
            own = norms(activation, initialisation)
            share = [norm / own[-1] for norm in own]
            axes.plot(range(1, DEPTH + 1), share, label=name, color=colour, linestyle=style, linewidth=2)
        axes.set(title=initialisation, xlabel="layer", yscale="log", xticks=[1, 5, 10, 15, 20])
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("gradient norm, the last layer's = 1")
    panels[1].legend()
    return figure


FIGURES: Mapping[str, Callable[[], Figure]] = {
    "activations.svg": activations,
    "derivatives.svg": derivatives,
    "underflow.svg": underflow,
    "bend.png": bend,
    "stacked.svg": stacked,
    "refusals.png": refusals,
    "gradient-norms.svg": by_depth,
}


def save(name: str, folder: Path = IMAGES) -> Path:
    """Draw one figure. The same code gives the same bytes: no date, no program's name, no random ids."""
    path = folder / name
    with matplotlib.rc_context({"svg.hashsalt": name, "font.size": 11}):
        figure = FIGURES[name]()
        if path.suffix == ".svg":
            figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")
        else:
            figure.savefig(path, dpi=120, metadata={"Software": None}, facecolor="white")
            Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)  # a third of the bytes
        plt.close(figure)
    return path


if __name__ == "__main__":
    matplotlib.use("agg")  # no window system is needed
    torch.set_num_threads(1)  # with more, sums may come in another order
    for name in FIGURES:
        print(save(name).relative_to(ROOT))
