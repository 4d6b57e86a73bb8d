"""The report and the display: reports that a person has read, and what is really on a terminal, a pipe, a strange screen."""

from __future__ import annotations

import html
import os
import re
import signal
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import golden_reports
import pseudoterminal
import pytest
from conftest import ROOT, Course
from golden_reports import CASES, GOLDEN, HALF, record, report
from rich.cells import cell_len

from grader_plugin import rubrics
from grader_plugin.progress import Award, Progress, news
from grader_plugin.reports import terminal
from grader_plugin.reports.screen import WIDEST, Screen
from grader_plugin.result import CheckResult, ExerciseResult, Grade, Status

COLORS = re.compile("\x1b\\[[0-9;]*m")
PYTEST = (sys.executable, "-m", "pytest", "--grade", "-p", "no:cacheprovider")


@pytest.mark.parametrize("name", sorted(golden_reports.reports()))
def test_a_report_is_the_one_that_was_read(name: str) -> None:
    assert golden_reports.reports()[name] == (GOLDEN / name).read_text("utf-8")


def test_no_other_report_lies_there() -> None:
    assert {path.name for path in GOLDEN.glob("*.txt")} == set(golden_reports.reports())


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 400])
@pytest.mark.parametrize("case", CASES)
def test_colours_change_no_character_and_lines_fit(case: str, width: int) -> None:
    colored, mono, piped = (report(case, screen, width) for screen in ("color", "mono", "pipe"))
    assert COLORS.sub("", colored) == mono
    assert "\x1b" not in mono
    assert piped.isascii()
    for line in [*mono.splitlines(), *piped.splitlines()]:
        assert cell_len(line) <= min(width, WIDEST), line
        assert line == line.rstrip()


def test_what_the_learner_wrote_cannot_move_the_cursor() -> None:
    grade = record("half")
    said = "\x1b[2J\r\u202e\u2028 é 漢字"
    checks = tuple(
        replace(
            check,
            message=said,
            detail=said,
            code=said,
            returned=said,
            output=said,
            where=f"{said}:1",
            hint=said,
        )
        for check in grade.exercises[0].checks
    )
    hostile = replace(grade, exercises=(replace(grade.exercises[0], checks=checks), *grade.exercises[1:]))
    for screen in (Screen(), Screen(unicode=True)):
        shown = terminal.render(hostile, screen, full=100)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\u2028]", shown)
        assert shown.isascii() != screen.unicode


def test_root_causes_come_first() -> None:
    """A file that does not load, before the exercises in order; what calls a failed task, behind it."""
    causes = terminal.find_causes(record("failures"))
    assert causes[0].check.where.startswith("exercises/softmax.py")
    order = [cause.check.task for cause in terminal.find_causes(record("half"))]
    assert order.index("sigmoid") < order.index("silu") < order.index("softmax")
    every = [check for cause in causes for check in (cause.check, *cause.others)]
    assert len(every) == sum(check.status is Status.FAILED for check in record("failures").checks)


def test_the_deepest_cause_comes_first_in_a_chain() -> None:
    """silu calls sigmoid, which calls tanh: each may be wrong only because of the next."""
    lines = {"silu": "return x * sigmoid(x)", "sigmoid": "return (tanh(x / 2) + 1) / 2", "tanh": "return x"}
    checks = tuple(
        CheckResult(
            id=f"activations::{task}::c",
            task=task,
            title=task,
            max_score=1,
            status=Status.FAILED,
            message=task,
            code=line,
        )
        for task, line in lines.items()
    )
    grade = Grade(exercises=(ExerciseResult(name="activations", title="A", checks=checks),))
    assert [cause.check.task for cause in terminal.find_causes(grade)] == ["tanh", "sigmoid", "silu"]


def test_the_shorter_the_screen_the_fewer_are_told_in_full() -> None:
    assert [Screen(height=lines).causes for lines in (0, 10, 24, 36, 50, 200)] == [3, 1, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("file", "where"),
    [("training.py", ", python -m exercises.training"), ("training.ipynb", " in training.ipynb")],
)
def test_the_way_to_the_closing_exercise_is_that_of_the_form(file: str, where: str) -> None:
    grade = replace(record("solved"), files={file: {}})
    won = Progress().adding(news(Progress(), grade, datetime.now(timezone.utc)))
    text = terminal.render(grade, Screen(), full=1, award=Award(before=Progress(), after=won))
    assert text.endswith(f"Next: the closing exercise{where}")


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (["activations.ipynb", "training.ipynb"], "training.ipynb"),  # the others are there to be imported
        (["mine.ipynb"], "mine.ipynb"),
        (["activations.py", "mine.ipynb"], "mine.ipynb"),
        (["activations.py"], "training.py"),
    ],
)
def test_what_comes_next_is_in_the_exercise_s_own_file(files: list[str], named: str) -> None:
    grade = record("stubs")
    (training,) = (one for one in grade.exercises if one.name == "training")
    grade = replace(grade, exercises=(training,), files={name: {} for name in files})
    assert f"Next: train_step in {named}, 7 points." in terminal.render(grade, Screen(), full=1)


def test_what_could_not_be_read_is_not_counted() -> None:
    """A ledger that is in the way has XP of its own: neither sums nor achievements are known."""
    award = Award(before=Progress(), after=Progress(), notes=("It is a folder.",), known=False)
    text = terminal.render(record("half"), Screen(), full=1, award=award, lesson=rubrics.catalogue())
    assert "XP" not in text
    assert "First spark" not in text
    assert text.endswith("It is a folder.")


@pytest.mark.parametrize("case", ["failures", "solved"])
def test_the_stored_records_are_what_grading_gives(case: str) -> None:
    """Those of `stubs` and `half` are held against whole runs below."""
    stored, fresh = record(case).to_dict(), golden_reports.graded_anew(case).to_dict()

    def told(data: dict[str, Any]) -> list[tuple[str, ...]]:
        checks = [check for exercise in data["exercises"] for check in exercise["checks"]]
        words = ("id", "status", "title", "message", "hint", "where", "waits_for", "code")
        return [
            tuple(re.sub(r"\([\d.]+ s of it computing\)", "", check[word]) for word in words)
            for check in checks
        ]

    assert told(fresh) == told(stored)


def test_the_picture_shows_a_report_of_today() -> None:
    """Its text is that of the golden one for the second day."""
    spans = re.findall(
        r"<text[^>]*>(.*?)</text>", (ROOT / "docs" / "images" / "session.svg").read_text("utf-8")
    )
    drawn = "".join(html.unescape(span).replace("\xa0", " ") for span in spans)
    for line in report("second_day", "mono", 80).splitlines():
        assert "".join(line.split()) in "".join(drawn.split()), line


def graded(text: str) -> str:
    """What stands between the heading and pytest's last line."""
    found = re.search(r"^=+ grade =+\n(.*?)\n=+ [^\n]*? in [^\n]*=+$", text, re.MULTILINE | re.DOTALL)
    assert found, text
    return found[1] + "\n"


@pytest.fixture
def half(course: Course) -> Course:
    """A course whose exercises are half done."""
    return course.with_files(
        {f"exercises/{name}": text for name, text in golden_reports.exercises(HALF).items()}
    )


def on_terminal(folder: Path, *args: str, columns: int = 80, **environment: str) -> pseudoterminal.Seen:
    seen = pseudoterminal.run((*PYTEST, *args), folder, columns=columns, environment=environment)
    assert "Traceback" not in "\n".join(seen.lines)
    return seen


def shown(seen: pseudoterminal.Seen) -> str:
    return graded("\n".join(seen.lines))


def test_on_a_pipe(half: Course) -> None:
    for args in ((), ("-n", "2")):
        assert graded(half.grade(*args, exit_status=1).stdout) == report("half", "pipe", 80)


def test_the_stubs_on_a_pipe(course: Course) -> None:
    assert graded(course.grade(exit_status=1).stdout) == report("stubs", "pipe", 80)


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_on_a_terminal(half: Course, columns: int) -> None:
    seen = on_terminal(half.write(), columns=columns)
    assert report("half", "mono", columns) in "\n".join(seen.lines)
    assert b"\x1b[31m" in seen.raw or b"\x1b[1;31m" in seen.raw
    assert seen.raw.count(b"\x1b[?25l") == seen.raw.count(b"\x1b[?25h") == 1


def test_two_processes_on_a_terminal(half: Course) -> None:
    assert shown(on_terminal(half.write(), "-n", "2")) == report("half", "mono", 80)


def test_without_colour(half: Course) -> None:
    seen = on_terminal(half.write(), NO_COLOR="1")
    assert shown(seen) == report("half", "mono", 80)
    assert not re.search(rb"\x1b\[[0-9;]*m", seen.raw.replace(b"\x1b[0m", b""))


@pytest.mark.parametrize(
    "environment", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}], ids=str
)
def test_on_a_screen_that_can_less(half: Course, environment: dict[str, str]) -> None:
    seen = on_terminal(half.write(), **environment)
    assert shown(seen) == report("half", "pipe", 80)
    if "TERM" in environment:
        assert b"\x1b" not in seen.raw


def test_the_display_tells_where_training_is_and_leaves_no_trace(course: Course) -> None:
    folder = course.write()
    seen = on_terminal(folder, "--submission", "solutions")
    told = [line for frame in seen.frames for line in frame if line.startswith("Training ")]
    assert any(
        re.fullmatch(r"Training \w+ network: epoch 1, step \d+ of 469, loss \d\.\d{3}", line) for line in told
    ), told
    assert not [line for line in seen.lines if line.startswith("Training ")]
    done = [re.search(r"^activations +\S+ +(\d+)/24", line) for frame in seen.frames for line in frame]
    numbers = [int(found[1]) for found in done if found]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 2
    assert "XP" not in shown(seen)  # another folder than the learner's own wins nothing
    assert not (folder / ".grader").exists()


def test_ctrl_c_gives_the_terminal_back(course: Course) -> None:
    folder = (
        course.without("exercises/*")
        .with_files({f"exercises/{name}": text for name, text in golden_reports.solved().items()})
        .write()
    )
    sent = []

    def interrupt(lines: list[str], pid: int) -> None:
        if not sent and any(line.startswith("Training ") for line in lines):
            sent.append(pid)
            os.kill(pid, signal.SIGINT)

    seen = pseudoterminal.run(PYTEST, folder, when=interrupt)
    assert seen.status == pytest.ExitCode.INTERRUPTED
    assert seen.raw.count(b"\x1b[?25l") == seen.raw.count(b"\x1b[?25h") == 1
    told = "\n".join(seen.lines)
    assert re.search(r"Score: \d+/\d+ points in the checks that ran; the lesson has 100", told)
    assert re.search(r"\+\d+ XP", told)  # what was won before stays won


def test_more_and_less(half: Course) -> None:
    """-v tells all in full and pytest's own lines, -q sentences only, an explicit --tb what it asks for."""
    folder = half.write()
    first = graded(half.grade(folder=folder).stdout)
    assert "Add -v to see these in full." in first
    verbose = half.grade("-v", folder=folder).stdout
    assert "exercises/activations.py::gelu::gelu_values FAILED" in verbose
    assert graded(verbose).count("X ") == 6
    assert "Add -v" not in verbose
    quiet = half.grade("-q", folder=folder).stdout
    assert "This is the approximation of GELU by tanh; the exact form is asked for" in " ".join(quiet.split())
    assert "Greatest absolute difference" not in quiet
    short = half.grade("--tb=short", folder=folder).stdout
    assert "= FAILURES =" in short
    assert short.count("Greatest absolute difference: 0.000473") == 1
    stopped = half.grade("-x", folder=folder, partial=(5, 6)).stdout
    assert graded(stopped).count("X ") == 1
    assert "softmax" not in graded(stopped)


def test_a_verbose_run_on_a_terminal(half: Course) -> None:
    seen = on_terminal(half.write(), "-v", "-k", "activations")
    assert any(line.startswith("exercises/activations.py::relu::relu_values PASSED") for line in seen.lines)
    assert b"\x1b[?25l" not in seen.raw


def test_ordinary_tests_keep_their_letters(half: Course) -> None:
    folder = half.with_files({"test_own.py": "def test_a(): pass\ndef test_b(): pass\n"}).write()
    seen = on_terminal(folder, "test_own.py", "exercises/activations.py")
    assert any(line.startswith("test_own.py ..") for line in seen.lines)
