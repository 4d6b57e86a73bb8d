"""Whether files for learners hold a solution: as it stands, renamed, commented out, in a text, in a notebook, compiled, in git's history."""

from __future__ import annotations

import ast
import builtins
import io
import json
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from .leaks import SHORT, answers
from .material import Finding
from .stub import MARKER, stub

# What is smaller ("return x") stands in many a program.
FEWEST_NODES = 6
SIZE_CAP = 4 * 2**20  # of a file that is read as text
MODULES = frozenset({"torch", "F", "nn", "math", "np", "numpy", "plt", "Tensor"})

# What no release has, and nobody can see into: by the end of the name, or a folder on the way.
_OPAQUE = {
    ".pyc": "compiled Python",
    ".pyo": "compiled Python",
    ".so": "compiled code",
    ".zip": "an archive",
    ".tar": "an archive",
    ".tgz": "an archive",
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
_FENCE = re.compile(r"^( *)(```+|~~~+)[^\n]*\n(.*?)^\1\2", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)  # no slots, where what is searched for is worked out once
class Solution:
    """What must not be found: the text of a solution with its markers, by the exercise's name."""

    name: str
    text: str

    @cached_property
    def lines(self) -> frozenset[str]:
        """Lines and expressions between markers, without blanks, that the stub does not have too."""
        given = _squeezed(stub(self.text))
        inside = {_squeezed(line.partition("  # ")[0]) for line in _between(self.text)}
        return frozenset(line for line in inside if len(line) >= SHORT and line not in given) | answers(
            self.text, stub(self.text)
        )

    @cached_property
    def programs(self) -> frozenset[tuple[str, ...]]:
        """Sequences of statements between markers, their names replaced by numbers, that the stub does not have too."""
        marked = {number for number, _ in _numbered(self.text)}
        given = set(_windows(ast.parse(stub(self.text)), ()))
        found = set()
        for body in _bodies(ast.parse(self.text)):
            block = [statement for statement in body if statement.lineno in marked]
            if block and all(statement.lineno in marked for statement in block):
                for part in (block, *([one] for one in block)):
                    if _size(part) >= FEWEST_NODES:
                        found.add(tuple(_normal(part)))
        return frozenset(found - given)

    @cached_property
    def lengths(self) -> frozenset[int]:
        """How many statements the sequences have."""
        return frozenset(map(len, self.programs))


def search(files: Mapping[str, bytes], solutions: Sequence[Solution]) -> Iterator[Finding]:
    """What of the solutions stands in these files, by their paths; at most one finding a file and solution."""
    for path, data in sorted(files.items()):
        pure = PurePosixPath(path)
        folder = next((part for part in pure.parts[:-1] if part in _FOLDERS), "")
        what = next((what for end, what in _OPAQUE.items() if path.endswith(end)), "")
        if folder or what:
            told = what or f"in a folder {folder}"
            yield Finding(place=path, what=f"this is {told}, which can hold a solution; leave it out")
        elif path.endswith(".gz"):
            if not _DATA.fullmatch(path):
                yield Finding(place=path, what="this is an archive, which can hold a solution; leave it out")
        else:
            yield from _in_file(path, data, solutions)


def search_history(blobs: Iterable[tuple[str, bytes]], solutions: Sequence[Solution]) -> Iterator[Finding]:
    """The same for what git keeps, of which only what can be read counts."""
    for place, data in blobs:
        path = place.partition(", ")[0]
        for finding in search({path: data}, solutions):
            yield Finding(place=place, what=finding.what)


def _in_file(path: str, data: bytes, solutions: Sequence[Solution]) -> Iterator[Finding]:
    if b"\0" in data[:1024]:
        return  # a picture
    text = data[:SIZE_CAP].decode("utf-8", errors="replace")
    for place, part, is_code in _parts(path, text):
        if is_code is None:
            yield Finding(place=place, what="this cell has an output, which can hold a solution; clear it")
            continue
        for solution in solutions:
            if (line := _line_of(part, solution)) or (line := _program_in(part, is_code, solution)):
                yield Finding(
                    place=f"{place}:{line}", what=f"this holds a part of the solution of {solution.name}.py"
                )
                break


def _parts(path: str, text: str) -> Iterator[tuple[str, str, bool | None]]:
    """A file's texts with their places, and whether each is Python; None says that there is an output."""
    if path.endswith(".ipynb"):
        try:
            cells = json.loads(text)["cells"]
            for number, cell in enumerate(cells, start=1):
                source = cell["source"]
                source = source if isinstance(source, str) else "".join(source)
                yield f"{path}, cell {number}", source, cell["cell_type"] == "code"
                if cell.get("outputs"):
                    yield f"{path}, cell {number}", "", None
            return
        except (ValueError, KeyError, TypeError):
            pass  # then it is a text like others
    yield path, text, path.endswith(".py")


def _line_of(text: str, solution: Solution) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        squeezed = _squeezed(line)
        if len(squeezed) >= SHORT and any(one in squeezed for one in solution.lines):
            return number
    return 0


def _program_in(text: str, is_code: bool, solution: Solution) -> int:
    for offset, program in _programs(text, is_code):
        try:
            tree = ast.parse(program)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for line, window in _placed(tree, solution.lengths):
            if window in solution.programs:
                return offset + line
    return 0


def _programs(text: str, is_code: bool) -> Iterator[tuple[int, str]]:
    """What may be Python in a text, with the number of lines before it: all, blocks of code, comments, strings, single lines."""
    if is_code:
        yield 0, text
        yield from _hidden(text)
    for found in _FENCE.finditer(text):
        before = text.count("\n", 0, found.start(3))
        block = textwrap.dedent(found[3])
        yield before, block
        yield from ((before + offset, part) for offset, part in _hidden(block))
    for number, line in enumerate(text.splitlines()):
        plain = line.strip().removeprefix(">>>").strip("# `\t")
        if len(plain) >= SHORT:
            yield number, plain


def _hidden(source: str) -> Iterator[tuple[int, str]]:
    """Comments that follow each other, and strings of several lines, as programs."""
    run: list[str] = []
    start = 0
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        tokens = []
    for token in tokens:
        if (
            token.type == tokenize.COMMENT
            and not source.splitlines()[token.start[0] - 1][: token.start[1]].strip()
        ):
            if not run:
                start = token.start[0] - 1
            run.append(token.string.removeprefix("#"))
        elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT) and run:
            yield start, textwrap.dedent("\n".join(run))
            run = []
        if token.type == tokenize.STRING and "\n" in token.string:
            try:
                value = ast.literal_eval(token.string)
            except (ValueError, SyntaxError):
                continue
            if isinstance(value, str):
                yield (
                    token.start[0] - 1,
                    textwrap.dedent(re.sub(r"^(>>>|\.\.\.) ?", "", value, flags=re.MULTILINE)),
                )
    if run:
        yield start, textwrap.dedent("\n".join(run))


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def _windows(tree: ast.AST, lengths: Iterable[int]) -> Iterator[tuple[str, ...]]:
    for body in _bodies(tree):
        for length in lengths or range(1, len(body) + 1):
            for first in range(len(body) - length + 1):
                yield tuple(_normal(body[first : first + length]))


def _placed(tree: ast.AST, lengths: Iterable[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for body in _bodies(tree):
        for length in lengths:
            for first in range(len(body) - length + 1):
                yield body[first].lineno, tuple(_normal(body[first : first + length]))


def _normal(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """The statements as text, each name by the order in which it comes first; docstrings and annotations do not count.

    Of one alone its value is what counts: `return a + b`, `c = a + b` and `a + b` say the same.
    """
    names = _Names()
    for statement in statements:
        value = getattr(statement, "value", None)
        alone = value if len(statements) == 1 and isinstance(value, ast.expr) else statement
        yield ast.dump(names.visit(deepcopy(alone)))


class _Names(ast.NodeTransformer):
    """Gives names numbers, the same in all that it visits."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        if name in MODULES or hasattr(builtins, name):
            return name
        return self._numbers.setdefault(name, f"v{len(self._numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._number(node.id), ctx=ast.Load())

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._number(node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._number(node.name)
        node.returns = None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        value = node.value or ast.Constant(value=None)
        return self.generic_visit(ast.Assign(targets=[node.target], value=value))


def _size(statements: Sequence[ast.stmt]) -> int:
    return sum(
        not isinstance(node, (ast.expr_context, ast.operator, ast.cmpop))
        for statement in statements
        for node in ast.walk(statement)
    )


def _numbered(source: str) -> Iterator[tuple[int, str]]:
    is_open = False
    for number, line in enumerate(source.split("\n"), start=1):
        if marker := MARKER.fullmatch(line.rstrip()):
            is_open = marker["word"] == "BEGIN"
        elif is_open:
            yield number, line


def _between(source: str) -> Iterator[str]:
    return (line for _, line in _numbered(source))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
