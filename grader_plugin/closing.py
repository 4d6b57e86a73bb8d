"""The closing exercise outside the grader: three networks on the whole of MNIST, a table and two figures."""

from __future__ import annotations

import importlib
import io
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from typing import Any, Final, TypeAlias

import matplotlib
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from rich.theme import Theme
from torch import Tensor

from . import curves, mnist
from .inquiry import Inquiry, Odd, qualified_name, share, stub_in, to_do

EPOCHS: Final = 3  # after one epoch the curves still lie within a line's width of each other
EARLY: Final = 100  # steps; who leads here need not lead at the end
TAIL: Final = 20  # the loss of one batch is noisy, the mean over these last steps is not

# Base colours only: a terminal fits those to its background.
THEME: Final = Theme(
    {
        "bar.back": "bright_black",
        "bar.complete": "blue",
        "bar.finished": "green",
        "progress.elapsed": "none",
    }
)

Activation: TypeAlias = Callable[[Tensor], Tensor]


def run(package: str) -> None:
    """Train ReLU, GELU and tanh networks with the functions of `package`, print a table, save two figures.

    What is still to do in the training, and data that is not there, end the program with one sentence and
    status 1. Any other exception of `compare` passes through, traceback and all: this is their own run. Once the
    networks are trained, what goes wrong is told in a sentence each, after all that did work.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a folder's name may have letters that the terminal lacks
    try:
        troubles = _race(package, Console(theme=THEME))
    except mnist.MnistError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("Stopped; nothing was saved.") from None
    except NotImplementedError as error:
        stub = stub_in(error, package)
        if stub is None:  # torch raises it too, for reasons of its own
            raise
        raise SystemExit(to_do(stub)) from None
    if troubles:
        raise SystemExit("\n".join(troubles))


@contextmanager
def to_do_told() -> Iterator[None]:
    """Within a notebook, where learners have the race in a cell: a function that is still to do ends it with a sentence."""
    try:
        yield
    except NotImplementedError as error:
        if str(error):  # torch's own, which has its reasons
            raise
        frame, _ = list(traceback.walk_tb(error.__traceback__))[-1]
        print(f"{qualified_name(frame)} is still to do: fill it in, run its cell, then this one again.")


def _race(package: str, console: Console) -> list[str]:
    """Train, print, draw; returns a sentence for each thing that went wrong after the training."""
    matplotlib.use("agg")  # the figures go to files: no window system is needed
    activations = importlib.import_module(f"{package}.activations")
    training: Any = importlib.import_module(f"{package}.training")
    train, test = mnist.load()
    racers = {"ReLU": activations.relu, "GELU": activations.gelu, "tanh": activations.tanh}

    bar = BarColumn(bar_width=max(4, min(40, console.width - 38)))
    columns = TextColumn("{task.description:>5}"), bar, TextColumn("{task.fields[note]}"), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        watch = _Watch(progress, racers, len(train.labels))
        original = training.train_step
        training.train_step = watch.watched(original)
        try:
            histories = training.compare(watch.racers, _pixels(train), train.labels, epochs=EPOCHS)
        finally:
            training.train_step = original

    inquiry = Inquiry(package)
    losses: dict[str, list[float]] = {}
    with inquiry.about("training", "compare"):
        losses = _losses(histories)
    if not losses:
        return inquiry.troubles
    shares: dict[str, float] = {}
    images = _pixels(test)
    for name, model in watch.models.items():
        with inquiry.about("training", "accuracy", name):
            shares[name] = share(training.accuracy(model, images, test.labels))
    winner = ""
    with inquiry.about("training", "fastest"):
        winner = _one_of(losses, training.fastest(histories))
    console.print(f"\n{EPOCHS} epochs on {len(train.labels):,} images\n", highlight=False)
    console.print(_table(losses, shares, watch.seconds, winner))
    console.print(
        f"\nA loss is the mean of the {TAIL} steps up to there, because one batch is noisy. Accuracy: on "
        f"{len(test.labels):,} test images. Time: the median step. Fastest: by your own measure.\n",
        highlight=False,
    )

    figures: dict[str, Figure | None] = {}
    with inquiry.about("training", "plot_losses"):
        figures["losses.png"] = _drawn(training.plot_losses, histories, losses)
    with inquiry.about("trainability", "gradient_norms"):
        trainability = importlib.import_module(f"{package}.trainability")
        figures["gradient_norms.png"] = curves.depth_figure(activations, trainability, inquiry)
    unsaved = _save(figures, console)
    for stub, parts in inquiry.waiting.items():
        drawn = figures.get("gradient_norms.png") is not None
        absent = (
            f" in gradient_norms.png: {', '.join(dict.fromkeys(parts))}" if drawn else ": gradient_norms.png"
        )
        _say(console, f"Not drawn yet{absent}. {stub} is still to do.")
    return [*inquiry.troubles, *unsaved]


def _losses(histories: Any) -> dict[str, list[float]]:
    """What `compare` returned, as plain numbers."""
    try:
        losses = {str(name): [float(loss) for loss in curve] for name, curve in histories.items()}
    except (AttributeError, TypeError, ValueError, RuntimeError):  # the last one: a tensor of many numbers
        losses = {}
    if not losses:
        raise Odd(histories, "the losses of each network under its name")
    return losses


def _one_of(losses: Mapping[str, Sequence[float]], name: Any) -> str:
    if not isinstance(name, str) or name not in losses:
        raise Odd(name, f"one of {', '.join(losses)}")
    return name


def _table(
    losses: Mapping[str, Sequence[float]],
    shares: Mapping[str, float],
    seconds: Mapping[str, Sequence[float]],
    winner: str,
) -> Table:
    """A column a network, so that it fits 40 characters."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", overflow="fold")
    for name in losses:
        table.add_column(Text(name), justify="right", overflow="fold")

    def row(measure: str, cell: Callable[[str], str]) -> None:
        table.add_row(measure, *map(cell, losses))

    row(f"loss, step {EARLY}", lambda name: _mean_up_to(losses[name], EARLY))
    row("loss, epoch 1", lambda name: _mean_up_to(losses[name], len(losses[name]) // EPOCHS))
    row(f"loss, epoch {EPOCHS}", lambda name: _mean_up_to(losses[name], len(losses[name])))
    # A `train` that does without `train_step` shows neither its model nor its steps.
    row("test accuracy", lambda name: f"{shares[name]:.2%}" if name in shares else "-")
    row("ms a step", lambda name: f"{1000 * median(seconds[name]):.2f}" if name in seconds else "-")
    if winner:
        row("fastest", lambda name: "yes" if name == winner else "")
    return table


def _mean_up_to(losses: Sequence[float], step: int) -> str:
    return f"{fmean(losses[max(0, step - TAIL) : step]):.4f}" if 0 < step <= len(losses) else "-"


def _drawn(plot_losses: Callable[..., Any], histories: Any, losses: Mapping[str, Sequence[float]]) -> Figure:
    """The learner's figure, in colours that everyone can tell apart unless it chose its own."""
    with matplotlib.rc_context({"axes.prop_cycle": curves.CYCLE}):
        figure = plot_losses(histories)
    if not isinstance(figure, Figure):
        raise Odd(figure, "a matplotlib Figure")
    curves.smooth_over(figure, losses)
    figure.canvas.draw()  # what cannot be drawn is found here, while it is still known whose figure it is
    return figure


def _save(figures: Mapping[str, Figure | None], console: Console) -> list[str]:
    """Returns one sentence for all figures that could not be written, if there are any."""
    unsaved: dict[str, str] = {}
    for name, figure in figures.items():
        if figure is None:
            continue
        try:
            figure.savefig(name, dpi=150)
        except OSError as error:
            unsaved[name] = error.strerror or str(error)
        else:
            _say(console, f"Saved: {Path(name).resolve()}")
    if not unsaved:
        return []
    reasons = ", ".join(dict.fromkeys(unsaved.values()))
    return [f"{' and '.join(unsaved)} cannot be written in {Path.cwd()} ({reasons})."]


def _say(console: Console, sentence: str) -> None:
    # Without markup: a folder may have square brackets in its name.
    console.print(sentence, soft_wrap=True, markup=False, emoji=False, highlight=False)


def _pixels(split: mnist.Split) -> Tensor:
    return (split.images.float() / 255).unsqueeze(1)


class _Watch:
    """Sees which network is being trained, and each step, by standing in front of the learner's functions."""

    def __init__(self, progress: Progress, racers: Mapping[str, Activation], samples: int) -> None:
        self.racers = {name: self._announced(name, activation) for name, activation in racers.items()}
        self.models: dict[str, Any] = {}  # the last one that each name trained
        self.seconds: dict[str, list[float]] = {}  # of each of its steps
        self._progress = progress
        total = EPOCHS * samples
        # A bar appears with its first step: what waits would be drawn as a bar in motion.
        self._tasks = {
            name: progress.add_task(name, start=False, visible=False, total=total, note="") for name in racers
        }
        self._samples = samples
        self._running = ""
        self._seen = 0

    def _announced(self, name: str, activation: Activation) -> Activation:
        @wraps(activation)
        def announced(x: Tensor) -> Tensor:
            self._running = name
            return activation(x)

        return announced

    def watched(self, train_step: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(train_step)
        def watched(model: Any, optimizer: Any, images: Tensor, targets: Tensor) -> Any:
            begun = perf_counter()
            loss = train_step(model, optimizer, images, targets)
            seconds = perf_counter() - begun
            name = self._running
            if name not in self._tasks:  # no activation of ours was called: a network without one
                return loss
            if self.models.get(name) is not model:
                self.models[name] = model
                self.seconds[name] = []
                self._seen = 0
                self._progress.start_task(self._tasks[name])
                self._progress.update(self._tasks[name], visible=True)
            self.seconds[name].append(seconds)
            self._seen += len(targets)
            note = f"epoch {1 + (self._seen - 1) // self._samples}/{EPOCHS}"
            if isinstance(loss, float):
                note += f", loss {loss:.3f}"
            self._progress.update(self._tasks[name], completed=self._seen, note=note)
            return loss

        return watched
