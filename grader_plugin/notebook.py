"""A learner's notebook as the files that it stands for: the cells of an exercise put together, and which line is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

TAG = "exercise"
RUN = "run"  # in a cell's metadata: the number by which a session knows it, if it comes from one
SIZE_CAP = 4 * 2**20
NOTES_CAP = 5  # lines that were left out, each told of
# Below a `%%time`, too.
_MARK = re.compile(
    r"(?:[ \t]*(?:%[^\r\n]*)?(?:\r\n|\r|\n))*# exercise: (\w+), part (\d{1,3})\b(?: of (\d{1,3})\b)?"
)
_HALF = re.compile("[\ud800-\udfff]")  # JSON may hold one, no encoding of text does
_MAGIC = re.compile(r"[ \t]*(?:[%!]|[\w.]+\?{1,2}[ \t]*(?:\n|$)|\?{1,2}\w)")
# What may hold the end of a line, or of brackets, as a part of something else.
_PIECE = re.compile(
    r'''"""(?:[^\\]|\\.)*?(?:"""|\Z)|"(?:[^"\\\n]|\\.)*"?|'''
    r"""'''(?:[^\\]|\\.)*?(?:'''|\Z)|'(?:[^'\\\n]|\\.)*'?|"""
    r"#[^\n]*|\\\n|[(\[{]|[)\]}]|\n",
    re.DOTALL,
)
_TO_ITS_END = re.compile(r"(?:[^\\\n]|\\.)*\\?", re.DOTALL)  # over lines that a backslash continues


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


def marked(source: str) -> tuple[str, int, int] | None:
    """The exercise and the part that a cell is, and out of how many, by its first line of Python."""
    found = _MARK.match(source)
    return (found[1], int(found[2]), int(found[3] or found[2])) if found else None


def read(data: bytes, home: str = "") -> Mapping[str, Notebook]:
    """The exercise cells of a notebook's file, those of each exercise put together in their order; raises NotebookError.

    Cells with the tag, or with a mark, count. A mark says which exercise a cell is of; without one it is of that of the
    cell before, and the first of `home`, the exercise that the file is named for. Magics and lines for the shell are
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
    mine: dict[str, list[tuple[int, str]]] = {}
    stray = []
    for number, source, is_tagged in _code(cells):
        found = marked(source)
        home = found[0] if found else home
        if home and (found or is_tagged):
            mine.setdefault(home, []).append((number, source))
        elif not _is_magic(source):
            stray.append(number)
    if not mine:
        raise NotebookError(
            f"has no cell with the tag {TAG!r}; put the tag back on the cells that you write in"
        )
    for number, source in (one for own in mine.values() for one in own):
        if half := _HALF.search(source):
            found, line = marked(source), len(_lines(source[: half.start()] + "x"))
            where = f"part {found[1]}" if found else f"cell {number}"
            raise NotebookError(
                f"holds half of a character (U+{ord(half[0]):04X}) in {where}, line {line}; delete it"
            )
    numbers = ", ".join([*map(str, stray[:NOTES_CAP]), *(["…"] if len(stray) > NOTES_CAP else [])])
    where = f"cell {numbers} is" if len(stray) == 1 else f"cells {numbers} are"
    notes = (f"{where} not for grading, and left out",) if stray else ()
    made = {name: join(own) for name, own in mine.items()}
    return {name: replace(book, notes=(*book.notes, *notes)) for name, book in made.items()}


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
        own = _lines(source)
        for first, *others in _magics("\n".join(own)):
            line = own[first]
            notes.append(
                f"cell {number}, line {first + 1} ({line.strip()[:40]}) is no Python, and was left out"
            )
            own[first] = f"{line[: len(line) - len(line.lstrip())]}pass" if line[:1].isspace() else ""
            for other in others:
                own[other] = ""
        lines += own
        places += [(number, inner) for inner in range(1, len(own) + 1)]
    if len(notes) > NOTES_CAP:
        notes[NOTES_CAP:] = [f"{len(notes) - NOTES_CAP} more such lines were left out"]
    return Notebook("\n".join(lines) + "\n", tuple(places), tuple(notes))


def _magics(source: str) -> Iterator[range]:
    """The lines, from 0, of each statement that IPython would take for its own: at the begin of a statement, not within a text or brackets."""
    position, line, depth = 0, 0, 0
    while position < len(source):
        end = position
        if depth == 0 and _MAGIC.match(source, position):
            end = _TO_ITS_END.match(source, position).end()  # type: ignore[union-attr]  # it matches nothing, too
            yield range(line, line + source.count("\n", position, end) + 1)
        else:
            while (found := _PIECE.search(source, end)) and found[0] != "\n":
                depth = max(0, depth + (found[0] in "([{") - (found[0] in ")]}"))
                end = found.end()
            end = found.start() if found else len(source)
        line += source.count("\n", position, end) + 1
        position = end + 1


def _lines(source: str) -> list[str]:
    return re.split("\r\n|\r|\n", source.rstrip("\n"))


def _code(cells: Sequence[Any]) -> Iterator[tuple[int, str, bool]]:
    """Of each cell with code its number, its source, and whether it is tagged."""
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source, metadata = cell.get("source", ""), cell.get("metadata")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            metadata = metadata if isinstance(metadata, dict) else {}
            tags, run = metadata.get("tags"), metadata.get(RUN)
            yield run if type(run) is int else number, source, isinstance(tags, list) and TAG in tags


def _language(told: Any) -> str:
    metadata = told.get("metadata")
    for key, inner in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        name = info.get(inner) if isinstance(info, dict) else None
        if isinstance(name, str):
            return name.lower()[:40]
    return "python"
