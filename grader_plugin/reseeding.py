"""What passes by luck: the same checks with other inputs, before a grading of record draws its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .exercise import CheckInfo
from .result import Status
from .runner import Run

Begin = Callable[[int], Run]


def rehearse(begin: Begin, seeds: Iterable[int], checks: Iterable[CheckInfo]) -> Iterable[dict[str, Any]]:
    """After each seed what the record says so far: the `seeds` tried to the end, and for some checks' ids those under which
    it did not pass (`lost`), or the grader itself failed (`errors`). It ends with the first seed that the time did not last for.

    `begin` makes a run under a seed; `checks` are those that passed.
    """
    asked = list(checks)
    tried: list[int] = []
    found: dict[Status, dict[str, list[int]]] = {}
    for seed in seeds:
        run = begin(seed)
        run.ahead(asked)
        results = [run.check(info.exercise, info.name) for info in asked]
        if any(result.status is Status.NOT_RUN for result in results):
            return
        tried.append(seed)
        for result in results:
            if result.status is not Status.PASSED:
                kind = Status.ERROR if result.status is Status.ERROR else Status.FAILED
                found.setdefault(kind, {}).setdefault(result.id, []).append(seed)
        yield {
            "seeds": list(tried),
            "lost": dict(found.get(Status.FAILED, {})),
            "errors": dict(found.get(Status.ERROR, {})),
        }
