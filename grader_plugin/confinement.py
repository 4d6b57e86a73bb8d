"""What a worker gives up before any of the learner's code runs in it: layer by layer, and none that can be taken back.

It runs in the template and in the worker; what each layer holds off is in `docs/security.md`. Needs no torch.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from . import landlock, seccomp
from .landlock import Rule
from .scratch import remove
from .syscalls import call, prctl

if sys.platform != "win32":
    import resource

# What a worker may take beyond what the template holds. AS counts every mapping, a shared one too, DATA the heap.
ADDRESS_SPACE = 1536 * 2**20
DATA = 1024 * 2**20
FILE_SIZE = 64 * 2**20
OPEN_FILES = 64
THREADS = 512

# linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
# linux/capability.h: version 3 of the header, and the one that root keeps, to read its own packages anywhere.
_CAPABILITY_VERSION, _CAP_DAC_READ_SEARCH = 0x20080522, 2

# What reading needs beside packages: the linker's index, time zones, fonts, how many cores there are, nothing of a process.
_SYSTEM = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/sys/devices/system/cpu",
    "/proc/cpuinfo",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)


class ConfinementError(Exception):
    """A layer that this kernel has could not be put on: nothing of the learner's may run."""


@dataclass(frozen=True, slots=True)
class Layers:
    """What this kernel has, found once in the template; `rules` are descriptors, prepared there. `on`: limits are all else."""

    on: bool = False
    landlock: int = 0
    seccomp: seccomp.Machine | None = None
    rules: tuple[Rule, ...] = ()

    @classmethod
    def find(cls, readable: Sequence[str], hidden: Sequence[str]) -> Layers:
        """`readable` are folders of packages and libraries; nothing below a `hidden` path can be read."""
        version = landlock.abi()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (hard, hard)
        )  # a rule is a descriptor, and there are hundreds
        rules = []
        real = [os.path.realpath(path) for path in hidden]
        paths = dict.fromkeys(os.path.realpath(path) for path in (*readable, *_SYSTEM))
        for path in landlock.cover(list(paths), real) if version else ():
            with contextlib.suppress(OSError):  # gone meanwhile, or not ours to open
                rules.append(Rule.at(path, landlock.READ))
        if version:
            rules.append(Rule.at(os.devnull, landlock.READ_WRITE))
        return cls(True, version, seccomp.machine(), tuple(rules))

    @property
    def names(self) -> list[str]:
        """For the record: `limits`, and what the kernel adds."""
        return [
            "limits",
            *(("no-new-privileges",) if self.on else ()),
            *((f"landlock-{self.landlock}",) if self.landlock else ()),
            *(("seccomp",) if self.seccomp else ()),
        ]


def limit() -> None:
    """Memory, counted from what the process has now with torch imported; threads; file size; no core."""
    page = resource.getpagesize()
    with open("/proc/self/statm") as file:  # pages: total, resident, shared, text, -, data and stack
        total, _, _, _, _, data, *_ = map(int, file.read().split())
    _limit(resource.RLIMIT_AS, total * page + ADDRESS_SPACE)
    _limit(resource.RLIMIT_DATA, data * page + DATA)
    # The kernel counts the threads of the user, so it is what there are on the machine (proc(5), /proc/loadavg), and some more.
    with open("/proc/loadavg") as file:
        there_are = int(file.read().split()[3].partition("/")[2])
    if there_are:
        _limit(resource.RLIMIT_NPROC, there_are + THREADS)
    _limit(resource.RLIMIT_FSIZE, FILE_SIZE)
    _limit(resource.RLIMIT_CORE, 0)


def limit_files() -> None:
    """How many may be open; for when those that are not needed are closed."""
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)


def give_up(layers: Layers, scratch: str, writable: bool) -> None:
    """Put on the kernel's layers; only `scratch` can be read besides, and be written if it is `writable`.

    Raises ConfinementError if one fails.
    """
    if not layers.on:
        return
    try:
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _drop_capabilities()
        if layers.landlock:
            rights = landlock.READ_WRITE if writable else landlock.READ
            landlock.restrict((*layers.rules, Rule.at(scratch, rights)))
    except OSError as error:
        raise ConfinementError(str(error)) from error


def give_up_calls(layers: Layers) -> None:
    """The last layer, after which no descriptor can be closed in bulk, no limit set. Raises ConfinementError."""
    try:
        if layers.seccomp:
            seccomp.restrict(layers.seccomp, os.getpid())
    except OSError as error:
        raise ConfinementError(str(error)) from error


def hide() -> None:
    """No other process of the same user may read this one's memory or environment (Linux); its children inherit it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            prctl(_PR_SET_DUMPABLE, 0)


def die_with_parent(parent: int, sign: int = signal.SIGKILL) -> None:
    """Get `sign` when the parent's thread that made this process ends (Linux); at once if it has ended already."""
    prctl(_PR_SET_PDEATHSIG, sign)
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


def leave_with_parent(parent: int) -> None:
    """When the parent's thread ends, end too, and take the working directory along; until `outlive_parent`."""
    folder = os.getcwd()

    def leave(*_: object) -> None:
        os.chdir("/")
        remove(folder)
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    die_with_parent(parent, signal.SIGTERM)


def outlive_parent() -> None:
    """Take `leave_with_parent` back."""
    if sys.platform == "linux":
        prctl(_PR_SET_PDEATHSIG, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def adopt_orphans() -> None:
    """What the children leave behind becomes this process's child (Linux)."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def probe(secret: str, grader: int) -> list[str]:
    """Try what a hostile submission would, for the record; what of it went through.

    `secret` is a file that must not be readable, beside which nothing may be written; `grader` a process id.
    """

    def read() -> None:
        os.close(os.open(secret, os.O_RDONLY))

    def write() -> None:
        made = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        refused = OSError()
        # Beside it, and then into it: without writing it can be emptied, which early versions of Landlock do not see.
        for path, flags in (
            (f"{secret}.written", made),
            (secret, os.O_TRUNC),
            (secret, os.O_TRUNC | os.O_ACCMODE),
        ):
            try:
                os.close(os.open(path, flags))
                return
            except OSError as error:
                refused = error
        raise refused

    def network() -> None:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()

    def processes() -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)

    def signals() -> None:
        os.kill(grader, 0)

    went_through = []
    for attempt in (read, write, network, processes, signals):
        with contextlib.suppress(OSError):
            attempt()
            went_through.append(attempt.__name__)
    return went_through


def _limit(what: int, amount: int) -> None:
    hard = resource.getrlimit(what)[1]
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


def _drop_capabilities() -> None:
    """Root's worker keeps one of root's powers; `capget` and `capset` as in linux/capability.h."""
    if os.geteuid() != 0:
        return
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0), 8)
    data = ctypes.create_string_buffer(24)  # twice effective, permitted, inheritable
    call("capget", header, data)
    kept = struct.unpack_from("=I", data, 4)[0] & (1 << _CAP_DAC_READ_SEARCH)
    call("capset", header, ctypes.create_string_buffer(struct.pack("=6I", kept, kept, 0, 0, 0, 0), 24))
