"""Which known mistakes explain what a learner's code answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .exercise import Misconception

Rehearse = Callable[[Misconception], bool]


def explain(
    known: Sequence[Misconception], rehearsals: Iterable[Rehearse], last: Rehearse | None = None
) -> tuple[Misconception, ...]:
    """The mistakes that answer as the learner's code did in every rehearsal.

    `rehearsals` are made one by one, as long as mistakes are left that read differently, and two in any case; then
    `last`, in any case. Without any there is nothing that speaks for a mistake.
    """
    left, number = list(known), 0
    for number, rehearse in enumerate(rehearsals, start=1):
        if not left or (number > 2 and read_alike(left)):
            break
        left = [entry for entry in left if rehearse(entry)]
    if last is not None:
        left = [entry for entry in left if last(entry)]
    return tuple(left) if number or last is not None else ()


def read_alike(entries: Sequence[Misconception]) -> bool:
    """Whether there are some, and a learner would read the same of each."""
    return len({entry.diagnosis for entry in entries}) == 1
