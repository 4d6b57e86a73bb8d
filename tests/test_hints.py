"""Hints on request: two or three steps a task, from a question to a formula, and never the code."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader_plugin.instructor.stub import stub
from grader_plugin.rubrics import KIT as LESSON
from grader_plugin.rubrics import load

ROOT = Path(__file__).parents[1]
STEPS = {
    (info.name, task): steps
    for info in (load(name).info for name in LESSON)
    for task, steps in info.hints.items()
}
# What a formula needs, each with a spelling in ASCII for terminals that have nothing else.
SIGNS = frozenset("½¼σΦ√×·−≤≥Σπ→")
LONGEST = 200  # three lines of a terminal of 80 columns
RUN = 12  # characters, blanks aside: a short call with its argument
OWN_WORDS = 30  # characters: so much of a docstring or a TODO would be the same sentence again


def sources(name: str) -> tuple[str, str]:
    """The solution of an exercise, and what the learner has of it."""
    solution = (ROOT / "solutions" / f"{name}.py").read_text("utf-8")
    return solution, stub(solution)


def code(source: str) -> Iterator[str]:
    """The source's lines of code without blanks, comments and docstrings: prose may be said twice."""
    line = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            if not line.startswith('"""'):
                yield line
            line = ""
        elif token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            line += "".join(token.string.split())


def runs(line: str, length: int) -> set[str]:
    return {line[start : start + length] for start in range(len(line) - length + 1)}


def pasted(name: str, text: str) -> set[str]:
    """The runs of the solution's code that stand in the text and not in the stub, blanks aside.

    A run of letters only is part of one word, which may well be English: exponentials.
    """
    solution, given = sources(name)
    secret = set().union(*(runs(line, RUN) for line in code(solution)))
    known = runs("".join(given.split()), RUN)
    return {run for run in (secret - known) & runs("".join(text.split()), RUN) if not run.isalpha()}


def test_the_lesson_has_hints_for_every_task() -> None:
    assert {(name, task) for name in LESSON for task in load(name).info.tasks} == set(STEPS)
    assert len(STEPS) == 21
    assert not [task for task, steps in STEPS.items() if len(steps) not in (2, 3)]


def test_no_step_is_given_twice() -> None:
    every = [step for steps in STEPS.values() for step in steps]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(("name", "task"), STEPS)
def test_a_step_is_a_sentence_to_act_on(name: str, task: str) -> None:
    steps = STEPS[name, task]
    assert "?" in steps[0]
    for step in steps:
        assert step.endswith((".", "?")), step
        assert step == " ".join(step.split()), step
        assert len(step) <= LONGEST, step
        assert "!" not in step, step


@pytest.mark.parametrize(("name", "task"), STEPS)
def test_a_step_can_be_shown_anywhere(name: str, task: str) -> None:
    for step in STEPS[name, task]:
        assert not {sign for sign in step if not (sign.isascii() and sign.isprintable())} - SIGNS, step


@pytest.mark.parametrize(("name", "task"), STEPS)
def test_no_step_is_code(name: str, task: str) -> None:
    for step in STEPS[name, task]:
        assert not re.search(r"[a-z_]\.[a-z_]|\)\.\w", step, re.IGNORECASE), (
            step
        )  # a name with a dot, a method
        assert not re.search(r"`|==|\b(def|return|import|lambda)\b", step), step
        assert not pasted(name, step), step


@pytest.mark.parametrize(("name", "task"), STEPS)
def test_a_step_adds_to_what_the_file_says(name: str, task: str) -> None:
    _, given = sources(name)
    said = runs(" ".join(given.split()), OWN_WORDS)
    for step in STEPS[name, task]:
        assert not said & runs(step, OWN_WORDS), step


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("activations", "Try 0.5 * x * torch.erfc( -x / math.sqrt(2)).", True),
        ("activations", "It is x*sigmoid(x), written out.", True),
        ("softmax", "What does keepdim=True do in the sum?", True),
        ("training", "Call loss.backward() and then the optimizer.", True),
        ("activations", "Which share of x does the gate let through?", False),
        ("training", "Is it optimizer: torch.optim.Optimizer?", False),  # the stub says so itself
    ],
)
def test_a_line_of_a_solution_would_be_found(name: str, text: str, found: bool) -> None:
    assert bool(pasted(name, text)) is found


def test_the_catalogue_has_the_hints_without_torch(tmp_path: Path) -> None:
    program = (
        "import json, sys\n"
        "from grader_plugin.rubrics import catalogue\n"
        "hints = [[info.name, task, steps] for info in catalogue() for task, steps in info.hints.items()]\n"
        "print(json.dumps(['torch' in sys.modules, hints]))\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        told.append(json.loads(done.stdout))
    expected = [[name, task, list(steps)] for (name, task), steps in STEPS.items()]
    assert told == [[True, expected], [False, expected]]
