"""Naming the mistake: when the grader does, when it says nothing, and that a score never depends on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from conftest import ROOT, Grading
from test_first_screen import LOOP, STEP

from grader_plugin import misconceptions
from grader_plugin.diagnosis import explain, read_alike
from grader_plugin.exercise import Misconception
from grader_plugin.investigation import Investigation
from grader_plugin.result import CheckResult, Status
from grader_plugin.runner import Run


def entry(id: str, diagnosis: str = "") -> Misconception:
    return Misconception(
        id=id, task="relu", wrong=lambda x: x, diagnosis=diagnosis or id, hint="?", loses="relu_values"
    )


A, B, C = entry("A"), entry("B"), entry("C", "B")


def agrees(*entries: Misconception) -> Callable[[Misconception], bool]:
    return lambda one: one in entries


@pytest.mark.parametrize(
    ("rehearsals", "left"),
    [
        ([], ()),
        ([agrees(A)], (A,)),
        ([agrees()], ()),
        ([agrees(A, B), agrees(B)], (B,)),
        ([agrees(A, B), agrees(A, B)], (A, B)),
        ([agrees(A, B, C), agrees(B, C)], (B, C)),
        ([agrees(A), agrees()], ()),  # two in any case
        ([agrees(A), agrees(A), agrees()], (A,)),  # no more where one is left
        ([agrees(B, C), agrees(B, C), agrees()], (B, C)),  # nor where they read alike
    ],
)
def test_what_agrees_with_every_answer_is_left(rehearsals: Any, left: tuple[Misconception, ...]) -> None:
    assert explain((A, B, C), rehearsals) == left


def test_the_last_rehearsal_is_made_in_any_case() -> None:
    assert explain((A, B), [agrees(A), agrees(A), agrees(A)], agrees()) == ()
    assert explain((A, B), [], agrees(B)) == (B,)


def test_what_reads_alike_has_one_name() -> None:
    assert [read_alike(one) for one in ((), (A,), (A, B), (B, C))] == [False, True, False, True]


def lost(results: dict[str, CheckResult]) -> list[CheckResult]:
    return [one for one in results.values() if one.status is Status.FAILED]


# As somebody else would write it: other operations, other names, other order than in the list of mistakes.
SPELLINGS = {
    "gelu by tanh": (
        "activations",
        "gelu",
        "cubed = torch.pow(x, 3)\nz = 0.7978845608028654 * x * (1 + 0.044715 * cubed / torch.where(x == 0, 1.0, x))\nt = 1 - 2 / (torch.exp(2 * z.clamp(-40, 40)) + 1)\nreturn x / 2 + x / 2 * t",
        "G01",
    ),
    "softmax without a shift": (
        "softmax",
        "softmax",
        "up = math.e ** logits\ntotal = torch.sum(up, dim=dim, keepdim=True)\nreturn up * total.reciprocal()",
        "",
    ),
    "exp over its sum": (
        "softmax",
        "softmax",
        "up = torch.exp(logits)\ntotal = torch.sum(up, dim=dim).unsqueeze(dim)\nreturn torch.div(up, total)",
        "M01",
    ),
    "sum for mean": (
        "softmax",
        "cross_entropy",
        "loss = 0\nfor row, target in zip(log_softmax(logits, dim=1), targets):\n    loss = loss - row[target]\nreturn loss",
        "C01",
    ),
    "softmax in the step": (
        "training",
        "train_step",
        "model.zero_grad()\nprobabilities = torch.exp(torch.log_softmax(model(images), dim=-1))\nloss = nn.CrossEntropyLoss()(probabilities, targets)\nloss.backward()\noptimizer.step()\nreturn float(loss)",
        "K09",
    ),
    "zero_grad missing": (
        "training",
        "train_step",
        STEP.replace("optimizer.zero_grad()\n", "").replace(
            "scores = model(images)", "scores = model.forward(images)"
        ),
        "K01",
    ),
    "last batch dropped": (
        "training",
        "train",
        LOOP.format(
            shuffle="order = torch.randperm(images.shape[0], generator=generator)",
            end="len(order) // batch_size * batch_size",
            index="order[batch]",
        ),
        "K14",
    ),
    "accuracy in percent": (
        "training",
        "accuracy",
        "training = model.training\nmodel.eval()\nwith torch.no_grad():\n    hits = torch.eq(torch.argmax(model(images), 1), targets)\nmodel.train(training)\nreturn hits.double().mean().item() * 100.0",
        "K70",
    ),
}


def written(exercise: str, task: str, body: str) -> str:
    """The function with the solution's own signature."""
    source = (ROOT / "solutions" / f"{exercise}.py").read_text("utf-8")
    start = source.index(f"def {task}(")
    head = source[start : source.index(":\n", start) + 1]
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n{head}\n{lines}\n"


@pytest.mark.parametrize("name", SPELLINGS)
def test_another_spelling_has_the_same_name(grading: Grading, name: str) -> None:
    exercise, task, body, code = SPELLINGS[name]
    run = grading.run(exercise, written(exercise, task, body))
    checks = [one for one in run.exercises[exercise].info.checks if one.task == task and not one.beside]
    results = lost({one.name: run.check(exercise, one.name) for one in checks})
    assert results
    for one in results:
        assert one.misconception.startswith(code), (one.id, one.misconception, one.message)
        if one.misconception:
            known = {entry.id: entry for entry in misconceptions.load(exercise)}[one.misconception]
            assert (one.diagnosis, one.hint) == (known.diagnosis, known.hint)


UNKNOWN = {
    "another function": "return torch.sin(x)",
    "right, but for one number": "y = x.clamp(min=0)\nreturn torch.where(x == 3, 4.0, y)",
    "two mistakes at once": "x[x < 0] = 0\nreturn 2 * x",
    "another value of a known type": "return 'relu'",
    "an exception of its own": "return x.clamp(minimum=0)",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_nothing_is_said_of_an_unknown_mistake(grading: Grading, name: str) -> None:
    results = lost(grading("activations", written("activations", "relu", UNKNOWN[name]), task="relu"))
    assert results
    assert {(one.misconception, one.diagnosis) for one in results} == {("", "")}


@pytest.mark.parametrize(
    "body",
    ["while True:\n    pass", "import os\nos._exit(0)", "return 'x' * (1 << 28)"],
    ids=["endless", "gone", "too much"],
)
def test_what_gave_no_answer_is_not_rehearsed(
    grading: Grading, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rehearse(*args: object, **kwargs: object) -> bool:
        raise AssertionError("a mistake was tried")

    monkeypatch.setattr(Investigation, "_rehearse", rehearse)
    run = grading.run("activations", written("activations", "relu", body))
    result = run.check("activations", "relu_values")
    assert (result.status, result.misconception) == (Status.FAILED, "")


LEAKY = written("activations", "relu", "return torch.where(x > 0, x, x / 100)")


@pytest.mark.parametrize(("hints", "told"), [(0, (False, False)), (1, (True, False)), (2, (True, True))])
def test_an_instructor_chooses_what_is_said(grading: Grading, hints: int, told: tuple[bool, bool]) -> None:
    grading.run("activations", LEAKY)
    run = Run(grading.folder, "exercises", sandbox=grading.sandbox, hints=hints)
    result = run.check("activations", "relu_values")
    assert (bool(result.diagnosis), bool(result.hint)) == told
    assert result.misconception == "R04-leaky"  # for the class report, whatever the learner sees
    assert "relu(x) is" in result.message


def test_a_diagnosis_changes_nothing_else(grading: Grading) -> None:
    def verdicts(run: Run) -> list[tuple[str, Status, int, str, str]]:
        names = [one.name for one in run.exercises["activations"].info.checks if one.task == "relu"]
        found = [run.check("activations", name) for name in names]
        return [(one.id, one.status, one.score, one.message, one.where) for one in found]

    named = grading.run("activations", LEAKY)
    silent = Run(grading.folder, "exercises", sandbox=grading.sandbox, known=lambda exercise: ())
    torch.set_num_threads(2)
    assert verdicts(named) == verdicts(silent)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)


def test_a_wrong_step_is_named_where_training_shows_it(grading: Grading) -> None:
    """An epoch is not rehearsed: the task's other checks say which mistake it is."""
    code = written("training", "train_step", SPELLINGS["softmax in the step"][2])
    run = grading.run("training", code)
    (long,) = (one for one in run.exercises["training"].info.checks if one.name == "relu_network_converges")
    result = run.check("training", long.name)
    assert result.status in (Status.FAILED, Status.BLOCKED)
    if result.status is Status.FAILED:
        assert result.misconception.startswith("K09")


def test_a_lesson_without_known_mistakes_is_graded_all_the_same() -> None:
    assert misconceptions.load("no_such_exercise") == ()
    assert misconceptions.probe("no_such_exercise", "relu") is None
