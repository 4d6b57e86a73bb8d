"""Where workers come from: the only place that a process starts, and where it ends."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import interpreter
from .channel import Channel, Closed, DeadlineExceeded, WireError, soon
from .process import Drain, Ending, Process, seconds_waited
from .scratch import remove

if TYPE_CHECKING:
    from .spawned import Spawned

NOWHERE = "nowhere"  # the folder of workers for whom there is no room

PER_CHECK = "per-check"
PER_EXERCISE = "per-exercise"

# Importing torch takes 1 s on a quiet machine, 4.4 s with both cores busy, more from a cold disk.
START_SECONDS = 120.0
ANSWER_SECONDS = 10.0  # afterwards: a fork takes milliseconds, on a busy machine a hundred


class SandboxError(Exception):
    """The grader's own processes fail: nothing that the submission is to blame for."""


_ATTEMPTS = {
    "read": "read the user's files",
    "write": "write them",
    "network": "use the network",
    "processes": "start processes",
    "signals": "signal the grader",
}


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a worker: the names of its layers, and what a probe could do all the same.

    The probe tries to `read` and to `write` a file, to use the `network`, to make `processes` and send `signals`.
    """

    layers: tuple[str, ...] = ()
    open: tuple[str, ...] = tuple(_ATTEMPTS)

    @property
    def is_full(self) -> bool:
        """Whether the probe got nowhere."""
        return not self.open

    @property
    def flags(self) -> tuple[str, ...]:
        """What a record has to say of it; nothing where the probe got nowhere."""
        told = ", ".join(_ATTEMPTS[attempt] for attempt in self.open)
        return (f"The graded code was not fully confined; it could {told}",) if self.open else ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"layers": list(self.layers), "open": list(self.open)}


class Sandbox:
    """The workers of one run. `isolation` is `per-check` (Linux: a fork a check) or `per-exercise`.

    `confine` says whether forked workers give up what the kernel lets them; limits they have in any case.
    """

    def __init__(self, isolation: str | None = None, *, confine: bool = True) -> None:
        self.isolation = isolation or (PER_CHECK if sys.platform == "linux" else PER_EXERCISE)
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        (self._folder / NOWHERE).mkdir(0o500)
        self._confine = confine
        self._confinement: Confinement | None = None
        self._templates: dict[str, _Template] = {}
        self._spawned: dict[str, Spawned] = {}
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
                from .spawned import Spawned  # here: psutil is not for every start of pytest

                self._spawned = {exercise: Spawned(self._folder)}
            return self._spawned[exercise]
        return self._fork(needs)

    def confinement(self) -> Confinement:
        """What holds the workers, tried out by one of them before any code of a learner's; raises SandboxError."""
        if self._confinement is None:
            if self.isolation == PER_EXERCISE:
                from .spawned import LAYERS  # here: as above

                self._confinement = Confinement(LAYERS)
            else:
                self._confinement = self._probe()
        return self._confinement

    def _probe(self) -> Confinement:
        secret = self._folder / "secret"
        secret.write_text("what no worker may read")
        worker = self._fork("")
        try:
            request = {"number": 1, "op": "probe", "secret": str(secret), "grader": os.getpid()}
            worker.channel.send(request)
            reply, _ = worker.channel.receive(soon(START_SECONDS))
        except WireError as error:
            raise SandboxError(f"A worker could not be confined ({error})") from error
        finally:
            worker.end(late=True)
            for file in self._folder.glob("secret*"):
                file.unlink()
        return Confinement(worker.layers, tuple(reply["went_through"]))

    def _fork(self, needs: str) -> _Forked:
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
        remove(str(self._folder))

    def _template(self, needs: str) -> _Template:
        with self._lock:
            if self._closed:
                raise SandboxError("The grader is being ended")
            if "" not in self._templates:
                self._templates[""] = _Template.execute(self._folder, self._confine)
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
            (self._folder / NOWHERE).mkdir(0o500, exist_ok=True)

    def _stop_templates(self) -> None:
        for template in reversed(self._templates.values()):
            template.stop()
        self._templates.clear()


class _Template:
    """A process that forks workers, seen from the grader; one thread at a time speaks with it."""

    def __init__(self, control: Channel, process: subprocess.Popen[bytes] | None) -> None:
        self.control = control
        self._process = process
        self._answered = False
        self._spare: _Forked | None = None
        self._lock = threading.Lock()

    @classmethod
    def execute(cls, folder: Path, confine: bool) -> _Template:
        options = {"readable": interpreter.readable(), "hidden": interpreter.hidden()} if confine else {}
        process, channel = interpreter.execute(
            folder,
            "main",
            subprocess.DEVNULL,
            **{"confine": confine, "readable": [], "hidden": [], **options},
        )
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
                if not os.path.isdir(worker.home):  # somebody whom nothing confined removed it
                    worker.channel.close()
                    worker = self._order(folder)
                    worker.arrive()
                self._spare = self._order(folder)  # if the template is dead, `worker` died with it
            except BaseException:  # Ctrl-C included: closed, and raised on
                worker.channel.close()
                worker.clean()
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
            return self.receive()

    def receive(self) -> dict[str, Any]:
        """Its next answer; raises Closed where it is dead, or silent: an unconfined worker may have stopped it."""
        try:
            reply, _ = self.control.receive(soon(ANSWER_SECONDS if self._answered else START_SECONDS))
        except DeadlineExceeded:
            if self._process is not None:  # else it is ended with the process that it came from
                self._process.kill()
                self._process.wait()  # until then it seems to take orders, and its workers are still alive
            raise Closed("the template is silent") from None
        self._answered = True
        return reply

    def _order(self, folder: Path) -> _Forked:
        try:
            scratch = tempfile.mkdtemp(dir=folder, prefix="check-")
        except FileNotFoundError as error:  # closed meanwhile, by another thread
            raise Closed("the scratch folder is gone") from error
        except OSError:  # another worker has filled the disk: this one gets a folder that it may only read
            scratch = str(folder / NOWHERE)
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            with theirs:
                request = {"op": "fork", "scratch": scratch, "writable": not scratch.endswith(NOWHERE)}
                self.control.send(request, fds=[theirs.fileno(), write])
        except BaseException:  # Ctrl-C included: closed, and raised on
            os.close(read)
            ours.close()
            _clean(scratch)
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
                self._spare.clean()
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
        self.layers: tuple[str, ...] = ()
        self.home = scratch
        self._output = Drain(output)
        self._ended = False

    def arrive(self) -> None:
        """Wait until it is there; raises Closed."""
        if not self._pid:
            reply = self._template.receive()
            self._pid, self.layers = reply["pid"], tuple(reply["layers"])

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        if self._ended:
            return Ending()
        self._ended = True
        self.channel.close()
        try:
            # What still writes while its folder is emptied would leave something behind.
            wait = dying or late or _holds_anything(self.home)
            reply = self._template.end(self._pid, dying=dying, wait=wait)
        except Closed:  # the template is gone, and the kernel killed its workers with it
            reply = {"status": None, "cpu": None}
        self.clean()
        status = reply["status"]
        if status is None:
            return Ending(cpu=reply["cpu"])
        if os.WIFSIGNALED(status):
            return Ending(signal=os.WTERMSIG(status), cpu=reply["cpu"])
        return Ending(exit=os.waitstatus_to_exitcode(status), cpu=reply["cpu"])

    def output(self) -> str:
        return self._output.text()

    def clean(self) -> None:
        """Remove what it may have left."""
        _clean(self.home)

    def waited(self) -> float:
        return seconds_waited(self._pid)


def _clean(scratch: str) -> None:
    if not scratch.endswith(NOWHERE):  # which others use at the same time
        remove(scratch)


def _holds_anything(folder: str) -> bool:
    """Also what cannot be looked into."""
    try:
        return bool(os.listdir(folder))
    except OSError:
        return True
