"""What a learner has reached: XP, levels and achievements, all of it a function of a set of events."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone, tzinfo
from functools import cached_property

from .event import Event, stamp
from .exercise import CheckInfo, ExerciseInfo
from .result import CheckResult, Grade, Status

Lesson = Sequence[ExerciseInfo]

XP_PER_POINT = 4
LEVEL_XP = 120
LEVELS = ("Curious", "Activated", "Layered", "Converged", "Generalizing", "Attentive")


@dataclass(frozen=True)  # no slots, where nothing could be kept that was counted once
class Progress:
    """What a set of events amounts to. `notes` are sentences about what was left out when the set was read."""

    events: frozenset[Event] = frozenset()
    notes: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def points(self) -> Mapping[str, int]:
        """The points of each check that has passed, by its id: the largest number among its events."""
        best: dict[str, int] = {}
        for event in self.events:
            if event.kind == "passed":
                best[event.subject] = max(event.points, best.get(event.subject, 0))
        return best

    @cached_property
    def failed(self) -> frozenset[str]:
        """The ids of the checks that have failed once."""
        return frozenset(event.subject for event in self.events if event.kind == "failed")

    @cached_property
    def hints(self) -> Mapping[str, int]:
        """How many steps were taken, by `exercise::task`."""
        steps: dict[str, int] = {}
        for event in self.events:
            if event.kind == "hint":
                steps[event.subject] = max(event.step, steps.get(event.subject, 0))
        return steps

    @cached_property
    def shown(self) -> frozenset[str]:
        """The ids of the checks for which a report had a hint."""
        return frozenset(event.subject for event in self.events if event.kind == "shown")

    def hints_for(self, check: CheckInfo | CheckResult) -> int:
        """How many hints a learner has seen for a check: those taken for its task, and a report's."""
        return self.hints.get(f"{check.exercise}::{check.task}", 0) + (check.id in self.shown)

    @cached_property
    def without_hint(self) -> frozenset[str]:
        """The ids of the checks that passed before a hint for them was seen."""
        return frozenset(event.subject for event in self.events if event.kind == "passed" and not event.hints)

    @property
    def xp(self) -> int:
        """Of all checks that have passed, each once."""
        return XP_PER_POINT * sum(self.points.values())

    @property
    def own_xp(self) -> int:
        """The XP of the checks that passed before a hint for them was seen."""
        return XP_PER_POINT * sum(self.points[check] for check in self.without_hint)

    def xp_of(self, exercise: str) -> int:
        """Of the checks of one exercise."""
        own = (points for name, points in self.points.items() if name.startswith(f"{exercise}::"))
        return XP_PER_POINT * sum(own)

    @property
    def level(self) -> int:
        """From 0."""
        return self.xp // LEVEL_XP

    @property
    def level_name(self) -> str:
        """Beyond the last name: the last."""
        return level_name(self.level)

    @property
    def next_level_name(self) -> str:
        """Whether the lesson holds enough points for it, `highest_level` knows."""
        return level_name(self.level + 1)

    @property
    def to_next(self) -> int:
        """The XP that the next level is away."""
        return LEVEL_XP - self.xp % LEVEL_XP

    def adding(self, events: Iterable[Event]) -> Progress:
        """This progress and those events."""
        return Progress(self.events | frozenset(events), self.notes)


def level_name(level: int) -> str:
    """The name of a level from 0 on."""
    return LEVELS[min(level, len(LEVELS) - 1)]


def highest_level(lesson: Lesson) -> int:
    """The level that all points of the lesson make."""
    return lesson_xp(lesson) // LEVEL_XP


def standing(progress: Progress, lesson: Lesson) -> str:
    """The level, and how far the next is, if the lesson has one. XP from elsewhere may have led beyond it."""
    told, highest = f"level {progress.level}, {progress.level_name}", highest_level(lesson)
    if progress.level < highest:
        return f"{told}; {progress.to_next} XP to {progress.next_level_name}"
    return f"{told}, the highest of this lesson" if progress.level == highest > 0 else told


def xp_standing(progress: Progress, lesson: Lesson) -> str:
    """The XP, and how many the lesson has, unless it has fewer."""
    total = lesson_xp(lesson)
    return f"{progress.xp} of {total} XP" if progress.xp <= total else f"{progress.xp} XP"


def lesson_xp(lesson: Lesson) -> int:
    """The XP of all points of the lesson."""
    return XP_PER_POINT * sum(check.points for check in _checks(lesson))


def news(progress: Progress, grade: Grade, at: datetime, seen: Collection[str] = ()) -> tuple[Event, ...]:
    """The events of a run that are new: first passes, and of what has not passed yet first failures and hints `seen`."""
    points, failed = progress.points, progress.failed
    found = []
    for check in grade.checks:
        if check.status is Status.PASSED and check.id not in points:
            hints = progress.hints_for(check)
            found.append(
                Event(kind="passed", subject=check.id, at=stamp(at), points=check.max_score, hints=hints)
            )
        elif check.status is Status.FAILED and check.id not in points:
            if check.id not in failed:
                found.append(Event(kind="failed", subject=check.id, at=stamp(at)))
            if check.id in seen and check.id not in progress.shown:
                found.append(Event(kind="shown", subject=check.id, at=stamp(at)))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day on which checks passed for the first time: how many, and their XP."""

    day: date
    checks: int
    xp: int


def days(progress: Progress, zone: tzinfo | None = timezone.utc) -> tuple[Day, ...]:
    """The days on which something was won, the first one first, in that time zone (None: this machine's).

    The XP of the days add up to all XP: a check counts on the day of its first pass.
    """
    first: dict[str, datetime] = {}
    for event in progress.events:
        if event.kind == "passed":
            first[event.subject] = min(event.time, first.get(event.subject, event.time))
    points = progress.points
    won: dict[date, list[int]] = {}
    for name, time in first.items():
        won.setdefault(time.astimezone(zone).date(), []).append(points[name])
    return tuple(
        Day(day=day, checks=len(all_points), xp=XP_PER_POINT * sum(all_points))
        for day, all_points in sorted(won.items())
    )


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something learned. `count` says how much of it is there and how much it needs; what is reached stays so.

    Where it needs nothing there is nothing to reach; `closed` says why.
    """

    name: str
    title: str
    words: str
    count: Callable[[Progress, Lesson], tuple[int, int]]
    closed: str = "not in this lesson"

    def reached(self, progress: Progress, lesson: Lesson) -> bool:
        """Whether all of it is there; never in a lesson that has nothing of the kind."""
        have, need = self.count(progress, lesson)
        return 0 < need <= have


@dataclass(frozen=True, slots=True)
class Passed:
    """Counts the checks of the lesson whose ids match, and those of them that have passed."""

    patterns: tuple[str, ...]

    def __call__(self, progress: Progress, lesson: Lesson) -> tuple[int, int]:
        named = [
            check.id
            for check in _checks(lesson)
            if any(fnmatch.fnmatchcase(check.id, pattern) for pattern in self.patterns)
        ]
        return len(progress.points.keys() & set(named)), len(named)


def _any_check(progress: Progress, lesson: Lesson) -> tuple[int, int]:
    return min(1, len(progress.points)), 1


def _repaired(progress: Progress, lesson: Lesson) -> tuple[int, int]:
    return min(1, len(progress.failed & progress.points.keys())), 1


def _exercise_without_hint(progress: Progress, lesson: Lesson) -> tuple[int, int]:
    """Of the exercise that is nearest to it, among those that no hint has closed."""
    own, passed = progress.without_hint, progress.points

    def can_be_own(check: CheckInfo) -> bool:
        return check.id in own or not (check.id in passed or progress.hints_for(check))

    counts = [
        (sum(check.id in own for check in info.checks), len(info.checks))
        for info in lesson
        if info.checks and all(map(can_be_own, info.checks))
    ]
    return max(counts, key=lambda count: (count[0] / count[1], -count[1]), default=(0, 0))


def _all_points(progress: Progress, lesson: Lesson) -> tuple[int, int]:
    points = progress.points
    checks = _checks(lesson)
    return sum(check.points for check in checks if check.id in points), sum(check.points for check in checks)


ACHIEVEMENTS = (
    Achievement("first_spark", "First spark", "A first check passes.", _any_check),
    Achievement(
        "whole_menu",
        "The whole menu",
        "Each of the five activation functions has the right values.",
        Passed(
            tuple(
                f"activations::{name}::{name}_values" for name in ("relu", "gelu", "silu", "sigmoid", "tanh")
            )
        ),
    ),
    Achievement(
        "every_slope",
        "Every slope",
        "Every gradient is right, those of softmax and cross-entropy included.",
        Passed(("activations::*::*_gradient", "softmax::*::*_gradient")),
    ),
    Achievement(
        "ten_thousand",
        "Calm at ten thousand",
        "Your softmax survives logits of 10,000.",
        Passed(("softmax::softmax::large_logits",)),
    ),
    Achievement(
        "raw_scores",
        "Raw scores",
        "Nothing is stacked in front of cross-entropy, in the network or in the training step.",
        Passed(("mlp::MLP::raw_scores", "training::train_step::logits_go_into_the_loss")),
    ),
    Achievement(
        "three_converge",
        "Three of a kind",
        "Three networks, each with another activation of yours, learn MNIST.",
        Passed(("training::train::*_network_converges",)),
    ),
    Achievement(
        "roll_call", "Roll call", "Your code finds the dead units.", Passed(("trainability::dead_units::*",))
    ),
    Achievement("second_thought", "Second thought", "A check that failed once passes.", _repaired),
    Achievement(
        "own_way",
        "Your own way",
        "Every check of one exercise passes before you see a hint for it.",
        _exercise_without_hint,
        closed="for another time: each exercise has had a hint",
    ),
    Achievement(
        "picture",
        "Worth a thousand numbers",
        "The curves of the functions and of the losses are drawn.",
        Passed(("activations::plot_tour::*", "training::plot_losses::*")),
    ),
    Achievement("complete", "All of it", "Every point of the lesson is yours.", _all_points),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a run has won.

    `recorded` is false if it could not be written; a note says why. `known` is false if what was won before could not
    be read: then the sums are not the learner's.
    """

    before: Progress
    after: Progress
    notes: tuple[str, ...] = ()
    recorded: bool = True
    known: bool = True

    @property
    def xp(self) -> int:
        """The XP of this run."""
        return self.after.xp - self.before.xp

    def unlocked(self, lesson: Lesson) -> tuple[Achievement, ...]:
        """The achievements that this run has reached."""
        return tuple(
            one
            for one in ACHIEVEMENTS
            if one.reached(self.after, lesson) and not one.reached(self.before, lesson)
        )


def _checks(lesson: Lesson) -> list[CheckInfo]:
    return [check for info in lesson for check in info.checks]
