"""The record's frame: every check of the lesson, whatever ran, and what is needed to grade the same again."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from . import rubrics
from .exercise import CheckInfo, ExerciseInfo
from .inert import visible, visible_lines
from .result import CheckResult, ExerciseResult, Grade, Status

LINE_CAP = 480  # characters of a sentence; the longest of our own have some 300


def result_of(info: CheckInfo, status: Status, **words: Any) -> CheckResult:
    """A check's result in these words, which a learner's code may have chosen: of a bounded length, and in each line
    nothing but what can be seen.
    """
    told: dict[str, Any] = {}
    for key, word in words.items():
        if key in ("detail", "output"):
            word = visible_lines(word)
        elif key == "remarks":
            word = tuple(_line(remark) for remark in word)
        elif isinstance(word, str):
            word = _line(word)
        told[key] = word
    return CheckResult(
        id=info.id, task=info.task, title=info.title, max_score=info.points, status=status, **told
    )


def _line(text: str) -> str:
    shown = visible(text[: LINE_CAP + 1])
    return shown if len(shown) <= LINE_CAP else f"{shown[:LINE_CAP]}…"


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
    facts = {**facts, "flags": tuple(facts.get("flags", ()))}
    return Grade(exercises=exercises, **facts)


def environment(seed: int, isolation: str, confinement: Mapping[str, Any]) -> dict[str, Any]:
    """The versions, the rubrics' hash, the seed, and what held the workers."""
    return {
        "python": platform.python_version(),
        "torch": _version("torch"),
        "torchvision": _version("torchvision"),
        "kit": _version("pytest-gradient"),
        "rubrics": rubrics.digest(),
        "platform": platform.platform(),
        "seed": seed,
        "isolation": isolation,
        "confinement": dict(confinement),
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
