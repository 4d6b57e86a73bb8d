"""The release gate: what it demands of an exercise, and what it says of one that is not sound."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from conftest import ROOT
from typer.testing import CliRunner

from grader_plugin import misconceptions, rubrics
from grader_plugin.cli import app
from grader_plugin.instructor import leaks, matrix
from grader_plugin.instructor.gate import Examination, report
from grader_plugin.instructor.material import Material, Unusable, gather
from grader_plugin.instructor.verify import Job, Outcome, Verdict, perform, verify
from grader_plugin.result import Status
from grader_plugin.sandbox import Sandbox

NAME = "doubling"

SOLUTION = '''
"""Twice as much."""
import torch


def double(x):
    """Two times x."""
    # BEGIN SOLUTION: what is x and x together?
    return torch.add(x, x)
    # END SOLUTION
'''

RUBRIC = '''
import torch
from ..compare import assert_close, like_input
from ..exercise import Exercise, Task

exercise = Exercise(
    "doubling", "Twice", points=3, tasks=(Task("double", like_input, hints=("What is 2 and 2?",)),)
)


@exercise.check(task="double", points=1, seconds=2)
def doubles_one(submission):
    """double of 1 is 2"""
    assert_close(submission.double(torch.ones(1)), 2 * torch.ones(1), "double(1)")


@exercise.check(task="double", points=2, after=doubles_one, seconds=2)
def doubles_many(submission):
    """double of many numbers doubles each of them"""
    x = torch.randn(7)
    assert_close(submission.double(x), 2 * x, "double(x)")
'''

MISTAKES = """
import torch
from . import Misconceptions

misconceptions = Misconceptions()


@misconceptions.entry(
    "A01-square", task="double", loses="doubles_one", diagnosis="This is the square.", hint="What is double of 3?"
)
def square(x):
    return x * x


@misconceptions.entry(
    "A02-size", task="double", loses="doubles_many", diagnosis="The sign is lost.", hint="What is double of -3?"
)
def size(x):
    return 2 * x.abs()
"""

VARIANT = '"""By a factor."""\n\n\ndef double(x):\n    return 2 * x\n'

Write = Callable[..., Material]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """An exercise of an instructor's, as modules beside the kit's own; parts of it can be told otherwise."""
    for package in (rubrics, misconceptions):
        folder = tmp_path / package.__name__.rpartition(".")[2]
        folder.mkdir()
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])

    def make(
        *, rubric: str = RUBRIC, mistakes: str = MISTAKES, solution: str = SOLUTION, variant: str = VARIANT
    ) -> Material:
        parts = {
            "rubrics": rubric,
            "misconceptions": mistakes,
            "solutions": solution,
            "variants/doubling": variant,
        }
        for folder, text in parts.items():
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / f"{NAME}.py").write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
        importlib.invalidate_caches()
        return gather(NAME, tmp_path / "solutions", tmp_path / "variants")

    yield make
    for package in (rubrics, misconceptions):
        sys.modules.pop(f"{package.__name__}.{NAME}", None)
        vars(package).pop(NAME, None)


@pytest.fixture
def examine(sandbox: Sandbox) -> Callable[[Material], Verdict]:
    """The verdict on an exercise, in this process."""

    def run(material: Material) -> Verdict:
        def do(jobs: Sequence[Job]) -> Iterator[Outcome]:
            return (perform(material, job, sandbox) for job in jobs)

        (verdict,) = verify([material], do, seeds=2)
        return verdict

    return run


Examine = Callable[[Material], Verdict]


def told(verdict: Verdict) -> list[str]:
    return [f"{Path(finding.place).name} {finding.what}" for finding in verdict.findings]


def test_a_sound_exercise_has_nothing_to_mend(write: Write, examine: Examine) -> None:
    verdict = examine(write())
    assert told(verdict) == []
    assert (verdict.caught, verdict.named) == (2, 2)
    assert verdict.matrix == {
        "A01-square": {"doubles_one": Status.FAILED, "doubles_many": Status.BLOCKED},
        "A02-size": {"doubles_one": Status.PASSED, "doubles_many": Status.FAILED},
    }
    assert verdict.guarded == {"A02-size": "doubles_many"}
    assert set(verdict.seconds) == {"doubles_one", "doubles_many"}


def mistake(id: str, body: str, diagnosis: str = "It is otherwise.", hint: str = "Is it?") -> str:
    lines = textwrap.indent(textwrap.dedent(body), "    ")
    return (
        f'{MISTAKES}\n\n@misconceptions.entry("{id}", task="double", loses="doubles_one", '
        f'diagnosis="{diagnosis}", hint="{hint}")\ndef other(x):\n{lines}\n'
    )


# What is wrong with the exercise, and what is said of it.
UNSOUND: dict[str, tuple[dict[str, str], list[str]]] = {
    "a mistake that equals the solution": (
        {"mistakes": mistake("A03-same", "return x + x")},
        ["doubling.py:21 A03-same passes doubles_one, which it has to lose; on which input does it differ"],
    ),
    "a mistake that raises a NameError": (
        {"mistakes": mistake("A03-name", "return twice(x)")},
        ["doubling.py:21 A03-name raised NameError: name 'twice' is not defined; is it there in a learner's"],
    ),
    "a mistake that hangs": (
        {"mistakes": mistake("A03-endless", "while True: pass")},
        ["doubling.py:21 A03-endless gives no answer: double took over 2 s"],
    ),
    "a mistake that ends its process": (
        {"mistakes": mistake("A03-gone", "import os\nos._exit(3)")},
        ["doubling.py:21 A03-gone gives no answer: double ended the process with exit status 3; it is left out"],
    ),
    "a mistake that is not written": (
        {"mistakes": mistake("A03-todo", "raise NotImplementedError")},
        ["doubling.py:21 with A03-todo the check doubles_one ends as todo (double is still to do); name one"],
    ),
    "two mistakes that answer alike": (
        {"mistakes": mistake("A03-power", "return x**2")},
        [
            "doubling.py:7 A01-square stays unnamed: A01-square, A03-power answer alike and read differently",
            "doubling.py:21 A03-power stays unnamed: A01-square, A03-power answer alike and read differently",
        ],
    ),
    "a mistake of another check": (
        {"mistakes": MISTAKES.replace('"doubles_many"', '"doubles_more"')},
        [
            "doubling.py:14 A02-size is to lose 'doubles_more'; there is no such check",
            "doubling.py:16 no known mistake loses doubles_many; add one that does, or take the check away",
        ],
    ),
    "a check that nothing loses": (
        {"mistakes": MISTAKES[: MISTAKES.index("@misconceptions.entry(\n    \"A02")]},
        ["doubling.py:16 no known mistake loses doubles_many; add one that does, or take the check away"],
    ),
    "points that do not add up": (
        {"rubric": RUBRIC.replace("points=3", "points=5")},
        ["doubling.py the points of the checks add up to 3, declared are 5; which of the two is meant?"],
    ),
    "points that nobody declared": (
        {"rubric": RUBRIC.replace("points=3, ", "")},
        ["doubling.py declare the exercise's points, such as points=3"],
    ),
    "no hints": (
        {"rubric": RUBRIC.replace('hints=("What is 2 and 2?",)', "hints=()")},
        ["doubling.py double has no hints; give two or three"],
    ),
    "no docstring": (
        {"solution": SOLUTION.replace('    """Two times x."""\n', "")},
        ["doubling.py double has no docstring that says what it has to do"],
    ),
    "a hint that holds the answer": (
        {"rubric": RUBRIC.replace("What is 2 and 2?", "Is it return torch.add( x,x )?")},
        ["doubling.py a hint for double holds 'torch.add(x,x)' of the solution: 'Is it return torch.add( x,x )?'"],
    ),
    "a diagnosis that holds the answer": (
        {"mistakes": mistake("A03-half", "return x / 2", diagnosis="It is not torch.add(x, x).")},
        ["doubling.py:21 A03-half holds 'torch.add(x,x)' of the solution: 'It is not torch.add(x, x).'"],
    ),
    "a message that holds the answer": (
        {"rubric": RUBRIC.replace('"double(1)"', '"torch.add(x, x)"')},
        ["doubling.py:10 doubles_one holds 'torch.add(x,x)' of the solution: 'torch.add(x, x) is 1 at index 0, expected 2'"],
    ),
    "a variant that loses a point": (
        {"variant": VARIANT.replace("2 * x", "2 * x if len(x) > 1 else x")},
        ["doubling.py the variant loses doubles_one: double(1) is 1 at index 0, expected 2"],
    ),
    "a variant of nothing": (
        {"variant": VARIANT.replace("double", "triple")},
        ["doubling.py the variant defines no task of the exercise"],
    ),
    "a variant that does not parse": (
        {"variant": VARIANT.replace("(x):", "(x:")},
        ["doubling.py:4 the variant is not Python: '(' was never closed"],
    ),
    "a solution that loses a check": (
        {"solution": SOLUTION.replace("torch.add(x, x)", "torch.add(x, x.abs())")},
        [
            "doubling.py:16 the solution loses this check (seed 0, 1 thread): double(x) is ",
            "doubling.py:16 the solution loses this check (seed 1, 2 threads): double(x) is ",
        ],
    ),
    "a stub that does something": (
        {"solution": SOLUTION.replace("    # BEGIN SOLUTION: what is x and x together?\n", "").replace("    # END SOLUTION\n", "")},
        ["doubling.py:10 with the stub this check ends as passed, not as todo"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSOUND)
def test_what_is_not_sound_is_said_with_its_place(write: Write, examine: Examine, name: str) -> None:
    parts, expected = UNSOUND[name]
    found = told(examine(write(**parts)))
    for sentence in expected:
        assert any(one.startswith(sentence) for one in found), found


def test_the_rest_goes_on_beside_a_mistake_that_hangs(write: Write, examine: Examine) -> None:
    verdict = examine(write(mistakes=mistake("A03-endless", "while True: pass")))
    assert len(verdict.findings) == 1
    assert verdict.named == 2


TWICE = RUBRIC.replace("def doubles_many", "def doubles_one")
UNUSABLE: dict[str, tuple[dict[str, str], str]] = {
    "two checks of one name": (
        {"rubric": TWICE},
        "doubling.py:16 it cannot be loaded: ValueError: Check 'doubles_one' is defined twice in 'doubling'",
    ),
    "a rubric that does not parse": (
        {"rubric": RUBRIC.replace("def doubles_one(", "def doubles_one")},
        "doubling.py:11 it cannot be loaded: SyntaxError",
    ),
    "mistakes that raise": (
        {"mistakes": MISTAKES.replace("A02-size", "A01-square")},
        "doubling.py:14 it cannot be loaded: ValueError: Misconception 'A01-square' is defined twice",
    ),
    "a rubric without an exercise": (
        {"rubric": "points = 3\n"},
        "doubling.py it has no 'exercise'; begin it as the kit's own modules do",
    ),
    "a solution that does not parse": (
        {"solution": SOLUTION.replace("double(x)", "double(x")},
        "doubling.py:5 the solution is not Python: '(' was never closed",
    ),
    "markers that do not pair up": (
        {"solution": SOLUTION.replace("    # END SOLUTION\n", "")},
        "doubling.py no stub can be made of the solution: line 7: BEGIN SOLUTION without an END",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_examined_is_said_with_its_place(write: Write, name: str) -> None:
    parts, expected = UNUSABLE[name]
    with pytest.raises(Unusable) as raised:
        write(**parts)
    finding = raised.value.finding
    assert f"{Path(finding.place).name} {finding.what}".startswith(expected)
    lines = list(report(Examination(verdicts=(), unusable=((NAME, finding),))))
    assert lines == [f"{NAME:<14}cannot be examined", finding.place, f"    {finding.what}"]


def test_a_missing_solution_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="the solution cannot be read"):
        gather("softmax", tmp_path, tmp_path)


def test_the_answers_of_a_solution() -> None:
    solution = "import torch\n\n\ndef f(x):\n    # BEGIN SOLUTION\n    y = torch.exp(x) + 1\n    z = y\n    return torch.log(y + 12)\n    # END SOLUTION\n"
    found = leaks.answers(solution, "")
    assert found == {"torch.exp(x)+1", "torch.log(y+12)"}
    assert leaks.answers(solution, "as torch.log(y + 12) is") == {"torch.exp(x)+1"}  # the stub says it itself
    assert leaks.leaked("Try torch.exp(x)  + 1 there.", found) == "torch.exp(x)+1"
    assert leaks.leaked("Try exp.", found) == ""


def test_the_matrix_as_a_table_and_as_a_page(write: Write, examine: Examine) -> None:
    verdict = examine(write(mistakes=MISTAKES.replace("This is the square.", "x<y & so on.")))
    text = matrix.render("md", [verdict])
    assert "| `A01-square` | **✗** | ◦ |\n| `A02-size` ! |  | **✗** |\n" in text
    assert "1. `doubles_one`: 1 mistakes" in text
    page = matrix.render("html", [verdict])
    assert "x&lt;y &amp; so on." in page
    assert "default-src 'none'" in page
    assert page.count('<tr><th scope="row">A0') == 2


# The command, on the kit's own.


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["verify", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["sofmax"],
            "There is no exercise 'sofmax' (did you mean softmax?); there are: activations, softmax, mlp",
        ),
        (["mlp", "--matrix", "pdf=a.pdf"], "--matrix takes html=PATH or md=PATH, not 'pdf=a.pdf'."),
        (["mlp", "--matrix", "html"], "--matrix takes html=PATH or md=PATH, not 'html'."),
        (["mlp", "--solutions", "nowhere"], "There is no folder nowhere; name the one with the solutions"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_sentence(arguments: list[str], sentence: str) -> None:
    code, out, error = run(*arguments)
    assert (code, out) == (2, "")
    assert error.startswith(f"grader verify: {sentence}")
    assert error.count("\n") == 1


def test_a_matrix_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(
        "grader_plugin.instructor.gate.examine", lambda *_: Examination(verdicts=(), unusable=())
    )
    code, _, error = run("mlp", "--matrix", "md=nowhere/matrix.md")
    assert (code, error) == (
        2,
        "grader verify: nowhere/matrix.md cannot be written: there is no folder nowhere.\n",
    )
    code, _, error = run("mlp", "--matrix", f"md={tmp_path}")
    assert (code, error) == (1, f"grader verify: {tmp_path} cannot be written (is a directory).\n")
