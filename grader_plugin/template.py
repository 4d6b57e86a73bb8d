"""The process that forks workers: it has imported what is slow, and runs nothing of the learner's.

Executed by `forked` in an interpreter of its own, with a clean environment; nothing of the grader but
`interpreter.MODULES` is importable in it. It never runs a tensor operation: after one
product on two threads in the parent, children that use two threads hang.

It serves one stream socket: `fork` makes a worker on the channel that comes along, `stage` makes another
process like this one with more modules imported, `end` kills a worker and reaps it. When the socket ends, so do
the workers and the process.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import tempfile
import time
from typing import Any, NoReturn

import torch

from . import confinement, dynamo, worker
from .channel import NO_ANSWER, UNCONFINED, Channel, Closed
from .confinement import ConfinementError, Layers
from .scratch import remove

FDS_CAP = 65_536  # the limit is 10^9 in some containers, and closing may be a loop

# A process that closed its channel is given this long to finish dying, so that its exit status is its own.
DYING_SECONDS = 0.5
REAP_SECONDS = 2.0  # for what was killed to be gone; the grader waits for ten


def main(fd: int, *, confine: bool, readable: list[str], hidden: list[str]) -> NoReturn:
    """Serve the socket `fd` until it ends; `confine` workers to what is `readable`, less what is `hidden`."""
    assert torch.get_num_threads() == 1, "the environment asks for one thread"
    dynamo.postpone()
    confinement.hide()
    layers = Layers.find(readable, hidden) if confine else Layers()
    confinement.outlive_parent()  # from now on the end of the socket is the sign
    _serve(Channel(socket.socket(fileno=fd)), layers, scratch=os.getcwd())


def spawned(fd: int) -> NoReturn:
    """Be one worker on the socket `fd`: where fork is not safe, each worker is a process of its own."""
    assert torch.get_num_threads() == 1, "the environment asks for one thread"
    dynamo.postpone()
    _work(Channel(socket.socket(fileno=fd)))


def _serve(control: Channel, layers: Layers, scratch: str | None = None) -> NoReturn:
    confinement.adopt_orphans()  # a worker's become ours, to be killed
    import statistics  # noqa: F401 (the lesson has `fmean`: 4 ms in each child)

    ast.parse("")  # the first time makes the classes of all nodes: 1 ms
    gc.freeze()  # the collector of a child leaves these pages shared
    stages: set[int] = set()
    workers: set[int] = set()
    ended: set[int] = set()  # killed, and reaped when they are dead: nobody waits for that
    try:
        while True:
            _answer(control, layers, stages, workers, ended)
    except Closed:
        _sweep(set())  # a stage's orphans come to us when it is dead
        if scratch is not None:  # the grader may have been killed, and cannot clean up then
            os.chdir("/")
            remove(scratch)
        os._exit(0)


def _answer(control: Channel, layers: Layers, stages: set[int], workers: set[int], ended: set[int]) -> None:
    fds: list[int] = []
    me = os.getpid()
    request, _ = control.receive(None, fds)
    _reap(ended)
    if request["op"] == "fork":
        _sweep(stages | workers | ended)  # the last worker may have been alive still when its end was swept
        pid = _fork(ended)
        if pid == 0:
            _become_worker(
                *fds, parent=me, scratch=request["scratch"], writable=request["writable"], layers=layers
            )
        if pid is not None:
            workers.add(pid)
        control.send({"pid": pid, "layers": layers.names})
    elif request["op"] == "stage":
        pid = _fork(ended)
        if pid == 0:
            control.close()
            _become_stage(fds[0], request["modules"], me, layers)
        if pid is not None:  # else the other end finds its line closed
            stages.add(pid)
    elif request["op"] == "end":
        pid = request["pid"]
        workers.discard(pid)
        if request["wait"]:
            control.send(_end(pid, ended, dying=request["dying"]))
        else:
            _kill(pid)
            ended.add(pid)
        _sweep(stages | workers | ended)
    for fd in fds:
        os.close(fd)


def _fork(ended: set[int]) -> int | None:
    """As `os.fork`; None where the machine has no room for a process, which a worker's threads may have taken."""
    while True:
        try:
            return os.fork()
        except OSError:
            if not ended:
                return None
            pid = ended.pop()
            if not _is_gone(pid, REAP_SECONDS):  # it was killed, and gives its room back when it is gone
                ended.add(pid)
                return None


def _become_stage(fd: int, modules: list[str], parent: int, layers: Layers) -> NoReturn:
    confinement.die_with_parent(parent)
    gc.unfreeze()
    gc.disable()
    for name in modules:
        with contextlib.suppress(ImportError):  # then the worker meets it, where it can be told
            importlib.import_module(name)
    gc.enable()
    _serve(Channel(socket.socket(fileno=fd)), layers)


def _become_worker(
    channel: int, output: int, *, parent: int, scratch: str, writable: bool, layers: Layers
) -> NoReturn:
    try:
        os.setsid()
        confinement.die_with_parent(parent)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        kept = os.dup(channel) if channel == 3 else channel
        os.dup2(kept, 3)
        os.chdir(scratch)
        os.environ.update(HOME=scratch, TMPDIR=scratch)  # what one check leaves there, the next does not see
        tempfile.tempdir = None
        sys.dont_write_bytecode = True
        speaker = Channel(socket.socket(fileno=3))
        confinement.limit()
        confinement.give_up(layers, scratch, writable)
        os.closerange(4, min(os.sysconf("SC_OPEN_MAX"), FDS_CAP))
        confinement.limit_files()
        confinement.give_up_calls(layers)
    except (ConfinementError, OSError):  # nothing of the learner's has run, and nothing will
        os._exit(UNCONFINED)
    _work(speaker)


def _work(channel: Channel) -> NoReturn:
    """Serve, and end here whatever happens: what is left to raise is that no answer can be given."""
    try:
        gc.freeze()  # it also begins to count anew: when a worker collects does not depend on those before it
        worker.main(channel)
    except BaseException:  # a learner may have broken what we stand on; a traceback of ours is no answer
        os._exit(NO_ANSWER)
    os._exit(0)


def _end(pid: int, ended: set[int], *, dying: bool) -> dict[str, Any]:
    """Kill and reap: the exit status as `os.wait4` gives it, if it ended by itself, and the CPU seconds used.

    What is in the kernel for long, freeing files, is killed and not dead: it is left to be reaped later.
    """
    until = time.monotonic() + (DYING_SECONDS if dying else 0.0)
    killed = False
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return {"status": None if killed else status, "cpu": usage.ru_utime + usage.ru_stime}
        if time.monotonic() < until:
            time.sleep(0.001)
        elif killed:
            ended.add(pid)
            return {"status": None, "cpu": None}
        else:
            _kill(pid)
            killed, until = True, time.monotonic() + REAP_SECONDS


def _is_gone(pid: int, seconds: float) -> bool:
    """Whether a killed child is dead, and reaped, within so many seconds."""
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(ChildProcessError):
            if not os.waitpid(pid, os.WNOHANG)[0]:
                if time.monotonic() >= until:
                    return False
                time.sleep(0.001)
                continue
        return True


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # the group is there only after the child's setsid
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _reap(ended: set[int]) -> None:
    for pid in tuple(ended):
        with contextlib.suppress(ChildProcessError):
            if not os.waitpid(pid, os.WNOHANG)[0]:
                continue
        ended.discard(pid)


def _sweep(known: set[int]) -> None:
    """Kill and reap the orphans that came to us: a daemon that a worker left behind."""
    slow = set[int]()
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                orphans = {int(pid) for pid in file.read().split()} - known - slow
        except OSError:  # a kernel without CONFIG_PROC_CHILDREN
            return
        if not orphans:
            return
        for pid in orphans:
            _kill(pid)
        until = time.monotonic() + REAP_SECONDS
        slow |= {pid for pid in orphans if not _is_gone(pid, until - time.monotonic())}
