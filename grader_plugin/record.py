"""The record's frame: every check of the lesson, whatever ran, and what is needed to grade the same again."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from . import rubrics
from .exercise import CheckInfo, ExerciseInfo
from .result import CheckResult, ExerciseResult, Grade, Status


def result_of(info: CheckInfo, status: Status, **words: Any) -> CheckResult:
    """A check's result in these words; half a surrogate pair, which no file can hold, becomes an escape."""
    told: dict[str, Any] = {
        key: _encodable(word) if isinstance(word, str) else word for key, word in words.items()
    }
    return CheckResult(
        id=info.id, task=info.task, title=info.title, max_score=info.points, status=status, **told
    )


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def assemble(lesson: Iterable[ExerciseInfo], results: Mapping[str, CheckResult], **facts: Any) -> Grade:
    """Every check of the lesson: `not_run` where there is no result. `facts` are the other fields of Grade."""
    exercises = tuple(
        ExerciseResult(
            name=info.name,
            title=info.title,
            checks=tuple(results.get(check.id) or result_of(check, Status.NOT_RUN) for check in info.checks),
        )
        for info in lesson
    )
    return Grade(exercises=exercises, **facts)


def environment(seed: int, isolation: str) -> dict[str, Any]:
    """The versions, the rubrics' hash and the seed."""
    return {
        "python": platform.python_version(),
        "torch": _version("torch"),
        "torchvision": _version("torchvision"),
        "kit": _version("pytest-gradient"),
        "rubrics": rubrics.digest(),
        "platform": platform.platform(),
        "seed": seed,
        "isolation": isolation,
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
