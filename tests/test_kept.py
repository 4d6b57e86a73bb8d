"""What a learner's own run leaves behind: the ledger, the plots; and what is in the way of that."""

from __future__ import annotations

import re
from pathlib import Path

import golden_reports
import pytest
from conftest import Course
from golden_reports import HALF

from grader_plugin.event import Event
from grader_plugin.ledger import LEDGER

PNG = b"\x89PNG\r\n\x1a\n"
ONE = ("-k", "relu_values")


@pytest.fixture
def half(course: Course) -> Course:
    """A course whose exercises are half done, the tour of the activations among them."""
    solved = golden_reports.solved()["activations.py"].partition("def tour(")[2]
    files = golden_reports.exercises(HALF)
    files["activations.py"] = files["activations.py"].partition("def tour(")[0] + f"def tour({solved}"
    return course.with_files({f"exercises/{name}": text for name, text in files.items()})


@pytest.fixture
def done(course: Course) -> Course:
    """A course whose exercises are the solutions."""
    return course.with_files({f"exercises/{name}": text for name, text in golden_reports.solved().items()})


def test_xp_is_won_once(half: Course) -> None:
    folder = half.write()
    first = half.grade(folder=folder).stdout
    assert "+64 XP, 64 XP in all" in first
    assert "First spark" in first
    lines = (folder / ".grader" / "progress.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 23  # fourteen checks passed, six failed, for three of them a hint was shown
    again = half.grade(folder=folder).stdout
    assert "64 XP in all" in again
    assert not re.search(r"\+\d+ XP", again)
    assert "First spark" not in again
    assert (folder / ".grader" / "progress.jsonl").read_text("utf-8").splitlines() == lines


def test_ci_keeps_no_ledger(half: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    graded_there = half.grade()
    assert "XP" not in graded_there.stdout
    assert not (graded_there.folder / ".grader").exists()


def test_another_folder_wins_nothing(half: Course) -> None:
    graded = half.grade("--submission", "solutions", *ONE)
    assert "XP" not in graded.stdout
    assert not (graded.folder / ".grader").exists()


@pytest.mark.parametrize("args", [(), ("-n", "2")], ids=["plain", "spread"])
def test_a_solved_lesson_keeps_its_plots(done: Course, args: tuple[str, ...]) -> None:
    graded = done.grade(*args, exit_status=0, score=100)
    assert "Plots: .grader/plots/losses.png, .grader/plots/tour.png" in graded.stdout
    for name in ("losses", "tour"):
        assert (graded.folder / ".grader" / "plots" / f"{name}.png").read_bytes().startswith(PNG)
    assert re.search(r"Fastest by your own curves: \w+, mean loss 0\.\d{3} over one epoch", graded.stdout)
    assert "+400 XP, 400 XP in all: level 3, Converged, the highest of this lesson" in graded.stdout
    assert graded.stdout.count("\n* ") == 10  # all but the one for a failed check put right
    assert len((graded.folder / LEDGER).read_text("utf-8").splitlines()) == 79


def test_a_repaired_check_is_an_achievement(half: Course, done: Course) -> None:
    folder = half.write()
    half.grade("-k", "gelu", folder=folder)
    (folder / "exercises" / "activations.py").write_bytes(
        (done.write() / "exercises" / "activations.py").read_bytes()
    )
    again = half.grade("-k", "gelu", folder=folder)
    assert "* Second thought: A check that failed once passes." in again.stdout


NEWER = (
    Event(kind="passed", subject="a::b::c", at="2026-01-01T00:00:00Z", points=1)
    .line()
    .replace('"v": 1', '"v": 2')
)


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        (str(LEDGER), None, ".grader/progress.jsonl is a folder, so the XP of this run are not recorded"),
        (".grader", b"", ".grader is not a folder, so the XP of this run are not recorded"),
        (
            str(LEDGER),
            b"\x00\xff\xfe rubbish \n" * 3,
            "3 lines of .grader/progress.jsonl cannot be read and do not count",
        ),
        (
            str(LEDGER),
            f"{NEWER}\n".encode(),
            "1 line of .grader/progress.jsonl from a newer version of the kit",
        ),
        (f"{LEDGER.parent}/plots", b"", ".grader/plots/tour.png cannot be written (file exists)."),
    ],
    ids=["a folder", "its folder is a file", "rubbish", "newer", "plots is a file"],
)
def test_what_is_in_the_way_costs_nothing(path: str, content: bytes | None, says: str, half: Course) -> None:
    folder = half.write()
    target = folder / path
    if content is None:
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    graded = half.grade("-k", "relu or tour", folder=folder)
    assert " ".join(graded.stdout.split()).count(says) == 1, graded.stdout
    assert graded.checks["activations::relu::relu_values"]["score"] == 1
    if content is not None:
        kept = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
        assert any(content in one for one in kept)


def test_a_home_that_cannot_be_written(done: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    graded = done.grade("-k", "relu", exit_status=0)
    assert "7 XP" not in graded.stdout
    assert "+28 XP" in graded.stdout
    assert (graded.folder / LEDGER).exists()


def test_the_ledger_of_a_long_lesson_does_not_grow_with_runs(done: Course) -> None:
    folder = done.write()
    for _ in range(3):
        done.grade(*ONE, folder=folder)
    assert len((folder / LEDGER).read_text("utf-8").splitlines()) == 1
    assert sorted(path.name for path in Path(folder, ".grader").iterdir()) == [
        "progress.jsonl",
        "progress.lock",
    ]
