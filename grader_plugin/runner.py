"""The order of work: a check in its own process, after the checks that it waits for, into a result."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from . import misconceptions, mnist, rubrics
from .admission import Admitted, admit
from .config import Authority
from .conversation import Conversation, OnStep, SiblingDied, Step, WorkerLost
from .diagnosis import read_alike
from .exercise import CheckInfo, Exercise, derive_seed
from .investigation import Investigation, Known
from .judging import judge, seed_all
from .lesson import Lesson
from .record import assemble, environment, result_of
from .rehearsal import Rehearsal
from .result import CheckResult, Grade, Status
from .sandbox import PER_CHECK, Confinement, Sandbox, SandboxError
from .submission import Submission

LOOK_SECONDS = 0.1  # how often a training run that is waited for is asked where it is

Graded = tuple[CheckResult, dict[str, Any], dict[str, bytes]]  # what was told of training, and images


class Run:
    """One grading of one submission: the sandbox, what was admitted, and each check's result, made once.

    `training` has the curves of the networks trained so far, `plots` the learner's figures as PNG: `tour`, `losses`.
    """

    def __init__(
        self,
        folder: Path,
        display: str,
        *,
        sandbox: Sandbox,
        seed: int = 0,
        hints: int = 2,
        on_step: OnStep | None = None,
        exercises: Mapping[str, Exercise] | None = None,
        known: Known = misconceptions.load,
        threads: int = 1,
        time_limit: float = math.inf,
        authority: Authority | None = None,
    ) -> None:
        """`exercises` is the lesson; by default the kit's own, whose rubrics are imported when they are needed.

        `hints` is how much is told beside what happened: 0 nothing, 1 the diagnosis, 2 the hint too. `known` gives the
        mistakes that are looked for in an exercise; `threads` is what each worker computes with. After `time_limit`
        seconds what has no result yet stays `not_run`. `authority` is there for a grading of record.
        """
        self.sandbox = sandbox
        self.seed = seed
        self.training: dict[str, Any] = {}
        self.plots: dict[str, bytes] = {}
        self._hints = hints
        self._folder = folder
        self._display = display
        self._on_step = on_step
        self._exercises = exercises
        self._known = known
        self._threads = threads
        self._ends = time.monotonic() + time_limit
        self._authority = authority
        self._results: dict[str, CheckResult] = {}
        self._memos: dict[str, dict[str, Any]] = {}
        self._lesson: Lesson | None = None
        self._dead: dict[str, Admitted] = {}
        self._lost: set[str] = set()
        self._ahead: dict[str, Future[Graded]] = {}
        self.step: Step | None = None  # of a training run that was begun ahead

    @property
    def exercises(self) -> Mapping[str, Exercise]:
        """The lesson, its rubrics imported."""
        if self._exercises is None:
            self._exercises = {name: rubrics.load(name) for name in rubrics.lesson()}
        return self._exercises

    @property
    def lesson(self) -> Lesson:
        """What every check's submission shares."""
        if self._lesson is None:
            tasks = {
                task.name: (name, task)
                for name, exercise in self.exercises.items()
                for task in exercise.tasks
            }
            files = admit(self._folder, self.exercises, self._display, follow=self._authority is None)
            self._lesson = Lesson(tasks, files, self._display)
        return self._lesson

    @cached_property
    def investigation(self) -> Investigation:
        """Why checks fail, by what was answered in them."""
        return Investigation(
            self.exercises, self._known, self._questioned, seed=self.seed, threads=self._threads
        )

    def ahead(self, checks: Iterable[CheckInfo]) -> None:
        """Begin with those of these checks that say `beside`, on a second core, while others are asked for."""
        beside = [info for info in checks if info.beside]
        if not beside or self.sandbox.isolation != PER_CHECK:
            return
        _ = self.lesson, self.investigation  # made here, before two threads ask for them
        pool = ThreadPoolExecutor(max_workers=1)
        for info in beside:
            self._ahead[info.id] = pool.submit(self._run, info, self._keep_step)
            self._ahead[info.id].add_done_callback(lambda _: self._keep_step(None))
        pool.shutdown(wait=False)

    def check(self, exercise: str, name: str) -> CheckResult:
        """The result of a check, which is graded when it is asked for first, or was begun ahead."""
        info = next(info for info in self.exercises[exercise].info.checks if info.name == name)
        if info.id not in self._results:
            self._results[info.id] = self._late(info) or self._waits(info) or self._grade(info)
        return self._results[info.id]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the record says of the files and of the machine."""
        files = {Path(file.shown).name: file.digest for file in self.lesson.files.values() if file.digest}
        notes = [
            self.lesson.shown(f"{self.lesson.path(name)}: {note}")
            for name, file in self.lesson.files.items()
            for note in (file.notebook.notes if file.notebook else ())
        ]
        try:
            held = self.sandbox.confinement()
        except SandboxError:  # then no check was graded, and each says so
            held = Confinement()
        return {
            "files": files,
            "environment": environment(self.seed, self.sandbox.isolation, held.to_dict()),
            "authoritative": self._authority is not None,
            "flags": [
                *(self._authority.flags if self._authority else ()),
                *held.flags,
                *dict.fromkeys(notes),
            ],
        }

    def absent(self, names: Sequence[str]) -> str:
        """That files of these exercises are not there, in a sentence; nothing if all are, or a learner's own run asks."""
        missing = [name for name in names if self.lesson.files[name].missing]
        if not missing or self._authority is None:
            return ""
        if len(missing) == len(names):
            return f"There is no file of the lesson in {self._display}; is it the folder that holds them?"
        there = " ".join(f"--exercise {name}" for name in names if name not in missing)
        return f"{len(missing)} of {len(names)} exercises have no file in {self._display}; if only the others were handed out, add {there}"

    def _late(self, info: CheckInfo) -> CheckResult | None:
        """No result of a check that would begin after the run's end; what was begun ahead may be there."""
        over = time.monotonic() >= self._ends and info.id not in self._ahead
        return result_of(info, Status.NOT_RUN) if over else None

    def _waits(self, info: CheckInfo) -> CheckResult | None:
        """The result of a check that comes `after` one that did not pass."""
        for name in info.after:
            earlier = self.check(info.exercise, name)
            if earlier.status is Status.PASSED:
                continue
            if earlier.status is Status.NOT_RUN:
                return result_of(info, Status.NOT_RUN)
            if earlier.status is Status.ERROR:  # never a silent zero, also where only this one was selected
                return result_of(info, Status.ERROR, message=earlier.message, detail=earlier.detail)
            if earlier.status is Status.TODO and earlier.task == info.task:
                return result_of(info, Status.TODO, message=earlier.message)
            words = {
                "message": f"Waits for a check that did not pass: {earlier.title}",
                "waits_for": earlier.id,
            }
            return result_of(info, Status.BLOCKED, **words)
        return None

    def _grade(self, info: CheckInfo) -> CheckResult:
        while True:
            try:
                future = self._ahead.pop(info.id, None)
                result, training, plots = self._attempt(info) if future is None else self._await(future)
                if result.status is Status.FAILED:
                    result = replace(result, **self._diagnosis(info))
                result = replace(
                    result,
                    diagnosis=result.diagnosis if self._hints > 0 else "",
                    hint=result.hint if self._hints > 1 else "",
                )
                self.training.update(training)
                self.plots.update(plots)
                return result
            except SiblingDied as died:  # at most once for each file of the lesson
                trouble = f"{self.lesson.path(died.module)} {died.how}"
                self._dead[died.module] = replace(self.lesson.files[died.module], trouble=trouble)
                self.investigation.forget()
            except WorkerLost:  # at most once for each check
                self._lost.add(info.id)

    def _attempt(self, info: CheckInfo) -> Graded:
        seed_all(derive_seed(self.seed, info.id))
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # a project's "error" must not turn a warning into a verdict
            return self._run(info, self._on_step)

    def _await(self, future: Future[Graded]) -> Graded:
        while True:
            try:
                return future.result(timeout=LOOK_SECONDS)
            except FutureTimeoutError:
                if self._on_step and self.step:
                    self._on_step(self.step)

    def _keep_step(self, step: Step | None) -> None:
        """From the other thread, which must not write to the terminal."""
        self.step = step

    def _run(self, info: CheckInfo, on_step: OnStep | None) -> Graded:
        training: dict[str, Any] = {}
        started = time.perf_counter()
        submission = self._submission(info, training, on_step)
        output = ""
        try:
            told = judge(self.exercises[info.exercise].function(info.name), submission)
            if told["status"] is Status.PASSED:
                told = judge(Submission.settle, submission)
        finally:
            output = submission.finish()
        self.investigation.answers[info.id] = submission.answers
        seconds = round(time.perf_counter() - started, 4)
        remarks = tuple(submission.remarks)
        told = {
            key: self.lesson.shown(word) if isinstance(word, str) and key != "code" else word
            for key, word in told.items()
        }
        result = result_of(info, **told, remarks=remarks, output=self.lesson.shown(output), seconds=seconds)
        return result, training, submission.plots

    def _submission(
        self, info: CheckInfo, training: dict[str, Any], on_step: OnStep | None = None
    ) -> Submission:
        # A file that another one's loading is said to have died of is left out there; its own checks ask it themselves.
        dead = {name: file for name, file in self._dead.items() if name != info.exercise}
        lesson = replace(self.lesson, files={**self.lesson.files, **dead})
        conversation = Conversation(
            lesson,
            self.sandbox,
            info,
            self.seed,
            on_step,
            threads=self._threads,
            ends=self._ends,
            is_again=info.id in self._lost,
        )
        memo = self._memos.setdefault(info.exercise, {})
        return Submission(
            lesson,
            conversation,
            info,
            seed=self.seed,
            memo=memo,
            training=training,
            trained=self.training,
            maps_memory=self.sandbox.isolation == PER_CHECK,
            data=self._data,
        )

    def _questioned(self, info: CheckInfo, rehearsal: Rehearsal | None) -> Submission:
        """For questions that count for nothing, to a worker or to a known mistake in its place."""
        if rehearsal is None:
            return self._submission(info, {})
        maps_memory = self.sandbox.isolation == PER_CHECK
        return Submission(
            self.lesson, rehearsal, info, seed=self.seed, memo={}, training={}, maps_memory=maps_memory
        )

    def _data(self) -> tuple[mnist.Split, mnist.Split]:
        """MNIST; for a grading of record its bytes are held against their checksums, whoever can write the copy."""
        authority = self._authority
        return mnist.load(verify=authority is not None, source=authority.data if authority else None)

    def _diagnosis(self, info: CheckInfo) -> dict[str, Any]:
        """The known mistake that explains a failed check, in the words of a result; nothing if none does."""
        found = self.investigation.suspects(info)
        if not read_alike(found):
            return {}
        return {"misconception": found[0].id, "diagnosis": found[0].diagnosis, "hint": found[0].hint}


def grade(run: Run) -> Grade:
    """Grade the whole lesson: the record."""
    lesson = [exercise.info for exercise in run.exercises.values()]
    run.ahead(check for info in lesson for check in info.checks)
    results = (run.check(info.name, check.name) for info in lesson for check in info.checks)
    return assemble(lesson, {result.id: result for result in results}, training=run.training, **run.facts)
