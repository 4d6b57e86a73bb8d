"""The closing exercise outside the grader: a table and a figure, or a sentence on what is missing."""

from __future__ import annotations

import importlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from rich.console import Console

from grader_plugin import closing, mnist

ROOT = Path(__file__).parents[1]


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A data set of 300 and 100 images of noise, and a current folder of its own."""

    def split(samples: int) -> mnist.Split:
        images = torch.randint(0, 256, (samples, 28, 28), dtype=torch.uint8)
        return mnist.Split(images, torch.randint(0, 10, (samples,)))

    monkeypatch.setattr(mnist, "load", lambda: (split(300), split(100)))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The solutions as a package `course`, whose files a test may change before it runs them."""
    folder = tmp_path / "course"
    shutil.copytree(ROOT / "solutions", folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "course"]:
        del sys.modules[name]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.usefixtures("small_mnist")
def test_solutions_run_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    training = importlib.import_module("solutions.training")
    train_step = training.train_step
    closing.run("solutions")
    out = capsys.readouterr().out
    assert "3 epochs on 300 images" in out
    for name in ("ReLU", "GELU", "tanh"):
        assert out.count(f"│ {name}") == 1
    assert out.count("%") == 3
    assert f"Curves: {tmp_path / 'losses.png'}\n" in out
    assert "Fastest by your own measure: " in out
    assert "epoch 1/3" not in out  # no progress where nobody watches
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert training.train_step is train_step


@pytest.mark.usefixtures("small_mnist")
def test_a_terminal_sees_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(closing, "Console", lambda: terminal)
    closing.run("solutions")
    out = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert out.count("epoch 3/3, step 9, loss ") >= 3


@pytest.mark.usefixtures("small_mnist")
def test_train_that_does_the_step_itself(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(course / "training.py", "losses.append(train_step(", "step = globals()['mine']; losses.append(step(")
    edit(course / "training.py", "def train(\n", "mine = train_step\n\n\ndef train(\n")
    closing.run("course")
    out = capsys.readouterr().out
    assert "│ GELU" in out
    assert "%" not in out  # the model was never seen


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("file", "line", "function"),
    [
        ("training.py", "return histories", "compare"),
        ("activations.py", "return x.clamp(min=0)", "relu"),
        ("training.py", "return correct / len(targets)", "accuracy"),
        ("training.py", "return figure", "plot_losses"),
        ("training.py", "steps = min(map(len, finite.values()), default=0)", "fastest"),
        ("mlp.py", "self.activation = activation", "__init__"),
    ],
)
def test_what_is_still_to_do(course: Path, file: str, line: str, function: str) -> None:
    edit(course / file, line, "raise NotImplementedError")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    message = str(caught.value.code)
    assert message.endswith(f"{function} in course/{file} is still to do: fill it in, then run this again.")
    assert "\n" not in message


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("raise RuntimeError('mine')", RuntimeError),
        ("torch.nn.Module()(x)", NotImplementedError),  # torch's own: not a stub
    ],
)
def test_any_other_exception_passes_through(course: Path, line: str, error: type[Exception]) -> None:
    edit(course / "activations.py", "return x.clamp(min=0)", line)
    with pytest.raises(error):
        closing.run("course")


@pytest.mark.usefixtures("small_mnist")
def test_a_figure_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "losses.png").mkdir()
    with pytest.raises(SystemExit) as caught:
        closing.run("solutions")
    assert caught.value.code == f"{tmp_path / 'losses.png'} cannot be written (Is a directory)"


def test_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise mnist.MnistError("No MNIST here")

    monkeypatch.setattr(mnist, "load", load)
    with pytest.raises(SystemExit) as caught:
        closing.run("solutions")
    assert caught.value.code == "No MNIST here"


def test_python_m_on_the_stubs(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "exercises.training"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        done.stderr == "compare in exercises/training.py is still to do: fill it in, then run this again.\n"
    )
