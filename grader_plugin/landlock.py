"""Landlock: a process gives up, for good and without privilege, whatever files it was not told to keep (Linux ≥ 5.13).

Constants and structures are those of linux/landlock.h; the system calls have the same numbers on every architecture.
Needs no torch: template and grader import it.
"""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .syscalls import syscall

if sys.platform != "win32":
    import fcntl

ABOVE = 16  # descriptors of rules are none of the low ones, which a worker lays anew

# asm-generic/unistd.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1 << 0
_RULE_PATH_BENEATH = 1
_LOG_SAME_EXEC_OFF = 1 << 0  # ABI 7: what is refused to the process itself does not fill the audit log

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

READ = READ_FILE | READ_DIR
# No links, pipes, sockets or devices: nothing that somebody who cleans up could stumble over.
READ_WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE

_OF_A_FILE = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_SCOPE_ABSTRACT_UNIX_SOCKET, _SCOPE_SIGNAL = 1 << 0, 1 << 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What stays allowed at a path and below it: an `O_PATH` descriptor of it, and rights of this module."""

    fd: int
    rights: int

    @classmethod
    def at(cls, path: str, rights: int) -> Rule:
        """For a file the rights of files are taken; raises OSError where there is no such path."""
        low = os.open(path, os.O_PATH | os.O_CLOEXEC)
        fd = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, ABOVE)
        os.close(low)
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _OF_A_FILE
        return cls(fd, rights)


def abi() -> int:
    """The version that this kernel speaks; 0 where it has no Landlock, or it is switched off."""
    if sys.platform != "linux":
        return 0
    try:
        return syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    except OSError:  # ENOSYS, EOPNOTSUPP; EPERM in some containers
        return 0


def restrict(rules: Iterable[Rule]) -> None:
    """Keep what the rules name, and give up every other file, TCP, and signals to others, as far as the kernel can.

    `PR_SET_NO_NEW_PRIVS` has to be set. Raises OSError; then nothing is given up.
    """
    version = abi()
    handled = _handled(version)
    # 8 bytes up to ABI 3, 16 with the network (4), 24 with scopes (6).
    fields = [handled, _BIND_TCP | _CONNECT_TCP, _SCOPE_ABSTRACT_UNIX_SOCKET | _SCOPE_SIGNAL]
    known = 3 if version >= 6 else 2 if version >= 4 else 1
    ruleset = syscall(_CREATE_RULESET, struct.pack(f"={known}Q", *fields[:known]), 8 * known, 0)
    try:
        for rule in rules:
            beneath = struct.pack("=Qi", rule.rights & handled, rule.fd)
            syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, beneath, 0)
        syscall(_RESTRICT_SELF, ruleset, _LOG_SAME_EXEC_OFF if version >= 7 else 0)
    finally:
        os.close(ruleset)


def cover(allowed: Sequence[str], hidden: Sequence[str]) -> Iterator[str]:
    """The fewest paths that hold all that is there below `allowed`, and nothing of `hidden`: no rule takes back.

    Paths are absolute and real; those that do not exist are left out.
    """
    for path in allowed:
        inside = [other for other in hidden if _is_below(other, path)]
        if any(_is_below(path, other) for other in hidden):
            continue
        if not inside:
            if os.path.exists(path):
                yield path
        elif os.path.isdir(path):
            yield from cover(sorted(os.path.join(path, name) for name in os.listdir(path)), inside)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _handled(version: int) -> int:
    """All rights that this version knows: 13 in the first, then one more in 2, 3 and 5."""
    return (1 << 13) - 1 | (version >= 2) * REFER | (version >= 3) * TRUNCATE | (version >= 5) * IOCTL_DEV
