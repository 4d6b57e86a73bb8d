"""The kit within a notebook: `%load_ext grader_plugin`, then `%grade softmax` grades the cells that were run last."""

from __future__ import annotations

import html
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from . import rubrics
from .ledger import LEDGER, Ledger, LedgerError
from .notebook import TAG, Cell
from .result import Grade
from .session import PACKAGE, Finder, cells, parts, run_without_mark

HEIGHT = 640  # of the report below the cell, in pixels; it scrolls


def load(shell: Any) -> None:
    """Register `%grade`, and have `from exercises.mlp import MLP` find cells and notebooks where there is no file."""
    here = Path.cwd()
    home = here.parent if here.name == PACKAGE else here  # that of `exercises`, where a notebook lies in it
    shell.register_magic_function(lambda line: grade(shell, home, line), "line", "grade")
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    others = [finder for finder in sys.meta_path if not isinstance(finder, Finder)]
    finder: Any = Finder(home / PACKAGE, shell.history_manager.input_hist_raw)
    sys.meta_path[:] = [*others, finder]


def grade(shell: Any, home: Path, line: str) -> None:
    """Grade an exercise from the cells that were run last, and show the report as a page below the cell.

    With `--strict` raises AssertionError below full marks and where nothing can be graded, for programs that judge a cell
    by that; without it, for an option that does not exist.
    """
    name, _, rest = line.strip().partition(" ")
    option, history = rest.strip(), shell.history_manager.input_hist_raw
    if trouble := _trouble(name, option, history):
        print(f"%grade: {trouble}.")
        if option:
            raise AssertionError(trouble)
        return
    with tempfile.TemporaryDirectory() as room:
        try:
            printed = _graded(name, history, home / PACKAGE, Path(room))
        except (
            KeyboardInterrupt
        ):  # of the one who waits; nothing was kept, and a program that judges the cell has to see it
            print("%grade: Interrupted, so nothing was graded.")
            if option:
                raise
            return
        try:
            page = Path(room, "page.html").read_text("utf-8")
            told = Grade.from_dict(json.loads(Path(room, "record.json").read_text("utf-8")))
        except (OSError, ValueError):
            said = printed.strip().splitlines() or ["it said nothing"]
            print(f"%grade: The grader made no report ({said[-1]}).")
            return
    _show(page, _report(printed), f"{name}: {told.score} of {told.max_score} points{_kept(told, home)}")
    if option and not told.reaches(100):
        raise AssertionError(f"{name} has {told.score} of {told.max_score} points")


def _trouble(name: str, option: str, history: Sequence[str]) -> str:
    """Why there is nothing to grade, as a sentence without its end."""
    if name not in rubrics.lesson():
        return f"There is no exercise {name!r}; there are: {', '.join(rubrics.lesson())}"
    if option not in ("", "--strict"):
        return f"There is no option {option!r}; there is --strict"
    tasks = next(info.tasks for info in rubrics.catalogue() if info.name == name)
    if lost := run_without_mark(list(tasks), name, history):
        return f"In [{lost[0]}] defines {lost[1]}, and lacks the line that begins with '# exercise: {name}'; put it back and run it"
    run = parts(name, history)
    missing = [str(part) for part, source in run.items() if source is None]
    if missing or not run:
        which = f"Part {', '.join(missing)} of {name} has not" if missing else f"No cell of {name} has"
        return f"{which} been run yet; run those that begin with '# exercise: {name}'"
    return ""


def _graded(name: str, history: Sequence[str], exercises: Path, room: Path) -> str:
    """Grade in a folder of its own, in a process of its own: nothing of this one's state is touched. What it printed."""
    staged = room / PACKAGE
    staged.mkdir()
    for exercise in rubrics.lesson():
        run = parts(exercise, history)
        if any(run.values()):
            (staged / f"{exercise}.ipynb").write_text(_book(cells(run)), "utf-8")
            continue
        for path in (exercises / f"{exercise}.py", exercises / f"{exercise}.ipynb"):
            if path.is_file() and not path.is_symlink():  # a pipe would be waited for
                (staged / path.name).write_bytes(path.read_bytes())
    (room / "pytest.ini").write_text("[pytest]\n", "utf-8")
    command = [
        *(sys.executable, "-m", "pytest", "--grade", f"--grade-exercises={name}", "--color=no"),
        *("-c", str(room / "pytest.ini"), "--rootdir", str(room), "--noconftest", "-p", "no:cacheprovider"),
        *(f"--grade-report=html={room / 'page.html'}", f"--grade-report=json={room / 'record.json'}"),
    ]
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=room, env={**own, "CI": "true"}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def _book(own: Iterable[Cell]) -> str:
    told: list[Mapping[str, Any]] = [
        {"cell_type": "code", "metadata": {"tags": [TAG]}, "source": cell.source} for cell in own
    ]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": told})


def _kept(told: Grade, home: Path) -> str:
    """What was won, where a learner's own run keeps it."""
    if os.environ.get("CI") or not (home / PACKAGE).is_dir():
        return ""
    try:
        award = Ledger(home / LEDGER).record(told, datetime.now(timezone.utc))
    except (LedgerError, OSError) as error:
        return f"; {error}"
    return f"; {award.xp} XP won, {award.after.xp} in all" if award.recorded and award.known else ""


def _report(printed: str) -> str:
    """What the grader says, without pytest's lines around it."""
    found = re.search(r"^=+ grade =+\n(.*)\n=+[^\n]*=+\s*$", printed, re.MULTILINE | re.DOTALL)
    text = found[1] if found else printed
    return re.sub(r"^(?:The page: |  Add -v ).*\n?", "", text, flags=re.MULTILINE).strip()


def _show(page: str, printed: str, headline: str) -> None:
    display: Any = importlib.import_module("IPython.display")  # here: who has no notebook has no IPython

    page = re.sub(r' href="[^"]*"', "", page)  # in a frame without an address they lead to the notebook's
    frame = (
        f'<iframe title="Report" sandbox="" style="width: 100%; height: {HEIGHT}px; border: 0" '
        f'srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )
    # The line is there where a frame is not: in a notebook that is not trusted, or on a page of its repository.
    shown = f"<p><b>{html.escape(headline)}</b></p>{frame}"
    display.publish_display_data({"text/html": shown, "text/plain": f"{headline}\n\n{printed}"})
