"""How long a check may take, by a clock that the test winds."""

from __future__ import annotations

import math

import pytest

from grader_plugin import patience
from grader_plugin.patience import STRETCH, Patience


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(patience, "time", made)
    return made


def test_a_quiet_machine_gives_no_more_than_asked(clock: Clock) -> None:
    left = Patience(10, lambda: 0.0)
    assert left() == 10
    clock.now += 9
    assert left() == 1
    clock.now += 1
    assert left() == 0


def test_what_it_waited_for_a_core_is_given_back(clock: Clock) -> None:
    waited = 0.0
    left = Patience(10, lambda: waited)
    clock.now, waited = 110.0, 6.0
    assert left() == 6
    clock.now, waited = 116.0, 9.0
    assert left() == 3
    clock.now = 119.0
    assert left() == 0


def test_waiting_is_not_asked_for_before_it_matters(clock: Clock) -> None:
    def waited() -> float:
        raise AssertionError("a look at each thread costs time")

    assert Patience(10, waited)() == 10


def test_every_second_there_is_a_look(clock: Clock) -> None:
    looks: list[float] = []
    left = Patience(10, lambda: 0.0, look=lambda: looks.append(clock.now))
    assert left() == 1
    clock.now += 0.5
    assert left() == 0.5
    clock.now += 0.5
    assert left() == 1
    clock.now = 109.5
    assert left() == 0.5  # the deadline comes before the next look
    assert looks == [101.0, 109.5]


def test_there_is_an_end_to_it(clock: Clock) -> None:
    left = Patience(10, lambda: 1e9)
    clock.now = 100 + 10 * STRETCH
    assert left() == 0


def test_the_run_ends_whatever_a_check_may_take(clock: Clock) -> None:
    left = Patience(10, lambda: 0.0, ends=104.0)
    assert (left(), left.run_is_over) == (4, False)
    clock.now = 104.0
    assert (left(), left.run_is_over) == (0, True)


def test_the_end_of_a_hurry_is_not_the_end_of_the_run(clock: Clock) -> None:
    left = Patience(10, lambda: 0.0, ends=math.inf)
    left.hurry(2)
    left.hurry(5)
    assert left() == 2
    clock.now += 3
    assert (left(), left.run_is_over) == (-1, False)
