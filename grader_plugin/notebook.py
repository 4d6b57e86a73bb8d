"""A learner's notebook as the file that it stands for: its exercise cells put together, and which line is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TAG = "exercise"
SIZE_CAP = 4 * 2**20
_MARK = re.compile(r"^# exercise: (\w+), part (\d+)\b")
_MAGIC = re.compile(r"^\s*(?:[%!]|\w+\?{1,2}\s*$|\?{1,2}\w)")


class NotebookError(ValueError):
    """The notebook stands for no file; what is wrong with it, as the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """The text of the file, for each of its lines the cell and the line there, and what was left out."""

    text: str
    places: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()

    def place(self, line: int) -> str:
        """`cell 3:2` for a line of the text, from 1; empty for one that no cell has."""
        cell, inner = self.places[line - 1] if 0 < line <= len(self.places) else (0, 0)
        return f"cell {cell}:{inner}" if cell else ""


def mark(exercise: str, part: int, of: int) -> str:
    """The first line of an exercise cell, by which it is known where tags get lost."""
    return f"# exercise: {exercise}, part {part} of {of}"


def marked(source: str) -> tuple[str, int] | None:
    """The exercise and the part that a cell is, by its first line."""
    found = _MARK.match(source)
    return (found[1], int(found[2])) if found else None


def read(data: bytes) -> Notebook:
    """The exercise cells of a notebook's file; raises NotebookError.

    Cells with the tag, or with its mark in their first line, count, in their order. Magics and lines for the shell are
    left out, and said to be.
    """
    if len(data) > SIZE_CAP:
        raise NotebookError(f"has {len(data):,} bytes, the limit is {SIZE_CAP:,}; clear its outputs")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise NotebookError("is no notebook: its text is not JSON; open and save it in Jupyter") from None
    cells = told.get("cells") if isinstance(told, dict) else None
    if not isinstance(cells, list) or told.get("nbformat") != 4:
        version = told.get("nbformat") if isinstance(told, dict) else None
        what = f"is a notebook of version {version}" if isinstance(version, int) else "is no notebook"
        raise NotebookError(f"{what}, and version 4 is read; open and save it in a current Jupyter")
    if (language := _language(told)) != "python":
        raise NotebookError(
            f"is a notebook for {language}, not for Python; choose a Python kernel and save it"
        )
    code = list(_code(cells))
    mine = [(number, source) for number, source in code if _counts(cells[number - 1], source)]
    if not mine:
        raise NotebookError(
            f"has no cell with the tag {TAG!r}; put the tag back on the cells that you write in"
        )
    made = join(mine)
    stray = [number for number, source in code if (number, source) not in mine and not _is_magic(source)]
    told = f"cell {stray[0]} is" if len(stray) == 1 else f"cells {', '.join(map(str, stray))} are"
    notes = [f"{told} not for grading, and left out"] if stray else []
    return Notebook(made.text, made.places, (*made.notes, *notes))


def _is_magic(source: str) -> bool:
    return all(not line.strip() or line.lstrip()[0] in "%!#?" for line in _lines(source))


def join(cells: Iterable[tuple[int, str]]) -> Notebook:
    """Cells by their numbers, as one file."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    notes: list[str] = []
    for number, source in cells:
        if lines:
            lines += ["", ""]
            places += [(0, 0), (0, 0)]
        for inner, line in enumerate(_lines(source), start=1):
            if _MAGIC.match(line):
                notes.append(
                    f"cell {number}, line {inner} ({line.strip()[:40]}) is no Python, and was left out"
                )
                line = re.match(r"\s*", line)[0] + "pass" if line[:1].isspace() else ""  # type: ignore[index]
            lines.append(line)
            places.append((number, inner))
    return Notebook("\n".join(lines) + "\n", tuple(places), tuple(notes))


def _lines(source: str) -> Sequence[str]:
    return re.split("\r\n|\r|\n", source.rstrip("\n"))


def _code(cells: Sequence[Any]) -> Iterator[tuple[int, str]]:
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            yield number, source


def _counts(cell: Any, source: str) -> bool:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return (isinstance(tags, list) and TAG in tags) or marked(source) is not None


def _language(told: Any) -> str:
    metadata = told.get("metadata")
    for key, inner in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        name = info.get(inner) if isinstance(info, dict) else None
        if isinstance(name, str):
            return name.lower()[:40]
    return "python"
