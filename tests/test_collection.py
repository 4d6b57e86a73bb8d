"""What `pytest --grade` collects: the whole lesson, whatever files are there, and nothing of it without `--grade`."""

from __future__ import annotations

import pytest
from conftest import Course

from grader_plugin import rubrics

LESSON = rubrics.catalogue()  # by this the cache is warm
IDS = [
    f"exercises/{info.file}::{check.task}::{check.name}"
    for info in LESSON
    for task in info.tasks
    for check in info.checks
    if check.task == task
]
WATCH = {
    "watch.py": "import sys\n\n\ndef pytest_unconfigure():\n    print('torch:', 'torch' in sys.modules)\n",
    "tests/test_mine.py": "def test_mine():\n    pass\n",
}


def collected(course: Course, *args: str) -> list[str]:
    done = course.run("--collect-only", "-q", *args)
    assert "Traceback" not in done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_no_check_is_named_like_another_exercise() -> None:
    for info in LESSON:
        for check in info.checks:
            others = {other.name for other in LESSON} - {info.name}
            assert not any(name in f"{check.task}::{check.name}" for name in others), check.id


@pytest.mark.parametrize(
    "ini",
    [
        "[pytest]\n",
        "[pytest]\ntestpaths = tests\n",
        "[pytest]\npython_files = test_*.py activations.py mlp.py\naddopts = --doctest-modules\n",
    ],
)
def test_the_whole_lesson_in_order_and_no_torch(ini: str, course: Course) -> None:
    course = course.with_files({**WATCH, "pytest.ini": ini})
    done = course.run("--grade", "--collect-only", "-q", "-p", "watch")
    assert [line for line in done.stdout.splitlines() if "::" in line] == IDS
    assert "torch: False" in done.stdout
    assert done.status == 0


def test_files_that_are_not_there_are_collected_as_well(course: Course) -> None:
    bare = course.without("exercises/*").with_files({"exercises/notes.txt": "Later."})
    assert collected(bare, "--grade") == IDS


def test_paths_select(course: Course) -> None:
    mlp = [name for name in IDS if name.startswith("exercises/mlp.py")]
    assert collected(course, "--grade", "exercises/mlp.py") == mlp
    assert collected(course, "--grade", "exercises/mlp.py::MLP") == mlp
    one = IDS[-1]
    assert collected(course, "--grade", "exercises/mlp.py", one) == [*mlp, one]
    assert collected(course, "--grade", "exercises") == IDS


def test_ordinary_tests_may_stand_beside(course: Course) -> None:
    found = collected(course.with_files(WATCH), "--grade", "exercises/mlp.py", "tests")
    assert found[-1] == "tests/test_mine.py::test_mine"
    assert len(found) > 1


def test_without_grade_no_exercise_is_collected(course: Course) -> None:
    course = course.with_files(
        {
            **WATCH,
            "exercises/test_x.py": "def test_x():\n    pass\n",
            "pytest.ini": "[pytest]\npython_files = test_*.py activations.py mlp.py\n",
        }
    ).without("solutions/*")
    assert collected(course, "--doctest-modules", "--ignore=watch.py") == ["tests/test_mine.py::test_mine"]
    assert collected(course, "exercises") == []


def test_a_missing_file_named_as_a_path_is_told(course: Course) -> None:
    done = course.without("exercises/mlp.py").run("--grade", "exercises/mlp.py")
    assert done.status == pytest.ExitCode.USAGE_ERROR
    assert "file or directory not found: exercises/mlp.py" in done.stderr


@pytest.mark.parametrize("arg", ["mine", "mine/softmax.py", "mine/softmax.py::softmax"])
def test_exercises_elsewhere_are_not_imported_but_named(course: Course, arg: str) -> None:
    marked = course.with_files({"mine/softmax.py": "raise SystemExit('imported')\n"})
    graded = marked.run("--grade", arg, "--doctest-modules")
    assert graded.status == pytest.ExitCode.USAGE_ERROR
    assert f"{arg} is not in exercises, which is graded; name its folder with --submission" in graded.stderr


def test_the_default_folder_is_not_imported_when_another_is_graded(course: Course) -> None:
    marked = course.with_files(
        {"exercises/mlp.py": "raise SystemExit('imported')\n", "mine/mlp.py": "MLP = 1\n"}
    )
    graded = marked.run("--grade", "--submission", "mine", "-k", "MLP", "--doctest-modules", "mine", ".")
    assert "imported" not in graded.stdout + graded.stderr


@pytest.mark.parametrize("args", [["exercises"], ["exercises/mlp.py"], ["exercises/mlp.py::MLP"]])
def test_a_forgotten_option_is_named(course: Course, args: list[str]) -> None:
    graded = course.run(*args)
    assert graded.status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
    assert f"{args[0]}: exercises are graded with --grade" in graded.stdout
