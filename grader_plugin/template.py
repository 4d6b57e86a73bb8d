"""The process that forks workers: it has imported what is slow, and runs nothing of the learner's.

Executed by `sandbox` in an interpreter of its own, with a clean environment; nothing of the grader but
`wire`, `worker`, `fixtures` and this module is importable in it. It never runs a tensor operation: after one
product on two threads in the parent, children that use two threads hang.

It serves one stream socket: `fork` makes a worker on the channel that comes along, `stage` makes another
process like this one with more modules imported, `end` kills a worker and reaps it. When the socket ends, so do
the workers and the process.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from typing import Any, NoReturn

import torch

from . import dynamo, worker
from .channel import NO_ANSWER, Channel, Closed

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

FDS_CAP = 65_536  # the limit is 10^9 in some containers, and closing may be a loop

# A process that closed its channel is given this long to finish dying, so that its exit status is its own.
DYING_SECONDS = 0.5


def main(fd: int) -> NoReturn:
    """Serve the socket `fd` until it ends."""
    assert torch.get_num_threads() == 1, "the environment asks for one thread"
    dynamo.postpone()
    _serve(Channel(socket.socket(fileno=fd)), scratch=os.getcwd())


def spawned(fd: int) -> NoReturn:
    """Be one worker on the socket `fd`: where fork is not safe, each worker is a process of its own."""
    assert torch.get_num_threads() == 1, "the environment asks for one thread"
    dynamo.postpone()
    _work(Channel(socket.socket(fileno=fd)))


def _serve(control: Channel, scratch: str | None = None) -> NoReturn:
    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # a worker's orphans become ours, to be killed
    import resource  # noqa: F401 (for every child)
    import statistics  # noqa: F401 (the lesson has `fmean`: 4 ms in each child)

    ast.parse("")  # the first time makes the classes of all nodes: 1 ms
    gc.freeze()  # the collector of a child leaves these pages shared
    stages: set[int] = set()
    workers: set[int] = set()
    ended: set[int] = set()  # killed, and reaped when they are dead: nobody waits for that
    try:
        while True:
            _answer(control, stages, workers, ended)
    except Closed:
        _sweep(set())  # a stage's orphans come to us when it is dead
        if scratch is not None:  # the grader may have been killed, and cannot clean up then
            os.chdir("/")
            shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)


def _answer(control: Channel, stages: set[int], workers: set[int], ended: set[int]) -> None:
    fds: list[int] = []
    request, _ = control.receive(None, fds)
    _reap(ended)
    if request["op"] == "fork":
        _sweep(stages | workers | ended)  # the last worker may have been alive still when its end was swept
        pid = os.fork()
        if pid == 0:
            _become_worker(*fds, scratch=request["scratch"], memory=request["memory"])
        workers.add(pid)
        control.send({"pid": pid})
    elif request["op"] == "stage":
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_stage(fds[0], request["modules"])
        stages.add(pid)
    elif request["op"] == "end":
        pid = request["pid"]
        workers.discard(pid)
        if request["wait"]:
            control.send(_end(pid, dying=request["dying"]))
        else:
            _kill(pid)
            ended.add(pid)
        _sweep(stages | workers | ended)
    for fd in fds:
        os.close(fd)


def _become_stage(fd: int, modules: list[str]) -> NoReturn:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.unfreeze()
    for name in modules:
        with contextlib.suppress(ImportError):  # then the worker meets it, where it can be told
            importlib.import_module(name)
    _serve(Channel(socket.socket(fileno=fd)))


def _become_worker(channel: int, output: int, *, scratch: str, memory: int) -> NoReturn:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    kept = os.dup(channel) if channel == 3 else channel
    os.dup2(kept, 3)
    os.closerange(4, min(os.sysconf("SC_OPEN_MAX"), FDS_CAP))
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch)  # what one check leaves there, the next does not see
    tempfile.tempdir = None
    _limit(memory)
    _work(Channel(socket.socket(fileno=3)))


def _work(channel: Channel) -> NoReturn:
    """Serve, and end here whatever happens: what is left to raise is that no answer can be given."""
    try:
        worker.main(channel)
    except BaseException:  # a learner may have broken what we stand on; a traceback of ours is no answer
        os._exit(NO_ANSWER)
    os._exit(0)


def _limit(memory: int) -> None:
    """Address space: what the process has now and `memory` bytes more; no core files."""
    import resource  # here: it is not there on Windows, and this is not called there

    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(pid: int, *, dying: bool) -> dict[str, Any]:
    """Kill and reap: the exit status as `os.wait4` gives it, if it ended by itself, and the CPU seconds used."""
    until = time.monotonic() + (DYING_SECONDS if dying else 0.0)
    killed = False
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG if not killed else 0)
        if done:
            return {"status": None if killed else status, "cpu": usage.ru_utime + usage.ru_stime}
        if time.monotonic() >= until:
            _kill(pid)
            killed = True
        else:
            time.sleep(0.001)


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
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                orphans = {int(pid) for pid in file.read().split()} - known
        except OSError:  # a kernel without CONFIG_PROC_CHILDREN
            return
        if not orphans:
            return
        for pid in orphans:
            _kill(pid)
        for pid in orphans:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
