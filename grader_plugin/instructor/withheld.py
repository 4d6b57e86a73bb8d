"""What of a solution is not handed out: its words and its programs, as far as they say something and the stub has not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .leaks import answers, squeezed
from .programs import (
    FEWEST_NODES,
    SHORT,
    Form,
    Shape,
    bodies,
    expressions,
    form,
    in_code,
    kind,
    parsed,
    shape,
    size,
    windows,
)
from .stub import marked, stub


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
