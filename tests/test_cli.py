"""The command `grader`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pseudoterminal
import pytest
from typer.testing import CliRunner, Result

from grader_plugin import mnist
from grader_plugin.cli import app
from grader_plugin.event import Event
from grader_plugin.exercise import ExerciseInfo
from grader_plugin.ledger import LEDGER, Ledger
from grader_plugin.progress import ACHIEVEMENTS, Progress
from grader_plugin.record import assemble, result_of
from grader_plugin.reports import badge, board
from grader_plugin.reports.screen import Screen
from grader_plugin.result import Status
from grader_plugin.rubrics import KIT, catalogue

DATA = Path(__file__).parents[1] / "data"


def run(*args: str) -> Result:
    return CliRunner().invoke(app, args)


def test_version() -> None:
    assert run("--version").stdout == f"pytest-gradient {version('pytest-gradient')}\n"


def test_no_command_shows_the_help() -> None:
    assert "data" in run().output


def test_data_reads_the_files_themselves() -> None:
    result = run("data", "--folder", str(DATA))
    assert result.exit_code == 0
    assert "60,000 training and 10,000 test images" in result.stdout


def test_data_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """Also when an earlier copy of good data lies in the cache."""
    result = run("data", "--folder", str(tmp_path / "nothing"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("grader data: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_download_without_a_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path) -> None:
        raise mnist.MnistError(f"MNIST could not be fetched into {source}: there is no network")

    monkeypatch.setattr(mnist, "download", fail)
    result = run("data", "--download", "--folder", str(tmp_path))
    assert result.exit_code == 1
    assert "no network" in result.stderr


# The learner's own commands, in the folder where the exercises are.

AT = datetime(2026, 11, 23, 18, 2, 40, tzinfo=timezone.utc)
LESSON = catalogue()


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file of the lesson to stand in, in UTC, and whatever kind of terminal this is."""
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / LESSON[-1].file).touch()
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path)
        patched.setenv("TZ", "UTC")
        for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"):
            patched.delenv(name, raising=False)
        time.tzset()
        yield tmp_path
    time.tzset()


def play(*exercises: str, failed: bool = False) -> None:
    """A run in which these exercises are solved, after a failure if it is asked for."""
    checks = [check for info in LESSON for check in info.checks if info.name in exercises]
    for status in ([Status.FAILED] if failed else []) + [Status.PASSED]:
        results = {check.id: result_of(check, status) for check in checks}
        award = Ledger(LEDGER).record(assemble(LESSON, results), AT)
        assert award.recorded


def test_the_empty_board_promises_the_first_level() -> None:
    result = run("progress")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[:2] == ["0 of 400 XP", "Level 0, Curious; 120 XP to Activated"]
    assert "Achievements: 0 of 11" in lines
    assert "Days" not in lines
    text = " ".join(result.stdout.split())
    for one in ACHIEVEMENTS:
        assert one.title in text
        assert one.words in text
    assert not LEDGER.parent.exists()


def test_the_board_shows_exercises_days_and_achievements() -> None:
    play("activations", "softmax", failed=True)
    text = run("progress").stdout
    assert "200 of 400 XP\nLevel 1, Activated; 40 XP to Layered\n" in text
    assert "activations   ####################  30/30  120 XP\n" in text
    assert "mlp           ....................   0/15    0 XP\n" in text
    assert "\nDays\n2026-11-23 41 checks  200 XP\n" in text
    assert "Achievements: 6 of 11\n* First spark\n* The whole menu\n* Every slope\n" in text
    assert "- Raw scores, 0/2\n  Nothing is stacked in front of cross-entropy" in text
    assert "- All of it, 50/100\n" in text


def test_the_board_promises_no_level_that_the_lesson_does_not_hold() -> None:
    play(*(info.name for info in LESSON), failed=True)
    text = run("progress").stdout
    assert "400 of 400 XP\nLevel 3, Converged, the highest of this lesson\n" in text
    assert "Achievements: 11 of 11\n" in text


def test_more_xp_than_the_lesson_has_is_told_without_its_total() -> None:
    """As in the ledger of a course with more exercises, or of another version of this one."""
    events = [
        Event(kind="passed", subject=f"other::one::c{number}", at="2026-10-01T12:00:00Z", points=100)
        for number in range(2)
    ]
    LEDGER.parent.mkdir()
    LEDGER.write_text("".join(f"{event.line()}\n" for event in events))
    assert run("progress").stdout.startswith("800 XP\nLevel 6, Attentive\n\nactivations ")
    assert run("badge").stdout.endswith("Attentive, 800 XP](progress.svg)\n")
    tree = ElementTree.parse("progress.svg")
    bars = [float(one.get("width", "")) for one in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert max(bars) == float(tree.getroot().get("width", ""))


def test_an_exercise_without_checks_has_a_line_on_the_board() -> None:
    empty = ExerciseInfo(name="other", title="Other", tasks=(), checks=())
    for width in (20, 80):
        for lesson in ((empty,), (empty, *LESSON)):
            text = board.render(Progress(), lesson, Screen(width=width))
            assert "other " in text
            assert "0/0" in text
    assert "The whole menu, not in this lesson" in board.render(Progress(), (empty,), Screen())


def test_a_board_says_kindly_that_hints_were_taken_everywhere() -> None:
    taken = {
        Event(kind="hint", subject=f"{info.name}::{info.checks[0].task}", at="2026-10-01T12:00:00Z", step=1)
        for info in LESSON
    }
    text = board.render(Progress(frozenset(taken)), LESSON, Screen(width=100))
    assert "- Your own way, for another time: each exercise has had a hint\n" in text
    assert "Your own way, 0/" in board.render(Progress(), LESSON, Screen(width=100))


def test_many_days_are_summed_up() -> None:
    events = [
        Event(kind="passed", subject=check.id, at=f"2026-10-{number:02}T12:00:00Z", points=1)
        for number, check in enumerate(LESSON[0].checks[:13], start=1)
    ]
    LEDGER.parent.mkdir()
    LEDGER.write_text("".join(f"{event.line()}\n" for event in events))
    text = run("progress").stdout
    assert "Days\n3 earlier days: 12 XP\n2026-10-04  1 check     4 XP\n" in text
    assert text.count("2026-10-") == 10


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_no_line_of_the_board_is_wider_than_the_terminal(columns: int) -> None:
    play("softmax")
    result = CliRunner().invoke(app, ["progress"], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= columns
    assert "softmax" in result.stdout


def real(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, on a pipe."""
    code = "from grader_plugin.cli import app; app(prog_name='grader')"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *args],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_the_board_and_hints_can_be_shown_in_any_encoding(encoding: str) -> None:
    play("softmax")
    board = real("progress", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    hint = real("hint", "gelu", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    for done in (board, hint):
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b" not in done.stdout  # it is a pipe
        assert done.stdout.isascii()
    assert b"softmax       ####################  20/20   80 XP" in board.stdout


def test_on_a_terminal_the_signs_are_the_lesson_s_own(home: Path) -> None:
    play("softmax")
    code = "from grader_plugin.cli import app; app(prog_name='grader')"
    seen = pseudoterminal.run((sys.executable, "-c", code, "progress"), home, columns=60)
    assert "softmax       ━━━━━━━━━━━━━━━━━━━━  20/20   80 XP" in seen.lines
    seen = pseudoterminal.run((sys.executable, "-c", code, "hint", "gelu"), home, columns=60)
    assert "What is Φ(0)," in "\n".join(seen.lines)


def test_the_ledger_is_found_from_inside_the_exercises(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play("softmax")
    monkeypatch.chdir(home / "exercises")
    assert run("progress").stdout.startswith("80 of 400 XP\n")
    assert "Hint 1 of 3" in run("hint", "gelu").stdout
    assert not (home / "exercises" / ".grader").exists()
    assert Ledger(home / LEDGER).read().hints == {"activations::gelu": 1}


def test_a_folder_of_that_name_with_other_files_is_passed_by(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play("softmax")
    (home / "mine" / "exercises").mkdir(parents=True)
    (home / "mine" / "exercises" / "sport.py").touch()
    monkeypatch.chdir(home / "mine")
    assert run("progress").stdout.startswith("80 of 400 XP\n")
    assert run("reset", "--yes").exit_code == 0
    assert (home / LEDGER).read_bytes() == b""
    assert not (home / "mine" / ".grader").exists()


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no exercises in it or above."""
    folder = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("command", [("progress",), ("reset", "--yes"), ("badge",)])
def test_where_there_are_no_exercises_a_command_says_so(command: tuple[str, ...], elsewhere: Path) -> None:
    (elsewhere / "exercises").mkdir()  # it holds nothing of the lesson
    result = run(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"grader {command[0]}: There is no exercises/ folder of this lesson here or above; "
        "cd to where it is, then try again.\n"
    )
    assert [path.name for path in elsewhere.iterdir()] == ["exercises"]


def test_where_there_are_no_exercises_a_hint_is_shown_and_not_remembered(elsewhere: Path) -> None:
    for _ in range(2):
        result = run("hint", "gelu")
        assert result.exit_code == 0
        assert "Hint 1 of 3" in result.stdout
        assert "Hint 2" not in result.stdout
        assert result.stderr == (
            "grader hint: There is no exercises/ folder of this lesson here or above, "
            "so this hint is not remembered.\n"
        )
    assert not list(elsewhere.iterdir())


def test_the_command_works_where_its_name_is_not_on_the_path() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "grader_plugin", "hint", "gelu"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Hint 1 of 3" in done.stdout


def test_the_commands_of_a_learner_start_without_torch(home: Path) -> None:
    (home / "torch.py").write_text("raise AssertionError('torch was imported')\n")
    for command in (["progress"], ["hint", "gelu"], ["badge"], ["reset", "--yes"]):
        done = real(*command, PYTHONPATH=str(home))
        assert done.returncode == 0, done.stderr.decode()


def test_a_reset_asks_first_and_keeps_the_ledger() -> None:
    assert run("reset").stdout == "There is no .grader/progress.jsonl, so there is nothing to set aside.\n"
    play("mlp")
    before = LEDGER.read_bytes()
    for answer in ("n\n", ""):
        refused = CliRunner().invoke(app, ["reset"], input=answer)
        assert refused.exit_code == 1
        assert "holds 8 passed checks, 60 XP and 0 hints." in refused.stdout
        assert LEDGER.read_bytes() == before
    agreed = CliRunner().invoke(app, ["reset"], input="y\n")
    assert agreed.exit_code == 0
    kept = next(LEDGER.parent.glob("progress.until-*-1.jsonl"))
    assert f"It is kept as {kept}; under its old name it counts again.\n" in agreed.stdout
    assert kept.read_bytes() == before
    assert "0 of 400 XP" in run("progress").stdout
    play("mlp")
    assert run("reset", "--yes").exit_code == 0
    assert len(list(LEDGER.parent.glob("progress.until-*"))) == 2


def test_the_badge_is_an_svg_that_needs_nothing_else() -> None:
    play("activations")
    result = run("badge")
    assert result.exit_code == 0
    assert result.stdout.endswith("\n![Activation functions: Activated, 120 XP](progress.svg)\n")
    text = Path("progress.svg").read_text("utf-8")
    tree = ElementTree.fromstring(text)
    assert tree.findtext("{*}title") == "Activation functions: Activated, 120 XP"
    assert [one.text for one in tree.iter("{http://www.w3.org/2000/svg}text")] == [
        "Activation functions",
        "Activated · 120 XP",
    ]
    assert text.count("http") == 1  # the name of the format: nothing is fetched
    assert run("badge", "my badge.svg").stdout.endswith("(<my badge.svg>)\n")


def test_the_badge_escapes_what_it_says() -> None:
    text = badge.render(Progress(), LESSON, name='<b> & "c"')
    assert ElementTree.fromstring(text).findtext("{*}title") == '<b> & "c": Curious, 0 XP'


def test_a_badge_that_cannot_be_written_is_one_sentence() -> None:
    result = run("badge", "nowhere/badge.svg")
    assert result.exit_code == 1
    assert result.stderr == (
        "grader badge: nowhere/badge.svg cannot be written (no such file or directory).\n"
    )


def test_hints_come_one_by_one_and_end_at_the_page() -> None:
    steps = LESSON[0].hints["gelu"]
    page = "There is more to read in docs/lesson/activations.md."
    for turn in range(1, len(steps) + 2):
        result = run("hint", "gelu")
        assert result.exit_code == 0
        shown = min(turn, len(steps))
        text = " ".join(result.stdout.split())
        for number, step in enumerate(steps, start=1):
            assert (" ".join(Screen().plain(step).split()) in text) == (number <= shown)
            assert (f"Hint {number} of {len(steps)}" in text) == (number <= shown)
        assert (page in text) == (shown == len(steps))
    assert Ledger(LEDGER).read().hints == {"activations::gelu": len(steps)}


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("gelu", "activations::gelu"),
        ("activations::gelu", "activations::gelu"),
        ("gelu_values", "activations::gelu"),
        ("activations::gelu::gelu_values", "activations::gelu"),
        ("exercises/activations.py::gelu::gelu_values", "activations::gelu"),
        ("mlp", "mlp::MLP"),
        ("softmax", "softmax::softmax"),
    ],
)
def test_a_task_has_many_names(name: str, task: str) -> None:
    assert run("hint", name).exit_code == 0
    assert Ledger(LEDGER).read().hints == {task: 1}


@pytest.mark.parametrize("name", ["geul", "", "\x1b[2J", "training"])
def test_an_unknown_task_is_one_sentence_with_the_nearest(name: str) -> None:
    result = run("hint", name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"grader hint: There is no task {name!r}")
    assert "\x1b" not in result.stderr
    assert ("did you mean gelu?" in result.stderr) == (name == "geul")
    assert "The tasks: relu, gelu, silu," in result.stderr
    assert not LEDGER.parent.exists()


def test_a_hint_that_cannot_be_remembered_is_shown_all_the_same() -> None:
    LEDGER.mkdir(parents=True)
    result = run("hint", "gelu")
    assert result.exit_code == 0
    assert "Hint 1 of 3" in result.stdout
    assert result.stderr == (
        "grader hint: .grader/progress.jsonl is a folder, so this hint is not remembered.\n"
    )


@pytest.mark.parametrize("command", [("progress",), ("reset", "--yes"), ("badge",)])
def test_a_ledger_that_cannot_be_read_is_one_sentence(command: tuple[str, ...]) -> None:
    LEDGER.mkdir(parents=True)
    result = run(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"grader {command[0]}: .grader/progress.jsonl is a folder.\n"


def test_what_does_not_count_is_told_beside_the_board() -> None:
    play("mlp")
    with open(LEDGER, "ab") as file:
        file.write(b"<<<<<<< HEAD\n")
    result = run("progress")
    assert result.exit_code == 0
    assert "60 of 400 XP" in result.stdout
    assert result.stderr == (
        "grader progress: 1 line of .grader/progress.jsonl cannot be read and does not count; all others do.\n"
    )


def test_the_board_of_a_part_of_the_lesson_has_that_part(tmp_path: Path) -> None:
    """A release says in its pyproject.toml what it consists of; what it does not say is all."""
    (tmp_path / "exercises").mkdir(exist_ok=True)
    (tmp_path / "exercises" / "softmax.py").write_text("")
    for addopts, shown in (
        ('"--grade-exercises=softmax,mlp"', ["softmax", "mlp"]),
        ('["-q", "--grade-exercises=softmax"]', ["softmax"]),
        ('"--grade-exercises=of_another_kit"', list(KIT)),
        ("3", list(KIT)),
    ):
        (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\naddopts = {addopts}\n")
        done = subprocess.run(
            [sys.executable, "-m", "grader_plugin", "progress"], cwd=tmp_path, capture_output=True, text=True
        )
        lines = [line.split()[0] for line in done.stdout.splitlines() if line.endswith(" 0 XP")]
        assert [word for word in lines if word in KIT] == shown, done.stdout


def test_a_command_begins_without_what_few_need() -> None:
    """Every `grader` waits for what stands at the top: notebooks and templates took half of it."""
    code = "import sys, grader_plugin.cli; print(*sorted({'jinja2', 'nbformat', 'torch', 'rich.live'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
