"""Where workers come from and where they end: no check sees another's, nothing is left, the grader's own deaths are told."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from conftest import kernel_confines, wait_until_gone

from grader_plugin import forked, interpreter
from grader_plugin.compare import assert_close
from grader_plugin.exercise import Exercise, Task
from grader_plugin.result import CheckResult, Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import PER_EXERCISE, Sandbox, SandboxError
from grader_plugin.submission import Submission

RIGHT = "def f(x):\n    return x.clamp(min=0)\n"


def exercise(
    name: str = "activations", checks: int = 4, needs: str = "", seconds: float = 60
) -> dict[str, Exercise]:
    """A file whose `f` has to be relu, in several checks of a point each."""
    made = Exercise(name, "One", tasks=(Task("f", needs=needs),))
    for number in range(checks):

        def check(submission: Submission) -> None:
            """It is relu"""
            x = torch.linspace(-2, 2, 5)
            assert_close(submission.f(x), torch.relu(x), "f(x)")

        check.__name__ = f"check_{number}"
        made.check(task="f", points=1, seconds=seconds)(check)
    return {name: made}


def graded(
    sandbox: Sandbox, folder: Path, code: str, checks: int = 2, needs: str = "", seconds: float = 60
) -> list[CheckResult]:
    (folder / "activations.py").write_text(f"import os, sys, time\nimport torch\n\n\n{code}")
    run = Run(folder, "e", sandbox=sandbox, exercises=exercise(checks=checks, needs=needs, seconds=seconds))
    return [run.check("activations", f"check_{number}") for number in range(checks)]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)


def test_each_check_has_a_process_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    code = "seen = []\n\n\ndef f(x):\n    seen.append(1)\n    print(os.getpid(), len(seen))\n    return x.clamp(min=0)\n"
    told = [result.output.split() for result in graded(sandbox, tmp_path, code, checks=3)]
    assert len({pid for pid, _ in told}) == 3
    assert [count for _, count in told] == ["1"] * 3
    for pid, _ in told:
        wait_until_gone(int(pid))


def test_no_worker_collects_by_what_others_made(sandbox: Sandbox, tmp_path: Path) -> None:
    """The collector counts from the beginning of a worker: it has not run yet when the learner's code comes."""
    code = "import gc\n\nAT = gc.get_count()[1:], gc.isenabled()\n\n\ndef f(x):\n    print(AT)\n    return x.clamp(min=0)\n"
    for needs in ("", "matplotlib.pyplot"):
        told = {result.output for result in graded(sandbox, tmp_path, code, checks=4, needs=needs)}
        assert told == {"((0, 0), True)\n"}


def test_what_a_worker_writes_into_shared_memory_no_other_sees(sandbox: Sandbox, tmp_path: Path) -> None:
    made = Exercise("activations", "One", tasks=(Task("f"),))

    def writes(submission: Submission) -> None:
        """It writes"""
        shared = submission.once(
            "data", lambda: submission.share((3,), torch.float32, lambda out: out.fill_(1.0))
        )
        assert submission.f(shared).tolist() == [2, 2, 2]
        assert submission.f(shared).tolist() == [2, 2, 2]

    def writes_again(submission: Submission) -> None:
        """It writes again"""
        writes(submission)

    for check in (writes, writes_again):
        made.check(task="f", points=1)(check)
    (tmp_path / "activations.py").write_text("def f(x):\n    return x.add_(1)\n")
    run = Run(tmp_path, "e", sandbox=sandbox, exercises={"activations": made})
    for check in (writes, writes_again):
        assert run.check("activations", check.__name__).status is Status.PASSED


@pytest.fixture
def own() -> Iterator[Sandbox]:
    """A sandbox that a test may harm, its workers unconfined: these tests are of what holds even then."""
    with Sandbox(confine=False) as sandbox:
        yield sandbox


def test_a_template_that_dies_is_started_once_more_and_then_told(own: Sandbox, tmp_path: Path) -> None:
    def passed() -> bool:
        return graded(own, tmp_path, RIGHT, checks=1)[0].status is Status.PASSED

    assert passed()
    kill(own._templates[""]._process.pid)
    assert passed()  # anew, and no learner's fault
    kill(own._templates[""]._process.pid)
    assert passed()
    kill(own._templates[""]._process.pid)
    result = graded(own, tmp_path, RIGHT, checks=1)[0]
    assert result.status is Status.ERROR
    assert result.message == "The grader's template process died again and again"
    assert result.score == 0


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_template_that_dies_under_a_check_is_not_the_learner_s_fault(deaths: int, tmp_path: Path) -> None:
    """As when the machine is out of memory and the kernel chooses it: the check is begun once more."""
    left = [deaths]
    made = Exercise("activations", "One", tasks=(Task("f"),))

    with Sandbox() as sandbox:

        def check(submission: Submission) -> None:
            """It is relu"""
            submission.f(torch.zeros(3))
            if left[0]:
                left[0] -= 1
                kill(sandbox._templates[""]._process.pid)
            assert_close(submission.f(torch.ones(3)), torch.ones(3), "f(x)")

        made.check(task="f", points=1)(check)
        (tmp_path / "activations.py").write_text(RIGHT)
        result = Run(tmp_path, "e", sandbox=sandbox, exercises={"activations": made}).check(
            "activations", "check"
        )
        if deaths == 1:
            assert result.status is Status.PASSED, result.message
        elif sandbox.confinement().is_full:
            assert (result.status, result.message) == (
                Status.ERROR,
                "The grader's template process died twice",
            )


def test_a_stage_that_dies_is_started_once_more(own: Sandbox, tmp_path: Path) -> None:
    code = "assert 'colorsys' in sys.modules\n" + RIGHT
    assert graded(own, tmp_path, code, checks=1, needs="colorsys")[0].status is Status.PASSED
    children = Path(
        f"/proc/{own._templates['']._process.pid}/task/{own._templates['']._process.pid}/children"
    )
    for pid in children.read_text().split():
        kill(int(pid))
    assert graded(own, tmp_path, code, checks=1, needs="colorsys")[0].status is Status.PASSED
    assert graded(own, tmp_path, RIGHT, checks=1, needs="nothing_of_that_name")[0].status is Status.PASSED


def test_a_learner_who_kills_the_template_gains_nothing(own: Sandbox, tmp_path: Path) -> None:
    """Where nothing keeps it from doing so, it is started anew: a check that is lost twice fails, the next is graded."""
    twice = (
        f"def f(x):\n    with open({str(tmp_path / 'marks')!r}, 'a+') as marks:\n"
        "        marks.write('x')\n        marks.seek(0)\n        deaths = len(marks.read())\n"
        "    if deaths <= 2:\n        os.kill(os.getppid(), 9)\n        time.sleep(1e6)\n    return x.clamp(min=0)\n"
    )
    first, second = graded(own, tmp_path, twice)
    assert first.status is Status.FAILED
    assert second.status is Status.PASSED


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    daemon = (
        "def f(x):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        os.setsid()\n"  # a child of the worker in a session of its own: no orphan until the worker is dead
        "        time.sleep(1e6)\n"
        "    print(pid, os.getpid(), os.getppid(), flush=True)\n"
        "    open('left', 'w').close()\n"
        "    return x.clamp(min=0)\n"
    )
    with Sandbox(confine=False) as sandbox:
        for needs in ("", "colorsys"):
            results = graded(sandbox, tmp_path, daemon, needs=needs)
            assert all(result.status is Status.PASSED for result in results), results
        pids = [int(pid) for result in results for pid in result.output.split()]
        folder = sandbox._folder
    for pid in pids:
        wait_until_gone(pid)
    assert not folder.exists()


def test_a_process_that_leaves_its_session_is_ended(tmp_path: Path) -> None:
    """With the next fork, and what the last worker left with the end of the run."""
    code = (
        "def f(x):\n"
        "    read, write = os.pipe()\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        child = os.fork()\n"
        "        if child:\n"
        "            os.write(write, str(child).encode())\n"
        "            os._exit(0)\n"
        "        time.sleep(1e6)\n"
        "    print(os.read(read, 99).decode())\n"
        "    return x\n"
    )
    with Sandbox(confine=False) as sandbox:
        first, last = (int(result.output) for result in graded(sandbox, tmp_path, code))
        wait_until_gone(first)
    wait_until_gone(last)


def test_nothing_is_left_behind_a_grader_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from grader_plugin.sandbox import Sandbox\n"
        "sandbox = Sandbox()\n"
        "worker = sandbox.worker('activations')\n"
        "print(sandbox._folder, sandbox._templates['']._process.pid, worker._pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    folder, *pids = done.stdout.split()
    for pid in pids:
        wait_until_gone(int(pid))
    assert not Path(folder).exists()
    assert done.stderr == ""


CODES = {
    "right": (RIGHT, "passed", ""),
    "wrong": ("def f(x):\n    return x\n", "failed", "f(x) is -2 at index 0, expected 0"),
    "stub": ("def f(x):\n    raise NotImplementedError\n", "todo", "f is still to do"),
    "syntax": ("def f(:\n", "failed", "Loading e/activations.py raised SyntaxError: "),
    "prints": ("def f(x):\n    print('said')\n    return x\n", "failed", "f(x) is -2"),
    "patches": ("def f(x):\n    torch.relu = None\n    return x.clamp(min=0)\n", "passed", ""),
    "garbage": (
        "def f(x):\n    os.write(LAST, b'x' * 99)\n    return x\n",
        "failed",
        "f was not answered as agreed",
    ),
    "exit": ("def f(x):\n    os._exit(3)\n", "failed", "f ended the process with exit status 3"),
    "after the exit": (RIGHT, "passed", ""),
}
# The descriptor of the channel, which has no fixed number where the worker was not forked.
LAST = "LAST = max(int(fd) for fd in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{fd}') and os.readlink(f'/proc/self/fd/{fd}').startswith('socket'))\n"


def test_one_process_an_exercise_gives_the_same_results(own: Sandbox, tmp_path: Path) -> None:
    """Where fork is not safe: the same statuses and words, the module loaded afresh for each check."""
    with Sandbox(PER_EXERCISE) as spawned:
        for name, (code, status, says) in CODES.items():
            text = LAST + code if "LAST" in code else code
            for isolation in (own, spawned):
                for result in graded(isolation, tmp_path, text):
                    assert result.status.value == status, (name, isolation.isolation, result)
                    assert says in result.message, (name, isolation.isolation)
                    assert result.output == ("said\n" if name == "prints" else ""), (
                        name,
                        isolation.isolation,
                    )
        run = Run(tmp_path, "e", sandbox=spawned, exercises=exercise())
        assert run.facts["environment"]["isolation"] == "per-exercise"
        folder = spawned._folder
    assert not folder.exists()


def test_a_process_that_no_kernel_limits_is_watched(tmp_path: Path) -> None:
    """It may take 2 GiB, and the check after it gets another one; so does the one after a loop, which is told its CPU time."""
    greedy = "def f(x):\n    kept = []\n    while True:\n        kept.append(torch.ones(2**25))\n"
    hangs = "def f(x):\n    while True: pass\n"
    with Sandbox(PER_EXERCISE) as spawned:
        assert spawned.confinement().to_dict() == {
            "layers": ["memory-watch"],
            "open": ["read", "write", "network", "processes", "signals"],
        }
        (result,) = graded(spawned, tmp_path, greedy, checks=1)
        assert result.message == "f took more memory than it may, and was stopped"
        (result,) = graded(spawned, tmp_path, hangs, checks=1, seconds=0.6)
        assert result.message.startswith("f took over 0.6 s (")
        assert graded(spawned, tmp_path, RIGHT, checks=1)[0].status is Status.PASSED


def test_a_probe_tells_what_holds(sandbox: Sandbox, own: Sandbox) -> None:
    """The layers are those of this kernel; without them everything goes through."""
    held, free = sandbox.confinement(), own.confinement()
    assert "limits" in held.layers
    assert held.is_full == (held.open == ())
    if kernel_confines():
        assert held.is_full
        assert held.flags == ()
    assert free.reach == (
        "read the user's files, write them, use the network, start processes and signal the grader"
    )
    assert free.layers == ("limits",)
    assert free.open == ("read", "write", "network", "processes", "signals")
    assert not [path for path in own._folder.iterdir() if "secret" in path.name]


def test_a_layer_that_fails_grades_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel has it, and refuses: no code of a learner's runs, and it is not the learner's fault."""
    broken = "setattr(package.seccomp, 'restrict', lambda *_: (_ for _ in ()).throw(OSError(1, 'refused')))\ngetattr(module, told"
    monkeypatch.setattr(interpreter, "_BOOT", interpreter._BOOT.replace("getattr(module, told", broken))
    ran = tmp_path / "ran"
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="A worker could not be confined"):
        sandbox.confinement()
    with Sandbox() as sandbox:
        result = graded(sandbox, tmp_path, f"open({str(ran)!r}, 'w')\n" + RIGHT, checks=1)[0]
        assert result.status is Status.ERROR
        assert not ran.exists()


def test_a_full_disk_costs_no_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker for whom no folder can be made gets one that it may only read, and leaves nothing there."""

    def full(*args: object, **kwargs: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    code = "def f(x):\n    print(os.listdir('.'))\n    open('mine', 'w')\n    return x.clamp(min=0)\n"
    with Sandbox() as sandbox:
        held = sandbox.confinement()
        for result in graded(sandbox, tmp_path, RIGHT):
            assert result.status is Status.PASSED
        monkeypatch.setattr(tempfile, "mkdtemp", full)
        _, *results = graded(sandbox, tmp_path, code, checks=4)  # the first one's was made before
        for result in results:
            assert result.output == "[]\n" if held.is_full else True
            assert "PermissionError" in result.message if held.is_full else True
        for result in graded(sandbox, tmp_path, RIGHT):
            assert result.status is Status.PASSED


FULL = """
import os
honest, left = os.fork, [3]


def full():
    if left[0]:
        left[0] -= 1
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return honest()


os.fork = full
"""


def test_a_machine_without_room_for_a_process_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a worker has started thousands of threads: then the grader has neither a fork nor a thread of its own."""
    monkeypatch.setattr(
        interpreter, "_BOOT", interpreter._BOOT.replace("getattr(module, told", f"{FULL}getattr(module, told")
    )
    drain, refused = forked.Drain, [2]

    def no_thread(fd: int) -> forked.Drain:
        if refused[0]:
            refused[0] -= 1
            os.close(fd)
            raise RuntimeError("can't start new thread")
        return drain(fd)

    monkeypatch.setattr(forked, "Drain", no_thread)
    with Sandbox() as sandbox:
        results = graded(sandbox, tmp_path, RIGHT, checks=6)
        assert {result.status for result in results} == {Status.PASSED}
        assert refused == [0]
    gc.collect()


def test_closing_while_another_thread_asks_for_workers_leaves_nothing() -> None:
    """A socket that is left open is a ResourceWarning, which is an error here."""
    for _ in range(3):
        under_way = threading.Event()

        def ask(sandbox: Sandbox, under_way: threading.Event = under_way) -> None:
            with contextlib.suppress(SandboxError):
                while True:
                    sandbox.worker("e").end()
                    under_way.set()

        with Sandbox() as sandbox:
            thread = threading.Thread(target=ask, args=[sandbox])
            thread.start()
            assert under_way.wait(60)
        thread.join(60)
        assert not thread.is_alive()
        gc.collect()


def test_a_scratch_folder_that_vanishes_costs_a_restart_and_no_socket() -> None:
    """As when another thread closes the sandbox while a worker is being ordered."""
    with Sandbox() as sandbox:
        sandbox.worker("e").end()
        shutil.rmtree(sandbox._folder)
        sandbox.worker("e").end()
        gc.collect()
