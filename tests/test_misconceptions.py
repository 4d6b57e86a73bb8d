"""Known mistakes as programs: their words, that they lose the check that they name, and the page that lists them."""

from __future__ import annotations

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from conftest import ROOT

from grader_plugin import misconceptions, rubrics
from grader_plugin.exercise import Misconception
from grader_plugin.result import Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

ENTRIES = {entry.id: (name, entry) for name in rubrics.KIT for entry in misconceptions.load(name)}
CHECKS = {(info.name, check.name): check for info in rubrics.catalogue() for check in info.checks}
PAGE = (ROOT / "docs" / "misconceptions.md").read_text("utf-8")
TABLES, UNLISTED = PAGE.split("\n## Mistakes that are not in the tables\n")
CODE = r"\b[A-Z]\d\d[a-z]?\b"
EACH = 12  # of them one is graded here: all take minutes


@pytest.mark.parametrize("id", list(ENTRIES)[::EACH])
def test_a_mistake_loses_its_check(id: str, sandbox: Sandbox, tmp_path: Path) -> None:
    exercise, entry = ENTRIES[id]
    for solution in (ROOT / "solutions").glob("*.py"):
        shutil.copy(solution, tmp_path)
    with (tmp_path / f"{exercise}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\n{misconceptions.source(entry)}")
    result = Run(tmp_path, "exercises", sandbox=sandbox).check(exercise, entry.loses)
    assert result.status is Status.FAILED, (result.status, result.message)


def test_the_words_of_the_entries() -> None:
    for id, (exercise, entry) in ENTRIES.items():
        assert (exercise, entry.loses) in CHECKS, id
        assert re.fullmatch(r"[A-Z]\d\d[a-z]?(-[a-z0-9]+)+", id)
        for text in (entry.diagnosis, entry.hint):
            assert len(text) <= 200, id
            assert text[:1] == text[:1].upper(), id
            assert text.endswith((".", "?")), id
            assert "torch." not in text.replace("torch.Tensor", ""), id
        assert entry.diagnosis != entry.hint


def code(id: str) -> str:
    return id[:3]


def spelling(id: str) -> str:
    return id.partition("-")[0]


def rows(exercise: str) -> dict[str, tuple[str, str, str]]:
    """The page's table of an exercise: what goes wrong, the entries and the checks of each code."""
    table = TABLES.split(f"\n### {exercise}\n", 1)[1].split("\n### ", 1)[0]
    found = re.findall(r"^\| ([A-Z]\d\d) \| (.*) \| (.*) \| (.*) \|$", table, re.MULTILINE)
    assert len({row[0] for row in found}) == len(found)
    return {code: (words, entries, checks) for code, words, entries, checks in found}


def spellings(ids: list[str]) -> str:
    """What the page says of the entries of one code: their ids, or how many there are."""
    short = [spelling(id) for id in ids]
    return ", ".join(short) if len(set(short)) == len(short) <= 3 else str(len(short))


@pytest.mark.parametrize("exercise", rubrics.KIT)
def test_the_page_lists_every_code(exercise: str) -> None:
    found: dict[str, list[Misconception]] = {}
    for entry in misconceptions.load(exercise):
        found.setdefault(code(entry.id), []).append(entry)
    listed = rows(exercise)
    for one, entries in found.items():
        words, told, seen = listed.get(one, ("...", "", ""))
        checks = list(dict.fromkeys(entry.loses for entry in entries))
        patterns = re.findall(r"`([a-z0-9_*]+)`", seen)
        is_right = (
            told == spellings([entry.id for entry in entries])
            and all(any(fnmatch(check, pattern) for pattern in patterns) for check in checks)
            and all(any(fnmatch(check, pattern) for check in checks) for pattern in patterns)
        )
        names = ", ".join(f"`{check}`" for check in checks)
        row = f"| {one} | {words} | {spellings([entry.id for entry in entries])} | {names} |"
        assert is_right, f"docs/misconceptions.md, the table of {exercise}, should have the row\n{row}"
    assert set(listed) <= set(found), f"without an entry: {set(listed) - set(found)}"


def test_each_code_on_the_page_exists() -> None:
    there = {spelling(id) for id in ENTRIES} | {code(id) for id in ENTRIES}
    told, alike = UNLISTED.split("\n## Told by the same words\n")
    without = set(re.findall(r"^\| ([A-Z]\d\d) \|", told, re.MULTILINE))
    for text in (TABLES, told, alike):
        assert set(re.findall(CODE, text)) <= there | without
    assert without - there, "the page says of some mistakes that they are no programs"


def test_the_page_has_the_codes_that_read_alike() -> None:
    together: dict[tuple[str, str], set[str]] = {}
    for id, (_, entry) in ENTRIES.items():
        together.setdefault((entry.task, entry.diagnosis), set()).add(code(id))
    alike = [set(re.findall(CODE, row)) for row in UNLISTED.splitlines() if row.startswith("| ")]
    for codes in together.values():
        assert len(codes) == 1 or any(codes <= row for row in alike), f"they read alike: {sorted(codes)}"


def test_the_example_on_the_page_is_an_entry() -> None:
    example = PAGE.split("```python\n", 1)[1].split("```", 1)[0]
    module = ROOT / "grader_plugin" / "misconceptions" / "activations.py"
    assert example in module.read_text("utf-8")
