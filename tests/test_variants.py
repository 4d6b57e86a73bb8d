"""Correct code of other hands: none of it may lose a point."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import ROOT

from grader_plugin import rubrics
from grader_plugin.instructor.material import gather
from grader_plugin.instructor.verify import Job, perform
from grader_plugin.sandbox import Sandbox

FOLDER = ROOT / "tests" / "variants"
VARIANTS = sorted(FOLDER.glob("*/*.py"))
EACH = 5  # of them one is graded here; `grader verify` grades all


@pytest.mark.parametrize("path", VARIANTS[::EACH], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_variant_keeps_every_point(sandbox: Sandbox, path: Path) -> None:
    material = gather(path.parent.name, ROOT / "solutions", FOLDER)
    job = Job(exercise=material.name, kind="variant", name=path.name)
    assert perform(material, job, sandbox).findings == ()


def test_there_are_many_of_each_exercise() -> None:
    assert {path.parent.name for path in VARIANTS} == set(rubrics.KIT)
    assert len(VARIANTS) >= 60


def test_no_two_are_the_same_program() -> None:
    def program(path: Path) -> str:
        tree = ast.parse(path.read_text("utf-8"))
        return ast.dump(ast.Module(tree.body[1:], []))

    assert len({(path.parent.name, program(path)) for path in VARIANTS}) == len(VARIANTS)
