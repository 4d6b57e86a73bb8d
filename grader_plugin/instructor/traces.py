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
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath

from .leaks import answers, squeezed
from .material import Finding
from .programs import (
    FEWEST_NODES,
    SHORT,
    Form,
    Shape,
    bodies,
    expressions,
    form,
    in_code,
    in_text,
    kind,
    parsed,
    shape,
    size,
    windows,
)
from .stub import marked, stub

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


@dataclass(frozen=True)  # no slots, where what is searched for is worked out once
class Solution:
    """What must not be found: the text of a solution with its markers, by the exercise's name."""

    name: str
    text: str

    @cached_property
    def words(self) -> re.Pattern[str] | None:
        """Lines and expressions between markers, without blanks, that the stub does not have too and no manual has."""
        given = squeezed(stub(self.text))
        block = {squeezed(line.partition("  # ")[0]) for _, line in marked(self.text)}
        lines = {line for line in block if len(line) >= SHORT and line not in given}
        either = (lines | answers(self.text, stub(self.text))) - self._ordinary
        found = sorted(either, key=lambda one: (-len(one), one))  # the longest is what is quoted
        return re.compile("|".join(map(re.escape, found))) if found else None

    @cached_property
    def _ordinary(self) -> frozenset[str]:
        found, tree = set(), ast.parse(self.text)
        returned = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and not _says_little(node)
        }
        for node in ast.walk(tree):
            whole = squeezed(ast.get_source_segment(self.text, node) or "")
            is_small = isinstance(node, ast.expr) and node not in returned and size([node]) < FEWEST_NODES
            if is_small or (isinstance(node, ast.stmt) and _is_ordinary(node)):
                found |= {
                    whole,
                    squeezed(ast.get_source_segment(self.text, getattr(node, "value", node)) or ""),
                }
            if isinstance(node, ast.With) and all(_is_plain_call(one.context_expr) for one in node.items):
                found.add(whole.partition(":")[0] + ":")
        return frozenset(found)

    @cached_property
    def programs(self) -> frozenset[Form]:
        """Sequences of statements between markers by their form, that the stub does not have too."""
        return frozenset(map(form, self._sequences)) - frozenset(_forms(stub(self.text)))

    @cached_property
    def shapes(self) -> frozenset[Shape]:
        """Of which shapes the sequences are."""
        return frozenset(map(shape, self._sequences))

    @cached_property
    def _sequences(self) -> Sequence[Sequence[ast.stmt]]:
        inside = {number for number, _ in marked(self.text)}
        found: list[list[ast.stmt]] = []
        for body in bodies(ast.parse(self.text)):
            block = [statement for statement in body if statement.lineno in inside]
            if block and all(statement.lineno in inside for statement in block):
                for part in (block, *([one] for one in block)):
                    if size(part) >= FEWEST_NODES and not (len(part) == 1 and _says_little(part[0])):
                        found.append(part)
        return found

    @cached_property
    def kinds(self) -> frozenset[tuple[str, int]]:
        """Of which kinds and sizes the values of single statements are, which are found as a part of another too."""
        inside = {number for number, _ in marked(self.text)}
        values = (
            node.value
            for node in ast.walk(ast.parse(self.text))
            if isinstance(node, (ast.Return, ast.Assign, ast.AnnAssign, ast.Expr))
            and node.lineno in inside
            and size([node.value] if node.value and not isinstance(node, ast.Return) else [node])
            >= FEWEST_NODES
        )
        return frozenset(kind(value) for value in values if value is not None)

    @cached_property
    def returned(self) -> frozenset[Form]:
        """Those of the programs that are all that a function returns: they are answers however small they are."""
        whole = (part for part in self._sequences if len(part) == 1 and isinstance(part[0], ast.Return))
        return frozenset(map(form, whole)) & self.programs


def _forms(text: str) -> Iterator[Form]:
    """All that a learner is given to read as programs, in words and examples too."""
    for _, part in in_code(text):
        if tree := parsed(part):
            yield from (found for _, found in windows(tree))
            yield from (form([node]) for node in ast.walk(tree) if isinstance(node, ast.expr))


def given(solution: Solution) -> int:
    """The line of the solution's file, outside of its markers, that tells learners what stands between them; 0 if there is none."""
    text = solution.text
    inside = {number for number, _ in marked(text)}
    returned = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Return) and node.lineno in inside and node.value is not None
    ]
    wanted = {form([node]) for node in returned if size([node]) > FEWEST_NODES}
    sizes = frozenset(kind(node.value) for node in returned if node.value and size([node]) > FEWEST_NODES)
    kept = "\n".join(
        "" if number in inside else line for number, line in enumerate(text.split("\n"), start=1)
    )
    kept = re.sub(r"(# (?:BEGIN|END) SOLUTION)(?:: (\S.*))?$", r"pass  # \2", kept, flags=re.MULTILINE)
    texts = [
        squeezed(ast.get_source_segment(text, node.value) or "")
        for node in returned
        if size([node]) > FEWEST_NODES and node.value
    ]
    for number, line in enumerate(kept.split("\n"), start=1):
        if any(one in squeezed(line) for one in texts):
            return number
    for offset, part in in_code(kept):
        for node, found in expressions(tree, sizes) if (tree := parsed(part)) else ():
            if found in wanted:
                return offset + node.lineno
    return 0


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


def _is_ordinary(node: ast.stmt) -> bool:
    """Whether a statement is as a manual has it, with nothing found out: `optimizer.zero_grad()`, `histories = {}`."""
    value = getattr(node, "value", None)
    if isinstance(node, ast.Expr):
        return _is_plain_call(node.value)
    if isinstance(node, ast.Return):
        return isinstance(value, ast.Name)
    is_empty = (isinstance(value, ast.Dict) and not value.keys) or (
        isinstance(value, ast.List) and not value.elts
    )
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and is_empty


def _is_plain_call(node: ast.expr) -> bool:
    """Whether it is one call, of constants or nothing."""
    if not isinstance(node, ast.Call) or any(isinstance(one, ast.Call) for one in ast.walk(node.func)):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return all(isinstance(one, ast.Constant) for one in given)


def _says_little(node: ast.stmt) -> bool:
    """Whether it is ordinary, or only calls of names, which a program without regard to names has by chance."""
    little = (ast.Call, ast.Name, ast.expr_context, ast.Return, ast.Expr, ast.Assign)
    return _is_ordinary(node) or all(isinstance(one, little) for one in ast.walk(node))
