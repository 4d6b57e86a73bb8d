"""What passes by luck: the same checks with other inputs, before a grading of record draws its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .exercise import CheckInfo
from .result import Status
from .runner import Run

Begin = Callable[[int], Run]


def rehearse(begin: Begin, seeds: Sequence[int], checks: Iterable[CheckInfo]) -> Iterator[dict[str, Any]]:
    """Before the first and after each seed what the record says so far: how many are `asked`, the `seeds` tried to the end, and
    for some checks' ids those under which it did not pass (`lost`), or the grader itself failed (`errors`).

    It ends with the first seed that the time did not last for. `begin` makes a run under a seed; `checks` are those that passed. A
    check that only waits for another of them is not lost: that one is.
    """
    asked = list(checks)
    ids = {info.id for info in asked}
    tried: list[int] = []
    found: dict[Status, dict[str, list[int]]] = {Status.FAILED: {}, Status.ERROR: {}}
    yield _told(seeds, tried, found)
    for seed in seeds:
        run = begin(seed)
        run.ahead(asked)
        results = [run.check(info.exercise, info.name) for info in asked]
        if any(result.status is Status.NOT_RUN for result in results):
            return
        tried.append(seed)
        for result in results:
            if result.status is not Status.PASSED and result.waits_for not in ids:
                kind = Status.ERROR if result.status is Status.ERROR else Status.FAILED
                found[kind].setdefault(result.id, []).append(seed)
        yield _told(seeds, tried, found)


def _told(
    seeds: Sequence[int], tried: list[int], found: dict[Status, dict[str, list[int]]]
) -> dict[str, Any]:
    lost, errors = (dict(found[kind]) for kind in (Status.FAILED, Status.ERROR))
    return {"asked": len(seeds), "seeds": list(tried), "lost": lost, "errors": errors}
