"""Code that nothing confines against the process that its worker came from, and against what lies beside its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import wait_until_gone
from harness import GELU, HEAD, SHORT, SOFTMAX, alarm, does, lesson

from grader_plugin import forked
from grader_plugin.result import Grade
from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox

RIGHT = "return x.clamp(min=0)"
TRACED = does("print(ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))", "time.sleep(1e6)")


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox that does not confine, and does not wait long for a silent template; its templates end with it."""
    monkeypatch.setattr(forked, "ANSWER_SECONDS", 1.0)
    started: list[int] = []
    execute = forked.Template.execute

    def noted(*args: object) -> forked.Template:
        template = execute(*args)
        assert template._process is not None
        started.append(template._process.pid)
        return template

    monkeypatch.setattr(forked.Template, "execute", noted)
    with Sandbox(confine=False) as own:
        yield own
        folder = own._folder
    for pid in started:
        wait_until_gone(pid)
    assert not folder.exists()


def graded(code: str, folder: Path, own: Sandbox) -> Grade:
    """The record of the small lesson."""
    (folder / "activations.py").write_text(HEAD + code + GELU)
    (folder / "softmax.py").write_text(SOFTMAX)
    with alarm():
        record = grade(Run(folder, "exercises", sandbox=own, exercises=lesson(SHORT), seed=3))
    assert ([check.task for check in record.checks], record.max_score) == (["relu", "gelu", "softmax"], 3)
    return record


def told(record: Grade) -> list[str]:
    return [f"{check.status.value}: {check.message}".rstrip(": ") for check in record.checks]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (does("os.kill(os.getppid(), 19)", "time.sleep(1e6)"), "relu took over 0.6 s"),
        (does("os.kill(os.getppid(), 9)", "time.sleep(1e6)"), "relu left the process unable to answer"),
        (TRACED, "relu "),
    ],
    ids=["stopped", "killed", "traced"],
)
def test_a_template_is_replaced_once(code: str, says: str, free: Sandbox, tmp_path: Path) -> None:
    record = graded(code, tmp_path, free)
    failed, *others = told(record)
    assert failed.startswith(f"failed: {says}")
    assert others == ["passed", "passed"]
    assert record.exit_status() == 1


def test_a_second_time_it_is_no_grade(free: Sandbox, tmp_path: Path) -> None:
    """T18 without L3: exit status 3, and nothing passes that was not graded."""
    record = graded("os.kill(os.getppid(), 9)\ntime.sleep(1e6)\n", tmp_path, free)
    assert told(record) == [
        "failed: Loading exercises/activations.py left the process unable to answer",
        "error: The grader's template process died again and again",
        "error: The grader's template process died again and again",
    ]
    assert (record.exit_status(), record.score) == (3, 0)


def test_folders_that_somebody_removed_are_made_anew(free: Sandbox, tmp_path: Path) -> None:
    record = graded(does("import shutil", "shutil.rmtree('..', ignore_errors=True)", RIGHT), tmp_path, free)
    assert told(record) == ["passed", "passed", "passed"]
