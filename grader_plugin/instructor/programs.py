"""Programs by their form: statements and expressions without regard to names, and what of a text may be a program."""

from __future__ import annotations

import ast
import builtins
import html
import io
import json
import re
import textwrap
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

# What is smaller ("return x") stands in many a program.
FEWEST_NODES = 6
SHORT = 12  # characters without blanks: what is shorter stands in many a sentence
MODULES = frozenset({"torch", "F", "nn", "math", "np", "numpy", "plt", "Tensor"})

Form = tuple[str, ...]
Shape = tuple[tuple[str, tuple[str, int] | None], ...]

_FENCE = re.compile(r"^( *)(```+|~~~+)[^\n]*\n(.*?)(?:^\1\2|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)([^`\n]+)\1|<\w[^<>\n]*>([^<]+)</|<!--(.*?)(?:-->|\Z)", re.DOTALL)
_STRING = re.compile(r"""("(?:[^"\\\n]|\\.)*")|'([^'\n]*)'""")  # of JSON, TOML and YAML
_DEFINITION = re.compile(
    r"^(?=(( {0,40})(?:async +)?(?:def|class) .*\n(?:(?:\2 +.*)?\n)*))", re.MULTILINE
)  # looked ahead, so that those within another are found too
_DOCTEST = re.compile(r"(?:^ *(?:>>>|\.\.\.) ?.*\n?)+", re.MULTILINE)
_PROMPT = re.compile(r"^ *(?:>>>|\.\.\.) ?", re.MULTILINE)
_PREFIX = re.compile(r"^[ ]*[+>] ?", re.MULTILINE)  # of a line of a diff, or of a quotation
_LIKELY = re.compile(r"[(=*/@\[{]|return|lambda")


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """The sequences of statements of a program."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def windows(tree: ast.AST, shapes: Iterable[Shape] | None = None) -> Iterator[tuple[ast.stmt, Form]]:
    """Statements that follow each other, by the first: those of these shapes, or all."""
    lengths = None if shapes is None else {len(one) for one in shapes}
    wanted = None if shapes is None else frozenset(shapes)
    for body in bodies(tree):
        glances = [_glance(statement) for statement in body]
        for length in range(1, len(body) + 1) if lengths is None else lengths:
            for first in range(len(body) - length + 1):
                end = first + length
                if wanted is None or _shape(glances[first:end]) in wanted:
                    yield body[first], form(body[first:end])


def expressions(tree: ast.AST, sizes: frozenset[tuple[str, int]]) -> Iterator[tuple[ast.expr, Form]]:
    """Every expression of these kinds and sizes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and kind(node) in sizes:
            yield node, form([node])


def form(nodes: Sequence[ast.stmt | ast.expr]) -> Form:
    """The nodes as texts, each name by the order in which it comes first; docstrings and annotations do not count.

    Of one statement alone its value is what counts: `return a + b`, `c = a + b` and `a + b` say the same.
    """
    names, found = _Names(), []
    for node in nodes:
        value = getattr(node, "value", None)
        alone = (
            value if len(nodes) == 1 and isinstance(node, ast.stmt) and isinstance(value, ast.expr) else node
        )
        found.append(ast.dump(names.visit(alone)))
    return tuple(found)


def shape(nodes: Sequence[ast.stmt]) -> Shape:
    """What is the same for all of one form, and is seen at a glance."""
    return _shape([_glance(node) for node in nodes])


def _glance(node: ast.stmt) -> tuple[str, tuple[str, int] | None]:
    name = type(node).__name__
    value = getattr(node, "value", None)
    if isinstance(node, ast.AnnAssign):  # as `form` has it
        name, value = "Assign", value or ast.Constant(value=None)
    return name, kind(value) if isinstance(value, ast.expr) else None


def _shape(glances: Sequence[tuple[str, tuple[str, int] | None]]) -> Shape:
    """Of one statement alone its value is what counts."""
    return tuple(("" if len(glances) == 1 and value else name, value) for name, value in glances)


def kind(node: ast.AST) -> tuple[str, int]:
    """What an expression is, and of how many nodes: others need not be compared."""
    return type(node).__name__, size([node])


def size(nodes: Sequence[ast.AST]) -> int:
    """How many nodes, without those that only say how another is used."""
    return sum(
        not isinstance(node, (ast.expr_context, ast.operator, ast.cmpop))
        for one in nodes
        for node in ast.walk(one)
    )


class _Names(ast.NodeTransformer):
    """Copies nodes with numbers for names, the same in all that it visits; for those of what hangs on `self` too."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        if name in MODULES or hasattr(builtins, name):
            return name
        return self._numbers.setdefault(name, f"v{len(self._numbers)}")

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return type(node)(**{name: self._visited(value) for name, value in ast.iter_fields(node)})

    def _visited(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._visited(one) for one in value]
        return self.visit(value) if isinstance(value, ast.AST) else value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._number(node.id), ctx=ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        is_own = isinstance(node.value, ast.Name) and node.value.id == "self"
        name = self._number(f"self.{node.attr}") if is_own else node.attr
        return ast.Attribute(value=self.visit(node.value), attr=name, ctx=ast.Load())

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._number(node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        name = self._number(node.name)
        has_docstring = ast.get_docstring(node) is not None
        body = (node.body[1:] or [ast.Pass()]) if has_docstring else node.body
        fields = dict(ast.iter_fields(node))
        return self.generic_visit(ast.FunctionDef(**{**fields, "name": name, "returns": None, "body": body}))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        value = node.value or ast.Constant(value=None)
        return self.generic_visit(ast.Assign(targets=[node.target], value=value))


def parsed(text: str) -> ast.AST | None:
    """The tree of a program; None for what is none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def in_code(source: str) -> Iterator[tuple[int, str]]:
    """What may be a program in Python's text, with the lines before it: all of it, or its parts where it is broken; comments, strings."""
    tree = parsed(source)
    yield from [(0, source)] if tree else (*_paragraphs(source), *_single(source))
    yield from _comments(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= SHORT:
            yield from ((node.lineno - 1 + before, part) for before, part in in_text(node.value))


def in_text(text: str) -> Iterator[tuple[int, str]]:
    """What may be a program in any text, with the lines before it: blocks of code, code within a line, examples, single lines."""
    line_of = _lines(text)
    for found in _FENCE.finditer(text):
        before = line_of(found.start(3))
        yield from ((before + more, part) for more, part in in_code(textwrap.dedent(found[3])))
    for found in _INLINE.finditer(text):
        yield line_of(found.start()), html.unescape(found[2] or found[3] or found[4]).strip()
    for found in _STRING.finditer(text):
        value = _unquoted(found[1]) if found[1] else found[2]
        if len(value) >= SHORT and _LIKELY.search(value):
            yield from ((line_of(found.start()), part) for _, part in in_text(value))
    for found in _DOCTEST.finditer(text):
        yield line_of(found.start()), _PROMPT.sub("", found[0])
    yield from _paragraphs(text)
    plain = _PREFIX.sub("", text)
    if plain != text:
        yield from _paragraphs(plain)
    yield from _single(text)


def _lines(text: str) -> Callable[[int], int]:
    """How many lines stand before a place; counted once, for a page may have a great many places."""
    ends = [found.start() for found in re.finditer("\n", text)]
    return lambda place: bisect_right(ends, place - 1)


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:  # of another language
        return text[1:-1]


def _single(text: str) -> Iterator[tuple[int, str]]:
    """Lines as they stand, without what a list, a quotation or a change begins them with."""
    for number, line in enumerate(text.split("\n")):
        whole = line.strip()
        bare = whole.removeprefix(">>>").strip("#+>*- `\t")
        if len(bare) >= SHORT and _LIKELY.search(bare):
            yield number, bare
            if whole.startswith("-") and bare != whole:  # a minus, perhaps
                yield number, whole.strip("` ")


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Lines up to an empty one, and each definition up to what stands at its margin."""
    lines, begin = text.split("\n"), 0
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            continue
        block = "\n".join(lines[begin:number])
        if number - begin > 1 and _LIKELY.search(block):
            yield begin, textwrap.dedent(block)
        begin = number + 1
    line_of = _lines(text)
    for found in _DEFINITION.finditer(f"{text}\n"):
        yield line_of(found.start()), textwrap.dedent(found[1])


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments behind code, and those that follow each other as one."""
    run: list[str] = []
    start = 0
    lines = source.splitlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                if lines[token.start[0] - 1][: token.start[1]].strip():
                    yield token.start[0] - 1, token.string.lstrip("# ")
                    continue
                start = start if run else token.start[0] - 1
                run.append(token.string.removeprefix("#"))
            elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT) and run:
                yield start, textwrap.dedent("\n".join(run))
                run = []
    except (tokenize.TokenError, SyntaxError, IndexError):  # of a broken file; what came before counts
        pass
    if run:
        yield start, textwrap.dedent("\n".join(run))
