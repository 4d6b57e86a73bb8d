"""What every rubric keeps: its points, its names, full marks for the solution, all still to do for the stub."""

from __future__ import annotations

import pytest

from grader_plugin.result import Status
from grader_plugin.rubrics import KIT as LESSON
from grader_plugin.rubrics import load

POINTS = {"activations": 30, "softmax": 20, "mlp": 15, "training": 25, "trainability": 10}
QUICK = ("activations", "softmax", "mlp", "trainability")  # training is graded by training


def test_the_lesson_is_worth_100_points():
    found = {name: sum(check.points for check in load(name).info.checks) for name in LESSON}
    assert found == POINTS
    assert sum(found.values()) == 100


@pytest.mark.parametrize("name", LESSON)
def test_names_of_tasks_and_checks_name_no_other_exercise(name):
    info = load(name).info
    others = [other for other in LESSON if other != name]
    names = [*info.tasks, *(check.name for check in info.checks)]
    assert not [(one, other) for one in names for other in others if other in one.lower()]


@pytest.mark.parametrize("name", LESSON)
def test_titles_are_sentences(name):
    titles = [check.title for check in load(name).info.checks]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if title.endswith((".", "!")) or len(title) > 110]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", QUICK)
def test_the_solution_earns_every_point(grading, name, seed):
    results = grading(name, seed=seed)
    lost = {check: result.message for check, result in results.items() if result.status is not Status.PASSED}
    assert not lost
    assert not [result.remarks for result in results.values() if result.remarks]


@pytest.mark.parametrize("name", QUICK)
def test_the_stub_is_still_to_do(grading, name):
    assert {result.status for result in grading(name, of="exercises").values()} == {Status.TODO}
