"""Old submissions graded by the rubric as it is now: whose score a change would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import rubrics
from ..config import EXERCISES, is_notebook
from ..exercise import Exercise
from ..result import CheckResult, Grade, Status
from ..runner import Run
from ..sandbox import Sandbox
from .material import Unusable, load

SHOWN = 6


class ReplayError(ValueError):
    """Nothing can be compared; a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of a submission: its points in these exercises before and now, and the checks that ended in another way.

    `moved` are checks that pass as they did and count otherwise, with both numbers; `broken` says in which checks the
    rubric itself failed, and then the points say nothing.
    """

    name: str
    before: int
    now: int
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether all is as it was."""
        return self.before == self.now and not (self.lost or self.won or self.moved or self.broken)

    def __str__(self) -> str:
        if self.broken:
            return f"{self.name}: the rubric itself failed in {'; '.join(self.broken[:SHOWN])}"
        parts = [
            f"{word} {', '.join(checks[:SHOWN])}{', …' if len(checks) > SHOWN else ''}"
            for word, checks in (("loses", self.lost), ("wins", self.won), ("counts", self.moved))
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
    old = [
        (submission, path, _record(path)) for submission, path in found
    ]  # all of them before minutes of work
    for _, path, before in old:
        _seed(before, path)
        if not _graded(before, names):
            raise ReplayError(
                f"{path} has no result of {', '.join(names)}; which exercises were graded then?"
            )
    lesson = {name: _exercise(name) for name in rubrics.lesson()}
    with Sandbox() as sandbox:
        for submission, path, before in old:
            yield _replayed(_graded(before, names), submission, before, _seed(before, path), lesson, sandbox)


def _record(path: Path) -> Grade:
    try:
        return Grade.from_dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise ReplayError(f"{path} is no record of a grading ({reason})") from None


def _seed(before: Grade, path: Path) -> int:
    """What its inputs were drawn with."""
    seed = before.environment.get("seed") if isinstance(before.environment, Mapping) else None
    if not isinstance(seed, int) or isinstance(seed, bool):
        what = "has no seed" if seed is None else f"has the seed {seed!r}, which is no number"
        raise ReplayError(f"{path} {what}, so its inputs cannot be drawn again; grade that submission anew")
    return seed


def _graded(before: Grade, names: Sequence[str]) -> list[str]:
    """Those of the exercises that the record has results of."""
    has = {check.exercise for check in before.selected}
    return [name for name in names if name in has]


def _exercise(name: str) -> Exercise:
    try:
        return load(name)
    except Unusable as error:
        raise ReplayError(f"{error.finding.place}: {error.finding.what}") from None


def _replayed(
    names: Sequence[str],
    submission: Path,
    before: Grade,
    seed: int,
    lesson: Mapping[str, Exercise],
    sandbox: Sandbox,
) -> Difference:
    inner = submission / EXERCISES
    folder = inner if inner.is_dir() else submission
    run = Run(folder, folder.name, sandbox=sandbox, seed=seed, exercises=lesson, known=lambda _: ())
    old = {check.id: check for check in before.checks if check.exercise in names}
    checks = [check for name in names for check in lesson[name].info.checks]
    run.ahead(checks)
    now = {check.id: run.check(check.exercise, check.name) for check in checks}
    had, passed = _passed(old), _passed(now)
    broken: dict[str, str] = {}  # a check that waits for a broken one says the same
    for id, result in now.items():
        if result.status is Status.ERROR:
            told = result.message.removeprefix("The grader failed on this check (").removesuffix(")")
            broken.setdefault(told, f"{id} ({told})")
    return Difference(
        name=_name(submission),
        before=sum(check.score for check in old.values()),
        now=sum(result.score for result in now.values()),
        lost=tuple(id for id in old if id in had - passed),
        won=tuple(id for id in now if id in passed - had),
        moved=tuple(
            f"{id} {old[id].score} → {now[id].score}"
            for id in now
            if id in had & passed and old[id].score != now[id].score
        ),
        broken=tuple(broken.values()),
    )


def _passed(results: Mapping[str, CheckResult]) -> set[str]:
    return {id for id, result in results.items() if result.status is Status.PASSED}
