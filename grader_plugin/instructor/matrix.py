"""The kill matrix: which check loses which known mistake, as Markdown and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..result import Status
from .verify import Verdict

MARKS = {Status.FAILED: "✗", Status.BLOCKED: "◦"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A mistake: its id, its diagnosis, a mark for each check, and whether one check alone sees it."""

    id: str
    diagnosis: str
    marks: tuple[str, ...]
    named: int
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The mistakes of one task. `checks` has the name of each and how many mistakes it loses, `seconds` how long it takes."""

    exercise: str
    task: str
    checks: tuple[str, ...]
    counts: tuple[int, ...]
    seconds: tuple[float, ...]
    rows: tuple[Row, ...]


def tables(verdicts: Sequence[Verdict]) -> Iterator[Table]:
    """One for each task that has mistakes."""
    for verdict in verdicts:
        material = verdict.material
        for task in material.exercise.tasks:
            entries = [one for one in material.known if one.task == task.name and one.id in verdict.matrix]
            seen = {name for entry in entries for name in verdict.matrix[entry.id]}
            checks = tuple(check.name for check in material.checks if check.name in seen)
            if not entries:
                continue
            rows = tuple(
                Row(
                    id=entry.id,
                    diagnosis=entry.diagnosis,
                    marks=tuple(
                        MARKS.get(verdict.matrix[entry.id].get(name, Status.PASSED), "") for name in checks
                    ),
                    named=checks.index(entry.loses),
                    alone=entry.id in verdict.guarded,
                )
                for entry in entries
            )
            yield Table(
                exercise=material.name,
                task=task.name,
                checks=checks,
                counts=tuple(
                    sum(verdict.matrix[entry.id].get(name) is Status.FAILED for entry in entries)
                    for name in checks
                ),
                seconds=tuple(verdict.seconds.get(name, 0.0) for name in checks),
                rows=rows,
            )


def render(form: str, verdicts: Sequence[Verdict]) -> str:
    """The matrix as html or md."""
    environment = Environment(
        loader=PackageLoader("grader_plugin", "templates"),
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = environment.get_template(f"matrix.{form}").render(
        tables=list(tables(verdicts)), verdicts=verdicts
    )
    return found.rstrip("\n") + "\n"
