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
    """A text about a file that has another name, and places of its own if it is a notebook; Python's own words too."""
    book = file.notebook

    def place(line: str | None) -> str:
        return book.place(int(line)) if line and book else ""

    def placed(found: re.Match[str]) -> str:
        return f"{file.shown}, {place(found[1])}" if place(found[1]) else file.shown

    own = rf"(?<![\w/.-]){re.escape(path)}"
    if book and re.search(own, text) and re.search(r"\b(?:Syntax|Indentation|Tab)Error\b", text):
        text = re.sub(
            r"\bon line ([0-9]{1,7})",
            lambda found: f"on {place(found[1])}" if place(found[1]) else found[0],
            text,
        )
    text = re.sub(
        rf'File "{re.escape(path)}", line ([0-9]{{1,7}})',
        lambda found: f'File "{file.shown}", {place(found[1])}',
        text,
    )
    return re.sub(rf"{own}(?::([0-9]{{1,7}}))?", placed, text)


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
