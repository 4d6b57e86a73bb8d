"""A learner's code never runs in pytest's process: every file of the submission carries a marker that would tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Course

MARKER = """
import sys as _sys
with open({log!r}, "a") as _log:
    _log.write(f"{{__name__}} {{'pytest' in _sys.modules}}\\n")
"""
TEST = '''
def test_x():
    """
    >>> 1
    2
    """
    assert False
'''


@pytest.mark.parametrize(
    ("args", "loaded"),
    [
        (("--doctest-modules", "-p", "no:cacheprovider"), False),
        (("exercises",), False),
        (("exercises/test_x.py",), False),
        (("exercises/__init__.py", "--doctest-modules"), False),
        (("--doctest-modules", "exercises/activations.py", "exercises/deep/test_y.py"), False),
        (("--grade", "-k", "relu_values", "--doctest-modules"), True),
        (("--grade", "-k", "relu_values", "-n", "2", "-p", "no:cacheprovider"), True),
        (("--grade", "--doctest-modules", "exercises/activations.py::relu::relu_values"), True),
        (("--grade", "exercises/__init__.py", "exercises/test_x.py"), False),
        (("--grade", "exercises/deep"), False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_no_file_of_the_submission_runs_here(args: tuple[str, ...], loaded: bool, course: Course) -> None:
    log = str(course.home / "log")
    marker = MARKER.format(log=log)
    marked = {
        path: f"{text}\n{marker}"
        for path, text in course.with_files(
            {"exercises/test_x.py": TEST, "exercises/deep/test_y.py": TEST, "exercises/deep/__init__.py": ""}
        ).files.items()
        if path.startswith("exercises/")
    }
    # The future imports stay first: the marker stands last, where it runs whenever the file does.
    ran = (
        course.with_files(
            {**marked, "pytest.ini": "[pytest]\npython_files = test_*.py activations.py mlp.py\n"}
        )
        .without("solutions/*")
        .run(*args, "--grade-sandbox=off")  # confined, the marker could not be written
    )

    told = ran.stdout + ran.stderr
    assert "INTERNALERROR" not in told
    assert "Traceback" not in told
    try:
        lines = Path(log).read_text().split("\n")[:-1]
    except FileNotFoundError:
        lines = []
    assert set(lines) == ({"exercises.activations False"} if loaded else set()), told


def test_the_marker_would_tell(course: Course) -> None:
    """The same file outside of the submission is imported, and says so."""
    log = str(course.home / "log")
    course.with_files({"tests/test_x.py": TEST + MARKER.format(log=log)}).run("tests")
    assert "True" in Path(log).read_text()


@pytest.mark.parametrize("grade", [(), ("--grade",)], ids=["plain", "grade"])
def test_nor_where_the_submission_lies_above(grade: tuple[str, ...], course: Course) -> None:
    """Files above pytest's root directory come without their folder: each is ours by its path."""
    log = str(course.home / "log")
    files = {
        "activations.py": f"{course.files['exercises/activations.py']}\n{MARKER.format(log=log)}",
        "test_x.py": TEST + MARKER.format(log=log),
        "work/pytest.ini": "[pytest]\npython_files = test_*.py activations.py\n",
    }
    args = ("-cpytest.ini", "--doctest-modules", "--submission=..", "../activations.py", "../test_x.py")
    folder = course.with_files(files).write()
    ran = course.run(
        *grade,
        "--grade-sandbox=off",
        *args,
        "-k",
        "relu_values or test_x or activations",
        folder=folder / "work",
    )
    told = ran.stdout + ran.stderr
    assert "Traceback" not in told
    lines = Path(log).read_text().splitlines() if Path(log).exists() else []
    assert set(lines) == ({"exercises.activations False"} if grade else set()), told
