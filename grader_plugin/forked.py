"""Workers that a template forks, seen from the grader: ordered one ahead, killed, and what they leave removed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from . import interpreter
from .channel import Channel, Closed, DeadlineExceeded, soon
from .process import Drain, Ending, Overfull, seconds_waited
from .scratch import is_overfull, remove

NOWHERE = "nowhere"  # the folder of workers for whom there is no room

# Importing torch takes 1 s on a quiet machine, 4.4 s with both cores busy, more from a cold disk.
START_SECONDS = 120.0
ANSWER_SECONDS = 10.0  # afterwards: a fork takes milliseconds, on a busy machine a hundred


class NoRoom(Exception):
    """There is no process, thread or descriptor to be had now; when others end there may be."""


class Template:
    """A process that forks workers, seen from the grader; one thread at a time speaks with it."""

    def __init__(self, control: Channel, process: subprocess.Popen[bytes] | None) -> None:
        self.control = control
        self._process = process
        self._answered = False
        self._spare: Forked | None = None
        self._lock = threading.Lock()

    @classmethod
    def execute(cls, folder: Path, confine: bool) -> Template:
        options = {"readable": interpreter.readable(), "hidden": interpreter.hidden()} if confine else {}
        process, channel = interpreter.execute(
            folder,
            "main",
            subprocess.DEVNULL,
            **{"confine": confine, "readable": [], "hidden": [], **options},
        )
        return cls(channel, process)

    def stage(self, module: str) -> Template:
        """A template that imports the module as well; raises Closed."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock, contextlib.ExitStack() as undo:
            undo.callback(ours.close)
            self.control.send({"op": "stage", "modules": [module]}, fds=[theirs.fileno()])
            undo.pop_all()
        return Template(Channel(ours), None)

    def fork(self, folder: Path) -> Forked:
        """A worker that was forked while the one before was at work, and the next one ordered; raises Closed, NoRoom."""
        with self._lock, contextlib.ExitStack() as undo:  # Ctrl-C included
            worker, self._spare = self._spare or self._order(folder), None
            undo.callback(worker.drop)
            worker.arrive()
            if not os.path.isdir(worker.home):  # somebody whom nothing confined removed it
                worker.drop()
                worker = self._order(folder)
                undo.callback(worker.drop)
                worker.arrive()
            with contextlib.suppress(NoRoom):
                self._spare = self._order(folder)  # if the template is dead, `worker` died with it
            undo.pop_all()
            return worker

    def end(self, pid: int, *, dying: bool, wait: bool) -> dict[str, Any]:
        """Have a worker killed; how it ended, if that is waited for."""
        with self._lock:
            if wait and self._spare is not None:
                try:
                    self._spare.arrive()  # its number comes before the answer
                except NoRoom:
                    self._spare.drop()
                    self._spare = None
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

    def _order(self, folder: Path) -> Forked:
        try:
            scratch = tempfile.mkdtemp(dir=folder, prefix="check-")
        except FileNotFoundError as error:  # closed meanwhile, by another thread
            raise Closed("the scratch folder is gone") from error
        except OSError:  # another worker has filled the disk: this one gets a folder that it may only read
            scratch = str(folder / NOWHERE)
        request = {"op": "fork", "scratch": scratch, "writable": not scratch.endswith(NOWHERE)}
        with contextlib.ExitStack() as undo:  # Ctrl-C included
            undo.callback(_clean, scratch)
            try:
                ours, theirs = socket.socketpair()
                undo.callback(ours.close)
                with theirs:
                    read, write = os.pipe()
                    try:
                        output = Drain(read)
                        self.control.send(request, fds=[theirs.fileno(), write])
                    finally:
                        os.close(write)
            except (OSError, RuntimeError) as error:
                raise NoRoom(str(error)) from error
            undo.pop_all()
        return Forked(self, Channel(ours), output, scratch)

    def stop(self) -> None:
        self.control.hang_up()  # its end is the template's sign to kill what it forked, and to go
        with (
            self._lock
        ):  # a thread that is about to order a worker finds the line dead, and leaves none behind
            if self._spare is not None:
                self._spare.drop()
                self._spare = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Forked:
    """A worker that was forked from a template."""

    def __init__(self, template: Template, channel: Channel, output: Drain, scratch: str) -> None:
        self.channel = channel
        self._template = template
        self._pid = 0
        self.layers: tuple[str, ...] = ()
        self.home = scratch
        self._output = output
        self._ended = False

    def arrive(self) -> None:
        """Wait until it is there; raises Closed, NoRoom."""
        if not self._pid:
            reply = self._template.receive()
            if reply["pid"] is None:
                raise NoRoom("the kernel forks no more")
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
            return Ending(lost=True)
        finally:
            _clean(self.home)
        status = reply["status"]
        if status is None:
            return Ending(cpu=reply["cpu"])
        if os.WIFSIGNALED(status):
            return Ending(signal=os.WTERMSIG(status), cpu=reply["cpu"])
        return Ending(exit=os.waitstatus_to_exitcode(status), cpu=reply["cpu"])

    def output(self) -> str:
        return self._output.text()

    def drop(self) -> None:
        """Give it up before it was asked anything: its channel's end is its sign to go."""
        self.channel.close()
        _clean(self.home)

    def look(self) -> None:
        if is_overfull(self.home):
            raise Overfull

    def waited(self) -> float:
        return seconds_waited(self._pid)


def _clean(scratch: str) -> None:
    if not scratch.endswith(NOWHERE):  # which others use at the same time
        remove(scratch)


def _holds_anything(folder: str) -> bool:
    """Also what cannot be looked into."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return True
