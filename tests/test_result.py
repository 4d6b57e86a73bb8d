"""The record: its totals follow from the checks, and it survives the way through JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader_plugin.exercise import CheckInfo, ExerciseInfo
from grader_plugin.record import assemble, result_of
from grader_plugin.reports.context import Context
from grader_plugin.reports.json import render
from grader_plugin.result import CheckFailure, CheckResult, Grade, Status

INFOS = [
    CheckInfo(exercise="softmax", task="softmax", name=name, title=name.title(), points=points)
    for name, points in (("rows", 2), ("large", 3), ("dims", 5))
]
LESSON = [ExerciseInfo(name="softmax", title="Softmax", tasks=("softmax",), checks=tuple(INFOS))]


def made(*statuses: Status) -> Grade:
    results = [
        result_of(info, status, message="Said", remarks=("One",))
        for info, status in zip(INFOS, statuses, strict=True)
        if status is not Status.NOT_RUN
    ]
    return assemble(LESSON, {result.id: result for result in results}, files={"softmax.py": "sha256:0"})


P, F, T, B, N, E = (
    Status.PASSED,
    Status.FAILED,
    Status.TODO,
    Status.BLOCKED,
    Status.NOT_RUN,
    Status.ERROR,
)


@pytest.mark.parametrize(
    ("statuses", "score", "selected", "complete"),
    [
        ((P, P, P), 10, 10, True),
        ((F, T, B), 0, 10, True),
        ((P, F, E), 2, 10, True),
        ((P, N, F), 2, 7, False),
        ((N, N, N), 0, 0, False),
    ],
)
def test_totals(statuses: tuple[Status, ...], score: int, selected: int, complete: bool) -> None:
    grade = made(*statuses)
    assert (grade.score, grade.max_score, grade.selected_max) == (score, 10, selected)
    assert grade.complete is complete
    record = grade.to_dict()
    assert record["status"] == ("complete" if complete else "partial")
    assert record.get("selected_max", 10) == selected
    assert ("selected_score" in record) is not complete
    assert [check["id"] for check in record["exercises"][0]["checks"]] == [info.id for info in INFOS]
    assert grade.errors == tuple(check for check in grade.checks if check.status is E)


@pytest.mark.parametrize(("percent", "reached"), [(0, True), (20, True), (20.1, False), (100, False)])
def test_the_mark_is_held_against_what_ran(percent: float, reached: bool) -> None:
    assert made(P, F, T).reaches(percent) is reached
    assert made(P, N, N).reaches(percent) is True


def test_through_json_and_back() -> None:
    for statuses in ((P, F, T), (B, E, N)):
        grade = made(*statuses)
        text = render(grade, Context())
        assert text.endswith("}\n")
        assert Grade.from_dict(json.loads(text)) == grade


def test_what_a_failed_check_shows_goes_through_json_and_is_not_asked_of_old_records() -> None:
    shown = {
        "code": "return x",
        "returned": "a (2,) float32 tensor: 0, 1",
        "curve": {"x": [0.0, 1.0], "got": [0.5, None], "expected": []},
    }
    result = result_of(INFOS[0], F, message="Wrong", **shown)
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert {name: told[name] for name in shown} == shown
    assert CheckResult.from_dict(told) == result
    old = CheckResult.from_dict({name: value for name, value in told.items() if name not in shown})
    assert (old.code, old.returned, old.curve) == ("", "", {})


def test_a_stored_score_is_not_believed() -> None:
    data = made(F, F, F).to_dict()
    data["exercises"][0]["checks"][0]["score"] = 2
    data["score"] = 10
    assert Grade.from_dict(data).score == 0


def test_another_schema_is_refused() -> None:
    with pytest.raises(
        ValueError, match="The record's schema is 'other', expected 'pytest-gradient/result/v1'"
    ):
        Grade.from_dict({"schema": "other"})


def test_a_result_knows_its_exercise_and_carries_no_point_unless_passed() -> None:
    result = result_of(INFOS[1], F, message="Wrong")
    assert (result.exercise, result.score, replace(result, status=P).score) == ("softmax", 0, 3)
    assert CheckResult.from_dict(result.to_dict()) == result


def test_half_a_surrogate_pair_can_be_written() -> None:
    result = result_of(INFOS[0], F, message="a \ud800", output="\udcff")
    assert (result.message, result.output) == ("a \\ud800", "\\udcff")
    render(assemble(LESSON, {result.id: result}), Context()).encode()


def test_a_failure_is_its_sentence() -> None:
    failure = CheckFailure("Row 3 sums to 0.91", hint="Which dimension?")
    assert str(failure) == failure.message == "Row 3 sums to 0.91"
    assert (failure.detail, failure.hint, failure.where, failure.curve) == ("", "Which dimension?", "", {})
