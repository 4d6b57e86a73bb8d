"""A release before it is written: its files composed, searched for answers, its exercises verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .. import rubrics
from . import gate, history, proof, release, traces
from .material import Finding

SHOWN = 20


class Refusal(Exception):
    """Nothing is released: a sentence, and the lines that say what was found."""

    def __init__(self, sentence: str, lines: Sequence[str]) -> None:
        super().__init__(sentence)
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What can be written: the learners' files by their paths, and those for a CI that has them elsewhere."""

    names: tuple[str, ...]
    files: Mapping[str, bytes]
    apart: Mapping[str, Mapping[str, bytes]]


def prepare(plan: release.Plan, here: Path, dest: Path) -> Ready:
    """Compose, search, verify. Raises Refusal where an answer is found or an exercise does not hold, ValueError otherwise."""
    catalogue = rubrics.catalogue()
    lesson = release.find(plan, here, catalogue)
    files = release.compose(plan, lesson, catalogue)
    solutions = [traces.Solution(name, path.read_text("utf-8")) for name, path in lesson.solutions.items()]
    found = list(islice(_answers(files, solutions, dest), SHOWN))
    if found:
        lines = [line for one in found for line in (one.place, f"    {one.what}")]
        raise Refusal("The release would hold answers, so nothing was written", lines)
    _verify(lesson)
    apart = {
        kind: release.compose_apart(plan, lesson, catalogue, kind)
        for kind in plan.ci
        if kind in release.APART
    }
    return Ready(names=tuple(lesson.solutions), files=files, apart=apart)


def _answers(
    files: Mapping[str, bytes], solutions: Sequence[traces.Solution], dest: Path
) -> Iterator[Finding]:
    yield from traces.search(files, solutions)
    yield from traces.search_history(history.blobs(dest), solutions)


def _verify(lesson: release.Lesson) -> None:
    """Each folder's exercises with its own solutions and variants, unless they are known to hold as they are."""
    places = [proof.place(name, path.parent.parent) for name, path in lesson.solutions.items()]
    found = proof.examine([one for one in places if not proof.is_known(one)], proof.SEEDS)
    if not found.holds:
        raise Refusal("An exercise does not hold, so nothing was written", list(gate.report(found)))
