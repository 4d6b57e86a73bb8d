"""The exercises with their solutions as notebooks that have been run, plots and all: for who teaches, never for learners."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat.v4

from ..exercise import ExerciseInfo
from . import notebooks, pages
from .plan import ReleaseError
from .stub import MARKER

SECONDS = 600  # for a notebook, the longest of which trains three networks on MNIST

# What is shown below the solution of an exercise, with its own functions.
SHOWN = {
    "activations": "figure = plot_tour(torch.linspace(-4, 4, 201))",
    "trainability": """\
for activation in (torch.sigmoid, torch.relu, torch.tanh):
    norms = gradient_norms(activation, depth=20)
    print(f"{activation.__name__:8} first {norms[0]:.2e}, last {norms[-1]:.2e}")""",
}


def build(
    infos: Sequence[ExerciseInfo],
    solutions: Mapping[str, Path],
    shown: Mapping[str, Path],
    on_progress: Callable[[str], None],
) -> dict[str, bytes]:
    """`exercises/NAME.ipynb` for each, run from top to bottom, and beside them the pages and their images; raises ReleaseError.

    All are there before the first is run, because one may import another.
    """
    assert_installed()
    files = {f"exercises/{info.name}.ipynb": b"" for info in infos}
    for name, page in shown.items():
        files[f"{pages.FOLDER}/{name}.md"] = b""
        files.update(pages.images(page))
    files.update(
        {
            f"{pages.FOLDER}/{name}.md": pages.relinked(pages.read(page), files).encode()
            for name, page in shown.items()
        }
    )
    texts = {name: pages.for_notebook(pages.read(page), files) for name, page in shown.items()}
    with tempfile.TemporaryDirectory() as room:
        home = Path(room, "exercises")
        paths = {info.name: home / f"{info.name}.ipynb" for info in infos}
        home.mkdir()
        (home / "__init__.py").write_text('"""Solutions, for who teaches."""\n', "utf-8")
        for info in infos:
            text = _plain(solutions[info.name].read_text("utf-8"))
            paths[info.name].write_bytes(
                notebooks.build(info, text, texts.get(info.name, ""), SHOWN.get(info.name, ""))
            )
        for name, path in paths.items():
            on_progress(name)
            path.write_bytes(_executed(path))
        made = {path: path.read_bytes() for path in (home / "__init__.py", *paths.values())}
    return {**files, **{f"exercises/{path.name}": data for path, data in made.items()}}


def _plain(solution: str) -> str:
    """The solution without its markers."""
    return "\n".join(line for line in solution.split("\n") if not MARKER.fullmatch(line.rstrip()))


def assert_installed() -> None:
    """Raises ReleaseError where there is nothing to run a notebook with."""
    for name in ("nbclient", "ipykernel"):
        if importlib.util.find_spec(name) is None:
            raise ReleaseError(
                f"To run notebooks {name} is needed; python -m pip install nbclient ipykernel brings it"
            )


def _executed(path: Path) -> bytes:
    client: Any = importlib.import_module("nbclient")
    form: Any = nbformat
    made = form.read(path, as_version=4)
    runner = client.NotebookClient(
        made,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,  # so that the same solutions give the same bytes
        extra_arguments=["--IPKernelApp.log_level=40"],  # its warnings are no business of ours
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
