"""What a notebook's session has run of the exercises, and importing it: `from exercises.mlp import MLP`."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from .notebook import Cell, Notebook, NotebookError, is_apart, join, marks, plain, read

PACKAGE = "exercises"


def parts(exercise: str, history: Sequence[str]) -> dict[int, str | None]:
    """The parts of an exercise as they were run last, by their numbers; None for one that was not run.

    Of cells that were merged the first part has all of the source.
    """
    last: dict[int, str] = {}
    total = 0
    for source in history:
        own = [(part, of) for name, part, of in marks(source) if name == exercise]
        for place, (part, of) in enumerate(own):
            last[part] = plain(source) if place == 0 else ""
            total = of
    return {part: last.get(part) for part in sorted({*last, *range(1, total + 1)})}


def run_without_mark(tasks: Sequence[str], exercise: str, history: Sequence[str]) -> tuple[int, str] | None:
    """The number of a later run that defines a task and has no mark, and the task: what is graded would be older."""
    for number in range(len(history) - 1, 0, -1):
        found = {name for name, _, _ in marks(history[number])}
        if exercise in found:
            return None
        for task in () if found or is_apart(history[number]) else tasks:
            if re.search(rf"^(?:def|class) {re.escape(task)}\b", history[number], re.MULTILINE):
                return number, task
    return None


def cells(run: Mapping[int, str | None]) -> list[Cell]:
    """The parts that were run, in their order."""
    return [Cell(source, f"part {part}") for part, source in run.items() if source]


class Finder:
    """Finds `exercises.NAME` where there is no NAME.py: in the cells that were run, or in NAME.ipynb."""

    def __init__(self, folder: Path, history: Sequence[str]) -> None:
        self.folder = folder
        self._history = history

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module, if there is anything of it."""
        if fullname == PACKAGE:
            return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]  # what imports need of a loader, it has
        package, _, name = fullname.rpartition(".")
        if package != PACKAGE or not (any(parts(name, self._history).values()) or self._file(name).is_file()):
            return None
        return ModuleSpec(fullname, self)  # type: ignore[arg-type]

    def create_module(self, spec: object) -> None:
        """The default."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the cells; raises ImportError, with the place, for what does not run."""
        package, _, name = module.__name__.rpartition(".")
        if not package:
            return
        book, shown = self._book(name)
        try:
            exec(compile(book.text, shown, "exec"), module.__dict__)
        except Exception as error:  # a learner's cell may raise anything; told with its type and its place, which an import has not
            line = next(_lines(error, shown), 0)
            place = f", {book.place(line)}" if book.place(line) else ""
            raise ImportError(f"{shown}{place}: {type(error).__name__}: {error}") from None

    def _book(self, name: str) -> tuple[Notebook, str]:
        run = parts(name, self._history)
        if any(run.values()):
            return join(cells(run)), name
        path = self._file(name)
        try:
            return read(path.read_bytes(), name)[name], path.name
        except NotebookError as error:
            raise ImportError(f"{path.name} {error}") from None
        except KeyError:
            raise ImportError(f"{path.name} has no cell of {name}") from None

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.ipynb"


def _lines(error: Exception, file: str) -> Iterator[int]:
    """Where in this file the error is, the innermost line first."""
    if isinstance(error, SyntaxError) and error.filename == file:
        yield error.lineno or 0
    frames: Any = traceback.extract_tb(error.__traceback__)
    yield from (frame.lineno or 0 for frame in reversed(frames) if frame.filename == file)
