"""A release before it is written: its files composed, searched for answers, its exercises verified; what lies at its place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .. import rubrics
from . import gate, history, proof, release, requirements, traces, withheld
from .material import Finding
from .plan import APART, Plan

SHOWN = 20


class Refusal(Exception):
    """Nothing is released: a sentence, and the lines that say what was found."""

    def __init__(self, sentence: str, lines: Sequence[str]) -> None:
        super().__init__(sentence)
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What can be written: the learners' files by their paths, and those for a CI that has them elsewhere.

    `already` is what holds an answer at the place of an update, and is not of the release.
    """

    names: tuple[str, ...]
    files: Mapping[str, bytes]
    apart: Mapping[str, Mapping[str, bytes]]
    requirements: tuple[requirements.Requirement, ...]
    already: tuple[Finding, ...] = ()


def prepare(
    plan: Plan,
    here: Path,
    dest: Path,
    *,
    update: bool = False,
    on_progress: Callable[[str], object] = lambda _: None,
) -> Ready:
    """Compose, search, verify. Raises Refusal where an answer is found or an exercise does not hold, ValueError otherwise.

    A learner may have answers, and a history with them: at the place of an `update` they are told, and refuse nothing.
    """
    catalogue = rubrics.catalogue()
    lesson = release.find(plan, here, catalogue)
    files = release.compose(plan, lesson, catalogue)
    solutions = [
        withheld.Solution(name, path.read_text("utf-8"))
        for name, path in release.solutions(here, lesson).items()
    ]
    for solution in solutions:
        if line := withheld.given(solution):
            raise Refusal(
                f"{solution.name}.py tells the answer outside of its markers, so nothing was written",
                [f"solutions/{solution.name}.py:{line}"],
            )
    there = list(islice(_there(files, solutions, dest, look_at_files=update), SHOWN))
    found = [*islice(traces.search(files, solutions), SHOWN), *(() if update else there)]
    if found:
        lines = [line for one in found[:SHOWN] for line in (one.place, f"    {one.what}")]
        raise Refusal("The release would hold answers, so nothing was written", lines)
    _verify(lesson, on_progress)
    return Ready(
        names=tuple(lesson.solutions),
        files=files,
        apart={kind: release.compose_apart(plan, lesson, kind) for kind in plan.ci if kind in APART},
        requirements=requirements.of(lesson.solutions, plan.install),
        already=tuple(there) if update else (),
    )


def _there(
    files: Mapping[str, bytes], solutions: Sequence[withheld.Solution], dest: Path, *, look_at_files: bool
) -> Iterator[Finding]:
    """Answers in what lies at the place and is not of the release: files, and git's history."""
    for path in _files(dest) if look_at_files else ():
        name = path.relative_to(dest).as_posix()
        with contextlib.suppress(OSError):
            if (data := path.read_bytes()) != files.get(name):
                yield from traces.search({name: data}, solutions)
    yield from traces.search_history(history.blobs(dest), solutions)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a learner's repository, without its history, environments and data."""
    for home, folders, names in os.walk(folder):
        folders[:] = sorted(
            one
            for one in folders
            if one not in (".git", "data") and not Path(home, one, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(home, name)
            if path.is_file() and path.stat().st_size <= traces.SIZE_CAP:
                yield path


def _verify(lesson: release.Lesson, on_progress: Callable[[str], object]) -> None:
    """Each folder's exercises with its own solutions and variants, unless they are known to hold as they are."""
    places = [proof.place(name, path.parent.parent) for name, path in lesson.solutions.items()]
    unknown = [one for one in places if not proof.is_known(one)]
    if unknown:
        names = ", ".join(one.name for one in unknown)
        on_progress(f"Verifying {names}: minutes the first time, then nothing until they change")
    found = proof.examine(unknown, proof.SEEDS)
    if not found.holds:
        raise Refusal("An exercise does not hold, so nothing was written", list(gate.report(found)))
