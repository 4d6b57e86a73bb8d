"""Old submissions graded by the rubric as it is now: whose score a change would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import rubrics
from ..config import EXERCISES, is_notebook
from ..result import Grade, Status
from ..runner import Run
from ..sandbox import Sandbox

SHOWN = 6


class ReplayError(ValueError):
    """Nothing can be compared; a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of a submission: its points in these exercises before and now, and the checks that ended in another way."""

    name: str
    before: int
    now: int
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [
            f"{word} {', '.join(checks[:SHOWN])}{', …' if len(checks) > SHOWN else ''}"
            for word, checks in (("loses", self.lost), ("wins", self.won))
            if checks
        ]
        return f"{self.name}: {self.before} → {self.now}{'; ' if parts else ''}{'; '.join(parts)}"


def pairs(submissions: Path, records: Path) -> list[tuple[Path, Path]]:
    """Each submission, a folder or a notebook, and its record: NAME.json in `records`. Raises ReplayError."""
    if not submissions.is_dir():
        raise ReplayError(f"There is no folder {submissions}")
    own = sorted(
        path
        for path in submissions.iterdir()
        if (path.is_dir() or is_notebook(path)) and not path.name.startswith(".")
    )
    found = [(path, records / f"{_name(path)}.json") for path in own]
    missing = [record for _, record in found if not record.is_file()]
    if not found or missing:
        what = f"{missing[0]} is missing" if missing else f"{submissions} has no submissions in it"
        raise ReplayError(
            f"{what}; each folder or notebook is a submission, and NAME.json the record of its grading"
        )
    return found


def _name(submission: Path) -> str:
    return submission.stem if is_notebook(submission) else submission.name


def replay(names: Sequence[str], found: Sequence[tuple[Path, Path]]) -> Iterator[Difference]:
    """What becomes of each, with the inputs that its record was made with; raises ReplayError."""
    with Sandbox() as sandbox:
        for submission, path in found:
            yield _replayed(names, submission, _record(path), sandbox)


def _record(path: Path) -> Grade:
    try:
        return Grade.from_dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReplayError(f"{path} is no record ({error})") from None


def _replayed(names: Sequence[str], submission: Path, before: Grade, sandbox: Sandbox) -> Difference:
    inner = submission / EXERCISES
    folder = inner if inner.is_dir() else submission
    run = Run(
        folder,
        folder.name,
        sandbox=sandbox,
        seed=int(before.environment.get("seed", 0)),
        known=lambda _: (),
    )
    old = {check.id: check.status for check in before.checks if check.exercise in names}
    points = {check.id: check.score for check in before.checks if check.exercise in names}
    checks = [check for name in names for check in rubrics.load(name).info.checks]
    run.ahead(checks)
    now = {check.id: run.check(check.exercise, check.name) for check in checks}
    passed = {id for id, result in now.items() if result.status is Status.PASSED}
    had = {id for id, status in old.items() if status is Status.PASSED}
    return Difference(
        name=_name(submission),
        before=sum(points.values()),
        now=sum(result.score for result in now.values()),
        lost=tuple(id for id in old if id in had - passed),
        won=tuple(id for id in now if id in passed - had),
    )
