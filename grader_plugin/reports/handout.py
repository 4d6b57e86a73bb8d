"""What programs that hand out grades are given: the points of a run that graded everything, and feedback as plain text."""

from __future__ import annotations

from dataclasses import replace

from ..inert import commandless, visible
from ..result import CheckResult, Grade, Status
from . import terminal
from .context import Context
from .screen import Screen

FEEDBACK_COLUMNS = 100
PLAIN = Screen(width=FEEDBACK_COLUMNS, unicode=True)

_LONG = ("message", "detail", "hint", "diagnosis", "code", "returned", "output")


class NotFinal(ValueError):
    """There is no score to hand out; a sentence that says why."""


def assert_final(grade: Grade, context: Context) -> None:
    """Raises NotFinal where a score would be none: part of the lesson was selected, or the grader failed on a check.

    What the time of a grading of record did not last for is lost to the submission, so that run has a score.
    """
    if grade.errors:
        raise NotFinal(f"{_failed(grade)}, so there is no score to hand out")
    if context.is_cut:
        raise NotFinal(
            f"the run was ended after {len(grade.selected)} of {len(grade.checks)} checks, and a part is no score to hand out"
        )
    if not (grade.complete or grade.authoritative):
        raise NotFinal(
            f"{len(grade.selected)} of {len(grade.checks)} checks were graded, and a part is no score to hand out"
        )


def _failed(grade: Grade) -> str:
    checks = "1 check" if len(grade.errors) == 1 else f"{len(grade.errors)} checks"
    return f"the grader itself failed on {checks}"


def points(grade: Grade) -> str:
    """The score in words, or that it is none."""
    won = f"{grade.score} of {grade.max_score} points"
    if not grade.complete:
        won = f"{grade.score} of {grade.selected_max} points in the {len(grade.selected)} checks that ran; the lesson has {grade.max_score}"
    return f"No score, {_failed(grade)} (so far {won})" if grade.errors else won


def feedback(check: CheckResult, cap: int) -> str:
    """What a learner is told of a check, in at most `cap` characters; empty if it passed. No line of it is a command."""
    if check.status is Status.FAILED:
        # Cut before it is wrapped: whoever made the record by hand may have put megabytes there.
        short = {name: getattr(check, name)[:cap] for name in _LONG}
        told = terminal.failure(replace(check, **short), PLAIN)
    elif check.status is Status.NOT_RUN:
        told = "The run's time was over before this check."
    else:
        told = commandless(visible(check.message))
    return cut(told, cap)


def cut(told: str, cap: int) -> str:
    """At most `cap` characters, the last of them a mark where something is missing."""
    return told if len(told) <= cap else f"{told[: cap - 1]}…" if cap else ""


def place_of(check: CheckResult) -> tuple[str, int]:
    """The file that a check points at, and the line, 0 if it points at none or at a cell; both as other programs know them."""
    file, is_notebook, _ = check.where.partition(".ipynb")
    if is_notebook:
        return f"{file}.ipynb", 0
    path, _, number = check.where.rpartition(":")
    return (path, int(number)) if number.isdecimal() else (check.where, 0)


def heading(grade: Grade) -> str:
    """The score, what it rests on, and how the same is asked again, in a line."""
    again = f" `{told}` asks the same again." if (told := terminal.again(grade)) else ""
    return f"{points(grade)}. {terminal.basis(grade)}.{again}"
