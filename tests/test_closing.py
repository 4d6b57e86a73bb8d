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

import matplotlib.pyplot as plt
import pytest
import torch
from rich.console import Console

from grader_plugin import closing, mnist

ROOT = Path(__file__).parents[1]


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A data set of 300 and 100 images of noise, and a current folder of its own."""

    def split(samples: int) -> mnist.Split:
        images = torch.randint(0, 256, (samples, 28, 28), dtype=torch.uint8)
        return mnist.Split(images, torch.randint(0, 10, (samples,)))

    monkeypatch.setattr(mnist, "load", lambda: (split(300), split(100)))
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")  # `python -m` ends here, this process has more tests to come


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


def rows(out: str) -> dict[str, list[str]]:
    """The table's cells by the name of their row; no name has two spaces, and two rows have a comma."""
    lines = [line.rsplit(None, 3) for line in out.splitlines()]
    return {line[0].strip(): line[1:] for line in lines if len(line) == 4}


def first_line(function: str, line: str, path: Path) -> None:
    """Put a line in front of a function's body, behind its docstring."""
    head, _, rest = path.read_text("utf-8").partition(f"def {function}(")
    signature, docstring, body = rest.split('"""', 2)
    path.write_text(f'{head}def {function}({signature}"""{docstring}"""\n    {line}\n{body}', "utf-8")


@pytest.mark.usefixtures("small_mnist")
def test_solutions_run_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    training = importlib.import_module("solutions.training")
    train_step = training.train_step
    closing.run("solutions")
    out = capsys.readouterr().out
    assert "3 epochs on 300 images" in out
    assert ["ReLU", "GELU", "tanh"] in [line.split() for line in out.splitlines()]
    table = rows(out)
    assert table["loss, step 100"] == ["-", "-", "-"]  # there were nine
    for loss in (*table["loss, epoch 1"], *table["loss, epoch 3"]):
        assert 2 < float(loss) < 3  # noise cannot be learned
    assert all(share.endswith("%") for share in table["test accuracy"])
    assert all(float(time) > 0 for time in table["ms a step"])
    assert out.count("yes") == 1
    for name in ("losses.png", "gradient_norms.png"):
        assert f"Saved: {tmp_path / name}\n" in out
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert "epoch 1/3" not in out  # no progress where nobody watches
    assert training.train_step is train_step


def test_a_loss_is_the_mean_of_the_steps_up_to_there() -> None:
    losses = {"a": [9.0] * 80 + [1.0] * 20 + [5.0] * 180 + [2.0] * 20, "b": [3.0]}
    console = Console(file=io.StringIO(), width=40)
    console.print(closing._table(losses, {"a": 0.5}, {"a": [0.001, 0.003, 1.0]}, "b"))
    out = console.file.getvalue()  # type: ignore[attr-defined]
    expected = [
        "a b",
        "loss, step 100 1.0000 -",
        "loss, epoch 1 1.0000 -",
        "loss, epoch 3 2.0000 3.0000",
        "test accuracy 50.00% -",
        "ms a step 3.00 -",
        "fastest yes",
    ]
    assert [" ".join(line.split()) for line in out.splitlines() if "─" not in line] == expected


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize("width", [40, 80])
def test_a_terminal_sees_the_steps(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=width, theme=closing.THEME)
    monkeypatch.setattr(closing, "Console", lambda **_: terminal)
    closing.run("solutions")
    out = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert out.count("epoch 3/3, loss ") >= 3
    assert "38;5;" not in out  # base colours only, which a terminal fits to its background
    assert "38;2;" not in out
    assert "…" not in out


@pytest.mark.usefixtures("small_mnist")
def test_train_that_does_the_step_itself(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(course / "training.py", "losses.append(train_step(", "step = globals()['mine']; losses.append(step(")
    edit(course / "training.py", "def train(\n", "mine = train_step\n\n\ndef train(\n")
    closing.run("course")
    table = rows(capsys.readouterr().out)
    assert table["test accuracy"] == table["ms a step"] == ["-", "-", "-"]  # no model and no step was seen


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("file", "line", "function"),
    [
        ("training.py", "return histories", "compare"),
        ("activations.py", "return x.clamp(min=0)", "relu"),
        ("mlp.py", "self.activation = activation", "__init__"),
    ],
)
def test_a_stub_without_which_nothing_trains(
    course: Path, file: str, line: str, function: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(course / file, line, "raise NotImplementedError")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    message = str(caught.value.code)
    assert message.endswith(f"{function} in course/{file} is still to do: fill it in, then run this again.")
    assert "\n" not in message
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("function", "line", "sentence"),
    [
        ("accuracy", "raise NotImplementedError", "is still to do: fill it in, then run this again."),
        ("fastest", "raise NotImplementedError", "is still to do: fill it in, then run this again."),
        ("plot_losses", "raise NotImplementedError", "is still to do: fill it in, then run this again."),
        ("accuracy", "return math.nan", "returned nan, expected a share from 0 to 1"),
        ("accuracy", "return 93.9", "returned 93.9, expected a share from 0 to 1"),
        ("accuracy", "return torch.tensor(0.5)", "returned tensor(0.5000), expected a share from 0 to 1"),
        ("fastest", "return 'RELU'", "returned 'RELU', expected one of ReLU, GELU, tanh"),
        ("fastest", "return None", "returned None, expected one of ReLU, GELU, tanh"),
        ("fastest", "raise ValueError('No curve')", "ended in ValueError (No curve) at course/training.py:"),
        ("plot_losses", "return None", "returned None, expected a matplotlib Figure"),
        ("plot_losses", "1 / 0", "ended in ZeroDivisionError (division by zero) at course/training.py:"),
    ],
)
def test_after_the_training_nothing_hides_what_worked(
    course: Path, tmp_path: Path, function: str, line: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first_line(function, line, course / "training.py")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    message = str(caught.value.code)
    assert message.startswith(function)
    assert "course/training.py" in message
    assert sentence in message
    assert "\n" not in message
    if "still to do" not in sentence:
        assert message.endswith(f"; `python -m pytest --grade -k {function}` looks at it alone.")
    table = rows(capsys.readouterr().out)
    assert len(table["loss, epoch 3"]) == 3
    assert (table["test accuracy"] == ["-", "-", "-"]) == (function == "accuracy")
    assert (tmp_path / "losses.png").exists() == (function != "plot_losses")
    assert (tmp_path / "gradient_norms.png").exists()


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize("line", ["return None", "return {}", "return {'ReLU': None}", "return [[1.0]]"])
def test_compare_that_returns_no_curves(course: Path, line: str) -> None:
    first_line("compare", line, course / "training.py")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    message = str(caught.value.code)
    assert message.startswith(
        f"compare in course/training.py {line.replace('return', 'returned')}, expected "
    )


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("file", "function", "drawn", "sentence"),
    [
        ("trainability.py", "gradient_norms", False, "Not drawn yet: gradient_norms.png."),
        ("activations.py", "sigmoid", True, "Not drawn yet in gradient_norms.png: SiLU, sigmoid."),
        ("trainability.py", "saturated_fraction", True, "Not drawn yet in gradient_norms.png: saturation."),
    ],
)
def test_the_second_figure_can_wait(
    course: Path,
    tmp_path: Path,
    file: str,
    function: str,
    drawn: bool,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first_line(function, "raise NotImplementedError", course / file)
    closing.run("course")
    out = capsys.readouterr().out
    assert f"{sentence} {function} in course/{file} is still to do.\n" in out
    assert f"Saved: {tmp_path / 'losses.png'}\n" in out
    assert (tmp_path / "gradient_norms.png").exists() == drawn


@pytest.mark.usefixtures("small_mnist")
@pytest.mark.parametrize(
    ("line", "drawn", "sentence"),
    [
        ("return None", False, "of ReLU in course/trainability.py returned None, expected 20 floats;"),
        ("return [0.5] * 19", False, ", ...], expected 20 floats and not 19;"),
        ("return [0.0] * 20", False, ", ...], expected 20 norms above 0 and below inf, which a logarithmic"),
        (
            "return [0.0] + [float('inf')] * 3 + [0.5] * 16",
            True,
            "returned [0.0, inf, inf, inf, 0.5, 0.5, ...]",
        ),
        (
            "return depth.grad",
            False,
            "ended in AttributeError ('int' object has no attribute 'grad') at course",
        ),
    ],
)
def test_odd_norms(
    course: Path, tmp_path: Path, line: str, drawn: bool, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first_line("gradient_norms", line, course / "trainability.py")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    first = str(caught.value.code).splitlines()[0]
    assert first.startswith("gradient_norms")
    assert sentence in first
    assert "loss, epoch 3" in capsys.readouterr().out
    assert (tmp_path / "losses.png").exists()
    assert (tmp_path / "gradient_norms.png").exists() == drawn


@pytest.mark.usefixtures("small_mnist")
def test_trainability_that_cannot_be_imported(course: Path, tmp_path: Path) -> None:
    (course / "trainability.py").write_text("def gradient_norms(:\n", "utf-8")
    with pytest.raises(SystemExit) as caught:
        closing.run("course")
    message = str(caught.value.code)
    assert message.startswith("gradient_norms in course/trainability.py ended in SyntaxError (")
    assert "\n" not in message
    assert (tmp_path / "losses.png").exists()


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
@pytest.mark.parametrize("folders", [["losses.png"], ["losses.png", "gradient_norms.png"]])
def test_figures_that_cannot_be_written(tmp_path: Path, folders: list[str]) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir()
    with pytest.raises(SystemExit) as caught:
        closing.run("solutions")
    assert caught.value.code == f"{' and '.join(folders)} cannot be written in {tmp_path} (Is a directory)."
    assert (tmp_path / "gradient_norms.png").is_file() == (len(folders) == 1)


def test_a_terminal_without_utf_8(tmp_path: Path) -> None:
    """The table, and a folder whose name the encoding lacks."""
    folder = tmp_path / "Übung"
    folder.mkdir()
    program = (
        "import torch\n"
        "from grader_plugin import closing, mnist\n"
        "split = mnist.Split(torch.zeros(64, 28, 28, dtype=torch.uint8), torch.arange(64) % 10)\n"
        "mnist.load = lambda: (split, split)\n"
        "closing.run('solutions')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=folder, env={**environment, "COLUMNS": "40"}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "?bung/losses.png" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "Saved" not in line) <= 40


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
