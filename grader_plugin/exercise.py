"""What is graded, for how many points, after what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

CheckFunction = Callable[[Any], None]
Contract = Callable[..., None]

# A check that answers nothing for so long is stopped. A call on the largest graded input takes
# milliseconds; a training epoch about one second, five on a busy machine.
CALL_SECONDS = 10.0
TRAINING_SECONDS = 120.0


# The purpose of a worker's seed, in front of its check's: the code there can read it, and must not draw what a check draws.
WORKER = "worker:"


def derive_seed(seed: int, purpose: str) -> int:
    """A seed of its own for each purpose of a run: what else runs, and in which order, never changes an input."""
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Task:
    """One function or class that a learner writes.

    `returns` is the contract of every return value: called as `returns(value, name, arguments)`, raises
    CheckFailure. `forbids` are operators of the dispatcher ("aten::gelu") that its forward must not
    use. `needs` is a module that its calls will import, so that a process which has it already serves them.
    `hints` are two or three steps for a learner who asks, from a question to a formula, never the code.
    """

    name: str
    returns: Contract | None = None
    forbids: frozenset[str] = frozenset()
    needs: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """A known mistake as a program.

    `id` is stable and begins with the mistake's code ("G01-tanh-approximation"); `wrong` stands where the learner's
    function or class of the name `task` would; `diagnosis` says in one sentence what they did, `hint` asks or
    points, and neither gives the answer; `loses` is the name of the check that it must fail.
    """

    id: str
    task: str
    wrong: Callable[..., Any]
    diagnosis: str
    hint: str
    loses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInfo:
    """What can be known of a check without importing its rubric (JSON-able)."""

    exercise: str
    task: str
    name: str
    title: str
    points: int
    after: tuple[str, ...] = ()
    seconds: float = CALL_SECONDS
    needs: str = ""
    beside: bool = False

    @property
    def id(self) -> str:
        """`exercise::task::check`, unique in the lesson."""
        return f"{self.exercise}::{self.task}::{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseInfo:
    """What can be known of an exercise without importing its rubric (JSON-able).

    `hints` has the steps of each task, in the order in which they are given; `uses` names exercises whose functions are asked
    for as well.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    checks: tuple[CheckInfo, ...]
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The learner's file, relative to the submission."""
        return f"{self.name}.py"

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ExerciseInfo:
        """The inverse of `to_dict`; raises KeyError or TypeError for anything else."""
        checks = tuple(CheckInfo(**{**check, "after": tuple(check["after"])}) for check in data["checks"])
        hints = {task: tuple(data["hints"][task]) for task in data["hints"]}
        return cls(
            name=data["name"],
            title=data["title"],
            tasks=tuple(data["tasks"]),
            checks=checks,
            hints=hints,
            uses=tuple(data["uses"]),
        )


@dataclass(frozen=True, slots=True)
class Exercise:
    """One file of the lesson: its tasks, and the checks that `@exercise.check` gathers in order.

    `points` is what the checks are to add up to, which `grader verify` sees to; `uses` names other exercises whose functions
    the checks ask for, so that none is released without them.
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    points: int | None = None
    uses: tuple[str, ...] = ()
    _checks: dict[str, tuple[CheckInfo, CheckFunction]] = field(default_factory=dict, repr=False)

    def task(self, name: str) -> Task:
        """The task of that name; raises KeyError."""
        return {task.name: task for task in self.tasks}[name]

    def check(
        self,
        *,
        task: str,
        points: int,
        after: CheckFunction | tuple[CheckFunction, ...] = (),
        seconds: float = CALL_SECONDS,
        beside: bool = False,
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register a check: its name is the function's, its title the docstring's first line.

        `after` takes the functions of earlier checks of this exercise: if one of them did not pass, this one is
        blocked. `seconds` is the wall-clock deadline. A check that says `beside` may be graded in a second thread, beside
        others: it draws from generators of its own, seeded by `submission.seed`, never from the global ones. Raises
        ValueError or KeyError for what cannot be.
        """
        waits_for = after if isinstance(after, tuple) else (after,)
        needs = self.task(task).needs

        def register(function: CheckFunction) -> CheckFunction:
            name = function.__name__
            title = (function.__doc__ or "").strip().partition("\n")[0]
            if not title:
                raise ValueError(
                    f"Check {name!r} of {self.name!r} has no docstring: it is the sentence a learner reads"
                )
            if name in self._checks:
                raise ValueError(f"Check {name!r} is defined twice in {self.name!r}")
            if type(points) is not int or points < 1:
                raise ValueError(
                    f"Check {name!r} of {self.name!r} has {points!r} points, expected a whole number from 1"
                )
            info = CheckInfo(
                exercise=self.name,
                task=task,
                name=name,
                title=title,
                points=points,
                after=tuple(self._checks[earlier.__name__][0].name for earlier in waits_for),
                seconds=seconds,
                needs=needs,
                beside=beside,
            )
            self._checks[name] = (info, function)
            return function

        return register

    def function(self, name: str) -> CheckFunction:
        """The function of the check of that name; raises KeyError."""
        return self._checks[name][1]

    @property
    def info(self) -> ExerciseInfo:
        """What the plugin and the reports need to know, without torch.

        Checks stand in the order of the tasks, each task's in the order of definition.
        """
        order = [task.name for task in self.tasks]
        checks = sorted((info for info, _ in self._checks.values()), key=lambda info: order.index(info.task))
        hints = {task.name: task.hints for task in self.tasks}
        return ExerciseInfo(
            name=self.name,
            title=self.title,
            tasks=tuple(order),
            checks=tuple(checks),
            hints=hints,
            uses=self.uses,
        )
