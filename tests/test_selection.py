"""Running a part of the lesson with pytest's own options: the statuses stay, the record stays whole."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from conftest import Course, Graded

RELU = "return x.clamp(min=0)"


@pytest.fixture
def mixed(course: Course) -> Course:
    """Something of everything: a wrong relu, a broken mlp, stubs in training and trainability."""
    solved = {
        f"exercises/{name}.py": course.files[f"solutions/{name}.py"] for name in ("activations", "softmax")
    }
    return (
        course.with_files(solved)
        .replace("exercises/activations.py", RELU, "return x.clamp(min=1)")
        .with_files({"exercises/mlp.py": "def MLP(:\n"})
    )


STATUSES = {
    "activations::relu::relu_values": "failed",
    "activations::relu::relu_gradient": "blocked",
    "activations::gelu::*": "passed",
    "activations::tour::*": "passed",  # of one's own functions, right or wrong
    "softmax::softmax::*": "passed",
    "mlp::*": "failed|blocked",
    "training::train_step::*": "todo",
    "trainability::*": "todo",
}
MESSAGES = {
    "activations::relu::relu_values": "relu(x) is 1 at x = ",
    "activations::relu::relu_gradient": ": relu keeps the positive part and zeroes the rest",
    "mlp::MLP::layers_are_registered": "Loading exercises/mlp.py raised SyntaxError: ",
    "training::train_step::*": "train_step is still to do",
}


def counted(graded: Graded) -> Counter[str]:
    return Counter(graded.statuses.values())


def test_everything_of_a_mixed_submission_plain_and_spread(mixed: Course) -> None:
    plain = mixed.grade("--junitxml=junit.xml", exit_status=1, statuses=STATUSES, messages=MESSAGES)
    assert plain.record["status"] == "complete"
    for text in (
        "Score: ",
        "mlp           ............  0/15",
        "  exercises/mlp.py:1",
        "Next: MLP in exercises/mlp.py:1, 15 points.",
    ):
        assert text in plain.stdout

    suite = ET.parse(plain.folder / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    counts = counted(plain)
    assert int(suite.get("tests", "")) == len(plain.checks)
    assert int(suite.get("failures", "")) == counts["failed"]
    assert int(suite.get("skipped", "")) == counts["todo"] + counts["blocked"]
    assert int(suite.get("errors", "")) == 0
    failure = next(suite.iter("failure"))
    assert "relu keeps the positive part and zeroes the rest" in (failure.text or "")
    assert "relu(x) is 1 at x = " in (failure.text or "")
    assert "plugin.py" not in (plain.folder / "junit.xml").read_text()

    again = mixed.grade("--lf", "-v", "--tb=short", folder=plain.folder, exit_status=1, score=0)
    assert counted(again) == {"failed": counts["failed"], "not_run": len(plain.checks) - counts["failed"]}
    assert (
        "relu(x) is 1 at x = " in again.stdout.partition("= grade =")[0]
    )  # --tb shows it in pytest's own place

    spread = mixed.grade("-n", "2", "-p", "no:cacheprovider", folder=plain.folder, exit_status=1)
    assert {name: (check["status"], check["message"]) for name, check in spread.checks.items()} == {
        name: (check["status"], check["message"]) for name, check in plain.checks.items()
    }
    for field in ("score", "max_score", "status", "files", "environment"):
        assert spread.record[field] == plain.record[field]


def test_a_part_of_the_solutions_reaches_the_mark(course: Course) -> None:
    graded = course.grade(
        "--submission", "solutions", "-k", "activations", "-q", exit_status=0, score=30, partial=(30, 30)
    )
    assert counted(graded)["passed"] == sum(name.startswith("activations::") for name in graded.checks)
    assert "Score: 30/30 points in the checks that ran; the lesson has 100" in graded.stdout


def test_x_stops_and_says_what_did_not_run(mixed: Course) -> None:
    graded = mixed.grade("-x", "-rs", "-p", "no:cacheprovider", exit_status=1, partial=(0, 1))
    assert counted(graded) == {"failed": 1, "not_run": len(graded.checks) - 1}
    assert not (graded.folder / ".pytest_cache").exists()


def test_a_check_that_is_waited_for_is_graded_silently(mixed: Course) -> None:
    graded = mixed.grade(
        "-rs",
        "exercises/activations.py::relu::relu_gradient",
        exit_status=1,
        partial=(0, 2),
        statuses={"*::relu_gradient": "blocked", "*::relu_values": "not_run"},
    )
    assert "SKIPPED [1] exercises/activations.py" in graded.stdout


def test_nothing_selected(course: Course) -> None:
    graded = course.grade("-k", "nothing_of_that_name", exit_status=5, score=0, partial=(0, 0))
    assert set(graded.statuses.values()) == {"not_run"}


def test_an_ordinary_test_that_fails_beside_full_marks(course: Course) -> None:
    beside = course.with_files({"tests/test_mine.py": "def test_mine():\n    assert 1 == 2\n"})
    graded = beside.run(
        "--grade", "--submission=solutions", "solutions/activations.py::tanh::tanh_values", "tests", "-q"
    )
    assert graded.status == 1
    assert "Score: 1/1 points in the checks that ran" in graded.stdout
