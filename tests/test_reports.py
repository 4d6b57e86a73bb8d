"""Reports for other programs: the numbers they add up, the schemas that they hold a report against, and text that is only text."""

from __future__ import annotations

import base64
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import RECORD, Course
from hypothesis import given
from hypothesis import strategies as st

import grader_plugin
from grader_plugin import rubrics
from grader_plugin.config import REPORT_FORMATS, ReportTarget, targets
from grader_plugin.progress import Award, Progress
from grader_plugin.reports import render
from grader_plugin.reports.chart import chart
from grader_plugin.reports.context import Context
from grader_plugin.reports.github_classroom import SIZE_CAP
from grader_plugin.reports.handout import NotFinal
from grader_plugin.result import CheckResult, ExerciseResult, Grade, Status

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = Path(grader_plugin.__file__).parent / "schemas"
FIFTY = {
    "CLASSROOM": "dl", "ASSIGNMENT": "activations", "USERNAME": "ada", "SUBMISSION_TAG": "submit/2026-11-26T05-00-00Z-abc",
    "COMMIT_URL": "https://example.org/c", "RELEASE_URL": "https://example.org/r",
}  # fmt: skip
CONTEXT = Context(
    at=datetime(2026, 11, 26, 5, 0, tzinfo=timezone.utc),
    environment=FIFTY,
    award=Award(before=Progress(), after=Progress()),
    lesson=rubrics.catalogue(),
    plots={"tour": b"\x89PNG\r\n\x1a\n" + bytes(20)},
)
RELU = "import torch\n\n\ndef relu(x):\n    return x.clamp(min=0)\n"
CUT = replace(CONTEXT, is_cut=True)
FINAL = ("github_classroom", "classroom50", "gradescope")  # what hands out a score
HOSTILE = (
    "one\n::error file=x::gotcha\r\n##[error]two ##vso[task]\x1b[2J\x1b]0;t\x07 \u202eright to left\u2066 "
    "<script>alert(1)</script> <img src=x onerror=alert(1)> `code` ````text\n@everyone | cell | [a](javascript:x) "
)
LONG = HOSTILE + "long " * 200_000


def record(name: str, **environment: Any) -> Grade:
    """A golden record that stands for a whole run."""
    data = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    known = {
        "python": "3.11",
        "torch": "2.13",
        "kit": "0.1.0",
        "seed": 0,
        "confinement": {"layers": ["limits"]},
    }
    grade = Grade.from_dict({**data, "environment": {**known, **environment}})
    return replace(grade, exercises=tuple(map(_without_errors, grade.exercises)))


def _without_errors(exercise: ExerciseResult) -> ExerciseResult:
    def changed(check: CheckResult) -> CheckResult:
        return replace(check, status=Status.FAILED) if check.status is Status.ERROR else check

    return replace(exercise, checks=tuple(map(changed, exercise.checks)))


def with_checks(grade: Grade, **changes: Any) -> Grade:
    """The record with all of its checks changed."""
    changed = [
        replace(one, checks=tuple(replace(check, **changes) for check in one.checks))
        for one in grade.exercises
    ]
    return replace(grade, exercises=tuple(changed))


def hostile() -> Grade:
    """All checks failed, in the longest and worst words."""
    words = dict.fromkeys(("message", "detail", "hint", "diagnosis", "code", "returned", "output"), HOSTILE)
    grade = with_checks(record("stubs"), status=Status.FAILED, where="exercises/a.py:3", **words)
    first, *rest = grade.exercises
    longest = replace(first.checks[0], **dict.fromkeys(words, LONG))
    first = replace(first, checks=(longest, *first.checks[1:]))
    return replace(grade, exercises=(first, *rest), flags=(HOSTILE,))


def decoded(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(text))
    return found


@pytest.mark.parametrize("name", ["stubs", "half", "failures", "second_day", "solved"])
@pytest.mark.parametrize("format", ["json", *FINAL, "ctrf"])
def test_every_golden_record_is_what_its_schema_says(name: str, format: str) -> None:
    file = "result" if format == "json" else format
    schema = json.loads((SCHEMAS / f"{file}.schema.json").read_text("utf-8"))
    text = render(format, record(name), CONTEXT)
    data = decoded(text) if format == "github_classroom" else json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)


@pytest.mark.parametrize("name", ["stubs", "half", "solved"])
def test_every_program_adds_up_the_same_score(name: str) -> None:
    grade = record(name)
    tests = decoded(render("github_classroom", grade, CONTEXT))["tests"]
    passed = sum(test["status"] == "pass" for test in tests)
    assert sum(test["score"] for test in tests) == passed == grade.score
    assert len(tests) == grade.max_score  # so that the share that passes, times the maximum, is the score
    fifty = json.loads(render("classroom50", grade, CONTEXT))
    scope = json.loads(render("gradescope", grade, CONTEXT))
    assert fifty["score"] == scope["score"] == sum(test["score"] for test in scope["tests"]) == grade.score
    assert fifty["max-score"] == sum(test["max-score"] for test in fifty["tests"]) == grade.max_score
    assert f"## {grade.score} of {grade.max_score} points" in render("step_summary", grade, CONTEXT)


@pytest.mark.parametrize("format", ["gradescope", "step_summary", "html"])
def test_a_grade_of_record_says_how_it_is_asked_again(format: str) -> None:
    told = "the same properties as in a self-check, other inputs"
    grade = replace(record("half", seed=2**62), authoritative=True)
    text = render(format, grade, CONTEXT).replace("\\", "")
    assert told in text
    assert f"python -m pytest --grade --grade-seed {2**62}" in text
    own = render(format, record("half"), CONTEXT)
    assert told not in own
    assert "--grade-seed" not in own


@pytest.mark.parametrize("format", FINAL)
def test_what_is_no_score_is_not_handed_out(format: str) -> None:
    grade = record("half")
    first, *rest = grade.exercises
    part = replace(
        grade,
        exercises=(
            with_checks(replace(grade, exercises=(first,)), status=Status.NOT_RUN).exercises[0],
            *rest,
        ),
    )
    with pytest.raises(NotFinal, match=r"55 of 79 checks were graded, and a part is no score to hand out"):
        render(format, part, CONTEXT)
    failed = with_checks(grade, status=Status.ERROR)
    with pytest.raises(NotFinal, match="the grader itself failed on 79 checks"):
        render(format, failed, CONTEXT)
    for other in ("step_summary", "annotations", "html"):
        assert re.search("No score, the grader itself failed on 79 checks", render(other, failed, CONTEXT))
    with pytest.raises(NotFinal, match="the run was ended after 79 of 79 checks"):
        render(format, grade, CUT)
    # Where a grading of record ran out of time, what is missing is the submission's loss.
    assert render(format, replace(part, authoritative=True), CONTEXT)


def test_ten_causes_are_shown_at_their_lines() -> None:
    lines = render("annotations", record("failures"), replace(CONTEXT, root="week3/")).splitlines()
    assert len(lines) == 11
    assert all(line.startswith("::error file=week3/exercises/") for line in lines[:-1])
    assert len(set(lines)) == 11


def test_classroom_s_variable_has_room_for_it() -> None:
    """Every check fails with the longest message: feedback is cut, no test and no score."""
    text = render("github_classroom", hostile(), CONTEXT)
    assert len(text) < SIZE_CAP
    assert len(decoded(text)["tests"]) == 100
    short = decoded(render("github_classroom", record("half"), CONTEXT))["tests"]
    assert any("Mismatched elements" in test["test_code"] for test in short)
    assert [test for test in short if test["line_no"]]


@pytest.mark.parametrize("format", REPORT_FORMATS)
def test_words_of_a_learner_are_words_everywhere(format: str) -> None:
    text = render(format, hostile(), CONTEXT)
    told = json.dumps(decoded(text), ensure_ascii=False) if format == "github_classroom" else text
    assert len(told) < (20_000_000)
    if format != "json":  # the record itself is data: whoever shows it makes it fit
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\u2066]", told.replace("\r", ""))
    commands = [
        line for line in told.splitlines() if re.match(r"\s*::", line) or "##[" in line or "##vso[" in line
    ]
    if format == "annotations":
        assert len(commands) == 2  # one of the cause that all have, one for the score, and both of them ours
        assert all(re.match(r"::(error|notice) [^\n]*title=", line) for line in commands)
    elif format != "json":
        assert commands == []
    if format == "step_summary":
        assert len(text.encode()) < 2**20
        outside = re.sub(r"(?ms)^(`{3,})text$.*?^\1$", "", text)
        assert not re.search(r"(?<!\\)<(?!/?(details|summary)>)", outside)


class Page(HTMLParser):
    """Elements, and what they would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action", "data"):
                self.links.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)


@pytest.mark.parametrize("name", ["stubs", "half", "failures", "solved", "hostile"])
def test_a_page_asks_nothing_of_the_network_and_runs_nothing(name: str) -> None:
    text = render("html", hostile() if name == "hostile" else record(name), CONTEXT)
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "link", "form", "base"} & set(page.tags)
    assert page.handlers == []
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "STYLE-DIGEST" not in text
    assert page.tags.count("h1") == 1


def test_a_page_shows_what_a_learner_needs() -> None:
    text = render("html", record("half"), CONTEXT)
    assert "Yours against expected" in text
    assert "exercises/activations.py:" in text
    assert "First spark" in text
    assert 'src="data:image/png;base64,' in text
    assert "Your activation functions: " in text  # those that pass, though others do not
    solved = render("html", record("solved"), CONTEXT)
    assert "Losses of your networks" in solved
    assert "relu from 0 to 4, between 0 and 4; gelu from" in solved.replace(".0", "")
    assert re.search(r"norm by layer: .*sigmoid from \d\S*e−1\d to \d", solved)
    assert "Nothing to repair" in solved


NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


@given(st.lists(st.tuples(st.floats(allow_nan=True), NUMBERS), max_size=900))
def test_a_chart_is_drawn_within_its_frame(points: list[tuple[float, float | None]]) -> None:
    x, y = [a for a, _ in points], [b for _, b in points]
    made = chart("A", {"one": (x, y)}, across="x", up="y")
    if made is None:
        return
    for curve in made.curves:
        for across, up in re.findall(r"[ML](\S+) (\S+?)(?=[ML]|$)", curve.path):
            assert made.left - 1 <= float(across) <= made.right + 1
            assert made.top - 1 <= float(up) <= made.bottom + 1
    assert 2 <= len(made.yticks) <= 12
    assert all("nan" not in tick.label and "inf" not in tick.label for tick in (*made.xticks, *made.yticks))


def test_equal_factors_are_equal_steps_where_powers_are_drawn() -> None:
    numbers = [1e-12, 1e-6, None, 0.0, -1.0, math.nan, math.inf, 1.0]
    made = chart("A", {"tanh": (range(8), numbers)}, across="layer", up="norm", in_powers=True)
    assert made is not None
    assert [tick.label for tick in made.yticks] == ["10⁻¹⁰", "10⁻⁵", "10⁰"]
    assert (made.curves[0].style, made.zero) == (4, None)
    assert made.curves[0].path.count("M") == 2
    assert made.told == "tanh from 1e−12 to 1, between −1 and 1, 3 missing"
    assert all(float(tick.label).is_integer() for tick in made.xticks)


def test_a_summary_is_written_where_actions_shows_one(tmp_path: Path) -> None:
    (found,) = targets((), {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")})
    assert (found.format, found.appends) == ("step_summary", True)
    asked = ReportTarget.parse("step_summary=own.md", tmp_path)
    assert targets((asked,), {"GITHUB_STEP_SUMMARY": "x"}) == (asked,)
    assert targets((), {}) == ()
    with pytest.raises(
        ValueError, match=r"two reports would go to .*same\.json; name another file for one of them"
    ):
        targets([ReportTarget.parse(f"{name}=same.json", tmp_path) for name in ("json", "ctrf")], {})


def test_a_run_writes_what_was_asked_for(course: Course) -> None:
    """Every format at once, in a real run: files, what is printed, and a summary where Actions shows one."""
    folder = replace(course, files={"exercises/activations.py": RELU}).write()
    asked = [f"--grade-report={name}" for name in REPORT_FORMATS]
    summary = folder / "summary"
    summary.write_text("before\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--grade", *asked[:5], *asked[6:]],
        cwd=folder,
        env={**os.environ, **FIFTY, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for name, path in REPORT_FORMATS.items():
        assert path == "-" or name == "step_summary" or (folder / path).stat().st_size > 100, name
    assert summary.read_text("utf-8").startswith("before\n## 5 of 100 points")
    assert "\n::notice title=Score::5 of 100 points\n" in done.stdout
    jsonschema.validate(
        json.loads((folder / "result.json").read_text("utf-8")),
        json.loads((SCHEMAS / "classroom50.schema.json").read_text("utf-8")),
    )


def test_a_part_hands_out_no_score_and_says_so(course: Course) -> None:
    folder = replace(course, files={"exercises/activations.py": RELU}).write()
    done = course.run(
        "--grade", "-k", "relu", "--grade-report=gradescope", "--grade-report=html", folder=folder
    )
    assert done.status == 4
    told = " ".join(done.stdout.split())
    assert "There is no gradescope report: " in told
    assert "a part is no score to hand out." in told
    assert not (folder / ".grader" / "results.json").exists()
    page = folder / ".grader" / "report.html"
    assert page.exists()
    assert f"The page: {page.as_uri()}" in done.stdout


def test_a_path_that_cannot_be_written_loses_nothing(course: Course) -> None:
    folder = replace(course, files={"exercises/activations.py": RELU, "file": ""}).write()
    done = course.run(
        "--grade", "--grade-report=html=file/page.html", f"--grade-report=json={RECORD}", folder=folder
    )
    assert done.status == 4
    assert done.record["score"] == 5
    assert "The html report could not be written to" in " ".join(done.stdout.split())
    twice = course.run("--grade", "--grade-report=html=a", "--grade-report=ctrf=a", folder=folder)
    assert twice.status == 4
    assert "two reports would go to" in twice.stderr


def test_a_summary_that_nobody_asked_for_fails_nothing(course: Course) -> None:
    folder = replace(course, files={"exercises/activations.py": RELU}).write()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--grade", "--grade-exit-zero", "-k", "relu_values"],
        cwd=folder,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "The step_summary report could not be written to" in " ".join(done.stdout.split())
