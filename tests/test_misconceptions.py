"""Known mistakes as programs: their words, and that they lose the check that they name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from grader_plugin import misconceptions, rubrics
from grader_plugin.result import Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

ENTRIES = {entry.id: (name, entry) for name in rubrics.LESSON for entry in misconceptions.load(name)}
CHECKS = {(info.name, check.name): check for info in rubrics.catalogue() for check in info.checks}
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
