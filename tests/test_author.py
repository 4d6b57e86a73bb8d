"""What an author meets: `grader new` and `grader verify`, their slips answered by sentences."""

from __future__ import annotations

import ast
import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pseudoterminal
import pytest
from conftest import ROOT
from typer.testing import CliRunner, Result

from grader_plugin import outside
from grader_plugin.cli import app
from grader_plugin.instructor import new

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
    "soft": "`-k soft` would select softmax of softmax as well",
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
