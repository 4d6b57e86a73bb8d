"""The reports that a person has read, and how they are made anew: `python tests/golden_reports.py`, then read the diff."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from grader_plugin import rubrics
from grader_plugin.progress import Award, Progress, news
from grader_plugin.reports import terminal
from grader_plugin.reports.screen import CAUSES, Screen
from grader_plugin.result import ExerciseResult, Grade, Status

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
WIDTHS = (40, 80, 120)
SCREENS = {"color": Screen(color=True, unicode=True), "mono": Screen(unicode=True), "pipe": Screen()}
PLOTS = (".grader/plots/losses.png", ".grader/plots/tour.png")

HALF = {
    "activations": {
        "relu": "return x.clamp(min=0)",
        "gelu": "return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))",
        "silu": "return x * sigmoid(x)",
        "sigmoid": "return 1 / (1 + torch.exp(-x))",
        "tanh": "return 2 * sigmoid(x) - 1",
    },
    "softmax": {"softmax": "shares = torch.exp(logits)\nreturn shares / shares.sum()"},
    "trainability": {"dead_units": "return (hidden == 0).any(dim=0)"},
}

# The README's picture.
SECOND_DAY = {"activations": {task: HALF["activations"][task] for task in ("relu", "gelu")}}

# One of each way to fail.
FAILURES = {
    "activations": {
        "relu": "x.clamp(min=0)",
        "gelu": "return 0.5 * x * (1 + erf(x / math.sqrt(2)))",
        "silu": "x *= sigmoid(x)\nreturn x",
        "sigmoid": "return torch.sigmoid(x)",
        "tanh": "print('x is', tuple(x.shape))\nreturn 2 / (1 + torch.exp(-x)) - 1",
        "tour": "while True:\n    pass",
        "plot_tour": "import os\nos._exit(0)",
    },
    "softmax": {"softmax": "return torch.exp(logits"},
    "mlp": {"forward": "return self.fc2(self.activation(self.fc1(images.flatten(1)))).softmax(dim=1)"},
    "training": {
        "train_step": "optimizer.zero_grad()\nloss = F.cross_entropy(model(images).softmax(dim=1), targets)\nloss.backward()\noptimizer.step()\nreturn loss.item()",
        "accuracy": "return 100 * (model(images).argmax(dim=1) == targets).float().mean().item()",
        "fastest": "return min(histories, key=lambda name: histories[name][-1])",
    },
    "trainability": {
        "dead_units": "return (hidden == 0).float().mean(dim=0)",
        "saturated_fraction": "return ((hidden <= low + tolerance) | (hidden >= high - tolerance)).float().mean()",
        "choose_activation": "return 'relu'",
    },
}  # fmt: skip


def fill(text: str, task: str, lines: str) -> str:
    """A stub's text with the body of one function written."""
    body = re.compile(rf"(def {task}\(.*?\n)( +)(# TODO[^\n]*\n +)raise NotImplementedError[^\n]*", re.DOTALL)
    written, found = body.subn(
        lambda m: m[1] + "\n".join(m[2] + line for line in lines.split("\n")), text, count=1
    )
    assert found, task
    return written


def exercises(written: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The five files by name: the stubs, with what has been written of them."""
    files = {}
    for name in rubrics.KIT:
        text = (ROOT / "exercises" / f"{name}.py").read_text("utf-8")
        for task, lines in written.get(name, {}).items():
            text = fill(text, task, lines)
        files[f"{name}.py"] = text
    return files


def solved() -> dict[str, str]:
    """The solutions."""
    return {f"{name}.py": (ROOT / "solutions" / f"{name}.py").read_text("utf-8") for name in rubrics.KIT}


CASES = {
    "stubs": lambda: exercises({}),
    "second_day": lambda: exercises(SECOND_DAY),
    "half": lambda: exercises(HALF),
    "failures": lambda: exercises(FAILURES),
    "solved": solved,
}


def record(name: str) -> Grade:
    """The stored record of a case."""
    return Grade.from_dict(json.loads((GOLDEN / f"{name}.json").read_text("utf-8")))


def report(name: str, screen: str, width: int, full: int = CAUSES) -> str:
    """What is to be read of a case, after a run in a folder without a ledger."""
    grade = record(name)
    after = Progress().adding(news(Progress(), grade, datetime(2026, 1, 1, tzinfo=timezone.utc)))
    award = Award(before=Progress(), after=after)
    plots = PLOTS if name == "solved" else ()
    shown = replace(SCREENS[screen], width=width)
    return (
        terminal.render(grade, shown, full=full, award=award, lesson=rubrics.catalogue(), plots=plots) + "\n"
    )


def reports() -> dict[str, str]:
    """All of them by file name."""
    found = {
        f"{name}.{width}.{screen}.txt": report(name, screen, width)
        for name in CASES
        for width in WIDTHS
        for screen in SCREENS
    }
    found["failures.80.verbose.txt"] = report("failures", "mono", 80, full=100)
    found["failures.80.quiet.txt"] = report("failures", "mono", 80, full=0)
    found["half.20.mono.txt"] = report("half", "mono", 20)
    return found


def graded_anew(name: str) -> Grade:
    """The record of a case as it is today; of `failures` one check becomes the grader's own."""
    from grader_plugin.runner import Run, grade
    from grader_plugin.sandbox import Sandbox

    with tempfile.TemporaryDirectory() as room, Sandbox() as sandbox:
        folder = Path(room, "exercises")
        folder.mkdir()
        for file, text in CASES[name]().items():
            (folder / file).write_text(text, "utf-8")
        found = grade(Run(folder, "exercises", sandbox=sandbox))
    if name == "failures":
        return replace(found, exercises=tuple(map(_with_an_error, found.exercises)))
    return found


def store(name: str) -> None:
    """Grade a case and keep its record, without what differs from run to run."""
    data = graded_anew(name).to_dict()
    data["environment"] = {}
    data["files"] = {}
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            check["seconds"] = 0.0
    for curve in data["training"].values():
        curve["losses"] = curve["losses"][:20]  # enough for a mean
    (GOLDEN / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _with_an_error(exercise: ExerciseResult) -> ExerciseResult:
    def changed(check):  # type: ignore[no-untyped-def]
        if not check.id.endswith("::norms_have_the_right_size"):
            return check
        message = "The grader failed on this check (KeyError: 'fc3')"
        return replace(check, status=Status.ERROR, message=message, hint="", where="", remarks=(), output="")

    return replace(exercise, checks=tuple(map(changed, exercise.checks)))


if __name__ == "__main__":
    shutil.rmtree(GOLDEN, ignore_errors=True) if "--grade" in sys.argv else None
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        if not (GOLDEN / f"{case}.json").exists():
            store(case)
    for file, text in reports().items():
        (GOLDEN / file).write_text(text, "utf-8")
