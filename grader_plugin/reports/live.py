"""The display while a run is under way: a line an exercise, and where a training run is. On a terminal only."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ..exercise import ExerciseInfo
from ..result import CheckResult, Status
from .screen import Screen
from .terminal import counts, row

if TYPE_CHECKING:
    from ..conversation import Step

FRAME_SECONDS = 0.08


class Display:
    """Drawn anew in place; gone without a trace when it is closed."""

    def __init__(
        self, lesson: Sequence[ExerciseInfo], selected: Sequence[str], file: TextIO, screen: Screen
    ) -> None:
        """`selected` are the ids of the checks that will run; `file` is the terminal, whose descriptor is copied."""
        self._screen = screen
        self._exercises = {info.name: {check.id for check in info.checks} & set(selected) for info in lesson}
        self._results: dict[str, CheckResult] = {}
        self._doing = ""
        self._drawn = 0.0
        # Of its own: pytest points the terminal's descriptor elsewhere while a check runs.
        self._file = os.fdopen(os.dup(file.fileno()), "w", encoding=file.encoding, errors="replace")
        console = Console(
            file=self._file,
            width=screen.columns,
            color_system="standard" if screen.color else None,
            force_terminal=True,
            no_color=not screen.color,
            legacy_windows=False,
        )
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._live.start()
        self._draw()

    def graded(self, result: CheckResult, step: Step | None) -> None:
        """One more check has its result, while a training run is at that step, or none is under way."""
        self._results[result.id] = result
        self._doing = f"Training {step}" if step else ""
        self._draw(throttled=True)

    def say(self, doing: str) -> None:
        """What is being done, below the exercises."""
        self._doing = doing
        self._draw(throttled=True)

    def close(self) -> None:
        """Take it off the screen; once is enough."""
        if not self._file.closed:
            self._live.stop()
            self._file.close()

    def _draw(self, throttled: bool = False) -> None:
        now = time.monotonic()
        if self._file.closed or (throttled and now - self._drawn < FRAME_SECONDS):
            return
        self._drawn = now
        columns = os.get_terminal_size(self._file.fileno()).columns
        if columns != self._screen.width:
            self._screen = replace(self._screen, width=columns)
            self._live.console.width = self._screen.columns
        self._live.update(Group(*self._lines()), refresh=True)

    def _lines(self) -> list[Text]:
        lines = []
        for name, ids in self._exercises.items():
            if ids:
                done = [result for id, result in self._results.items() if id in ids]
                share = sum(result.status is Status.PASSED for result in done) / len(ids)
                lines.append(row(name, share, f"{len(done)}/{len(ids)}", "", counts(done), self._screen))
        doing = Text(self._screen.plain(self._doing), "dim", no_wrap=True)
        doing.truncate(self._screen.columns)
        return [*lines, doing]
