"""What the tests share."""

from __future__ import annotations

import contextlib
import ctypes
import fnmatch
import json
import os
import platform
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader_plugin.forked import NOWHERE
from grader_plugin.result import CheckResult
from grader_plugin.sandbox import Sandbox

if TYPE_CHECKING:
    from grader_plugin.runner import Run

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
RECORD = "record.json"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@pytest.fixture(scope="session", autouse=True)
def at_home() -> Iterator[None]:
    """As on a learner's machine, wherever the tests run: a CI's variables change what is kept, coloured and written.

    There Python also keeps what it has compiled; without, pytest compiles its plugins anew for each of our runs, 0.9 s.
    """
    names = {"CI", "BUILD_NUMBER", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PY_COLORS"}
    names.add("PYTHONDONTWRITEBYTECODE")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in list(os.environ):
            if name in names or name.startswith(("GITHUB_", "GRADER_")):
                monkeypatch.delenv(name)
        if "PYTEST_XDIST_WORKER" in os.environ:
            import torch  # here: `pytest --grade` loads this file too, before torch is needed

            # A process a core: on two cores the threads of two wait for each other, twice as long as they compute.
            torch.set_num_threads(1)
        yield


class Grading:
    """Grades one exercise of the solutions, or of the stubs, with other code at the end of its file."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder

    def __call__(
        self, exercise: str, code: str = "", *, task: str = "", seed: int = 0, of: str = "solutions"
    ) -> dict[str, CheckResult]:
        """The results by the checks' names, of one task or of all; `code` redefines what it names."""
        run = self.run(exercise, code, seed=seed, of=of)
        checks = run.exercises[exercise].info.checks
        return {check.name: run.check(exercise, check.name) for check in checks if task in ("", check.task)}

    def check(self, exercise: str, name: str, code: str = "") -> CheckResult:
        """The result of one check."""
        return self.run(exercise, code).check(exercise, name)

    def run(self, exercise: str, code: str, *, seed: int = 0, of: str = "solutions") -> Run:
        """A run of that code, before its first check."""
        own = self.folder / f"{exercise}.py"
        own.write_text(f"{(ROOT / of / own.name).read_text('utf-8')}\n\n{code}", "utf-8")
        from grader_plugin.runner import Run  # here: it imports torch

        return Run(self.folder, "exercises", sandbox=self.sandbox, seed=seed)


@pytest.fixture(scope="session")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    """Grade code through worker, wire and rubric; one template process serves all tests."""
    with Sandbox() as sandbox:
        yield Grading(sandbox, tmp_path_factory.mktemp("submission"))


@pytest.fixture(scope="session")
def sandbox(grading: Grading) -> Sandbox:
    """The one sandbox of the tests, for those that do no harm to it."""
    return grading.sandbox


def kernel_confines() -> bool:
    """Whether this kernel can hold all that a worker may try, asked without a line of the grader's."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        return False
    # landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION): signals are scoped since version 6.
    return ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) >= 6


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that need not be ours; a zombie has ended."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    ended = poll.poll(20_000)
    os.close(fd)
    assert ended, f"process {pid} is still there"


class Watched:
    """A sandbox, and the processes that came from it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.isolation = sandbox.isolation
        self.confinement = sandbox.confinement
        self.started: list[int] = []

    def worker(self, exercise: str, needs: str = "") -> object:
        process = self._sandbox.worker(exercise, needs)
        self.started.append(process._pid)
        return process

    def assert_nothing_is_left(self) -> None:
        """No process of the run, and in the scratch folder only what waits for the next check, empty."""
        for pid in self.started:
            wait_until_gone(pid)
        self._sandbox.worker("e").end(late=True)  # with the next fork goes what escaped from the last worker
        spares = {template._spare.home for template in self._sandbox._templates.values() if template._spare}
        left = {str(path) for path in self._sandbox._folder.iterdir() if path.name != NOWHERE}
        assert not list((self._sandbox._folder / NOWHERE).iterdir())
        assert left <= spares, left - spares
        assert [name for folder in left for name in os.listdir(folder)] == []
        for template in self._sandbox._templates.values():
            if template._process is not None and template._spare is not None:
                template._spare.arrive()
                assert _children(template._process.pid) == {template._spare._pid}


def _children(pid: int) -> set[int]:
    """Orphans of workers come to the template."""
    tasks = Path("/proc", str(pid), "task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def assert_nothing_runs_in(folder: Path) -> None:
    """No scratch folder of the grader's below it, and no process that stands in one."""
    assert not list(folder.glob("grader-*"))
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            assert not os.readlink(link).startswith(f"{folder}/grader-"), link


@dataclass(frozen=True)
class Graded:
    """What one `pytest --grade` left: its exit status, what it printed, its record if it wrote one."""

    folder: Path
    status: int
    stdout: str
    stderr: str
    record: dict[str, Any]

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Every check of the record by its id."""
        found = self.record.get("exercises", [])
        return {check["id"]: check for exercise in found for check in exercise["checks"]}

    @property
    def statuses(self) -> dict[str, str]:
        """The status of every check of the record."""
        return {name: check["status"] for name, check in self.checks.items()}


@dataclass(frozen=True)
class Course:
    """A course's folder as an immutable bag of files, and a way to grade it for real."""

    home: Path
    files: Mapping[str, str | bytes] = field(default_factory=dict)

    def with_files(self, files: Mapping[str, str | bytes]) -> Course:
        """The course with these files as well, or instead of those of the same path."""
        return replace(self, files={**self.files, **files})

    def without(self, *patterns: str) -> Course:
        """The course without the files that match."""
        kept = {
            path: text
            for path, text in self.files.items()
            if not any(fnmatch.fnmatch(path, one) for one in patterns)
        }
        return replace(self, files=kept)

    def replace(self, path: str, old: str, new: str) -> Course:
        """The course with a passage of one file replaced."""
        text = self.files[path]
        assert isinstance(text, str)
        assert old in text, f"{old!r} is not in {path}"
        return self.with_files({path: text.replace(old, new)})

    def write(self) -> Path:
        """A new folder with the files."""
        folder = self.home / str(len(list(self.home.iterdir())))
        folder.mkdir()
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode() if isinstance(text, str) else text)
        return folder

    def run(self, *args: str, folder: Path | None = None, python: Sequence[str] = ()) -> Graded:
        """`pytest *args` in a new folder with the files, or in the one that is given."""
        folder = folder or self.write()
        (folder / RECORD).unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [sys.executable, *python, "-m", "pytest", *args],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        path = folder / RECORD
        record = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return Graded(folder, done.returncode, done.stdout, done.stderr, record)

    def grade(
        self,
        *args: str,
        folder: Path | None = None,
        exit_status: int | None = None,
        score: int | None = None,
        partial: tuple[int, int] | None = None,
        statuses: Mapping[str, str] | None = None,
        messages: Mapping[str, str] | None = None,
        prints: Sequence[str] = (),
    ) -> Graded:
        """`pytest --grade *args`, held against what is expected of it.

        `partial` is the selected score and maximum; `statuses` and `messages` say for each pattern of check ids the
        status ("failed|blocked": either), and a part of the message. Whatever is asked, the record is complete, no traceback is shown, and what
        is printed on a pipe moves no cursor.
        """
        graded = self.run("--grade", "--grade-report", f"json={RECORD}", *args, folder=folder)
        told = f"{graded.stdout}\n{graded.stderr}"
        assert "Traceback" not in told, told
        assert "INTERNALERROR" not in told, told
        assert not CONTROL.search(told), told
        if exit_status is not None:
            assert graded.status == exit_status, told
        for text in prints:
            assert text in told, told
        if graded.record:
            _check_record(graded.record)
        if score is not None:
            assert graded.record["score"] == score, told
        if partial is not None:
            record = graded.record
            assert record["status"] == "partial"
            assert (record["selected_score"], record["selected_max"]) == partial, told
        for field_name, expected in (("status", statuses or {}), ("message", messages or {})):
            for pattern, value in expected.items():
                names = fnmatch.filter(graded.checks, pattern)
                assert names, f"no check is called {pattern}"
                for name in names:
                    found = graded.checks[name][field_name]
                    right = found in value.split("|") if field_name == "status" else value in found
                    assert right, (name, found, told)
        return graded


def _check_record(record: dict[str, Any]) -> None:
    """What holds for every record: the whole lesson is in it, and its sums are right."""
    exercises = record["exercises"]
    assert [exercise["name"] for exercise in exercises] == [
        "activations",
        "softmax",
        "mlp",
        "training",
        "trainability",
    ]
    checks = [check for exercise in exercises for check in exercise["checks"]]
    assert record["max_score"] == sum(check["max_score"] for check in checks) == 100
    assert record["score"] == sum(check["score"] for check in checks)
    assert (record["status"] == "partial") == any(check["status"] == "not_run" for check in checks)
    assert ("selected_max" in record) == (record["status"] == "partial")
    for check in checks:
        assert check["score"] == (check["max_score"] if check["status"] == "passed" else 0), check["id"]
        assert (check["message"] == "") == (check["status"] in ("passed", "not_run")), check["id"]


def _files(folder: str) -> dict[str, str | bytes]:
    return {f"{folder}/{path.name}": path.read_text("utf-8") for path in sorted((ROOT / folder).glob("*.py"))}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The repository's stubs as `exercises/` and its solutions as `solutions/`, with a pytest.ini of its own."""
    files = {**_files("exercises"), **_files("solutions")}
    return Course(tmp_path, {"pytest.ini": "[pytest]\nfilterwarnings = error\n", **files})
