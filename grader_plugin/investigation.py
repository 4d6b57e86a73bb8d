"""Why a check failed: the known mistakes that answer its questions as the learner's code did."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from . import misconceptions
from .diagnosis import explain
from .exercise import CALL_SECONDS, WORKER, CheckInfo, Exercise, Misconception, derive_seed
from .judging import judge, seed_all
from .rehearsal import Answer, Diverged, Rehearsal
from .result import Status
from .submission import Submission

ASK_SECONDS = 2.0  # for questions that only a diagnosis asks; a learner waits for them
PROBE = "probe"  # where a check's name stands

Known = Callable[[str], Sequence[Misconception]]


class Investigation:
    """Of one run: `answers` has what the learner's code answered in each check, by its id."""

    def __init__(
        self,
        exercises: Mapping[str, Exercise],
        known: Known,
        submission: Callable[[CheckInfo, Rehearsal | None], Submission],
        *,
        seed: int,
        threads: int,
    ) -> None:
        """`submission` makes what a check is performed on: a worker answers, or a rehearsal in its place."""
        self.answers: dict[str, list[Answer]] = {}
        self._exercises = exercises
        self._known = known
        self._submission = submission
        self._seed = seed
        self._threads = threads
        self._outcomes: dict[tuple[str, str], Status | None] = {}

    def forget(self) -> None:
        """Compare anew: what the answers were held against is given anew."""
        self._outcomes.clear()

    def suspects(self, info: CheckInfo) -> tuple[Misconception, ...]:
        """The known mistakes that explain a failed check; none where an answer was cut short, or none came."""
        if not self.answers[info.id] or self.is_cut(info):
            return ()
        checks = self._exercises[info.exercise].info.checks
        # An epoch is not rehearsed: what other checks would have lost is not what it was lost for.
        losing = {check.name for check in checks if check.beside} if info.beside else {info.name}
        known = [
            entry
            for entry in self._known(info.exercise)
            if entry.loses in losing or (entry.task == info.task and not info.beside)
        ]
        threads = torch.get_num_threads()
        try:
            torch.set_num_threads(self._threads)  # as a worker: hundreds of steps repeat only bit by bit
            last = partial(self._rehearse, info, True) if _is_slow(info) and not info.beside else None
            return explain(known, self._rehearsals(info), last)
        finally:
            torch.set_num_threads(threads)

    def _rehearsals(self, info: CheckInfo) -> Iterator[Callable[[Misconception], bool]]:
        """What the task's mistakes differ in, the failed check, the task's others in their order, quick ones first.

        A slow check that failed is not among them: it comes when few mistakes are left.
        """
        exercise = self._exercises[info.exercise]
        same = [
            other
            for other in exercise.info.checks
            if other.task == info.task and other.id != info.id and not other.beside
        ]
        calls = misconceptions.probe(info.exercise, info.task)
        if calls is not None:
            probe = replace(info, name=PROBE, seconds=ASK_SECONDS)
            if not self._ask(probe, calls):
                yield lambda entry: False
                return
            yield partial(self._rehearse, probe, False, calls=calls)
        if not _is_slow(info):
            yield partial(self._rehearse, info, True)
        for other in sorted(same, key=_is_slow):
            if not _is_slow(other) or other.id in self.answers:
                if not self._ask(replace(other, seconds=ASK_SECONDS), exercise.function(other.name)):
                    yield lambda entry: False
                    return
                yield partial(self._rehearse, other, False)

    def _ask(self, info: CheckInfo, function: Callable[[Any], None]) -> bool:
        """Have the learner's code answer questions that count for nothing, unless it did; whether it answered all."""
        if info.id in self.answers:
            return not self.is_cut(info)
        submission = self._submission(info, None)
        seed_all(derive_seed(self._seed, info.id))
        try:
            judge(function, submission)
        finally:
            submission.finish()
        self.answers[info.id] = submission.answers
        return not self.is_cut(info)

    def is_cut(self, info: CheckInfo) -> bool:
        """Whether an answer was cut short in a check: the process died, took too long, or said too much."""
        return any(answer.is_cut for answer in self.answers.get(info.id, ()))

    def _rehearse(
        self,
        info: CheckInfo,
        fails: bool,
        entry: Misconception,
        *,
        calls: Callable[[Any], None] | None = None,
    ) -> bool:
        """Whether the mistake answers a check's questions as the learner's code did, and fails it if it has to."""
        key = info.id, entry.id
        if key not in self._outcomes:
            self._outcomes[key] = self._outcome(
                info, entry, calls or self._exercises[info.exercise].function(info.name)
            )
        status = self._outcomes[key]
        return status is not None and (not fails or status is Status.FAILED)

    def _outcome(self, info: CheckInfo, entry: Misconception, calls: Callable[[Any], None]) -> Status | None:
        """How the mistake ends in a check; None where it answers otherwise than the learner's code did."""
        seed = derive_seed(self._seed, info.id)
        theirs = derive_seed(self._seed, f"{WORKER}{info.id}")
        rehearsal = Rehearsal(entry, self.answers[info.id], info.exercise, theirs)
        submission = self._submission(info, rehearsal)
        seed_all(seed, theirs)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                told = judge(calls, submission)
        except Diverged:
            return None
        status: Status = told["status"]
        return status if rehearsal.is_complete else None


def _is_slow(info: CheckInfo) -> bool:
    """Whether hundreds of steps are made in the check; an epoch for each mistake would take minutes."""
    return info.seconds > CALL_SECONDS
