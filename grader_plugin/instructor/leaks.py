"""Whether words for learners hold a line of the solution."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .stub import marked

SHORT = 12  # characters without blanks: what is shorter ("return loss") stands in many a sentence


def answers(solution: str, stub: str) -> frozenset[str]:
    """The solution's expressions between its markers, without blanks, as far as the stub does not have them too.

    `x = a + b`, `return a + b` and `a + b` give the same. Raises SyntaxError for a solution that is none.
    """
    inside = frozenset(number for number, _ in marked(solution))
    given = squeezed(stub)
    found = {squeezed(text) for text in _expressions(solution, inside)}
    return frozenset(text for text in found if len(text) >= SHORT and text not in given)


def leaked(words: str, answers: frozenset[str]) -> str:
    """The longest of the answers that stands in these words; empty if there is none."""
    text = squeezed(words)
    return max((answer for answer in answers if answer in text), key=len, default="")


def squeezed(text: str) -> str:
    """The text without blanks, so that it is the same however its lines are broken."""
    return re.sub(r"\s+", "", text)


def _expressions(solution: str, inside: frozenset[int]) -> Iterator[str]:
    for node in ast.walk(ast.parse(solution)):
        if isinstance(node, ast.stmt) and node.lineno in inside:
            value = getattr(node, "value", None)
            if isinstance(value, ast.expr):
                yield ast.get_source_segment(solution, value) or ""
