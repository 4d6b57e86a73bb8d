"""XP, levels and achievements follow from the set of events, and events never lower them."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader_plugin.event import Event, stamp
from grader_plugin.exercise import ExerciseInfo
from grader_plugin.progress import (
    ACHIEVEMENTS,
    LEVEL_XP,
    LEVELS,
    XP_PER_POINT,
    Award,
    Passed,
    Progress,
    days,
    highest_level,
    news,
    standing,
)
from grader_plugin.record import assemble, result_of
from grader_plugin.result import Grade, Status
from grader_plugin.rubrics import catalogue

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
LESSON = catalogue()
CHECKS = {check.id: check for info in LESSON for check in info.checks}
RELU = "activations::relu::relu_values"


def passed(check: str, *, at: datetime = NOON, points: int = 0, hints: int = 0) -> Event:
    points = points or CHECKS[check].points
    return Event(kind="passed", subject=check, at=stamp(at), points=points, hints=hints)


def failed(check: str, *, at: datetime = NOON) -> Event:
    return Event(kind="failed", subject=check, at=stamp(at))


def shown(check: str) -> Event:
    return Event(kind="shown", subject=check, at=stamp(NOON))


def hint(task: str, step: int) -> Event:
    return Event(kind="hint", subject=task, at=stamp(NOON), step=step)


def grade(statuses: Mapping[str, Status]) -> Grade:
    return assemble(LESSON, {name: result_of(CHECKS[name], status) for name, status in statuses.items()})


def all_passed(hints: int = 0) -> set[Event]:
    return {passed(name, hints=hints) for name in CHECKS}


def reached(progress: Progress) -> set[str]:
    return {one.name for one in ACHIEVEMENTS if one.reached(progress, LESSON)}


EVENTS = (passed(RELU), passed(RELU, hints=3), failed(RELU), shown(RELU), hint("mlp::MLP", 2))


@pytest.mark.parametrize("event", EVENTS)
def test_a_line_says_the_event_and_nothing_else_reads_as_one(event: Event) -> None:
    line = event.line()
    assert Event.parse(line) == event
    assert line.startswith('{"id": "' + event.id)
    for number in range(len(line)):  # torn anywhere, one character changed anywhere
        for other in (line[:number], line[:number] + "~" + line[number + 1 :]):
            with pytest.raises(ValueError):  # noqa: PT011
                Event.parse(other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "won"},
        {"subject": "activations::relu"},
        {"subject": "activations::relu::\x1b[2J"},
        {"at": "yesterday"},
        {"at": "2026-02-30T00:00:00Z"},
        {"at": "0001-01-01T00:00:00Z"},
        {"points": 0},
        {"points": 101},
        {"points": -4},
        {"points": True},
        {"points": 2.0},
        {"hints": 10},
        {"step": 1},
    ],
)
def test_what_no_run_writes_is_no_event(wrong: dict[str, object]) -> None:
    right = {"kind": "passed", "subject": RELU, "at": stamp(NOON), "points": 1}
    Event(**right)
    with pytest.raises(ValueError, match="is"):
        Event(**{**right, **wrong})


def test_a_check_counts_once_and_with_its_largest_points() -> None:
    progress = Progress(frozenset({passed(RELU, points=1), passed(RELU, points=3), failed(RELU)}))
    assert progress.points == {RELU: 3}
    assert progress.xp == progress.xp_of("activations") == 12
    assert progress.xp_of("activ") == progress.xp_of("softmax") == 0


def test_levels_are_120_xp_each_and_the_last_name_stays() -> None:
    names = [f"a::b::c{number}" for number in range(60)]
    seen = []
    for number in range(60):
        events = (Event(kind="passed", subject=name, at=stamp(NOON), points=15) for name in names[:number])
        progress = Progress(frozenset(events))
        assert progress.xp == 60 * number
        assert progress.level == progress.xp // LEVEL_XP
        assert progress.xp + progress.to_next == (progress.level + 1) * LEVEL_XP
        seen.append(progress.level_name)
        assert progress.next_level_name in LEVELS
    assert tuple(dict.fromkeys(seen)) == LEVELS
    assert seen[:3] == ["Curious", "Curious", LEVELS[1]]
    assert seen[-1] == LEVELS[-1]


def test_the_lesson_holds_400_xp_which_is_level_3() -> None:
    progress = Progress(frozenset(all_passed()))
    assert progress.xp == 400
    assert progress.level == highest_level(LESSON) == 3


def test_there_are_eleven_achievements_and_the_catalogue_has_all_they_name() -> None:
    assert len({one.name for one in ACHIEVEMENTS}) == len({one.title for one in ACHIEVEMENTS}) == 11
    for one in ACHIEVEMENTS:
        assert one.words.endswith(".")
        assert one.words.isascii()  # they are shown on any terminal
        if isinstance(one.count, Passed):
            for pattern in one.count.patterns:
                assert fnmatch.filter(CHECKS, pattern), pattern


def test_no_achievement_needs_a_check_it_does_not_speak_of() -> None:
    needs = {one.name: one.count(Progress(), LESSON)[1] for one in ACHIEVEMENTS}
    assert needs["whole_menu"] == 5
    assert needs["every_slope"] == 8
    assert needs["three_converge"] == 3
    assert needs["complete"] == 100


def test_a_solved_lesson_reaches_all_but_the_repair_which_needs_a_failure() -> None:
    every = {one.name for one in ACHIEVEMENTS}
    assert reached(Progress()) == set()
    assert reached(Progress(frozenset(all_passed()))) == every - {"second_thought"}
    assert reached(Progress(frozenset({*all_passed(), failed(RELU)}))) == every


def test_more_xp_than_the_lesson_has_is_a_level_with_the_last_name() -> None:
    more = {
        Event(kind="passed", subject=f"a::b::c{number}", at=stamp(NOON), points=100) for number in range(3)
    }
    assert standing(Progress(frozenset(all_passed())), LESSON) == (
        "level 3, Converged, the highest of this lesson"
    )
    assert standing(Progress(frozenset(more)), LESSON) == "level 10, Attentive"


def test_a_lesson_without_such_checks_has_nothing_to_reach() -> None:
    other = ExerciseInfo(name="other", title="Other", tasks=(), checks=())
    everything = Progress(frozenset({*all_passed(), failed(RELU)}))
    assert {one.name for one in ACHIEVEMENTS if one.reached(everything, (other,))} == {
        "first_spark",
        "second_thought",
    }


def test_a_hint_spoils_nothing_but_its_exercise() -> None:
    softmax = {name for name in CHECKS if name.startswith("softmax::")}
    one_with_hint = {passed(name, hints=int(name == min(softmax))) for name in softmax}
    assert "own_way" not in reached(Progress(frozenset(one_with_hint)))
    mlp = {passed(name) for name in CHECKS if name.startswith("mlp::")}
    assert "own_way" in reached(Progress(frozenset(one_with_hint | mlp)))
    # The hint after the pass, and a second device on which it passed without one.
    late = Progress(frozenset({*mlp, hint("mlp::MLP", 1)}))
    assert "own_way" in reached(late)
    assert "own_way" in reached(Progress(frozenset(one_with_hint | {passed(min(softmax))})))


def test_the_nearest_exercise_is_counted_for_the_one_without_hint() -> None:
    own_way = next(one for one in ACHIEVEMENTS if one.name == "own_way")
    some = {passed(name) for name in CHECKS if name.startswith(("mlp::", RELU))} - {
        passed("mlp::MLP::raw_scores")
    }
    assert own_way.count(Progress(frozenset(some)), LESSON) == (7, 8)


def of(exercise: str) -> set[str]:
    return {name for name in CHECKS if name.startswith(f"{exercise}::")}


def test_an_exercise_that_a_hint_has_closed_is_not_the_nearest() -> None:
    own_way = next(one for one in ACHIEVEMENTS if one.name == "own_way")
    last = "mlp::MLP::raw_scores"
    some = {passed(name) for name in of("mlp") - {last}}
    relu = passed(RELU)
    nearest = (1, len(of("activations")))
    for spoiled in (hint("mlp::MLP", 1), shown(last), passed(last, hints=1)):
        assert own_way.count(Progress(frozenset({*some, spoiled, relu})), LESSON) == nearest
    # A hint for a task whose checks have all passed closes nothing; nor does one on another device.
    done = {passed(name) for name in of("activations") if "::relu::" in name}
    late = Progress(frozenset({*done, hint("activations::relu", 1)}))
    assert own_way.count(late, LESSON) == (len(done), len(of("activations")))
    both = Progress(frozenset({*some, passed(last, hints=1), passed(last)}))
    assert own_way.reached(both, LESSON)


def test_where_a_hint_has_closed_every_exercise_nothing_is_nearest() -> None:
    own_way = next(one for one in ACHIEVEMENTS if one.name == "own_way")
    hints = {hint(f"{info.name}::{info.checks[0].task}", 1) for info in LESSON}
    assert own_way.count(Progress(frozenset(hints)), LESSON) == (0, 0)
    assert not own_way.reached(Progress(frozenset(hints)), LESSON)


def test_an_exercise_without_checks_is_never_the_nearest() -> None:
    own_way = next(one for one in ACHIEVEMENTS if one.name == "own_way")
    empty = ExerciseInfo(name="other", title="Other", tasks=(), checks=())
    assert own_way.count(Progress(), (empty, *LESSON)) == own_way.count(Progress(), LESSON)


def test_what_the_events_amount_to_is_counted_once() -> None:
    progress = Progress(frozenset(EVENTS))
    assert progress.points is progress.points
    assert progress.hints is progress.hints
    assert progress.failed is progress.failed
    assert progress.without_hint is progress.without_hint


POOL = [
    *(passed(name, hints=hints) for name in CHECKS for hints in (0, 2)),
    *map(failed, CHECKS),
    *map(shown, CHECKS),
    *(hint(task, step) for task in sorted({name.rpartition("::")[0] for name in CHECKS}) for step in (1, 2)),
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, len(POOL) - 1), max_size=250), st.integers(0, 250))
def test_more_events_never_take_anything_back(numbers: list[int], cut: int) -> None:
    less = Progress(frozenset(POOL[number] for number in numbers[:cut]))
    more = Progress(frozenset(POOL[number] for number in numbers))
    assert less.xp <= more.xp
    assert reached(less) <= reached(more)
    for one in ACHIEVEMENTS:
        if one.name == "own_way" and not one.reached(less, LESSON):
            continue  # a hint may close the exercise that was the nearest
        (had, needed), (has, needs) = one.count(less, LESSON), one.count(more, LESSON)
        assert had * needs <= has * needed


def test_a_run_is_news_once() -> None:
    other = "softmax::softmax::large_logits"
    statuses = {RELU: Status.PASSED, other: Status.FAILED}
    statuses |= dict(
        zip(list(CHECKS)[5:9], [Status.TODO, Status.BLOCKED, Status.ERROR, Status.NOT_RUN], strict=True)
    )
    first = news(Progress(), grade(statuses), NOON)
    assert first == (passed(RELU), failed(other))
    later = NOON + timedelta(days=1)
    progress = Progress(frozenset(first))
    assert news(progress, grade(statuses), later) == ()
    # A failure after a pass is no news: the lesson remembers what was understood.
    assert news(progress, grade({RELU: Status.FAILED}), later) == ()
    assert news(progress, grade({other: Status.PASSED}), later) == (passed(other, at=later),)


def test_a_pass_remembers_how_many_hints_its_task_had() -> None:
    taken = Progress(frozenset({hint("activations::relu", 1), hint("activations::relu", 2)}))
    gelu = "activations::gelu::gelu_values"
    assert news(taken, grade({RELU: Status.PASSED, gelu: Status.PASSED}), NOON) == (
        passed(RELU, hints=2),
        passed(gelu),
    )


def test_a_hint_that_a_report_showed_counts_for_its_check_alone() -> None:
    other = "softmax::softmax::large_logits"
    both = {RELU: Status.FAILED, other: Status.FAILED}
    first = news(Progress(), grade(both), NOON, seen={RELU})
    assert first == (failed(RELU), shown(RELU), failed(other))
    later = Progress(frozenset(first))
    assert news(later, grade(both), NOON, seen={RELU, other}) == (shown(other),)  # in the next run's report
    solved = news(later, grade({RELU: Status.PASSED, other: Status.PASSED}), NOON)
    assert solved == (passed(RELU, hints=1), passed(other))
    after = later.adding(solved)
    assert after.without_hint == {other}
    assert (after.xp, after.own_xp) == (
        XP_PER_POINT * (CHECKS[RELU].points + CHECKS[other].points),
        XP_PER_POINT * CHECKS[other].points,
    )
    # A pass is for good: what a report shows later closes nothing.
    assert news(after, grade(both), NOON, seen={RELU, other}) == ()


def test_an_award_names_what_this_run_reached() -> None:
    before = Progress(frozenset({failed(RELU)}))
    award = Award(before=before, after=before.adding([passed(RELU)]))
    assert award.xp == 4
    assert [one.name for one in award.unlocked(LESSON)] == ["first_spark", "second_thought"]
    again = Award(before=award.after, after=award.after)
    assert again.xp == 0
    assert again.unlocked(LESSON) == ()


def test_days_add_up_to_the_xp_in_any_time_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=timezone.utc)
    other, third = itertools.islice((name for name in CHECKS if CHECKS[name].points == 2), 2)
    events = {passed(RELU), passed(RELU, at=late + timedelta(days=3)), passed(other, at=late)}
    progress = Progress(frozenset({*events, failed(third), passed(third, at=late + timedelta(days=1))}))
    assert [(one.day, one.checks, one.xp) for one in days(progress)] == [
        (date(2026, 11, 23), 2, 12),
        (date(2026, 11, 24), 1, 8),
    ]
    east = timezone(timedelta(hours=9))
    assert [(one.day, one.checks) for one in days(progress, east)] == [
        (date(2026, 11, 23), 1),
        (date(2026, 11, 24), 1),
        (date(2026, 11, 25), 1),
    ]
    assert sum(one.xp for one in days(progress, east)) == progress.xp
    assert days(Progress()) == ()


def test_a_clock_that_is_wrong_is_kept_within_what_an_event_holds() -> None:
    """Also at the edges of what a time can be, in any zone."""
    for hours in (-12, 0, 14):
        zone = timezone(timedelta(hours=hours))
        for year in (1, 1969, 1970, 2199, 2200, 9999):
            for at in (datetime(year, 1, 1, tzinfo=zone), datetime(year, 12, 31, 23, 59, 59, 999_999, zone)):
                assert Event(kind="failed", subject=RELU, at=stamp(at)).time.year in range(1970, 2200)
    assert stamp(datetime(1969, 12, 31, tzinfo=timezone.utc)) == "1970-01-01T00:00:00Z"
    assert stamp(datetime(2200, 1, 1, tzinfo=timezone.utc)) == "2199-12-31T23:59:59Z"


def test_a_time_is_kept_in_utc() -> None:
    assert stamp(datetime(2026, 1, 1, 1, 30, 59, 999, timezone(timedelta(hours=2)))) == "2025-12-31T23:30:59Z"
