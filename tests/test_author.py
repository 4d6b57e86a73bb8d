"""What an author meets: `grader new` and `grader verify`, their slips answered by sentences."""

from __future__ import annotations

import ast
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pseudoterminal
import pytest
from conftest import ROOT
from typer.testing import CliRunner, Result

from grader_plugin import outside, rubrics, unlocked
from grader_plugin.cli import app
from grader_plugin.instructor import gate, material, new, proof, releasing, sealed
from grader_plugin.instructor.verify import Verdict

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Grader = Callable[..., Result]


@pytest.fixture
def grader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Grader]:
    """The command in this process, in an empty folder; what it found of exercises from outside is forgotten after it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(outside.FROM, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    known, path = set(sys.modules), list(sys.path)
    yield lambda *args: CliRunner().invoke(app, list(args), catch_exceptions=False)
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.partition(".")[0].endswith("_exercise"):
            del sys.modules[name]
    outside._packages.cache_clear()
    importlib.invalidate_caches()


def refused(done: Result, sentence: str, status: int = 2) -> None:
    """One sentence on the standard error, and nothing else."""
    assert (done.exit_code, done.stdout) == (status, ""), done.output
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """As much of a checkout of the kit as an exercise is written into."""
    for name in ("exercises", "solutions", "grader_plugin/rubrics", "grader_plugin/misconceptions"):
        (tmp_path / name).mkdir(parents=True)
        shutil.copy(ROOT / name / "__init__.py", tmp_path / name)
    return tmp_path


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
        if ".cache" not in path.parts
    }


# grader new

NAMES = {
    "__init__": "is no name for an exercise",
    "_corner": "is no name for an exercise",
    "lambda": "is no name for an exercise",
    "Corner": "is no name for an exercise",
    "a" * 300: "is no name for an exercise",
    "conftest": "is a module's name already",
    "torch": "is a module's name already",
    "random": "is a module's name already",
    "gelu": "activations has a function 'gelu' already",
    "soft": "`-k soft` would select exercises/softmax.py of softmax as well",
    "sum_to": "`-k sum_to` would select rows_sum_to_one of softmax as well",
    "py": "`-k py` would select exercises/activations.py of activations as well",
    "mlp_again": "`-k mlp` would select mlp_again of the new exercise as well",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_cannot_be_leaves_the_kit_as_it_is(name: str, grader: Grader, kit: Path) -> None:
    before = files_of(kit)
    refused(grader("new", name), NAMES[name])
    assert files_of(kit) == before


TASKS = {
    "make": "A check could not ask for a function 'make'",
    "answers": "A check could not ask for a function 'answers'",
    "torch": "A check could not ask for a function 'torch'",
    "_corner": "is no name for a function",
    "my_softmax": "`-k softmax` would select my_softmax of the new exercise as well; take another name with --task",
    "gelu": "activations has a function 'gelu' already; take another name with --task",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_function_that_a_check_could_not_ask_for(task: str, grader: Grader, tmp_path: Path) -> None:
    refused(grader("new", "corner", f"--task={task}"), TASKS[task])
    assert files_of(tmp_path) == {}


@pytest.mark.parametrize("title", ["A \\d thing", 'A "thing"', "Two\nlines", " "])
def test_a_title_that_would_not_be_toml_or_python(title: str, grader: Grader, tmp_path: Path) -> None:
    refused(grader("new", "corner", "--title", title), "is no title; write one line without double quotes")
    assert files_of(tmp_path) == {}


def test_any_other_title_is_valid_in_all_files(grader: Grader, tmp_path: Path) -> None:
    assert grader("new", "corner", "--title", "It's {{ 7 }} % of ∑ #1 <b>").exit_code == 0
    told = tomllib.loads((tmp_path / "corner" / "pyproject.toml").read_text("utf-8"))
    assert told["project"]["description"].endswith("It's {{ 7 }} % of ∑ #1 <b>.")
    for path in (tmp_path / "corner").rglob("*.py"):
        ast.parse(path.read_text("utf-8"))


def test_on_a_terminal_the_name_comes_before_the_questions(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grader_plugin", "new", "softmax"]
    seen = pseudoterminal.run(command, tmp_path, columns=200)
    assert seen.status == 2
    assert not any("What learners read" in line for line in seen.lines)


def test_into_the_empty_folder_that_one_stands_in(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "a folder"
    here.mkdir()
    monkeypatch.chdir(here)
    number = here.stat().st_ino
    done = grader("new", "corner", "--to", ".")
    assert done.exit_code == 0, done.output
    assert here.stat().st_ino == number  # a shell that stands there still does
    assert sorted(path.name for path in here.iterdir()) == [
        "README.md",
        "corner_exercise",
        "docs",
        "pyproject.toml",
        "solutions",
        "variants",
    ]
    monkeypatch.chdir(tmp_path)
    done = grader("new", "corner", "--to", "another folder")
    assert done.stdout.splitlines()[-1].endswith(": grader verify '--exercises-from=another folder'")


def test_a_placeholder_is_called_one(grader: Grader, tmp_path: Path) -> None:
    done = grader("new", "corner", "--task", "moving_average")
    assert "moving_average in them is a softplus, a placeholder: write your own in its place" in done.stdout
    readme = (tmp_path / "corner" / "README.md").read_text("utf-8")
    assert "`moving_average` is a softplus to begin with: a placeholder" in readme
    assert "grader verify --exercises-from=." in readme


def test_a_folder_s_name_that_is_too_long(grader: Grader, tmp_path: Path) -> None:
    refused(grader("new", "corner", "--to", f"deep/{'a' * 300}"), "cannot be written (file name too long)")
    assert files_of(tmp_path) == {}


WRAPPED = 'KIT = (\n    "activations",\n    "softmax",  # the second\n)\n'


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ('KIT = ("activations", "softmax")\n', ("activations", "softmax", "corner")),
        ('KIT: tuple[str, ...] = ("activations",)\n', ("activations", "corner")),
        (WRAPPED, ("activations", "softmax", "corner")),
    ],
)
def test_the_kit_s_list_grows_however_it_is_written(
    text: str, listed: tuple[str, ...], grader: Grader, kit: Path
) -> None:
    path = kit / "grader_plugin" / "rubrics" / "__init__.py"
    path.write_text(text)
    assert grader("new", "corner").exit_code == 0
    known: dict[str, object] = {}
    exec(path.read_text(), known)
    assert known["KIT"] == listed
    assert ("# the second" in text) == ("# the second" in path.read_text())


@pytest.mark.parametrize("text", ["KIT = tuple(sorted(MORE))\n", "KIT = (\n", "KIT = ()\n"])
def test_a_list_that_cannot_grow_refuses(text: str, grader: Grader, kit: Path) -> None:
    (kit / "grader_plugin" / "rubrics" / "__init__.py").write_text(text)
    before = files_of(kit)
    refused(grader("new", "corner"), "has no tuple KIT to which 'corner' could be added")
    assert files_of(kit) == before


@pytest.mark.parametrize("how", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("where", range(1, 8))
def test_a_kit_that_is_not_written_to_the_end_is_as_it_was(
    how: BaseException, where: int, kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(kit)
    made = new.within(new.Outline(name="corner", task="corner", title="Corner"), kit)
    write, calls = new.file.write, []

    def fails(path: Path, data: bytes) -> None:
        calls.append(path)
        write(path, data)
        if len(calls) == where:
            raise how

    monkeypatch.setattr(new.file, "write", fails)
    with pytest.raises((KeyboardInterrupt, new.NewError)):
        new.write_within(made, kit)
    assert files_of(kit) == before


@pytest.mark.parametrize("to", [".", "deep/down", "corner"])
def test_a_package_that_is_not_written_to_the_end_leaves_nothing(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rename, calls = Path.rename, []

    def fails(path: Path, target: Path) -> Path:
        calls.append(path)
        if to != "." or len(calls) == 3:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(KeyboardInterrupt):
        new.write_package(new.package(new.Outline(name="corner", task="corner", title="Corner")), Path(to))
    assert files_of(tmp_path) == {}


# grader verify


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str, str]]:
    """What is examined, with which solutions and variants; all of it holds."""
    asked = []

    def examine(names: list[str], solutions: Path, variants: Path, seeds: int) -> gate.Examination:
        asked.append((list(names), os.path.relpath(solutions), os.path.relpath(variants)))
        found = tuple(
            Verdict(
                material=material.gather(name, solutions, variants),
                findings=(),
                matrix={},
                seconds={},
                named=0,
            )
            for name in names
        )
        return gate.Examination(verdicts=found, unusable=())

    monkeypatch.setattr(gate, "examine", examine)
    return asked


def test_several_folders_hold_with_their_own_solutions(grader: Grader) -> None:
    for name in ("corner", "bend"):
        assert grader("new", name).exit_code == 0
    done = grader("verify", "--seeds=1", "--exercises-from=corner", "--exercises-from=bend")
    assert done.exit_code == 0, done.output
    assert "corner        holds: 3 checks" in done.stdout
    assert "bend          holds: 3 checks" in done.stdout
    assert (
        "corner: 2 mistakes are seen by one check alone, which is fine; --matrix md=PATH marks them"
        in done.stdout
    )


def test_each_folder_is_examined_with_its_own(
    grader: Grader, tmp_path: Path, examined: list[tuple[list[str], str, str]]
) -> None:
    assert grader("new", "corner").exit_code == 0
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    done = grader("verify", "softmax", "corner", "mlp", "--exercises-from=corner")
    assert done.exit_code == 0, done.output
    assert examined == [
        (["softmax", "mlp"], "solutions", "tests/variants"),
        (["corner"], "corner/solutions", "corner/variants"),
    ]
    examined.clear()
    shutil.copy(tmp_path / "corner" / "solutions" / "corner.py", tmp_path / "solutions")
    folders = ("--solutions=solutions", "--variants=corner/variants")
    assert grader("verify", "softmax", "corner", *folders, "--exercises-from=corner").exit_code == 0
    assert examined == [(["softmax", "corner"], "solutions", "corner/variants")]


def installed(site: Path, package: Path, *names: str) -> None:
    """As an installer leaves a package: itself, and beside it what declares it."""
    shutil.copytree(package, site / package.name)
    told = site / f"{package.name}-0.1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.name}\nVersion: 0.1.0\n")
    lines = "".join(f"{name} = {package.name}\n" for name in names)
    (told / "entry_points.txt").write_text(f"[grader_plugin.exercises]\n{lines}")
    sys.path.insert(0, str(site))
    outside._packages.cache_clear()


def test_an_installed_package_is_examined_in_its_source_folder(
    grader: Grader, tmp_path: Path, examined: list[tuple[list[str], str, str]]
) -> None:
    """As after `pip install -e`: what declares it lies elsewhere."""
    assert grader("new", "corner").exit_code == 0
    installed(tmp_path / "site", tmp_path / "corner" / "corner_exercise", "corner")
    shutil.rmtree(tmp_path / "site" / "corner_exercise")
    sys.path.append(str(tmp_path / "corner"))
    done = grader("verify", "corner")
    assert done.exit_code == 0, done.output
    assert examined == [(["corner"], "corner/solutions", "corner/variants")]


def test_an_installed_package_without_its_solution(
    grader: Grader, tmp_path: Path, examined: list[tuple[list[str], str, str]]
) -> None:
    assert grader("new", "corner").exit_code == 0
    installed(tmp_path / "site", tmp_path / "corner" / "corner_exercise", "corner")
    refused(grader("verify", "corner"), "corner is there without its solution (")
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    done = grader("verify")
    assert done.exit_code == 0, done.output
    assert "solutions/corner.py is missing), so it is left out." in done.stderr
    assert [names for names, _, _ in examined] == [
        ["activations", "softmax", "mlp", "training", "trainability"]
    ]


def test_what_is_known_to_hold_is_known_of_each_exercise(
    grader: Grader, tmp_path: Path, examined: list[tuple[list[str], str, str]]
) -> None:
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copytree(ROOT / "tests" / "variants", tmp_path / "tests" / "variants")

    def known() -> set[str]:
        return {name for name in rubrics.KIT if proof.is_known(proof.place(name, Path()))}

    assert known() == set()
    assert grader("verify", "--seeds=1").exit_code == 0
    assert known() == set()  # too few seeds to rely on
    assert grader("verify", "softmax").exit_code == 0
    assert known() == {"softmax"}
    assert grader("verify").exit_code == 0
    assert known() == set(rubrics.KIT)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("New.")
    (tmp_path / "solutions" / "more.py").write_text("")
    assert known() == set(rubrics.KIT)
    append(tmp_path / "solutions" / "softmax.py")
    assert known() == set(rubrics.KIT) - {"softmax"}
    append(tmp_path / "solutions" / "activations.py")  # which training imports
    assert known() == {"mlp", "trainability"}
    assert grader("verify").exit_code == 0
    append(next((tmp_path / "tests" / "variants" / "mlp").glob("*.py")))
    assert known() == set(rubrics.KIT) - {"mlp"}
    examined.clear()
    lesson = releasing.release.Lesson(
        solutions={name: tmp_path / "solutions" / f"{name}.py" for name in rubrics.KIT},
        pages={},
        kit=tmp_path,
    )
    releasing._verify(lesson, str)
    releasing._verify(lesson, str)
    assert [names for names, _, _ in examined] == [["mlp"]]


def test_another_package_changes_nothing_for_one_that_holds(
    grader: Grader, examined: list[tuple[list[str], str, str]]
) -> None:
    assert grader("new", "corner").exit_code == 0
    assert grader("new", "bend").exit_code == 0
    assert grader("verify", "--exercises-from=corner").exit_code == 0
    where = proof.place("corner", Path("corner"))
    assert proof.is_known(where)
    outside.name_folders((Path("bend"),))
    assert proof.is_known(where)
    append(Path("bend", "bend_exercise", "rubric.py"))
    assert proof.is_known(where)
    append(Path("corner", "corner_exercise", "rubric.py"))
    assert not proof.is_known(where)


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")


# grader verify --submissions


@pytest.fixture
def submitted(grader: Grader, tmp_path: Path) -> Path:
    """An exercise `corner`, and a submission of ada's with its record."""
    assert grader("new", "corner").exit_code == 0
    (tmp_path / "old" / "ada").mkdir(parents=True)
    shutil.copy(tmp_path / "corner" / "solutions" / "corner.py", tmp_path / "old" / "ada")
    record = tmp_path / "old" / "ada.json"
    checks = [
        {
            "id": f"corner::corner::corner_{name}",
            "task": "corner",
            "title": name,
            "max_score": points,
            "status": "passed",
        }
        for name, points in (("values", 1), ("gradient", 1), ("far_out", 3))
    ]
    told = {
        "schema": "pytest-gradient/result/v1",
        "authoritative": False,
        "flags": [],
        "exercises": [{"name": "corner", "title": "Corner", "checks": checks}],
        "training": {},
        "files": {},
        "environment": {"seed": 7},
    }
    record.write_text(json.dumps(told))
    return record


def replayed(grader: Grader, *args: str) -> Result:
    return grader("verify", *args, "--exercises-from=corner", "--submissions=old")


def test_one_submission_with_the_same_result(grader: Grader, submitted: Path) -> None:
    done = replayed(grader)
    assert (done.exit_code, done.stdout) == (0, "1 submission, 0 of them with another result.\n")


def test_a_rubric_that_fails_costs_nobody_points(grader: Grader, submitted: Path) -> None:
    rubric = Path("corner", "corner_exercise", "rubric.py")
    rubric.write_text(rubric.read_text().replace("x = torch.cat([", "x = torch.cot(["))
    done = replayed(grader)
    assert done.exit_code == 3
    assert done.stdout.splitlines() == [
        "ada: the rubric itself failed in corner::corner::corner_values "
        "(AttributeError: module 'torch' has no attribute 'cot')",
        "1 submission, 0 of them with another result, 1 that the rubric failed on.",
    ]


def test_a_check_that_passes_and_counts_otherwise_is_named(grader: Grader, submitted: Path) -> None:
    rubric = Path("corner", "corner_exercise", "rubric.py")
    rubric.write_text(rubric.read_text().replace("points=3, after", "points=2, after"))
    done = replayed(grader)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "ada: 5 → 4; counts corner::corner::corner_far_out 3 → 2"


RECORDS: dict[str, tuple[Callable[[dict[str, object]], object], str]] = {
    "a list": (lambda told: [], "ada.json is no record of a grading ("),
    "a list inside": (lambda told: {**told, "exercises": [[]]}, "ada.json is no record of a grading ("),
    "no number": (
        lambda told: {**told, "environment": {"seed": "abc"}},
        "ada.json has the seed 'abc', which is no number, so its inputs cannot be drawn again",
    ),
    "no seed": (
        lambda told: {**told, "environment": {}},
        "ada.json has no seed, so its inputs cannot be drawn again; grade that submission anew.",
    ),
    "no exercise": (
        lambda told: {**told, "exercises": []},
        "ada.json has no result of corner; which exercises were graded then?",
    ),
    "nothing": (lambda told: {}, "ada.json is no record of a grading (The record's schema is None"),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_that_cannot_be_compared(what: str, grader: Grader, submitted: Path) -> None:
    change, sentence = RECORDS[what]
    submitted.write_text(json.dumps(change(json.loads(submitted.read_text()))))
    refused(replayed(grader), sentence)


def test_a_rubric_that_is_no_python_is_a_sentence(grader: Grader, submitted: Path) -> None:
    rubric = Path("corner", "corner_exercise", "rubric.py")
    rubric.write_text(rubric.read_text() + "def (\n")
    refused(replayed(grader), "rubric.py:55: it cannot be loaded: SyntaxError")


# Exercises from outside that cannot be used


@pytest.mark.parametrize(
    "command", ["progress", "hint gelu", "solution gelu", "badge", "verify", "new corner", "release x"]
)
def test_a_folder_that_is_not_there_is_one_sentence(
    command: str, grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(outside.FROM, str(tmp_path / "nowhere"))
    refused(grader(*command.split()), "nowhere is no folder of exercises: its pyproject.toml cannot be read")


def test_two_exercises_of_one_package(grader: Grader) -> None:
    assert grader("new", "corner").exit_code == 0
    told = Path("corner", "pyproject.toml")
    told.write_text(
        told.read_text().replace('corner = "corner', 'edge = "corner_exercise"\ncorner = "corner')
    )
    for command in (["verify"], ["hint", "corner"]):
        done = grader(*command, "--exercises-from=corner")
        refused(
            done,
            "The package corner_exercise declares two exercises, 'edge' and 'corner', and has one rubric",
        )


def test_a_rubric_of_another_name(grader: Grader) -> None:
    """In the words of `grader release`."""
    assert grader("new", "corner").exit_code == 0
    rubric = Path("corner", "corner_exercise", "rubric.py")
    rubric.write_text(rubric.read_text().replace('    "corner",\n', '    "edge",\n', 1))
    sentence = "corner_exercise.rubric calls its exercise 'edge', and its package declares 'corner'"
    done = grader("verify", "--exercises-from=corner")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "corner        cannot be examined",
        "corner/corner_exercise/rubric.py",
        f"    {sentence}",
    ]
    refused(grader("release", "class", "--exercises-from=corner"), sentence)
    refused(grader("hint", "corner", "--exercises-from=corner"), sentence)


# grader solution, grader hint

LESSON = '''"""A lesson."""

import math

# BEGIN SOLUTION
from functools import lru_cache

FACTOR = 2
OTHER = 3


@lru_cache
def half(x):
    return _less(x) / FACTOR


# END SOLUTION


def _less(x):
    # BEGIN SOLUTION
    return x - 1
    # END SOLUTION


def first(x):
    """What it does.

    In more words.
    """
    # BEGIN SOLUTION: how?
    return half(x) + second(math.pi)
    # END SOLUTION


def second(x):
    """Another."""
    # BEGIN SOLUTION
    return x
    # END SOLUTION
'''


def test_a_solution_comes_with_what_it_uses(tmp_path: Path) -> None:
    (tmp_path / unlocked.FILE).write_bytes(sealed.seal({"lesson": LESSON}, {"lesson": ("first", "second")}))
    first = unlocked.opened(tmp_path, "first")
    assert first == (
        "from functools import lru_cache\n\n\nFACTOR = 2\n\n\n@lru_cache\ndef half(x):\n    return _less(x) / FACTOR\n\n\n"
        "def _less(x):\n    return x - 1\n\n\n"
        'def first(x):\n    """What it does.\n\n    In more words.\n    """\n    return half(x) + second(math.pi)\n'
    )
    assert unlocked.opened(tmp_path, "second") == 'def second(x):\n    """Another."""\n    return x\n'
    own = unlocked.definition(LESSON, "first")
    assert '"""' not in unlocked.without_docstrings(first, own)
    assert "return half(x)" in unlocked.without_docstrings(first, own)
    assert unlocked.without_docstrings(first, "def first(x): pass") == first
    assert unlocked.without_docstrings(first, "def (") == first


def test_a_lesson_without_solutions_promises_none(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "softmax.py").write_text("")
    refused(grader("solution", "softmax"), "This lesson brings no solutions along; ask who teaches it.", 1)
    (tmp_path / unlocked.FILE).write_bytes(
        sealed.seal({"softmax": "def softmax(x): pass"}, {"softmax": ["softmax"]})
    )
    refused(grader("solution", "softmax"), "its solution is shown once all have passed", 1)


@pytest.mark.parametrize(
    "node",
    [
        "exercises/softmax.ipynb::softmax",
        "exercises/softmax.ipynb::softmax::rows_sum_to_one",
        "lesson.ipynb::softmax",
        "exercises/softmax.py::softmax",
        "softmax::softmax",
    ],
)
def test_a_hint_is_asked_for_by_any_node_id(node: str, grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "softmax.py").write_text("")
    done = grader("hint", node)
    assert done.exit_code == 0, done.output
    assert "Hint 1 of" in done.stdout
    refused(grader("hint", "exercises/softmax.ipynb"), "There is no task 'exercises/softmax.ipynb'")


@pytest.mark.parametrize("command", ["verify", "release"])
def test_a_process_that_is_lost_is_a_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures.process import BrokenProcessPool

    def lost(*_: object) -> None:
        raise BrokenProcessPool("A process in the process pool was terminated abruptly")

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(proof, "examine", lost)
    monkeypatch.setattr(proof, "is_known", lambda _: False)
    args = (
        ["verify", "softmax"]
        if command == "verify"
        else ["release", str(tmp_path / "c"), "--exercise=softmax"]
    )
    done = CliRunner().invoke(app, args)
    assert done.exit_code == 3
    assert done.stderr == f"grader {command}: One of its processes was ended from outside; is memory short?\n"
    assert list(tmp_path.iterdir()) == []


def _imports_torch(pid: str) -> bool:
    """Before its own program begins a process has what its parent has."""
    home = Path("/proc", pid)
    return b"spawn_main" in (home / "cmdline").read_bytes() and "libtorch" in (home / "maps").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="a process's children are read from /proc")
def test_an_interruption_while_processes_begin_is_quiet() -> None:
    """They import torch for seconds, and each told of it with a traceback of its own."""
    command = [sys.executable, "-m", "grader_plugin", "verify", "softmax"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        ends = time.monotonic() + 120
        while not any(map(_imports_torch, children.read_text().split())):
            assert process.poll() is None
            assert time.monotonic() < ends
        os.killpg(process.pid, signal.SIGINT)
        printed = "".join(process.communicate(timeout=240))
    assert "Traceback" not in printed, printed
    assert process.returncode != 0
