"""A learner's notebook as the files that it stands for: the cells of an exercise put together, and which line is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import magics

TAG = "exercise"
APART = "# not graded"  # begins a cell that belongs to no exercise, whatever it defines
SIZE_CAP = 4 * 2**20
NOTES_CAP = 5  # lines that were left out, each told of
_MARK = re.compile(r"^# exercise: (\w{1,60}), part (\d{1,3})\b(?: of (\d{1,3})\b)?", re.MULTILINE)
_APART = re.compile(rf"\s*(?:%%[^\n]*\s+)?{APART}\b", re.IGNORECASE)
_HALF = re.compile("[\ud800-\udfff]")  # JSON may hold one, no encoding of text does


class NotebookError(ValueError):
    """The notebook stands for no file; what is wrong with it, as the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The source of a cell, its lines ended by a line feed, and what it is called where a learner looks for it."""

    source: str
    label: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """The text of the file, for each of its lines the cell and the line there, and what was left out."""

    text: str
    places: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()

    def place(self, line: int) -> str:
        """`part 3, line 2` for a line of the text, from 1; empty for one that no cell has."""
        cell, inner = self.places[line - 1] if 0 < line <= len(self.places) else ("", 0)
        return f"{cell}, line {inner}" if cell else ""

    def within(self, exercise: str) -> Notebook:
        """The same, its places told apart from those of other exercises in the notebook."""
        return replace(
            self, places=tuple((f"{exercise}, {cell}" if cell else "", line) for cell, line in self.places)
        )


def mark(exercise: str, part: int, of: int) -> str:
    """The line of an exercise cell by which it is known, and found, where tags get lost."""
    return f"# exercise: {exercise}, part {part} of {of}"


def marks(source: str) -> list[tuple[str, int, int]]:
    """The exercise and the part that a cell is, and out of how many; several where cells were merged."""
    if is_apart(source):
        return []
    return [(found[1], int(found[2]), int(found[3] or found[2])) for found in _MARK.finditer(plain(source))]


def is_apart(source: str) -> bool:
    """Whether a cell says of itself that it belongs to no exercise."""
    return bool(_APART.match(source))


def plain(source: str) -> str:
    """A cell's source with the ends of lines that Python's text has, and none at its end."""
    return re.sub("\r\n|\r", "\n", source).rstrip("\n")


def read(data: bytes, home: str = "") -> Mapping[str, Notebook]:
    """The exercise cells of a notebook's file, those of each exercise put together in their order; raises NotebookError.

    Cells with the tag, or with a mark, count. A mark says which exercise a cell is of; without one it is of that of the
    cell before, and the first of `home`, the exercise that the file is named for. Magics and lines for the shell are
    left out, and said to be, as other cells are that do not say `# not graded`. One that does counts for nothing.
    """
    mine: dict[str, list[Cell]] = {}
    parts: dict[str, list[tuple[int, int]]] = {}
    stray, is_lost = [], False
    for number, source, is_tagged in _code(_cells(data)):
        if is_apart(source):
            continue
        found = marks(source)
        home = found[0][0] if found else home
        parts.setdefault(home, []).extend((part, total) for name, part, total in found if name == home)
        if home and (found or is_tagged):
            cell = Cell(source, f"part {found[0][1]}" if found else f"cell {number}")
            mine.setdefault(home, []).append(cell)
            _assert_text(cell)
        else:
            is_lost = is_lost or is_tagged
            stray += [] if magics.is_all(source) else [number]
    if is_lost and not mine:
        raise NotebookError(
            "has cells with the tag that do not say of which exercise; begin them with '# exercise: NAME, part 1 of 1'"
        )
    if not mine:
        raise NotebookError(
            f"has no cell with the tag {TAG!r}; put the tag back on the cells that you write in"
        )
    left = [f"{_listed('cell', stray)} not for grading, and left out"] if stray else []
    made = {name: join(own) for name, own in mine.items()}
    return {
        name: replace(book, notes=(*book.notes, *_disorder(parts[name]), *left))
        for name, book in made.items()
    }


def join(cells: Iterable[Cell]) -> Notebook:
    """Cells as one file."""
    lines: list[str] = []
    places: list[tuple[str, int]] = []
    notes: list[str] = []
    count = 0
    for cell in cells:
        if lines:
            lines += ["", ""]
            places += [("", 0), ("", 0)]
        own = cell.source.split("\n")
        for first, *others in magics.statements(cell.source):
            line, count = own[first], count + 1
            if count <= NOTES_CAP:
                told = line.strip()[:40]
                notes.append(f"{cell.label}, line {first + 1} ({told}) is no Python, and was left out")
            own[first] = f"{line[: len(line) - len(line.lstrip())]}pass" if line[:1].isspace() else ""
            for other in others:
                own[other] = ""
        lines += own
        places += [(cell.label, inner) for inner in range(1, len(own) + 1)]
    if count > NOTES_CAP:
        notes.append(f"{count - NOTES_CAP} more such lines were left out")
    return Notebook("\n".join(lines) + "\n", tuple(places), tuple(notes))


def _assert_text(cell: Cell) -> None:
    if half := _HALF.search(cell.source):
        line = cell.source.count("\n", 0, half.start()) + 1
        raise NotebookError(
            f"holds half of a character (U+{ord(half[0]):04X}) in {cell.label}, line {line}; delete it"
        )


def _disorder(parts: Sequence[tuple[int, int]]) -> Iterator[str]:
    """That a part is not there, or twice."""
    numbers = [part for part, _ in parts]
    total = max((total for _, total in parts), default=0)
    if missing := [part for part in range(1, total + 1) if part not in numbers]:
        yield f"{_listed('part', missing)} missing"
    if twice := sorted({part for part in numbers if numbers.count(part) > 1}):
        yield f"{_listed('part', twice)} there more than once, and the last counts"


def _listed(what: str, numbers: Sequence[int]) -> str:
    told = ", ".join([*map(str, numbers[:NOTES_CAP]), *(["…"] if len(numbers) > NOTES_CAP else [])])
    return f"{what} {told} is" if len(numbers) == 1 else f"{what}s {told} are"


def _cells(data: bytes) -> Sequence[Any]:
    """All cells of a notebook of the right kind; raises NotebookError."""
    if len(data) > SIZE_CAP:
        raise NotebookError(f"has {len(data):,} bytes, the limit is {SIZE_CAP:,}; clear its outputs")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise NotebookError("is no notebook: its text is not JSON; open and save it in Jupyter") from None
    cells = told.get("cells") if isinstance(told, dict) else None
    if not isinstance(cells, list) or told.get("nbformat") != 4:
        version = told.get("nbformat") if isinstance(told, dict) else None
        is_number = type(version) is int and 0 <= version < 1000
        what = f"is a notebook of version {version}" if is_number else "is no notebook"
        raise NotebookError(f"{what}, and version 4 is read; open and save it in a current Jupyter")
    if (language := _language(told)) != "python":
        raise NotebookError(
            f"is a notebook for {language}, not for Python; choose a Python kernel and save it"
        )
    return cells


def _code(cells: Sequence[Any]) -> Iterator[tuple[int, str, bool]]:
    """Of each cell with code its number, its source, and whether it is tagged."""
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source, metadata = cell.get("source", ""), cell.get("metadata")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            tags = metadata.get("tags") if isinstance(metadata, dict) else None
            yield number, plain(source), isinstance(tags, list) and TAG in tags


def _language(told: Any) -> str:
    metadata = told.get("metadata")
    for key, inner in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        name = info.get(inner) if isinstance(info, dict) else None
        if isinstance(name, str):
            return name.lower()[:40]
    return "python"
