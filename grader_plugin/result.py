"""What a check found: the vocabulary every other module speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

Curve = Mapping[str, "list[float | None]"]

SCHEMA = "pytest-gradient/result/v1"


class Status(str, Enum):
    """How a check ended; `docs/results.md` says what each means."""

    PASSED = "passed"
    FAILED = "failed"
    TODO = "todo"
    BLOCKED = "blocked"
    NOT_RUN = "not_run"
    ERROR = "error"


class CheckFailure(Exception):
    """The submission is wrong: what a check raises, and what a learner reads.

    `message` is one sentence, what happened with its number; `detail` the numbers below it, a
    line each; `hint` one question or next step, never the answer; `where` a `file:line` of theirs;
    `curve` is for what a number says less well, as `exhibit.curve` makes it.
    """

    def __init__(
        self,
        message: str,
        *,
        detail: str = "",
        hint: str = "",
        where: str = "",
        curve: Curve | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint
        self.where = where
        self.curve: Curve = curve or {}


class LoadFailure(CheckFailure):
    """The learner's file cannot be loaded, or lacks the name: whatever the check was about to ask, it is told as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check's outcome. `seconds` is wall time; `remarks` cost nothing.

    A failed one shows its evidence: the learner's `code` at `where`, what their function `returned` last, and for
    some a `curve`: x, got and expected, numbers in lists of one length (expected may be empty).
    """

    id: str
    task: str
    title: str
    max_score: int
    status: Status
    message: str = ""
    detail: str = ""
    hint: str = ""
    misconception: str = ""
    diagnosis: str = ""
    where: str = ""
    waits_for: str = ""
    code: str = ""
    returned: str = ""
    curve: Curve = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    output: str = ""
    seconds: float = 0.0

    @property
    def score(self) -> int:
        """All or nothing: the points when passed, else 0."""
        return self.max_score if self.status is Status.PASSED else 0

    @property
    def exercise(self) -> str:
        """The exercise's name, the first part of the id."""
        return self.id.partition("::")[0]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, as `docs/results.md` fixes it."""
        data = {"id": self.id, "task": self.task, "status": self.status.value, "score": self.score}
        return {
            **data,
            **{key: value for key, value in asdict(self).items() if key not in data},
            "curve": {axis: list(numbers) for axis, numbers in self.curve.items()},
            "remarks": list(self.remarks),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CheckResult:
        """The inverse of `to_dict`; a stored `score` is ignored, it follows from the status."""
        known = {key: data[key] for key in cls.__slots__ if key in data}
        return cls(**{**known, "status": Status(data["status"]), "remarks": tuple(data.get("remarks", ()))})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseResult:
    """The results of all checks of one exercise, in the exercise's order."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]

    @property
    def score(self) -> int:
        """Points won."""
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> int:
        """Points on offer."""
        return sum(check.max_score for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The record of one run: every check of the lesson, whatever happened to it.

    `training` holds, for each network trained, its `losses` and `accuracy`; `files` the sha256 of the
    bytes that were graded; `environment` what is needed to grade the same again; `rehearsal` what other seeds said of what passed.
    """

    exercises: tuple[ExerciseResult, ...]
    authoritative: bool = False
    flags: tuple[str, ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    rehearsal: Mapping[str, Any] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Every check of the lesson, in order."""
        return tuple(check for exercise in self.exercises for check in exercise.checks)

    @property
    def selected(self) -> tuple[CheckResult, ...]:
        """The checks that ran."""
        return tuple(check for check in self.checks if check.status is not Status.NOT_RUN)

    @property
    def complete(self) -> bool:
        """Whether every check of the lesson was graded."""
        return len(self.selected) == len(self.checks)

    @property
    def score(self) -> int:
        """Points won."""
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> int:
        """Points on offer in the lesson, whatever was selected."""
        return sum(check.max_score for check in self.checks)

    @property
    def selected_max(self) -> int:
        """Points on offer in the checks that ran."""
        return sum(check.max_score for check in self.selected)

    @property
    def errors(self) -> tuple[CheckResult, ...]:
        """The checks on which the grader itself failed."""
        return tuple(check for check in self.checks if check.status is Status.ERROR)

    def reaches(self, percent: float) -> bool:
        """Whether checks ran, and the score is at least `percent` of their points."""
        return bool(self.selected) and self.score * 100 >= percent * self.selected_max

    def exit_status(self, percent: float = 100.0) -> int:
        """3 if the grader itself failed on a check, else 0 if the score reaches so many percent, else 1.

        A rehearsal that lost a check, or was not finished, is 1 too.
        """
        if self.errors or self.rehearsal.get("errors"):
            return 3
        told = self.rehearsal
        holds = not told or (not told["lost"] and len(told["seeds"]) == told.get("asked", len(told["seeds"])))
        return 0 if self.reaches(percent) and holds else 1

    def to_dict(self) -> dict[str, Any]:
        """The record, as `docs/results.md` fixes it."""
        partial = {} if self.complete else {"selected_score": self.score, "selected_max": self.selected_max}
        return {
            "schema": SCHEMA,
            "status": "complete" if self.complete else "partial",
            "authoritative": self.authoritative,
            "score": self.score,
            "max_score": self.max_score,
            **partial,
            "flags": list(self.flags),
            "exercises": [
                {
                    "name": exercise.name,
                    "title": exercise.title,
                    "score": exercise.score,
                    "max_score": exercise.max_score,
                    "checks": [check.to_dict() for check in exercise.checks],
                }
                for exercise in self.exercises
            ],
            "training": dict(self.training),
            "files": dict(self.files),
            "environment": dict(self.environment),
            "rehearsal": dict(self.rehearsal),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Grade:
        """The inverse of `to_dict`; raises ValueError for another schema."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"The record's schema is {data.get('schema')!r}, expected {SCHEMA!r}")
        return cls(
            exercises=tuple(
                ExerciseResult(
                    name=exercise["name"],
                    title=exercise["title"],
                    checks=tuple(CheckResult.from_dict(check) for check in exercise["checks"]),
                )
                for exercise in data["exercises"]
            ),
            authoritative=data["authoritative"],
            flags=tuple(data["flags"]),
            training=data["training"],
            files=data["files"],
            environment=data["environment"],
            rehearsal=data.get("rehearsal", {}),
        )


class StillToDo(Exception):
    """A call met the stub of the task that is being checked."""


class Blocked(Exception):
    """A call met something outside this task: another task's stub, or a file that cannot be loaded."""


class OutOfTime(Exception):
    """The run's own time is over, not the check's: nothing is known of the submission."""
