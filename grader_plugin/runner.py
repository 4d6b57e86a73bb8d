"""The order of work: a check in its own process, after the checks that it waits for, into a result."""

from __future__ import annotations

import math
import random
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy
import torch
from torch.autograd.gradcheck import GradcheckError

from . import misconceptions, mnist, rubrics
from .admission import Admitted, admit
from .config import Authority
from .conversation import Conversation, Lesson, OnStep, SiblingDied, Step
from .diagnosis import explain, read_alike
from .exercise import CALL_SECONDS, WORKER, CheckInfo, Exercise, Misconception, derive_seed
from .record import assemble, environment, result_of
from .rehearsal import Answer, Diverged, Rehearsal
from .result import Blocked, CheckFailure, CheckResult, Grade, OutOfTime, Status, StillToDo
from .sandbox import PER_CHECK, Confinement, Sandbox, SandboxError
from .submission import Submission

ERROR_CAP = 4096
ASK_SECONDS = 2.0  # for questions that only a diagnosis asks; a learner waits for them
PROBE = "probe"  # where a check's name stands
LOOK_SECONDS = 0.1  # how often a training run that is waited for is asked where it is

Graded = tuple[CheckResult, dict[str, Any], dict[str, bytes]]  # what was told of training, and images


class Run:
    """One grading of one submission: the sandbox, what was admitted, and each check's result, made once.

    `training` has the curves of the networks trained so far, `plots` the learner's figures as PNG: `tour`, `losses`;
    `answers` what the learner's code answered in each check, by its id.
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
        known: Callable[[str], Sequence[Misconception]] = misconceptions.load,
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
        self.answers: dict[str, list[Answer]] = {}
        self._rehearsed: dict[tuple[str, str], Status | None] = {}
        self._lesson: Lesson | None = None
        self._dead: dict[str, Admitted] = {}
        self._ahead: dict[str, Future[Graded]] = {}
        self.step: Step | None = None  # of a training run that was begun ahead

    @property
    def exercises(self) -> Mapping[str, Exercise]:
        """The lesson, its rubrics imported."""
        if self._exercises is None:
            self._exercises = {name: rubrics.load(name) for name in rubrics.LESSON}
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

    def ahead(self, checks: Iterable[CheckInfo]) -> None:
        """Begin with those of these checks that say `beside`, on a second core, while others are asked for."""
        beside = [info for info in checks if info.beside]
        if not beside or self.sandbox.isolation != PER_CHECK:
            return
        _ = self.lesson  # made here, before two threads ask for it
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
        files = {f"{name}.py": file.digest for name, file in self.lesson.files.items() if file.digest}
        try:
            held = self.sandbox.confinement()
        except SandboxError:  # then no check was graded, and each says so
            held = Confinement()
        return {
            "files": files,
            "environment": environment(self.seed, self.sandbox.isolation, held.to_dict()),
            "authoritative": self._authority is not None,
            "flags": [*(self._authority.flags if self._authority else ()), *held.flags],
        }

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
                self._rehearsed.clear()  # held against answers that are given anew

    def _attempt(self, info: CheckInfo) -> Graded:
        _seed(derive_seed(self.seed, info.id))
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
            told = _judge(self.exercises[info.exercise].function(info.name), submission)
            if told["status"] is Status.PASSED:
                told = _judge(Submission.settle, submission)
        finally:
            output = submission.finish()
        self.answers[info.id] = submission.answers
        seconds = round(time.perf_counter() - started, 4)
        remarks = tuple(submission.remarks)
        result = result_of(info, **told, remarks=remarks, output=output, seconds=seconds)
        return result, training, submission.plots

    def _submission(
        self, info: CheckInfo, training: dict[str, Any], on_step: OnStep | None = None
    ) -> Submission:
        # A file that another one's loading is said to have died of is left out there; its own checks ask it themselves.
        dead = {name: file for name, file in self._dead.items() if name != info.exercise}
        lesson = replace(self.lesson, files={**self.lesson.files, **dead})
        conversation = Conversation(
            lesson, self.sandbox, info, self.seed, on_step, threads=self._threads, ends=self._ends
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

    def _data(self) -> tuple[mnist.Split, mnist.Split]:
        """MNIST; for a grading of record its bytes are held against their checksums, whoever can write the copy."""
        authority = self._authority
        return mnist.load(verify=authority is not None, source=authority.data if authority else None)

    def _diagnosis(self, info: CheckInfo) -> dict[str, Any]:
        """The known mistake that explains a failed check, in the words of a result; nothing if none does."""
        found = self.suspects(info)
        if not read_alike(found):
            return {}
        return {"misconception": found[0].id, "diagnosis": found[0].diagnosis, "hint": found[0].hint}

    def suspects(self, info: CheckInfo) -> tuple[Misconception, ...]:
        """The known mistakes that explain a failed check; none where an answer was cut short, or none came."""
        if not self.answers[info.id] or self.is_cut(info):
            return ()
        checks = self.exercises[info.exercise].info.checks
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
        exercise = self.exercises[info.exercise]
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
        submission = self._submission(info, {})
        _seed(derive_seed(self.seed, info.id))
        try:
            _judge(function, submission)
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
        if key not in self._rehearsed:
            self._rehearsed[key] = self._outcome(
                info, entry, calls or self.exercises[info.exercise].function(info.name)
            )
        status = self._rehearsed[key]
        return status is not None and (not fails or status is Status.FAILED)

    def _outcome(self, info: CheckInfo, entry: Misconception, calls: Callable[[Any], None]) -> Status | None:
        """How the mistake ends in a check; None where it answers otherwise than the learner's code did."""
        seed = derive_seed(self.seed, info.id)
        theirs = derive_seed(self.seed, f"{WORKER}{info.id}")
        rehearsal = Rehearsal(entry, self.answers[info.id], info.exercise, theirs)
        maps_memory = self.sandbox.isolation == PER_CHECK
        submission = Submission(
            self.lesson, rehearsal, info, seed=self.seed, memo={}, training={}, maps_memory=maps_memory
        )
        _seed(seed, theirs)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                told = _judge(calls, submission)
        except Diverged:
            return None
        status: Status = told["status"]
        return status if rehearsal.is_complete else None


def _is_slow(info: CheckInfo) -> bool:
    """Whether hundreds of steps are made in the check; an epoch for each mistake would take minutes."""
    return info.seconds > CALL_SECONDS


def _judge(function: Callable[[Any], None], submission: Submission) -> dict[str, Any]:
    """Run a check: its status and words."""
    try:
        function(submission)
    except StillToDo as error:
        return {"status": Status.TODO, "message": str(error)}
    except Blocked as error:
        return {"status": Status.BLOCKED, "message": str(error)}
    except OutOfTime:
        return {"status": Status.NOT_RUN}
    except CheckFailure as failure:
        return _failed(failure, submission)
    except (AssertionError, GradcheckError) as error:
        first, _, more = str(error).partition("\n")
        return _failed(
            CheckFailure(first or "What the check asserts does not hold", detail=more[:ERROR_CAP]), submission
        )
    except (SiblingDied, Diverged):
        raise
    except Exception as error:  # whatever else a check raises is the grader's fault, and is said to be
        if submission.cut and "does not require grad" in str(error):
            hint = "Does .item(), .detach(), .data or .numpy() stand between the input and the result?"
            return _failed(
                CheckFailure(f"{submission.cut} has no gradient path back to its input", hint=hint),
                submission,
            )
        return _error(error)
    return {"status": Status.PASSED}


def _failed(failure: CheckFailure, submission: Submission) -> dict[str, Any]:
    where = failure.where or submission.place()
    return {
        "status": Status.FAILED,
        "message": failure.message,
        "detail": failure.detail,
        "hint": failure.hint,
        "where": where,
        "code": submission.code(where),
        "returned": submission.returned,
        "curve": failure.curve,
    }


def _error(error: Exception) -> dict[str, Any]:
    if isinstance(error, SandboxError):
        return {"status": Status.ERROR, "message": str(error)}
    lines = traceback.format_exception(error)
    return {
        "status": Status.ERROR,
        "message": f"The grader failed on this check ({type(error).__name__}: {error})",
        "detail": "".join(lines)[-ERROR_CAP:],
    }


def _seed(seed: int, theirs: int | None = None) -> None:
    """Seed torch, which a check draws from, and the others, from which only code in the learner's place does."""
    torch.default_generator.manual_seed(seed)
    others = seed if theirs is None else theirs
    numpy.random.seed(others % 2**32)
    random.seed(others)


def grade(run: Run) -> Grade:
    """Grade the whole lesson: the record."""
    lesson = [exercise.info for exercise in run.exercises.values()]
    run.ahead(check for info in lesson for check in info.checks)
    results = (run.check(info.name, check.name) for info in lesson for check in info.checks)
    return assemble(lesson, {result.id: result for result in results}, training=run.training, **run.facts)
