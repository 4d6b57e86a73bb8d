"""A Markdown summary for GitHub Actions, which drops one above 1 MiB whole."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import islice

from ..inert import visible
from ..result import CheckResult, Grade, Status
from . import terminal
from .context import Context
from .handout import feedback, points

SIZE_CAP = 900 * 1024
FEEDBACK_CAP = 4000
DETAILS_CAP = 40  # checks told in full; the rest are in the record

_SIGNS = {Status.FAILED: "❌", Status.ERROR: "⚠️"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~$@:])")


def render(grade: Grade, _: Context) -> str:
    """The score, a row for each exercise, and each failed check in full."""
    lines = [
        f"## {escaped(points(grade))}",
        "",
        f"{escaped(terminal.basis(grade))}.",
        *((f"`{again}` asks the same again.",) if (again := terminal.again(grade)) else ()),
        "",
        *(f"> {escaped(flag)}\n" for flag in grade.flags),
        "| exercise | points | passed | failed | to do | waiting |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for exercise in grade.exercises:
        found = [check.status for check in exercise.checks]
        waiting = sum(status in (Status.BLOCKED, Status.NOT_RUN, Status.ERROR) for status in found)
        numbers = (found.count(Status.PASSED), found.count(Status.FAILED), found.count(Status.TODO), waiting)
        told = " | ".join(map(str, numbers))
        lines.append(f"| {escaped(exercise.title)} | {exercise.score}/{exercise.max_score} | {told} |")
    text = "\n".join(lines) + "\n"
    for check in islice(_worth_telling(grade), DETAILS_CAP):
        more = _details(check)
        if len((text + more).encode()) > SIZE_CAP:
            break
        text += more
    return text


def escaped(text: str) -> str:
    """Text of a learner's on one line, in which no sign means anything to Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def fenced(text: str) -> str:
    """Text as a block of code, its fence longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _plain(text: str) -> str:
    """Text within an element of HTML, where Markdown's escapes would be shown."""
    return html.escape(visible(text))


def _worth_telling(grade: Grade) -> Sequence[CheckResult]:
    return [check for check in grade.checks if check.status in (Status.FAILED, Status.ERROR)]


def _details(check: CheckResult) -> str:
    worth = "1 point" if check.max_score == 1 else f"{check.max_score} points"
    title = f"{_SIGNS[check.status]} {_plain(check.task)}: {_plain(check.title)} ({terminal.SPOKEN[check.status]}, {worth})"
    return f"\n<details><summary>{title}</summary>\n\n{fenced(feedback(check, FEEDBACK_CAP))}\n\n</details>\n"
