"""The exercises with their solutions as notebooks that have been run, plots and all: for who teaches, never for learners."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat.v4

from ..exercise import ExerciseInfo
from . import notebooks
from .release import ReleaseError
from .stub import MARKER

SECONDS = 600  # for a notebook, the longest of which trains three networks on MNIST

# What is shown below the solution of an exercise, with its own functions.
SHOWN = {
    "activations": "figure = plot_tour(torch.linspace(-4, 4, 201))",
    "training": """\
from exercises.activations import gelu, relu, tanh
from grader_plugin import mnist

data, _ = mnist.load()
images = data.images.unsqueeze(1).float() / 255
histories = compare({"ReLU": relu, "GELU": gelu, "tanh": tanh}, images, data.labels)
print("Fastest:", fastest(histories))
figure = plot_losses(histories)""",
    "trainability": """\
for activation in (torch.sigmoid, torch.relu, torch.tanh):
    norms = gradient_norms(activation, depth=20)
    print(f"{activation.__name__:8} first {norms[0]:.2e}, last {norms[-1]:.2e}")""",
}


def build(
    infos: Sequence[ExerciseInfo],
    solutions: Mapping[str, Path],
    pages: Mapping[str, Path],
    on_progress: Callable[[str], None],
) -> dict[str, bytes]:
    """`exercises/NAME.ipynb` for each, run from top to bottom; raises ReleaseError.

    All are there before the first is run, because one may import another.
    """
    with tempfile.TemporaryDirectory() as room:
        home = Path(room, "exercises")
        paths = {info.name: home / f"{info.name}.ipynb" for info in infos}
        home.mkdir()
        (home / "__init__.py").write_text('"""Solutions, for who teaches."""\n', "utf-8")
        for info in infos:
            page = pages[info.name].read_text("utf-8") if info.name in pages else ""
            text = _plain(solutions[info.name].read_text("utf-8"))
            paths[info.name].write_bytes(notebooks.build(info, text, page, SHOWN.get(info.name, "")))
        for name, path in paths.items():
            on_progress(name)
            path.write_bytes(_executed(path))
        return {
            f"exercises/{path.name}": path.read_bytes() for path in (home / "__init__.py", *paths.values())
        }


def _plain(solution: str) -> str:
    """The solution without its markers."""
    return "\n".join(line for line in solution.split("\n") if not MARKER.fullmatch(line.rstrip()))


def _executed(path: Path) -> bytes:
    try:
        client: Any = importlib.import_module("nbclient")
        importlib.import_module("ipykernel")
    except ImportError as error:
        raise ReleaseError(
            f"To run notebooks {error.name} is needed: python -m pip install 'pytest-gradient[notebooks]'"
        ) from None
    form: Any = nbformat
    made = form.read(path, as_version=4)
    runner = client.NotebookClient(
        made, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    try:
        runner.execute()
    except (
        client.exceptions.CellExecutionError,
        client.exceptions.CellTimeoutError,
        client.exceptions.DeadKernelError,
    ) as error:
        told = str(error).strip().splitlines()
        raise ReleaseError(
            f"{path.name} does not run from top to bottom ({told[-1] if told else 'no word why'})"
        ) from None
    return (str(form.writes(made)) + "\n").encode()
