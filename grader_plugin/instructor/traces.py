"""Whether files for learners hold a solution: as it stands, renamed, commented out, in a text, in a notebook, compiled, in git's history.

What was encoded (base64, rot13), or is another program (operands in another order, statements split or joined, another right
answer), is not found.
"""

from __future__ import annotations

import ast
import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import PurePosixPath

from .leaks import squeezed
from .material import Finding
from .programs import (
    FEWEST_NODES,
    SHORT,
    Form,
    Shape,
    expressions,
    in_code,
    in_text,
    parsed,
    size,
    windows,
)
from .withheld import Solution

SIZE_CAP = 4 * 2**20  # of a file
QUOTED = 60  # characters of what was found
FINDINGS = 3  # told of a file and a solution

# What no release has, by the end of the name, or a folder on the way.
_OPAQUE = {
    ".pyc": "compiled Python",
    ".pyo": "compiled Python",
    ".so": "compiled code",
    ".zip": "an archive",
    ".tar": "an archive",
    ".tgz": "an archive",
    ".gz": "an archive",
    ".whl": "an archive",
    ".pkl": "a pickle",
    ".pt": "weights",
    ".orig": "what a merge left",
    ".rej": "what a merge left",
    ".bak": "an editor's copy",
    ".swp": "an editor's copy",
    "~": "an editor's copy",
}
_FOLDERS = (
    "__pycache__",
    ".ipynb_checkpoints",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "solutions",
)
_DATA = re.compile(r"data/MNIST/raw/(train|t10k)-(images-idx3|labels-idx1)-ubyte\.gz")
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE = re.compile(_PNG + rb"|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", re.DOTALL)
_MAGIC = re.compile(r"^(\s*)(?=[%!])", re.MULTILINE)  # a line of a cell that is no Python


def search(files: Mapping[str, bytes], solutions: Sequence[Solution]) -> Iterator[Finding]:
    """What of the solutions stands in these files, by their paths."""
    for path, data in sorted(files.items()):
        pure = PurePosixPath(path)
        folder = next((part for part in pure.parts[:-1] if part in _FOLDERS), "")
        what = next((what for end, what in _OPAQUE.items() if path.lower().endswith(end)), "")
        if _DATA.fullmatch(path):
            if not _is_mnist(pure.name, data):
                yield _opaque(path, "not the file of MNIST that has this name")
        elif folder or what:
            yield _opaque(path, what or f"in a folder {folder}")
        elif len(data) > SIZE_CAP:
            yield _opaque(path, f"a file of {len(data):,} bytes")
        elif (text := _text(data)) is not None:  # before pictures, whose first bytes a text can have
            yield from _in_file(path, text, solutions)
        elif _PICTURE.match(data):
            for told in _texts_of(data):
                yield from _in_part(path, told, False, solutions)
        else:
            yield _opaque(path, "neither text nor a picture")


def _opaque(path: str, what: str) -> Finding:
    return Finding(place=path, what=f"this is {what}, which can hold a solution; leave it out")


def _text(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _is_mnist(name: str, data: bytes) -> bool:
    from .. import mnist  # here: it imports torch

    return mnist.is_packed(name, data)


def _texts_of(picture: bytes) -> Iterator[str]:
    """The texts within a PNG, by https://www.w3.org/TR/png/#11textinfo; other pictures are believed."""
    place = 8
    while picture.startswith(_PNG) and place + 8 <= len(picture):
        length, name = struct.unpack(">I4s", picture[place : place + 8])
        chunk = picture[place + 8 : place + 8 + length]
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            rest = chunk.partition(b"\0")[2]  # behind its keyword
            for text in (rest, *_unpacked(rest)):
                yield text.decode("utf-8", errors="replace")
        place += length + 12


def _unpacked(rest: bytes) -> Iterator[bytes]:
    for begin in range(min(len(rest), 200)):  # behind a language and a keyword
        if rest[begin : begin + 1] == b"x":
            try:
                yield zlib.decompressobj().decompress(rest[begin:], SIZE_CAP)
            except zlib.error:
                continue


def search_history(blobs: Iterable[tuple[str, bytes]], solutions: Sequence[Solution]) -> Iterator[Finding]:
    """The same for what git keeps, of which only what can be read counts."""
    for place, data in blobs:
        path = place.partition(", ")[0]
        for finding in search({path: data}, solutions):
            yield Finding(place=place, what=finding.what)


def _in_file(path: str, text: str, solutions: Sequence[Solution]) -> Iterator[Finding]:
    for place, part, is_code in _parts(path, text):
        if is_code is None:
            yield Finding(place=place, what="this cell has an output, which can hold a solution; clear it")
        else:
            yield from _in_part(place, part, is_code, solutions)


def _in_part(place: str, text: str, is_code: bool, solutions: Sequence[Solution]) -> Iterator[Finding]:
    lines = text.split("\n")
    found = [*_words_in(lines, solutions), *_programs_in(text, is_code, solutions)]
    for solution in solutions:
        quotes: dict[int, str] = {}
        for line, name, quoted in found:
            if name == solution.name:
                quotes.setdefault(min(line, len(lines)), quoted)
        for line, quoted in sorted(quotes.items())[:FINDINGS]:
            yield Finding(
                place=f"{place}:{line}",
                what=f"this holds a part of the solution of {solution.name}.py: {_shortened(quoted)}",
            )


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[: QUOTED - 1]}…"


def _parts(path: str, text: str) -> Iterator[tuple[str, str, bool | None]]:
    """A file's texts with their places, and whether each is Python; None says that there is an output."""
    if path.endswith(".ipynb"):
        try:
            document = json.loads(text)
            cells = document["cells"]
            for number, cell in enumerate(cells, start=1):
                source = cell["source"]
                source = source if isinstance(source, str) else "".join(source)
                is_code = cell["cell_type"] == "code"
                yield f"{path}, cell {number}", _MAGIC.sub(r"\1# ", source) if is_code else source, is_code
                if cell.get("outputs"):
                    yield f"{path}, cell {number}", "", None
            shown = ("source", "outputs")
            rest = [{key: value for key, value in cell.items() if key not in shown} for cell in cells]
            yield f"{path}, metadata", json.dumps({**document, "cells": rest}, ensure_ascii=False), False
            return
        except (ValueError, KeyError, TypeError, RecursionError):
            pass  # then it is a text like others
    yield path, text, path.endswith((".py", ".pyi"))


def _words_in(lines: Sequence[str], solutions: Sequence[Solution]) -> Iterator[tuple[int, str, str]]:
    """The numbers of lines, whose solution is in them, and what of it."""
    for number, line in enumerate(lines, start=1):
        if len(line) < SHORT or len(text := squeezed(line)) < SHORT:
            continue
        for one in solutions:
            if one.words is not None and (found := one.words.search(text)):
                places = [place for place, letter in enumerate(line) if not letter.isspace()]
                yield number, one.name, line[places[found.start()] : places[found.end() - 1] + 1]


def _programs_in(text: str, is_code: bool, solutions: Sequence[Solution]) -> Iterator[tuple[int, str, str]]:
    """The same for programs, whatever their names."""
    shapes = frozenset(found for one in solutions for found in one.shapes)
    kinds = frozenset(found for one in solutions for found in one.kinds)
    known: dict[str, list[tuple[int, str, str]]] = {}  # a page says the same many times
    for offset, program in in_code(text) if is_code else in_text(text):
        if program not in known:
            known[program] = [*_found_in(program, shapes, kinds, solutions)]
        yield from ((offset + line, name, quoted) for line, name, quoted in known[program])


def _found_in(
    program: str,
    shapes: frozenset[Shape],
    kinds: frozenset[tuple[str, int]],
    solutions: Sequence[Solution],
) -> Iterator[tuple[int, str, str]]:
    if (tree := parsed(program)) is None:
        return
    every: Iterator[tuple[ast.stmt | ast.expr, Form]] = chain(windows(tree, shapes), expressions(tree, kinds))
    for node, found in every:
        value = node.value if isinstance(node, ast.Expr) else node
        is_small = isinstance(value, ast.expr) and size([value]) < FEWEST_NODES
        for one in solutions:
            if found in (one.returned if is_small else one.programs):
                yield node.lineno, one.name, ast.get_source_segment(program, node) or ""
