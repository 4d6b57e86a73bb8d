"""An exercise gathers its checks, and refuses what could not be graded."""

from __future__ import annotations

import json

import pytest

from grader_plugin.exercise import Exercise, ExerciseInfo, Task, derive_seed


@pytest.fixture
def exercise() -> Exercise:
    steps = ("What do the rows sum to?", "e^(z−c) = e^z · e^(−c).")
    tasks = (Task("softmax", hints=steps), Task("plot", needs="matplotlib.pyplot"))
    return Exercise("softmax", "Softmax", tasks=tasks)


def check(exercise: Exercise, name: str, doc: str | None = "It holds\n\nMore.", **options: object) -> object:
    def function(submission: object) -> None: ...

    function.__name__, function.__doc__ = name, doc
    return exercise.check(**{"task": "softmax", "points": 1, **options})(function)


def test_a_check_is_its_function_with_what_was_said_of_it(exercise: Exercise) -> None:
    first = check(exercise, "first", seconds=3.0)
    second = check(exercise, "second", task="plot", points=2, after=(first,))
    third = check(exercise, "third", after=first)

    info = exercise.info
    assert [one.id for one in info.checks] == [  # in the order of the tasks
        "softmax::softmax::first",
        "softmax::softmax::third",
        "softmax::plot::second",
    ]
    assert [one.after for one in info.checks] == [(), ("first",), ("first",)]
    assert [one.points for one in info.checks] == [1, 1, 2]
    assert info.checks[0].title == "It holds"
    assert info.checks[0].seconds == 3.0
    assert info.checks[2].needs == "matplotlib.pyplot"
    assert info.file == "softmax.py"
    assert info.hints == {"softmax": ("What do the rows sum to?", "e^(z−c) = e^z · e^(−c)."), "plot": ()}
    assert exercise.function("second") is second
    assert third is not second
    assert ExerciseInfo.from_dict(json.loads(json.dumps(info.to_dict()))) == info


@pytest.mark.parametrize("hints", [None, 3, "steps", ["step"], {"softmax": None}, {"softmax": 3}])
def test_an_exercise_is_not_read_from_anything_else(exercise: Exercise, hints: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        ExerciseInfo.from_dict({**exercise.info.to_dict(), "hints": hints})


def test_an_exercise_is_not_read_from_before_there_were_hints(exercise: Exercise) -> None:
    older = exercise.info.to_dict()
    del older["hints"]
    with pytest.raises(KeyError, match="hints"):
        ExerciseInfo.from_dict(older)


@pytest.mark.parametrize(
    ("name", "doc", "options", "kind", "says"),
    [
        ("silent", None, {}, ValueError, "Check 'silent' of 'softmax' has no docstring"),
        ("silent", "  \n", {}, ValueError, "it is the sentence a learner reads"),
        (
            "free",
            "Free",
            {"points": 0},
            ValueError,
            "Check 'free' of 'softmax' has 0 points, expected a whole",
        ),
        ("half", "Half", {"points": 0.5}, ValueError, "has 0.5 points, expected a whole number from 1"),
        ("yes", "Yes", {"points": True}, ValueError, "has True points"),
        ("lost", "Lost", {"task": "sofmax"}, KeyError, "sofmax"),
        (
            "late",
            "Late",
            {"after": test_a_check_is_its_function_with_what_was_said_of_it},
            KeyError,
            "test_a_check",
        ),
    ],
)
def test_what_cannot_be(
    name: str,
    doc: str | None,
    options: dict[str, object],
    kind: type[Exception],
    says: str,
    exercise: Exercise,
) -> None:
    with pytest.raises(kind, match=says):
        check(exercise, name, doc, **options)
    assert exercise.info.checks == ()


def test_a_name_stands_once(exercise: Exercise) -> None:
    check(exercise, "first")
    with pytest.raises(ValueError, match="Check 'first' is defined twice in 'softmax'"):
        check(exercise, "first")


def test_each_purpose_has_a_seed_of_its_own() -> None:
    seeds = {derive_seed(run, purpose) for run in range(20) for purpose in ("a", "b", "c")}
    assert len(seeds) == 60
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derive_seed(0, "activations::relu::relu_values") == derive_seed(
        0, "activations::relu::relu_values"
    )
