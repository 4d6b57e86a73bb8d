"""A hostile or broken submission, what is expected of it, and a small lesson that grades it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from conftest import Watched

from grader_plugin.compare import assert_close, like_input
from grader_plugin.exercise import Exercise, Task
from grader_plugin.result import CheckResult, Grade
from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox
from grader_plugin.submission import Submission

HEAD = "import ctypes, os, sys, time\nimport torch\nfrom torch import Tensor\n\n\n"
GELU = "\n\ndef gelu(x):\n    return x.clamp(min=0)\n"
SOFTMAX = "def softmax(x):\n    return x.clamp(min=0)\n"
ALARM = 60  # seconds; no case takes that long
SHORT = 0.6  # the deadline of what hangs


def does(*lines: str) -> str:
    """A relu of these lines."""
    return "def relu(x):\n" + "".join(f"    {line}\n" for line in lines)


@dataclass(frozen=True, kw_only=True)
class Case:
    """`code` stands in activations.py before a right gelu; what the check of relu says of it.

    `free` and `free_status` hold where nothing confines the worker; without them it is the same. `outside`: a file that
    it tries to change lies at `{outside}` in the code, and only unconfined code reaches it. `harms`: it kills the template.
    `spawns`: it prints the numbers of processes that outlive it.
    """

    id: str
    does: str
    code: str
    says: str = ""
    status: str = "failed"
    free: str | None = None
    free_status: str | None = None
    free_output: str = ""
    hint: str = ""
    where: str = ""
    detail: str = ""
    absent: str = ""  # what no sentence has
    output: str = ""
    seconds: float = 30.0
    alone: bool = False  # `code` is the whole file, and no gelu follows
    gelu: str = "passed"
    files: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False
    harms: bool = False
    spawns: bool = False

    def __str__(self) -> str:
        return f"{self.id} {self.does}"


def lesson(seconds: float) -> dict[str, Exercise]:
    """Two files, three functions that have to be relu, a point each; inputs are drawn by the run's seed."""
    first = Exercise(
        "activations",
        "First",
        tasks=(
            Task("relu", like_input, forbids=frozenset({"aten::relu", "aten::gelu"})),
            Task("gelu", like_input),
        ),
    )
    second = Exercise("softmax", "Second", tasks=(Task("softmax", like_input),))
    for made, name in ((first, "relu"), (first, "gelu"), (second, "softmax")):

        def judge(submission: Submission, name: str = name) -> None:
            """It is relu"""
            x = torch.randn(5, requires_grad=True)
            y = getattr(submission, name)(x)
            assert_close(y, torch.relu(x), f"{name}(x)")
            (slope,) = torch.autograd.grad(y.sum(), x)
            assert_close(slope, (x > 0).float(), f"the gradient of {name}")

        judge.__name__ = name
        made.check(task=name, points=1, seconds=30.0 if name == "softmax" else seconds)(judge)
    return {"activations": first, "softmax": second}


@contextmanager
def alarm() -> Iterator[None]:
    """A grading that does not come to an end fails."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"not graded within {ALARM} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(ALARM)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(case: Case, sandbox: Sandbox, folder: Path) -> tuple[Grade, CheckResult]:
    """Grade it; the record, and the check of relu. What holds for every case is asserted here."""
    outside = folder / "outside"
    outside.write_text("as it was")
    text = case.code.replace("{outside}", str(outside))
    home = folder / "exercises"
    home.mkdir()
    files = {
        "activations.py": HEAD + text + ("" if case.alone else GELU),
        "softmax.py": SOFTMAX,
        **case.files,
    }
    for name, content in files.items():
        (home / name).write_text(content, "utf-8")
    watched = Watched(sandbox)
    with alarm():
        record = grade(Run(home, "exercises", sandbox=watched, exercises=lesson(case.seconds), seed=3))
        watched.assert_nothing_is_left()
    assert [check.id for check in record.checks] == [
        "activations::relu::relu",
        "activations::gelu::gelu",
        "softmax::softmax::softmax",
    ]
    assert (record.max_score, record.complete) == (3, True)
    by_task = {check.task: check for check in record.checks}
    assert by_task["softmax"].status.value == "passed", by_task["softmax"].message
    assert by_task["gelu"].status.value == case.gelu, by_task["gelu"].message
    passed = all(check.status.value == "passed" for check in record.checks)
    assert record.exit_status() == (0 if passed else 1)
    if sandbox.confinement().is_full or not case.outside:
        assert outside.read_text() == "as it was"
    assert sorted(os.listdir(folder)) == ["exercises", "outside"] or case.outside
    return record, by_task["relu"]
