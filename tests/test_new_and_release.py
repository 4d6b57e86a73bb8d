"""`grader new` and `grader release`: an exercise from nothing to a learner's repository, by the commands themselves."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat  # noqa: F401  (a learner's environment has it)
import pseudoterminal
import pytest
from conftest import ROOT

from grader_plugin.instructor.delivery import MANIFEST
from grader_plugin.notebook import mark


def grader(*args: str, cwd: Path, answers: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader_plugin", *args],
        cwd=cwd,
        input=answers,
        capture_output=True,
        text=True,
        timeout=240,
    )


def graded(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "--grade", *args]
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with one exercise, as `grader new` makes it, verified."""
    home = tmp_path_factory.mktemp("author")
    made = grader("new", "corner", "--title", "A soft corner", cwd=home)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1].endswith(": grader verify --exercises-from=corner")
    proved = grader("verify", "--exercises-from=corner", cwd=home)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "corner        holds: 3 checks" in proved.stdout
    return home / "corner"


def released(corner: Path, dest: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return grader("release", str(dest), f"--exercises-from={corner}", "--no-data", *more, cwd=corner.parent)


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_release_grades_stubs_and_solutions(corner: Path, tmp_path: Path) -> None:
    done = released(corner, tmp_path / "class", "--ci=actions", "--ci=gradescope")
    assert done.returncode == 0, done.stdout + done.stderr
    home = tmp_path / "class"
    assert files_of(home) == [
        ".devcontainer/devcontainer.json",
        ".gitattributes",
        ".github/workflows/grade.yml",
        ".gitignore",
        MANIFEST,
        "README.md",
        "docs/lesson/corner.md",
        "exercises/README.md",
        "exercises/__init__.py",
        "exercises/corner.py",
        "pyproject.toml",
    ]
    assert "raise NotImplementedError" in (home / "exercises" / "corner.py").read_text()
    assert '"pytest-gradient==0.1.0", "corner-exercise==0.1.0"' in (home / "pyproject.toml").read_text()
    assert 'GRADER_EXERCISES: "corner"' in (home / ".github" / "workflows" / "grade.yml").read_text()
    assert files_of(tmp_path / "class-gradescope") == [MANIFEST, "run_autograder", "setup.sh"]
    assert os.access(tmp_path / "class-gradescope" / "setup.sh", os.X_OK)
    stubs = graded(home, f"--exercises-from={corner}")
    assert stubs.returncode == 1
    assert "Score: 0/5" in stubs.stdout
    shutil.copy(corner / "solutions" / "corner.py", home / "exercises")
    solved = graded(home, f"--exercises-from={corner}")
    assert solved.returncode == 0, solved.stdout
    assert "Score: 5/5" in solved.stdout
    record = grader("grade", str(home), f"--exercises-from={corner}", "--exercise=corner", cwd=tmp_path)
    assert record.returncode == 0, record.stdout
    hint = grader("hint", "corner", f"--exercises-from={corner}", cwd=home)
    assert "Hint 1 of 3" in hint.stdout


def test_on_a_terminal_an_author_is_asked(tmp_path: Path) -> None:
    """An empty answer takes what stands in brackets."""
    command = [sys.executable, "-m", "grader_plugin", "new", "soft_corner"]
    answers = {"What learners read above it [Soft corner]:": "", "The first function [soft_corner]:": "rounded", "Points [5]:": "3"}  # fmt: skip
    seen = pseudoterminal.run(command, tmp_path, columns=200, answers=answers)
    assert seen.status == 0, seen.lines
    assert seen.lines[-1].endswith(": grader verify --exercises-from=soft_corner")
    assert "def rounded(" in (tmp_path / "soft_corner" / "solutions" / "soft_corner.py").read_text()
    rubric = (tmp_path / "soft_corner" / "soft_corner_exercise" / "rubric.py").read_text()
    assert '"""Soft corner: ' in rubric
    assert "points=3" in rubric


def test_an_installed_exercise_is_picked_up_by_every_command(corner: Path, tmp_path: Path) -> None:
    """As an installer leaves it: the package, and beside it what declares it."""
    site, home = tmp_path / "site", tmp_path / "class"
    shutil.copytree(corner / "corner_exercise", site / "corner_exercise")
    told = site / "corner_exercise-0.1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: corner-exercise\nVersion: 0.1.0\n")
    (told / "entry_points.txt").write_text("[grader_plugin.exercises]\ncorner = corner_exercise\n")
    (home / "exercises").mkdir(parents=True)
    shutil.copy(corner / "solutions" / "corner.py", home / "exercises")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    def run(*args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *args],
            cwd=home,
            env={**own, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "Score: 5/5" in run("pytest", "--grade", "--grade-exercises=corner")
    assert "Score: 5/5" in run("grader_plugin", "grade", ".", "--exercise=corner")
    assert "Hint 1 of 3" in run("grader_plugin", "hint", "corner")
    assert "corner" in run("grader_plugin", "progress")
    folders = [f"--{one}={corner / one}" for one in ("solutions", "variants")]
    assert "corner        holds: 3 checks" in run("grader_plugin", "verify", "corner", *folders)


def test_the_same_input_gives_the_same_bytes(corner: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert released(corner, tmp_path / name, "--ci=classroom").returncode == 0
    compared = filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", files_of(tmp_path / "one"), shallow=False)
    assert compared == (files_of(tmp_path / "two"), [], [])


def test_an_update_changes_what_changed_and_never_a_learner_s_work(corner: Path, tmp_path: Path) -> None:
    own, home = tmp_path / "corner", tmp_path / "class"
    shutil.copytree(corner, own)
    assert released(own, home).returncode == 0
    (home / "exercises" / "corner.py").write_text("def corner(x):\n    return x  # mine\n")
    (home / "mine.txt").write_text("mine")
    solution = own / "solutions" / "corner.py"
    solution.write_text(solution.read_text().replace("A soft corner", "A softer corner"))
    (own / "docs" / "corner.md").write_text("# New\n")
    refused = released(own, home)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert (
        refused.stderr
        == f"grader release: {home} is there already and not empty; name another folder, or add --update.\n"
    )
    asked = grader(
        "release",
        str(home),
        f"--exercises-from={own}",
        "--no-data",
        "--update",
        cwd=own.parent,
        answers="n\n",
    )
    assert "+# New" in asked.stdout
    kept = "exercises/corner.py was edited here, and stays as it is; the release has another version."
    assert kept in asked.stdout
    assert asked.stdout.endswith("Write this? [y/N]: Nothing was written.\n")
    assert (home / "docs" / "lesson" / "corner.md").read_text() != "# New\n"
    done = released(own, home, "--update", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (home / "docs" / "lesson" / "corner.md").read_text() == "# New\n"
    assert (home / "exercises" / "corner.py").read_text() == "def corner(x):\n    return x  # mine\n"
    assert (home / "mine.txt").read_text() == "mine"
    again = released(own, home, "--update", "--yes")
    assert again.stdout == f"{kept}\nNothing is to be written.\n"


def test_an_answer_that_is_left_in_is_refused(corner: Path, tmp_path: Path) -> None:
    own = tmp_path / "corner"
    shutil.copytree(corner, own)
    with (own / "docs" / "corner.md").open("a") as page:
        page.write("\n```python\ny = torch.logaddexp(t, torch.zeros_like(t))\n```\n")
    done = released(own, tmp_path / "class")
    assert done.returncode == 1
    assert "docs/lesson/corner.md:16" in done.stdout
    assert "grader release: The release would hold answers, so nothing was written." in done.stderr
    assert not (tmp_path / "class").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corner"]


def test_an_exercise_that_does_not_hold_is_not_released(corner: Path, tmp_path: Path) -> None:
    own = tmp_path / "corner"
    shutil.copytree(corner, own)
    rubric = own / "corner_exercise" / "rubric.py"
    rubric.write_text(rubric.read_text().replace("points=5", "points=6"))
    done = released(own, tmp_path / "class")
    assert done.returncode == 1
    assert "the points of the checks add up to 5, declared are 6" in done.stdout
    assert "An exercise does not hold, so nothing was written" in done.stderr
    assert not (tmp_path / "class").exists()


BROKEN = {
    "markers that do not pair up": ("# END SOLUTION", "", "no stub can be made of the solution, line 14: BEGIN SOLUTION without an END"),
    "markers within each other": ("return torch", "# BEGIN SOLUTION\n    return torch", "line 15: BEGIN SOLUTION inside the block of line 14"),
    "no Python": ("def corner(x: Tensor) -> Tensor:", "def corner(x:", "solutions/corner.py:9: the solution is not Python"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_solution_that_cannot_be_released_is_a_sentence(how: str, corner: Path, tmp_path: Path) -> None:
    old, new, says = BROKEN[how]
    own = tmp_path / "corner"
    shutil.copytree(corner, own)
    path = own / "solutions" / "corner.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    done = released(own, tmp_path / "class")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "class").exists()


WRONG = {
    ("new", "1x"): "grader new: '1x' is no name for an exercise; use up to 40 small letters, digits and _, a letter first.",
    ("new", "class"): "grader new: 'class' is no name for an exercise; use up to 40 small letters, digits and _, a letter first.",
    ("new", "mlp"): "grader new: There is an exercise 'mlp' already; take another name.",
    ("new", "corner", "--task=gelu"): "grader new: activations has a function 'gelu' already; take another name with --task.",
    ("new", "corner", "--points=2"): "grader new: 2 points are too few for three checks; give 3 or more.",
    ("new", "corner", "--to=full"): "grader new: full is there already and not empty; name another folder with --to.",
    ("release", "full"): "grader release: full is there already and not empty; name another folder, or add --update.",
    ("release", "full", "--update"): "grader release: full is not empty and holds no release (",
    ("release", "none", "--update"): "grader release: There is no none to update; leave out --update.",
    ("release", "x", "--ci=jenkins"): "grader release: There is no CI 'jenkins'; there are: actions, classroom, classroom50, gradescope.",
    ("release", "x", "--exercise=gelu"): "grader release: There is no exercise 'gelu'",
    ("release", "x", "--exercises-from=full"): "is no folder of exercises: its pyproject.toml cannot be read (No such file or directory).",
}  # fmt: skip


@pytest.mark.parametrize("args", WRONG, ids=" ".join)
def test_a_value_that_cannot_be(args: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    done = grader(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert WRONG[args] in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_an_empty_repository_of_git_s_stays(corner: Path, tmp_path: Path) -> None:
    home = tmp_path / "class"
    subprocess.run(["git", "init", "-q", str(home)], check=True)
    assert released(corner, home).returncode == 0
    assert (home / ".git" / "HEAD").exists()
    assert (home / "exercises" / "corner.py").exists()


def test_a_solution_is_shown_after_success_and_not_before(corner: Path, tmp_path: Path) -> None:
    home = tmp_path / "class"
    assert released(corner, home, "--with-solutions").returncode == 0
    from_ = f"--exercises-from={corner}"
    assert "logaddexp" not in (home / ".grader-solutions.json").read_text()
    early = grader("solution", "corner", from_, cwd=home)
    assert (early.returncode, early.stdout) == (1, "")
    assert (
        early.stderr
        == "grader solution: corner has 0 of 3 checks; its solution is shown once all have passed.\n"
    )
    (home / "exercises" / "corner.py").write_text(
        (corner / "variants" / "corner" / "larger_of_the_two.py").read_text()
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "--grade", from_]
    assert subprocess.run(command, cwd=home, env=own, capture_output=True).returncode == 0
    shown = grader("solution", "corner", from_, cwd=home)
    assert shown.returncode == 0, shown.stderr
    assert (
        shown.stdout.index("x.clamp(min=0)")
        < shown.stdout.index("An official solution")
        < shown.stdout.index("logaddexp")
    )
    assert "BEGIN SOLUTION" not in shown.stdout
    (home / ".grader-solutions.json").write_text("[")
    none = grader("solution", "corner", from_, cwd=home)
    assert none.stderr == "grader solution: This lesson brings no solutions along; ask who teaches it.\n"
    assert (
        "There is no task 'cornet'; did you mean corner?"
        in grader("solution", "cornet", from_, cwd=home).stderr
    )


def test_old_submissions_say_whose_score_a_change_would_change(corner: Path, tmp_path: Path) -> None:
    own, old = tmp_path / "corner", tmp_path / "submissions"
    shutil.copytree(corner, own)
    from_ = f"--exercises-from={own}"
    right = (own / "variants" / "corner" / "larger_of_the_two.py").read_text()
    for name, text in (
        ("ada", right),
        ("bob", right.replace("x.clamp(min=0) + ", "x.clamp(min=0) + 1e-5 + ")),
    ):
        work = old / name if name == "ada" else old / "bob.ipynb"
        if name == "ada":
            work.mkdir(parents=True)
            (work / "corner.py").write_text(text)
        else:
            cell = {"cell_type": "code", "metadata": {}, "source": f"{mark('corner', 1, 1)}\n{text}"}
            work.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
        grader(
            "grade",
            str(work),
            from_,
            "--exercise=corner",
            f"--report=json={old / name}.json",
            cwd=tmp_path,
        )
    same = grader("verify", from_, f"--submissions={old}", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "2 submissions, 0 of them with another result.\n")
    rubric = own / "corner_exercise" / "rubric.py"
    rubric.write_text(
        rubric.read_text().replace("dtype=x.dtype, inputs", "dtype=x.dtype, tolerance=1e-3, inputs", 1)
    )
    other = grader("verify", from_, f"--submissions={old}", cwd=tmp_path)
    assert other.returncode == 1
    assert other.stdout.splitlines()[0].startswith("bob: 0 → ")
    assert "wins corner::corner::corner_values" in other.stdout
    assert other.stdout.splitlines()[1] == "2 submissions, 1 of them with another result."
    (old / "bob.json").unlink()
    missing = grader("verify", from_, f"--submissions={old}", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert (
        "bob.json is missing; each folder or notebook is a submission, and NAME.json the record of its grading."
        in missing.stderr
    )


def test_the_example_holds(tmp_path: Path) -> None:
    page = tmp_path / "matrix.html"
    done = grader("verify", "--exercises-from=examples/layer_norm", f"--matrix=html={page}", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 of 8 mistakes caught, 8 named; 2 variants" in done.stdout
    assert page.read_text("utf-8").count('<tr><th scope="row">') == 8 + 2  # mistakes and variants


def test_the_kit_releases_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Composed and searched here; that its exercises hold takes minutes, and is the gate's own test."""
    from grader_plugin import rubrics
    from grader_plugin.instructor import releasing
    from grader_plugin.instructor.plan import Plan
    from grader_plugin.instructor.release import find

    monkeypatch.setattr(releasing, "_verify", lambda lesson, on_progress: None)
    plan = Plan(exercises=("training",), ci=("actions",), with_data=True)
    ready = releasing.prepare(plan, ROOT, tmp_path / "class")
    assert ready.names == ("activations", "mlp", "training")  # what it imports comes along
    assert "exercises/training.py" in ready.files
    assert "docs/lesson/images/stacked.svg" in ready.files
    assert sum(path.startswith("data/MNIST/raw/") for path in ready.files) == 4
    whole = releasing.prepare(Plan(), ROOT, tmp_path / "class")
    assert whole.names == rubrics.KIT
    assert f"--grade-exercises={','.join(rubrics.KIT)}" in whole.files["pyproject.toml"].decode()
    commands = whole.files["exercises/README.md"].decode()
    assert "\npytest --grade exercises/softmax.py " in commands
    assert "\npython -m exercises.training " in commands
    cells = releasing.prepare(Plan(as_notebooks=True), ROOT, tmp_path / "class")
    commands = cells.files["exercises/README.md"].decode()
    assert "\npytest --grade exercises/softmax.ipynb " in commands
    assert not re.search(r"\w\.py\b|python -m exercises", commands + cells.files["README.md"].decode())
    with pytest.raises(ValueError, match="There is no solution in "):
        find(Plan(), tmp_path, rubrics.catalogue())
