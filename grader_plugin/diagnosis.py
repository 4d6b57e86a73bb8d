"""Which known mistake explains what a learner's code answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .exercise import Misconception

Rehearse = Callable[[Misconception], bool]


def explain(known: Sequence[Misconception], rehearsals: Iterable[Rehearse]) -> Misconception | None:
    """The one mistake that answers as the learner's code did in every rehearsal; None if none does, or several do.

    Several that read alike count as one. `rehearsals` are made one by one, as long as more than one is left, and
    two in any case.
    """
    left = list(known)
    for number, rehearse in enumerate(rehearsals):
        if not left or (number > 1 and len({entry.diagnosis for entry in left}) == 1):
            break
        left = [entry for entry in left if rehearse(entry)]
    return left[0] if len({entry.diagnosis for entry in left}) == 1 else None
