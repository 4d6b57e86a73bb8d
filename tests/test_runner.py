"""The order of work, and the long checks that a second thread begins with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from grader_plugin.compare import assert_close, like_input
from grader_plugin.exercise import Exercise, Task
from grader_plugin.result import Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox
from grader_plugin.submission import Submission

RIGHT = "def relu(x):\n    print('at work')\n    return x.clamp(min=0)\n"

Make = Callable[..., Run]


def lesson() -> dict[str, Exercise]:
    """A short check, and two long ones after it."""
    exercise = Exercise("activations", "First", tasks=(Task("relu", like_input),))

    @exercise.check(task="relu", points=1)
    def short(submission: Submission) -> None:
        """relu of -1 is 0"""
        assert_close(submission.relu(torch.tensor([-1.0])), torch.zeros(1), "relu(-1)")

    @exercise.check(task="relu", points=1, after=short, seconds=100, beside=True)
    def long(submission: Submission) -> None:
        """relu of 2 is 2"""
        assert_close(submission.relu(torch.tensor([2.0])), torch.tensor([2.0]), "relu(2)")
        submission.training["relu"] = {"losses": [1.0]}

    @exercise.check(task="relu", points=1, after=long, seconds=100, beside=True)
    def longer(submission: Submission) -> None:
        """relu of 3 is 3"""
        assert_close(submission.relu(torch.tensor([3.0])), torch.tensor([3.0]), "relu(3)")

    return {"activations": exercise}


@pytest.fixture
def make(sandbox: Sandbox, tmp_path: Path) -> Make:
    """A run over files by their names."""

    def run(**files: str) -> Run:
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text, "utf-8")
        return Run(tmp_path, "exercises", sandbox=sandbox, exercises=lesson())

    return run


def begin(run: Run) -> None:
    run.ahead(run.exercises["activations"].info.checks)


def results(run: Run) -> dict[str, tuple[Status, str, str, str]]:
    names = [info.name for info in run.exercises["activations"].info.checks]
    found = [run.check("activations", name) for name in names]
    return {
        name: (one.status, one.message, one.where, one.output) for name, one in zip(names, found, strict=True)
    }


@pytest.mark.parametrize(
    "code",
    [
        RIGHT,
        "def relu(x):\n    return x.abs()\n",
        "def relu(x):\n    return x.clamp(max=0)\n",
        "def relu(x):\n    raise NotImplementedError\n",
        "import os\n\n\ndef relu(x):\n    os._exit(7)\n",
        "def relu(x:\n",
    ],
    ids=["right", "abs", "negative", "todo", "exit", "syntax"],
)
def test_what_is_begun_ahead_ends_the_same(code: str, make: Make) -> None:
    in_order = results(make(activations=code))
    run = make(activations=code)
    begin(run)
    assert results(run) == in_order


def test_what_is_begun_ahead_and_blocked_then_is_blocked(make: Make) -> None:
    run = make(activations="def relu(x):\n    return x.abs()\n")
    begin(run)
    assert run.check("activations", "long").status is Status.BLOCKED


def test_training_told_ahead_is_in_the_record(make: Make) -> None:
    run = make(activations=RIGHT)
    begin(run)
    assert run.check("activations", "longer").status is Status.PASSED
    assert run.training == {"relu": {"losses": [1.0]}}


def test_other_checks_are_not_begun_ahead(make: Make) -> None:
    run = make(activations=RIGHT)
    run.ahead(info for info in run.exercises["activations"].info.checks if not info.beside)
    assert results(run)["short"][0] is Status.PASSED


def test_another_file_that_ends_the_process_is_left_out_ahead_too(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "activations.py").write_text("from .mlp import MLP\n\n\n" + RIGHT, "utf-8")
    (tmp_path / "mlp.py").write_text("import os\n\nos._exit(0)\n", "utf-8")
    exercises = {**lesson(), "mlp": Exercise("mlp", "Second", tasks=(Task("MLP"),))}
    run = Run(tmp_path, "exercises", sandbox=sandbox, exercises=exercises)
    begin(run)
    assert {status for status, *_ in results(run).values()} == {Status.PASSED}


def test_what_runs_beside_leaves_the_global_generators_alone(make: Make) -> None:
    drawn = []
    for ahead in (False, True):
        run = make(activations=RIGHT)
        if ahead:
            begin(run)
            for future in run._ahead.values():
                future.result(timeout=60)
        run.check("activations", "short")
        drawn.append(torch.rand(3))
    assert torch.equal(*drawn)


def test_the_graders_error_is_never_a_silent_zero(sandbox: Sandbox, tmp_path: Path) -> None:
    """A prerequisite that was not selected fails by the grader's fault: so does what comes after it."""
    (tmp_path / "activations.py").write_text(RIGHT, "utf-8")
    exercise = Exercise("activations", "First", tasks=(Task("relu"),))

    @exercise.check(task="relu", points=1)
    def broken(submission: Submission) -> None:
        """A check with a fault of its own"""
        raise KeyError("ours")

    @exercise.check(task="relu", points=1, after=broken)
    def later(submission: Submission) -> None:
        """Comes after it"""

    run = Run(tmp_path, "exercises", sandbox=sandbox, exercises={"activations": exercise})
    assert run.check("activations", "later").status is Status.ERROR


def test_a_file_that_only_claims_to_be_loading_is_tried_without_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    forged = (
        "import json, os, struct\n\n\ndef relu(x):\n"
        "    text = json.dumps({'number': int(os.environ.get('N', 3)), 'event': 'loading', 'module': 'mlp'}).encode()\n"
        "    os.write(3, struct.pack('!4sII', b'GRD1', len(text), 0) + text)\n"
        "    os._exit(0)\n"
    )
    (tmp_path / "activations.py").write_text(forged, "utf-8")
    (tmp_path / "mlp.py").write_text("MLP = None\n", "utf-8")
    exercises = {**lesson(), "mlp": Exercise("mlp", "Second", tasks=(Task("MLP"),))}
    run = Run(tmp_path, "exercises", sandbox=sandbox, exercises=exercises)
    assert run.check("activations", "short").status is Status.FAILED


def test_closing_ends_what_was_begun_ahead(tmp_path: Path) -> None:
    (tmp_path / "activations.py").write_text("def relu(x):\n    while True:\n        pass\n", "utf-8")
    with Sandbox() as sandbox:
        run = Run(tmp_path, "exercises", sandbox=sandbox, exercises=lesson())
        begin(run)
        futures = list(run._ahead.values())
    found = [future.result(timeout=60) for future in futures]  # killed: no answer, or never started
    assert {result.status for result, *_ in found} <= {Status.FAILED, Status.ERROR}
