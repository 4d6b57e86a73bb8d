"""What the documents say is so: links, commands, options, fields, snippets, numbers."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader_plugin import rubrics
from grader_plugin.cli import app
from grader_plugin.exercise import CheckInfo
from grader_plugin.instructor.release import stub
from grader_plugin.record import environment, result_of
from grader_plugin.result import SCHEMA, ExerciseResult, Grade, Status
from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/results.md",
    "docs/design.md",
    "exercises/README.md",
    "data/README.md",
)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, language: str = "") -> list[str]:
    """The fenced blocks of a document in that language, as they would be typed."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", read(name), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(text) for _, text in found]


def commands(name: str) -> list[str]:
    return [
        line for block in blocks(name) for line in block.splitlines() if line.startswith(("python", "grader"))
    ]


def section(name: str, heading: str) -> str:
    return re.split(r"^#+ ", read(name).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(name: str, heading: str) -> set[str]:
    """The names in the first column of a section's table."""
    rows = re.findall(r"^\| (`.*?) \|", section(name, heading), re.MULTILINE)
    return {field for row in rows for field in re.findall(r"`([^`]+)`", row)}


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", read(name)):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_the_two_commands_stand_alone_in_the_readme() -> None:
    assert commands("README.md")[:2] == ["python -m pip install -e .", "python -m pytest --grade"]


def test_the_readme_has_the_options_that_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    group = done.stdout.split("grading exercises:\n", 1)[1].split("\n\n", 1)[0]
    there = set(re.findall(r"^  (--[a-z-]+)", group, re.MULTILINE))
    assert {entry.split()[0].partition("[")[0] for entry in table("README.md", "Options")} == there
    used = re.findall(r"(--(?:grade|submission)[a-z-]*)", "".join(map(read, DOCUMENTS)))
    assert set(used) <= there


def test_what_the_readme_selects_is_there() -> None:
    checks = [
        f"exercises/{info.file}::{check.task}::{check.name}"
        for info in rubrics.catalogue()
        for check in info.checks
    ]
    selections = [
        command.split()[-1]
        for command in commands("README.md")
        if " -k " in command or "--grade exercises/" in command
    ]
    assert len(selections) == 4
    for selection in selections:
        assert any(selection in check for check in checks), selection


def test_commands_of_grader_exist() -> None:
    for name, option in re.findall(r"`grader ([a-z]+)(?: (--[a-z]+))?`", "".join(map(read, DOCUMENTS))):
        shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
        assert shown.exit_code == 0, name
        assert option in re.sub(r"\x1b\[[0-9;]*m", "", shown.output)


def test_the_numbers_are_those_of_the_lesson() -> None:
    lesson = rubrics.catalogue()
    count = sum(len(exercise.checks) for exercise in lesson)
    for name in ("README.md", "CHANGELOG.md", "docs/results.md", "docs/design.md"):
        assert set(re.findall(r"(\d+) checks", read(name))) == {str(count)}, name
    points = [sum(check.points for check in exercise.checks) for exercise in lesson]
    assert sum(points) == 100
    assert re.findall(r"\((\d+)\)", section("CHANGELOG.md", "0.1.0 (unreleased)")) == [str(p) for p in points]
    rows = re.findall(r"^\| \[`(\w+)\.py`\].*\| (\d+) \|$", read("exercises/README.md"), re.MULTILINE)
    assert rows == [(info.name, str(most)) for info, most in zip(lesson, points, strict=True)]


INFO = CheckInfo(exercise="e", task="t", name="n", title="T", points=1)


def test_the_record_is_described_field_by_field() -> None:
    exercise = ExerciseResult(name="e", title="E", checks=(result_of(INFO, Status.NOT_RUN),))
    record = Grade(exercises=(exercise,), environment=environment(0, "none")).to_dict()
    assert table("docs/results.md", "The whole") == set(record)
    assert table("docs/results.md", "An exercise") == set(record["exercises"][0])
    assert table("docs/results.md", "A check") == set(record["exercises"][0]["checks"][0])
    assert table("docs/results.md", "Environment") == set(record["environment"])
    assert table("docs/results.md", "Statuses") == {status.value for status in Status}
    assert SCHEMA in read("docs/results.md")


def examples() -> list[Any]:
    return [json.loads(block) for block in blocks("docs/results.md", "json")]


def test_the_example_is_a_record() -> None:
    training, record = examples()
    assert Grade.from_dict(record).to_dict() == record
    assert {name for one in training.values() for name in one} == table("docs/results.md", "Training")


def test_the_snippet_reads_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(examples()[1]), "utf-8")
    monkeypatch.chdir(tmp_path)
    (snippet,) = blocks("docs/results.md", "python")
    exec(compile(snippet, "docs/results.md", "exec"), {})
    assert capsys.readouterr().out == "1 5 []\n"


def test_an_exercise_can_be_added_as_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    solution, make_stubs, rubric = blocks("CONTRIBUTING.md", "python")
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
    (tmp_path / "solutions" / "leaky.py").write_text(solution, "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(make_stubs, "CONTRIBUTING.md", "exec"), {})
    assert (tmp_path / "exercises" / "leaky.py").read_text("utf-8") == stub(solution)

    module: dict[str, Any] = {
        "__name__": "grader_plugin.rubrics.leaky",
        "__package__": "grader_plugin.rubrics",
    }
    exec(compile(rubric, "CONTRIBUTING.md", "exec"), module)
    statuses = {}
    for folder in ("solutions", "exercises"):
        run = Run(tmp_path / folder, folder, sandbox=sandbox, exercises={"leaky": module["exercise"]})
        statuses[folder] = {check.status for check in grade(run).checks}
    assert statuses == {"solutions": {Status.PASSED}, "exercises": {Status.TODO}}


def test_the_layout_lists_the_modules_in_the_order_of_dependency() -> None:
    package = ROOT / "grader_plugin"
    (layout,) = blocks("docs/design.md")
    listed = re.findall(r"^(\w+)(?:\.py|/) ", layout, re.MULTILINE)
    there = {
        path.stem for path in package.glob("[!_]*") if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(listed) == there
    for path in package.rglob("*.py"):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                home = path.parents[node.level - 1]
                names = [node.module] if node.module else [alias.name for alias in node.names]
                for name in names:
                    used = (home / name.replace(".", "/")).relative_to(package).parts[0]
                    assert used == own or listed.index(used) < listed.index(own), f"{own} uses {used}"
