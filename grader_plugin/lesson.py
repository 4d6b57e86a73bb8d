"""A lesson as one submission has it: its tasks, the files that were admitted, and what a worker told of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .admission import Admitted
from .exercise import Task

CODE_CAP = 200  # characters of a line of the learner's
LINES = 10**6  # a file of 256 KiB has fewer
NAMES_CAP, NAME_CAP = 50, 80  # names that a file defines, and their characters


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a submission needs to know: where each task lives, what was admitted, and the folder's name in sentences."""

    tasks: Mapping[str, tuple[str, Task]]
    files: Mapping[str, Admitted]
    folder: str

    def path(self, module: str) -> str:
        """A file of the submission as a worker knows it."""
        return f"{self.folder}/{module}.py"

    def shown(self, text: str) -> str:
        """Text in which files have the names that the learner knows, and lines of a notebook are said to be in its cells."""
        for module, file in self.files.items():
            if file.shown != self.path(module) and self.path(module) in text:
                text = _in_cells(text, self.path(module), file)
        return text

    def code(self, where: str) -> str:
        """The line that a `file:line` names, as it was admitted; empty if there is none."""
        line = self._line(where)
        return "" if line is None else line.strip()[:CODE_CAP]

    def has(self, where: str) -> bool:
        """Whether a `file:line` is a place in an admitted file; the worker could name any."""
        return self._line(where) is not None

    def _line(self, where: str) -> str | None:
        path, _, number = where.rpartition(":")
        module = next((module for module in self.files if self.path(module) == path), "")
        source = self.files[module].source if module else None
        if source is None or not re.fullmatch("[0-9]{1,7}", number):
            return None
        # As Python counts them; splitlines knows more kinds of end.
        lines = re.split("\r\n|\r|\n", source.decode("utf-8-sig"))
        place = int(number) - 1
        return lines[place] if 0 <= place < len(lines) else None


def _in_cells(text: str, path: str, file: Admitted) -> str:
    def placed(found: re.Match[str]) -> str:
        place = file.notebook.place(int(found[1])) if found[1] and file.notebook else ""
        return f"{file.shown}, {place}" if place else file.shown

    return re.sub(rf"(?<![\w/.-]){re.escape(path)}(?::([0-9]{{1,7}}))?", placed, text)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the worker told of a file: lines of definitions and only returns, tasks not written yet, names there."""

    lines: dict[str, int]
    returns: dict[str, int]
    unfinished: frozenset[str]
    names: tuple[str, ...]

    @classmethod
    def read(cls, reply: dict[str, Any]) -> Loaded:
        """From a reply that may hold anything."""
        names, unfinished = reply.get("names"), reply.get("unfinished")
        return cls(
            _numbers(reply.get("lines")),
            _numbers(reply.get("returns")),
            frozenset(map(str, unfinished)) if isinstance(unfinished, list) else frozenset(),
            tuple(str(name)[:NAME_CAP] for name in names[:NAMES_CAP]) if isinstance(names, list) else (),
        )


def _numbers(told: Any) -> dict[str, int]:
    """Names and line numbers, of whatever was told."""
    pairs = told.items() if isinstance(told, dict) else ()
    return {name: line for name, line in pairs if type(line) is int and 0 < line < LINES}
