"""Whether words for learners hold a line of the solution."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .stub import MARKER

SHORT = 12  # characters without blanks: what is shorter ("return loss") stands in many a sentence


def answers(solution: str, stub: str) -> frozenset[str]:
    """The solution's expressions between its markers, without blanks, as far as the stub does not have them too.

    `x = a + b`, `return a + b` and `a + b` give the same. Raises SyntaxError for a solution that is none.
    """
    inside = _inside(solution)
    given = _squeezed(stub)
    found = {_squeezed(text) for text in _expressions(solution, inside)}
    return frozenset(text for text in found if len(text) >= SHORT and text not in given)


def leaked(words: str, answers: frozenset[str]) -> str:
    """The longest of the answers that stands in these words; empty if there is none."""
    squeezed = _squeezed(words)
    return max((answer for answer in answers if answer in squeezed), key=len, default="")


def _inside(solution: str) -> frozenset[int]:
    """The numbers of the lines between markers."""
    found, open_ = [], False
    for number, line in enumerate(solution.split("\n"), start=1):
        if marker := MARKER.fullmatch(line.rstrip()):
            open_ = marker["word"] == "BEGIN"
        elif open_:
            found.append(number)
    return frozenset(found)


def _expressions(solution: str, inside: frozenset[int]) -> Iterator[str]:
    for node in ast.walk(ast.parse(solution)):
        if isinstance(node, ast.stmt) and node.lineno in inside:
            value = getattr(node, "value", None)
            if isinstance(value, ast.expr):
                yield ast.get_source_segment(solution, value) or ""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
