"""pytest's terminal while a run is under way: our display in place of its letters, or a word behind its lines."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from .exercise import ExerciseInfo
from .result import CheckResult

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from .conversation import Step
    from .reports.live import Display
    from .reports.screen import Screen


class Watching:
    """Shows on a terminal how far a run is, and nothing anywhere else."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._display: Display | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether the display is up, and no letters are wanted."""
        return self._display is not None

    def begin(self, lesson: Sequence[ExerciseInfo], selected: Sequence[str]) -> None:
        """Put the display up for the checks with these ids, if there is a terminal for it that has no other lines."""
        reporter = _reporter(self._config)
        if (
            self._display is not None
            or reporter is None
            or reporter.verbosity > 0
            or not _is_watched(reporter)
        ):
            return
        from .reports.live import Display

        with contextlib.suppress(OSError, ValueError):  # a terminal that is not a file, as in some editors
            self._display = Display(lesson, selected, reporter._tw._file, screen_of(self._config))
            reporter.showfspath = reporter._show_progress_info = False

    def graded(self, result: CheckResult, step: Step | None) -> None:
        """One more check has its result, while a training run is at that step, or none is under way."""
        if self._display is not None:
            self._display.graded(result, step)

    def step(self, step: Step) -> None:
        """A training run has come so far: in the display, or under -v behind the line."""
        if self._display is not None:
            self._display.say(f"Training {step}")
        else:
            self._write_aside(f" {step}")

    def say(self, doing: str) -> None:
        """What is being done when all checks have their results."""
        if self._display is not None:
            self._display.say(doing)
        else:
            self._write_aside(f" {doing}")

    def clear(self) -> None:
        """Take back what stands behind the line, which is to be written on."""
        if self._display is None:
            self._write_aside("")

    def end(self) -> None:
        """Take the display off the screen."""
        if self._display is not None:
            self._display.close()

    def _write_aside(self, text: str) -> None:
        reporter = _reporter(self._config)
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if reporter is None or not _is_watched(reporter):
            return
        room = max(0, reporter._tw.fullwidth - reporter._tw.width_of_current_line - 1)
        with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
            # Save the cursor, write, erase to the end of the line, restore (ECMA-48, DEC); past the writer, which
            # would count the text as part of its line.
            reporter._tw._file.write(f"\x1b7{text[:room]}\x1b[K\x1b8")
            reporter._tw._file.flush()


def screen_of(config: pytest.Config) -> Screen:
    """What pytest's own writer leads to."""
    from .reports.screen import Screen  # here: rich is not for every start of pytest

    reporter = _reporter(config)
    return Screen.of(reporter._tw._file, color=reporter.hasmarkup) if reporter else Screen()


def _reporter(config: pytest.Config) -> TerminalReporter | None:
    found: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    return found


def _is_watched(reporter: TerminalReporter) -> bool:
    from .reports.screen import is_terminal

    return is_terminal(reporter._tw._file)
