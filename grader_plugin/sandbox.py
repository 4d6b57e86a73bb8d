"""Where workers come from: the only place that a process starts, and where it ends."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import platformdirs

from .channel import Channel, Closed

OUTPUT_CAP = 64 * 1024
MEMORY = 1536 * 1024 * 1024  # what a worker may take beyond what torch has mapped already
PER_CHECK = "per-check"
PER_EXERCISE = "per-exercise"

# Importing torch takes 1 s on a quiet machine, 4.4 s with both cores busy, more from a cold disk.
START_SECONDS = 120.0

_HERE = Path(__file__).parent

# The modules by their files, in a package that has no path: nothing else of the grader can be imported beside them.
_BOOT = """
import importlib.util, json, sys, types
folder, names, entry, fd, path = json.loads(sys.argv[1])
sys.argv[1:] = []
sys.path += path
package = sys.modules["grader_plugin"] = types.ModuleType("grader_plugin")
package.__path__ = []
for name in names:
    spec = importlib.util.spec_from_file_location("grader_plugin." + name, folder + "/" + name + ".py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(package, name, module)
getattr(module, entry)(fd)
"""
_MODULES = ("dynamo", "channel", "wire", "drawing", "fixtures", "mount", "worker", "template")


class SandboxError(Exception):
    """The grader's own processes fail: nothing that the submission is to blame for."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended by itself (`exit` status or `signal` number, else it was killed), and its CPU seconds."""

    exit: int | None = None
    signal: int | None = None
    cpu: float | None = None

    @property
    def signal_name(self) -> str:
        """`SIGSEGV`."""
        return (
            signal.Signals(self.signal).name
            if self.signal in set(signal.Signals)
            else f"signal {self.signal}"
        )


class Process(Protocol):
    """A worker: a channel to it, what it printed, and its end."""

    channel: Channel

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        """Kill it and all that it started. `dying`: it closed its channel; `late`: it did not answer in time."""

    def output(self) -> str:
        """What the learner's code printed, at most 64 KiB, and how much more was dropped."""


class Sandbox:
    """The workers of one run. `isolation` is `per-check` (Linux: a fork a check) or `per-exercise`."""

    def __init__(self, isolation: str | None = None) -> None:
        self.isolation = isolation or (PER_CHECK if sys.platform == "linux" else PER_EXERCISE)
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self._templates: dict[str, _Template] = {}
        self._spawned: dict[str, _Spawned] = {}
        self._restarts = 0
        self._closed = False
        self._lock = threading.Lock()

    def warm(self, needs: str = "") -> None:
        """Start what will be needed, without waiting for it."""
        if self.isolation == PER_CHECK:
            with contextlib.suppress(Closed):  # it died: the first check that wants a worker starts it anew
                self._template(needs)

    def worker(self, exercise: str, needs: str = "") -> Process:
        """A worker for one check of `exercise`, from a process that has imported `needs`; raises SandboxError."""
        if self.isolation == PER_EXERCISE:
            current = self._spawned.get(exercise)
            if current is None or not current.alive:
                for old in self._spawned.values():
                    old.stop()
                self._spawned = {exercise: _Spawned(self._folder)}
            return self._spawned[exercise]
        while True:
            template = self._template(needs)
            try:
                return template.fork(self._folder)
            except Closed:
                self._restart(needs, template)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process and remove the scratch folder."""
        with self._lock:
            self._closed = True
            self._stop_templates()
        for spawned in self._spawned.values():
            spawned.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _template(self, needs: str) -> _Template:
        with self._lock:
            if self._closed:
                raise SandboxError("The grader is being ended")
            if "" not in self._templates:
                self._templates[""] = _Template.execute(self._folder)
            if needs not in self._templates:
                self._templates[needs] = self._templates[""].stage(needs)
            return self._templates[needs]

    def _restart(self, needs: str, dead: _Template) -> None:
        """Once in a run; another thread that saw the same death finds the work done."""
        with self._lock:
            if self._closed or self._templates.get(needs) is not dead:
                return
            self._restarts += 1
            if self._restarts > 1:
                raise SandboxError("The grader's template process died twice")
            self._stop_templates()
            self._folder.mkdir(0o700, exist_ok=True)  # a template takes it along

    def _stop_templates(self) -> None:
        for template in reversed(self._templates.values()):
            template.stop()
        self._templates.clear()


class _Template:
    """A process that forks workers, seen from the grader; one thread at a time speaks with it."""

    def __init__(self, control: Channel, process: subprocess.Popen[bytes] | None) -> None:
        self.control = control
        self._process = process
        self._spare: _Forked | None = None
        self._lock = threading.Lock()

    @classmethod
    def execute(cls, folder: Path) -> _Template:
        process, channel = _execute(folder, "main", subprocess.DEVNULL)
        return cls(channel, process)

    def stage(self, module: str) -> _Template:
        ours, theirs = socket.socketpair()
        with theirs:
            self.control.send({"op": "stage", "modules": [module]}, fds=[theirs.fileno()])
        return _Template(Channel(ours), None)

    def fork(self, folder: Path) -> _Forked:
        """A worker that was forked while the one before was at work, and the next one ordered; raises Closed."""
        with self._lock:
            worker = self._spare or self._order(folder)
            try:
                worker.arrive()
                self._spare = None
                self._spare = self._order(folder)  # if the template is dead, `worker` died with it
            except BaseException:  # Ctrl-C included: closed, and raised on
                worker.channel.close()
                raise
            return worker

    def end(self, pid: int, *, dying: bool, wait: bool) -> dict[str, Any]:
        """Have a worker killed; how it ended, if that is waited for."""
        with self._lock:
            if wait and self._spare is not None:
                self._spare.arrive()  # its number comes before the answer
            self.control.send({"op": "end", "pid": pid, "wait": wait, "dying": dying})
            if not wait:
                return {"status": None, "cpu": None}
            return self.control.receive(_soon(START_SECONDS))[0]

    def _order(self, folder: Path) -> _Forked:
        try:
            scratch = tempfile.mkdtemp(dir=folder, prefix="check-")
        except FileNotFoundError as error:  # closed meanwhile, by another thread
            raise Closed("the scratch folder is gone") from error
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            with theirs:
                request = {"op": "fork", "scratch": scratch, "memory": MEMORY}
                self.control.send(request, fds=[theirs.fileno(), write])
        except BaseException:  # Ctrl-C included: closed, and raised on
            os.close(read)
            ours.close()
            raise
        finally:
            os.close(write)
        return _Forked(self, Channel(ours), read, scratch)

    def stop(self) -> None:
        self.control.hang_up()  # its end is the template's sign to kill what it forked, and to go
        with (
            self._lock
        ):  # a thread that is about to order a worker finds the line dead, and leaves none behind
            if self._spare is not None:
                self._spare.channel.close()
                self._spare = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class _Forked:
    """A worker that was forked from a template."""

    def __init__(self, template: _Template, channel: Channel, output: int, scratch: str) -> None:
        self.channel = channel
        self._template = template
        self._pid = 0
        self._scratch = scratch
        self._output = _Drain(output)
        self._ended = False

    def arrive(self) -> None:
        """Wait until it is there; raises Closed."""
        if not self._pid:
            self._pid = self._template.control.receive(_soon(START_SECONDS))[0]["pid"]

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        if self._ended:
            return Ending()
        self._ended = True
        self.channel.close()
        try:
            reply = self._template.end(self._pid, dying=dying, wait=dying or late)
        except Closed:  # the template is gone, and the kernel killed its workers with it
            reply = {"status": None, "cpu": None}
        shutil.rmtree(self._scratch, ignore_errors=True)
        status = reply["status"]
        if status is None:
            return Ending(cpu=reply["cpu"])
        if os.WIFSIGNALED(status):
            return Ending(signal=os.WTERMSIG(status), cpu=reply["cpu"])
        return Ending(exit=os.waitstatus_to_exitcode(status), cpu=reply["cpu"])

    def output(self) -> str:
        return self._output.text()


class _Spawned:
    """A worker of its own interpreter, for the checks of one exercise, where fork is not safe."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as the process)
        self._process, self.channel = _execute(folder, "spawned", self._file)
        self._read = 0
        self.alive = True

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        unasked = self.alive and self.channel.has_input()  # what it sent, the next check must not get
        if not (dying or late or unasked):
            return Ending()
        self.alive = False
        exit_status = None
        if dying:
            with contextlib.suppress(subprocess.TimeoutExpired):
                exit_status = self._process.wait(1)
        self._kill()
        if exit_status is None:
            return Ending()
        return Ending(signal=-exit_status) if exit_status < 0 else Ending(exit=exit_status)

    def output(self) -> str:
        self._file.seek(self._read)
        data = self._file.read(OUTPUT_CAP)
        end = self._file.seek(0, os.SEEK_END)
        dropped, self._read = end - self._read - len(data), end
        return _told(data, dropped)

    def stop(self) -> None:
        self._kill()
        self._file.close()

    def _kill(self) -> None:
        self.channel.close()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()


class _Drain:
    """Reads a pipe to its end, so that no learner's print blocks; keeps the first 64 KiB."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._kept = bytearray()
        self._dropped = 0
        self._open = True
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while self._open:
            poll.poll()
            with self._lock:
                self._pull()
        os.close(self._fd)

    def _pull(self) -> None:
        """Take what is there; the pipe ends when the last process that holds it is dead."""
        try:
            while data := os.read(self._fd, OUTPUT_CAP):
                kept = data[: OUTPUT_CAP - len(self._kept)]
                self._kept += kept
                self._dropped += len(data) - len(kept)
            self._open = False
        except BlockingIOError:
            pass

    def text(self) -> str:
        with self._lock:
            if self._open:
                self._pull()
            return _told(bytes(self._kept), self._dropped)


def _told(data: bytes, dropped: int) -> str:
    text = data.decode(errors="replace")
    return f"{text}\n… {dropped:,} bytes more were dropped" if dropped else text


def _execute(folder: Path, entry: str, output: int | IO[bytes]) -> tuple[subprocess.Popen[bytes], Channel]:
    """Run `template.entry` in an isolated interpreter, with a channel to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        os.set_inheritable(theirs.fileno(), True)
        settings = json.dumps([str(_HERE), _MODULES, entry, theirs.fileno(), _import_path()])
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BOOT, settings],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if entry == "spawned" else None,
            env=_environment(folder),
            cwd=folder,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return process, Channel(ours)


def _import_path() -> list[str]:
    """The folders in which the grader itself found what a worker needs."""
    found = []
    for name in ("torch", "numpy", "matplotlib", "typing_extensions"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            depth = 1 if spec.submodule_search_locations is None else 2
            found.append(str(Path(spec.origin).parents[depth - 1]))
    return list(dict.fromkeys(found))


def _environment(folder: Path) -> dict[str, str]:
    """A short list, nothing of the caller's. One thread: the same bits each time, and no fight for the cores."""
    cache = (
        Path(platformdirs.user_cache_dir("pytest-gradient")) / "matplotlib"
    )  # its font list takes seconds to build
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {
        **kept,
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        "OMP_NUM_THREADS": "1",
        # A learner, or `grader verify`, may ask for two: threads that wait by spinning took 10 s for 0.5 s of work
        # where another process had one of the cores.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(cache),
    }


def _soon(seconds: float) -> float:
    return time.monotonic() + seconds
