"""Every hostile and broken submission of the catalogue, with the kernel's confinement and without it.

What holds for all of them is asserted in `harness.run`: the record is complete, the exit status is 1 unless all passes,
the checks of other files are unharmed, no process and no file is left, and a file outside stays as it was where the kernel
confines. Ids are those of the catalogue that graders are measured by; launches stand in `test_launch.py`, training in `test_training.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from broken import BROKEN, GREEDY, HANGS
from cheats import ANSWERS, CHEATS
from conftest import ROOT, kernel_confines, wait_until_gone
from further import FURTHER
from harness import Case, run
from takeovers import TAKEOVERS

from grader_plugin.inert import visible_lines
from grader_plugin.sandbox import Sandbox

CASES = [*CHEATS, *ANSWERS, *TAKEOVERS, *BROKEN, *HANGS, *GREEDY, *FURTHER]


@pytest.fixture(scope="module", params=["confined", "free"])
def level(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox of the strictest kind that this machine has, and one without confinement."""
    with Sandbox(confine=request.param == "confined") as sandbox:
        yield sandbox


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_gains_nothing_and_harms_nothing(case: Case, level: Sandbox, tmp_path: Path) -> None:
    held = level.confinement().is_full
    code = case.code.replace("{root!r}", repr(str(ROOT)))
    case = replace(case, code=code)
    if case.harms and not held:
        with Sandbox(confine=False) as own:
            _, result = run(case, own, tmp_path)
    else:
        _, result = run(case, level, tmp_path)
    status = case.status if held or case.free_status is None else case.free_status
    says = case.says if held or case.free is None else case.free
    assert result.status.value == status, (result.status, result.message)
    assert says in result.message if status != "passed" else True, result.message
    if held or case.free is None:
        assert case.hint in result.hint
        assert case.output in result.output
    assert held or case.free_output in result.output
    assert case.detail in result.detail
    assert result.where == case.where if case.where else True, result.where
    assert not (case.absent and case.absent in result.message), result.message
    assert "\n" not in result.message
    assert len(result.message) < 500
    for told in (result.message, result.detail, result.hint, result.where):
        assert "Traceback" not in told
        assert "grader_plugin/" not in told or str(ROOT) in code
        assert visible_lines(told) == told
    if case.spawns and not held:
        assert result.output.split()
        for pid in result.output.split():
            wait_until_gone(int(pid))


@pytest.mark.skipif(not kernel_confines(), reason="this kernel has no Landlock that scopes signals")
def test_the_strictest_level_is_reached() -> None:
    """Asked of the kernel itself: else all that is above would hold at one level only, and nobody would see it."""
    with Sandbox() as sandbox:
        assert sandbox.confinement().is_full


def test_the_ids_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
