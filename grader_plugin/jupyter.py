"""The kit within a notebook: `%load_ext grader_plugin`, then `%grade softmax` grades the cells that were run last."""

from __future__ import annotations

import contextlib
import html
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

from . import rubrics
from .ledger import LEDGER, Ledger, LedgerError
from .notebook import RUN, TAG, NotebookError, marked, read
from .result import Grade

HEIGHT = 640  # of the report below the cell, in pixels; it scrolls


def load(shell: Any) -> None:
    """Register `%grade`, and have `from exercises.mlp import MLP` find a notebook where there is no file."""
    shell.register_magic_function(lambda line: grade(shell, line), "line", "grade")
    home = _home()
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    if not any(isinstance(finder, Notebooks) for finder in sys.meta_path):
        sys.meta_path.append(Notebooks(home / "exercises"))


def grade(shell: Any, line: str) -> None:
    """Grade an exercise from the cells that were run last, and show the report as a page below the cell.

    With `--strict` raises AssertionError below full marks, for programs that judge a cell by that.
    """
    name, _, flag = line.strip().partition(" ")
    if name not in rubrics.lesson():
        print(f"%grade: There is no exercise {name!r}; there are: {', '.join(rubrics.lesson())}.")
        return
    if flag.strip() not in ("", "--strict"):
        print(f"%grade: There is no option {flag.strip()!r}; there is --strict.")
        raise AssertionError(
            f"{flag.strip()!r} is no option of %grade"
        )  # a program that judges a cell has to see it
    parts = cells(name, shell.history_manager.input_hist_raw)
    missing = [str(part) for part, source in parts.items() if source is None]
    if missing or not parts:
        which = f"Part {', '.join(missing)} of {name} has not" if missing else f"No cell of {name} has"
        print(f"%grade: {which} been run yet; run those that begin with '# exercise: {name}'.")
        return
    tasks = next(info.tasks for info in rubrics.catalogue() if info.name == name)
    if lost := unmarked(list(tasks), parts, shell.history_manager.input_hist_raw):
        print(
            f"%grade: In [{lost[0]}] defines {lost[1]} but lacks the line '# exercise: {name}, part …'; put it back and run it."
        )
        raise AssertionError(f"In [{lost[0]}] is not graded")
    written = [one for one in parts.values() if one]
    home = _home()
    with tempfile.TemporaryDirectory() as room:
        status, printed = _graded(name, written, home / "exercises", Path(room))
        try:
            page = Path(room, "page.html").read_text("utf-8")
            told = Grade.from_dict(json.loads(Path(room, "record.json").read_text("utf-8")))
        except (OSError, ValueError):
            print(printed.strip() or f"%grade: The grader ended with {status}.")
            return
    with contextlib.suppress(LedgerError, OSError):
        Ledger(home / LEDGER).record(told, datetime.now(timezone.utc))
    _show(page, _report(printed))
    if flag.strip() == "--strict" and not told.reaches(100):
        raise AssertionError(f"{name} has {told.score} of {told.max_score} points")


def _report(printed: str) -> str:
    """What the grader says, without pytest's lines around it."""
    found = re.search(r"^=+ grade =+\n(.*)\n=+[^\n]*=+\s*$", printed, re.MULTILINE | re.DOTALL)
    text = found[1] if found else printed
    return re.sub(r"^The page: .*\n?", "", text, flags=re.MULTILINE).strip()


def cells(name: str, history: Sequence[str]) -> dict[int, tuple[int, str] | None]:
    """The exercise's parts as they were run last, by their numbers; a cell's number is that of its run. None: not run yet."""
    last: dict[int, tuple[int, str]] = {}
    total = 0
    for number, source in enumerate(history):
        found = marked(source)
        if found and found[0] == name:
            last[found[1]] = (number, source)
            total = found[2]
    return {part: last.get(part) for part in sorted({*last, *range(1, total + 1)})}


def unmarked(
    tasks: Sequence[str], parts: dict[int, tuple[int, str] | None], history: Sequence[str]
) -> tuple[int, str] | None:
    """The last run without a mark that defines a task after the part that does, and the task."""
    for number in range(len(history) - 1, 0, -1):
        for task in tasks if marked(history[number]) is None else ():
            defines = re.compile(rf"^(?:def|class) {re.escape(task)}\b", re.MULTILINE)
            own = [run for run, source in filter(None, parts.values()) if defines.search(source)]
            if own and max(own) < number and defines.search(history[number]):
                return number, task
    return None


def _graded(name: str, written: Sequence[tuple[int, str]], exercises: Path, room: Path) -> tuple[int, str]:
    """Grade in a folder of its own, in a process of its own: nothing of this one's state is touched."""
    staged = room / "exercises"
    staged.mkdir()
    for other in rubrics.lesson():
        for path in (exercises / f"{other}.py", exercises / f"{other}.ipynb"):
            if other != name and path.is_file() and not path.is_symlink():  # a pipe would be waited for
                (staged / path.name).write_bytes(path.read_bytes())
    cells = [
        {"cell_type": "code", "metadata": {"tags": [TAG], RUN: run}, "source": source}
        for run, source in written
    ]
    book = {"nbformat": 4, "metadata": {}, "cells": cells}
    (staged / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")
    command = [
        *(sys.executable, "-m", "pytest", "--grade", f"--grade-exercises={name}"),
        *("--color=no", "-p", "no:cacheprovider"),
        *(f"--grade-report=html={room / 'page.html'}", f"--grade-report=json={room / 'record.json'}"),
    ]
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=room, env={**own, "CI": "true"}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def _show(page: str, printed: str) -> None:
    display: Any = importlib.import_module("IPython.display")  # here: who has no notebook has no IPython

    page = re.sub(r' href="[^"]*"', "", page)  # in a frame without an address they lead to the notebook's
    frame = (
        f'<iframe title="Report" sandbox="" style="width: 100%; height: {HEIGHT}px; border: 0" '
        f'srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )
    display.publish_display_data({"text/html": frame, "text/plain": printed})


def _home() -> Path:
    """The folder that holds `exercises`: this one, or the one above a notebook in it."""
    here = Path.cwd()
    return here.parent if here.name == "exercises" else here


class Notebooks(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `exercises.NAME` in NAME.ipynb where there is no NAME.py: its exercise cells, run as a module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        """The module, if its notebook is there."""
        package, _, name = fullname.rpartition(".")
        if package != "exercises" or not (self.folder / f"{name}.ipynb").is_file():
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: object) -> None:
        """The default."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the cells; raises ImportError for a notebook that stands for no file."""
        path = self.folder / f"{module.__name__.rpartition('.')[2]}.ipynb"
        try:
            book = read(path.read_bytes(), path.stem)[path.stem]
        except NotebookError as error:
            raise ImportError(f"{path} {error}") from None
        except KeyError:
            raise ImportError(f"{path} has no cell of {path.stem}") from None
        exec(compile(book.text, str(path), "exec"), module.__dict__)
