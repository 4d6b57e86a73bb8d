"""The closing exercise outside the grader: three networks on the whole of MNIST, and a figure."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from statistics import fmean
from typing import Any, Final, TypeAlias

import matplotlib
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from torch import Tensor

from . import mnist

EPOCHS: Final = 3  # after one epoch the curves still lie within a line's width of each other
TAIL: Final = 20  # the loss of one batch is noisy, the mean over these last steps is not
FIGURE: Final = Path("losses.png")

Activation: TypeAlias = Callable[[Tensor], Tensor]


def run(package: str) -> None:
    """Train ReLU, GELU and tanh networks with the functions of `package`, print a table, save `losses.png`.

    What is still to do, and data that is not there, end the program with one sentence and status 1. Any other
    exception of the learner's code passes through, traceback and all: this is their own run.
    """
    try:
        _race(package, Console())
    except mnist.MnistError as error:
        raise SystemExit(str(error)) from None
    except NotImplementedError as error:
        place = _place(error, package)
        if place is None:  # torch raises it too, for reasons of its own
            raise
        raise SystemExit(f"{place} is still to do: fill it in, then run this again.") from None


def _race(package: str, console: Console) -> None:
    matplotlib.use("agg")  # the figure goes to a file: no window system is needed
    activations = importlib.import_module(f"{package}.activations")
    training: Any = importlib.import_module(f"{package}.training")
    train, test = mnist.load()
    racers = {"ReLU": activations.relu, "GELU": activations.gelu, "tanh": activations.tanh}

    quiet = not console.is_terminal
    columns = TextColumn("{task.description:>5}"), BarColumn(), TextColumn("{task.fields[note]}")
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=quiet) as progress:
        watch = _Watch(progress, racers, len(train.labels))
        original = training.train_step
        training.train_step = watch.watched(original)
        try:
            histories = training.compare(watch.racers, _pixels(train), train.labels, epochs=EPOCHS)
        finally:
            training.train_step = original

    title = f"{EPOCHS} epochs on {len(train.labels):,} images"
    table = Table("activation", f"mean of the last {TAIL} losses", "accuracy on the test set", title=title)
    images = _pixels(test)
    for name, losses in histories.items():
        model = watch.models.get(name)  # none where `train` does not go through `train_step`
        share = "" if model is None else f"{training.accuracy(model, images, test.labels):.2%}"
        table.add_row(name, f"{fmean(losses[-TAIL:]):.4f}", share)
    console.print(table)

    figure = training.plot_losses(histories)
    try:
        figure.savefig(FIGURE, dpi=150)
    except OSError as error:
        raise SystemExit(f"{FIGURE.resolve()} cannot be written ({error.strerror})") from None
    # Without markup: a folder may have square brackets in its name.
    console.print(f"Curves: {FIGURE.resolve()}", soft_wrap=True, markup=False, emoji=False, highlight=False)
    console.print(f"Fastest by your own measure: {training.fastest(histories)}", markup=False)


def _pixels(split: mnist.Split) -> Tensor:
    return (split.images.float() / 255).unsqueeze(1)


def _place(error: NotImplementedError, package: str) -> str | None:
    """The learner's function that raised, and its file; None if the innermost frame is not the learner's."""
    frame, _ = list(traceback.walk_tb(error.__traceback__))[-1]
    folder = importlib.import_module(package).__path__[0]
    file = Path(frame.f_code.co_filename)
    if file.parent.resolve() != Path(folder).resolve():
        return None
    code = frame.f_code
    function = getattr(code, "co_qualname", code.co_name)  # co_qualname, with the class, is Python 3.11's
    return f"{function} in {package}/{file.name}"


class _Watch:
    """Sees which network is being trained, and each step, by standing in front of the learner's functions."""

    def __init__(self, progress: Progress, racers: Mapping[str, Activation], samples: int) -> None:
        self.racers = {name: self._announced(name, activation) for name, activation in racers.items()}
        self.models: dict[str, Any] = {}  # the last one that each name trained
        self._progress = progress
        self._tasks = {name: progress.add_task(name, start=False, total=None, note="") for name in racers}
        self._samples = samples
        self._running = ""
        self._steps = self._seen = 0

    def _announced(self, name: str, activation: Activation) -> Activation:
        @wraps(activation)
        def announced(x: Tensor) -> Tensor:
            self._running = name
            return activation(x)

        return announced

    def watched(self, train_step: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(train_step)
        def watched(model: Any, optimizer: Any, images: Tensor, targets: Tensor) -> Any:
            loss = train_step(model, optimizer, images, targets)
            name = self._running
            if name not in self._tasks:  # no activation of ours was called: a network without one
                return loss
            if self.models.get(name) is not model:
                self.models[name] = model
                self._steps = self._seen = 0
                self._progress.start_task(self._tasks[name])
                self._progress.update(self._tasks[name], total=EPOCHS * self._samples)
            self._steps += 1
            self._seen += len(targets)
            epoch = 1 + (self._seen - 1) // self._samples
            note = f"epoch {epoch}/{EPOCHS}, step {self._steps}"
            if isinstance(loss, float):
                note += f", loss {loss:.3f}"
            self._progress.update(self._tasks[name], completed=self._seen, note=note)
            return loss

        return watched
