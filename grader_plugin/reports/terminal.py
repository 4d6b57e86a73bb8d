"""The plain summary on the terminal: a line an exercise, then what to look at."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from ..result import CheckResult, ExerciseResult, Grade, Status

OUTPUT_LINES = 10


def render(grade: Grade, width: int = 80) -> str:
    """The summary of a run, lines of at most `width` columns where words allow."""
    return "\n".join(_lines(grade, width))


def failure(check: CheckResult, width: int = 80) -> str:
    """One failed check: its sentence, the fact with numbers, where, one hint."""
    return "\n".join(_failure(check, width))


def _lines(grade: Grade, width: int) -> Iterator[str]:
    for exercise in grade.exercises:
        yield _exercise(exercise)
    for check in grade.errors:
        yield from ("", f"{check.title}  ({check.id})", *_wrapped(check.message, width))
        yield from (f"    {line}" for line in check.detail.splitlines())
    for exercise in grade.exercises:
        yield from _failures(exercise, width)
    remarks = {remark: check.id for check in grade.checks for remark in check.remarks}
    if remarks:
        yield ""
        yield "Worth knowing (no points):"
        for remark in remarks:
            yield from _wrapped(remark, width)
    yield ""
    yield _total(grade)
    todo = next((check for check in grade.checks if check.status is Status.TODO), None)
    if todo is not None:
        points = sum(
            check.max_score
            for check in grade.checks
            if check.task == todo.task and check.exercise == todo.exercise
        )
        yield f"Next: {todo.task} in {todo.exercise}.py, {points} {'point' if points == 1 else 'points'}."


def _exercise(exercise: ExerciseResult) -> str:
    counts = {status: sum(check.status is status for check in exercise.checks) for status in Status}
    words = {
        Status.FAILED: "failed",
        Status.TODO: "to do",
        Status.BLOCKED: "blocked",
        Status.NOT_RUN: "not run",
        Status.ERROR: "not graded (the grader failed)",
    }
    rest = ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts[status])
    return f"{exercise.name:<14}{exercise.score:>4}/{exercise.max_score:<4}{rest}".rstrip()


def _total(grade: Grade) -> str:
    if grade.complete:
        return f"Score: {grade.score}/{grade.max_score}"
    return (
        f"Score: {grade.score}/{grade.selected_max} of the checks that ran; the lesson has {grade.max_score}"
    )


def _failures(exercise: ExerciseResult, width: int) -> Iterator[str]:
    told: dict[tuple[str, str], str] = {}
    for check in exercise.checks:
        if check.status is Status.FAILED:
            same = told.setdefault((check.message, check.where), check.id)
            if same != check.id:  # one cause, told once
                yield from ("", f"{check.title}  ({check.id})", "  The same: see above.")
                continue
            yield ""
            yield from _failure(check, width)
    blocked: dict[str, list[str]] = {}
    for check in exercise.checks:
        if check.status is Status.BLOCKED:
            blocked.setdefault(check.message, []).append(check.id.rpartition("::")[2])
    for message, names in blocked.items():
        yield ""
        yield from _wrapped(f"Blocked: {', '.join(names)}. {message}.", width, indent="")


def _failure(check: CheckResult, width: int) -> Iterator[str]:
    yield f"{visible(check.title)}  ({check.id})"
    yield from _wrapped(check.message, width)
    for line in check.detail.splitlines():
        yield f"    {visible(line)}"
    if check.where:
        yield f"  in {visible(check.where)}"
    if check.hint:
        yield from _wrapped(check.hint, width)
    lines = check.output.splitlines()
    for line in lines[:OUTPUT_LINES]:
        yield f"  | {visible(line)}"
    if len(lines) > OUTPUT_LINES:
        yield f"  | … {len(lines) - OUTPUT_LINES} lines more"


def _wrapped(text: str, width: int, indent: str = "  ") -> Iterator[str]:
    for line in textwrap.wrap(
        visible(text), max(20, width - len(indent)), break_long_words=False, break_on_hyphens=False
    ):
        yield indent + line


def visible(text: str) -> str:
    """Control and direction characters as escapes: what a learner's code says cannot move the cursor."""
    return "".join(
        char
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )
