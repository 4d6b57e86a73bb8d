"""seccomp: a process gives up, for good and without privilege, whatever system calls are not listed here.

A list of what is allowed, not of what is forbidden: a call that a later kernel adds is refused without being known.
Numbers are those of asm/unistd_64.h (x86-64) and asm-generic/unistd.h (AArch64), offsets and return values those of
linux/seccomp.h and linux/filter.h, flags as named. Needs no torch.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .syscalls import prctl, syscall

# (x86-64, AArch64); None where the architecture has no such call.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "mincore": (27, 232), "madvise": (28, 233), "mlock": (149, 228), "munlock": (150, 229),
    "membarrier": (324, 283),
    # open files: reading, writing, waiting
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, None), "lseek": (8, 62),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "preadv": (295, 69),
    "pwritev": (296, 70), "preadv2": (327, 286), "pipe": (22, None), "pipe2": (293, 59),
    "select": (23, None), "pselect6": (270, 72), "ppoll": (271, 73), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "sendfile": (40, 71), "copy_file_range": (326, 285), "flock": (73, 32),
    "ftruncate": (77, 46), "fadvise64": (221, 223),
    "close_range": (436, 436), "eventfd2": (290, 19), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    # the channel, which is open already: no other socket can be made
    "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    # files by name, which Landlock holds to their folders
    "stat": (4, None), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None),
    "faccessat": (269, 48), "faccessat2": (439, 439), "getdents": (78, None), "getdents64": (217, 61),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "creat": (85, None),
    "unlink": (87, None), "unlinkat": (263, 35), "readlink": (89, None), "readlinkat": (267, 78), "umask": (95, 166),
    # threads, signals to itself, time
    "set_tid_address": (218, 96), "set_robust_list": (273, 99), "rseq": (334, 293), "futex": (202, 98),
    "futex_waitv": (449, 449), "futex_wake": (454, 454), "futex_wait": (455, 455), "futex_requeue": (456, 456),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "getpriority": (140, 141), "getcpu": (309, 168), "arch_prctl": (158, None),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "pause": (34, None),
    "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94), "wait4": (61, 260), "waitid": (247, 95),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "gettimeofday": (96, 169), "time": (201, None), "getitimer": (36, 102), "setitimer": (38, 103),
    "alarm": (37, None), "times": (100, 153),
    # what it is
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getpgrp": (111, None), "getpgid": (121, 155),
    "getsid": (124, 156), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177),
    "getgroups": (115, 158), "uname": (63, 160), "getrlimit": (97, 163), "getrusage": (98, 165),
    "sysinfo": (99, 179), "getrandom": (318, 278),
}  # fmt: skip

# What is written need not reach the disk: these succeed and do nothing. Files that are on it in ten thousand pieces take
# seconds each to remove, and the grader's time for that has no deadline.
_IDLE: dict[str, tuple[int, int]] = {"fsync": (74, 82), "fdatasync": (75, 83), "msync": (26, 227)}

# Numbers from here on are the same everywhere, and libraries know how to do without these calls: they are told
# that there is no such call, where older ones are told that it is not permitted.
_RECENT = 424

_X32 = 0x40000000  # asm/unistd.h: __X32_SYSCALL_BIT, the other set of numbers on x86-64
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _JUMP, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x05, 0x54, 0x06

_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME, _PR_GET_SECCOMP, _PR_SET_VMA = (
    3,
    15,
    16,
    21,
    0x53564D41,
)  # linux/prctl.h
_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO = 0x5401, 0x5413, 0x541B, 0x5421  # asm-generic/ioctls.h
_FIONCLEX, _FIOCLEX = 0x5450, 0x5451
# fcntl.h: copies of descriptors, locks; not F_SETOWN and F_SETSIG, which have the kernel signal others, nor F_SETFL, which
# goes past the cache.
_FCNTL = (0, 1, 2, 3, 5, 6, 7, 36, 37, 38, 1030, 1034)
_CLONE_THREAD = 0x00010000  # linux/sched.h
_CLONE_NEW = 0x7E020080  # every kind of namespace
_O_TRUNC, _O_ACCMODE, _O_DSYNC, _O_SYNC = 0o1000, 0o3, 0o10000, 0o4000000  # asm-generic/fcntl.h

_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2  # without it kernels before 5.16 slow the whole process down


@dataclass(frozen=True, slots=True)
class Machine:
    """An architecture: its audit number (linux/audit.h), its column above, and the numbers that are asked more."""

    audit: int
    column: int
    seccomp: int
    clone: int
    clone3: int
    openat: int
    open: int | None
    fcntl: int
    ioctl: int
    prctl: int
    prlimit64: int
    kill: int
    tgkill: int
    direct: int  # O_DIRECT: asm/fcntl.h


MACHINES = {
    "x86_64": Machine(0xC000003E, 0, 317, 56, 435, 257, 2, 72, 16, 157, 302, 62, 234, 0o40000),
    "aarch64": Machine(0xC00000B7, 1, 277, 220, 435, 56, None, 25, 29, 167, 261, 129, 131, 0o200000),
}

Instruction = tuple[int, int, int, int]  # code, how far to jump if true, if false, operand


def machine() -> Machine | None:
    """What this process runs on, if a filter can be made for it and the kernel takes one."""
    known = MACHINES.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 2**32 else None
    if known is None:
        return None
    try:
        prctl(_PR_GET_SECCOMP, 0)
    except OSError:  # EINVAL from a kernel without it
        return None
    return known


def restrict(where: Machine, pid: int) -> None:
    """Give up every call that is not listed; `pid` is the process itself, the only one it may send signals to.

    `PR_SET_NO_NEW_PRIVS` has to be set. Raises OSError; then nothing is given up.
    """
    instructions = program(where, pid)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in instructions))
    # struct sock_fprog, in its native alignment.
    header = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    syscall(where.seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW, header)


def program(where: Machine, pid: int) -> list[Instruction]:
    """The filter in the kernel's classic BPF: a search by number, then what some calls are asked."""
    numbers = {number for pair in _ALLOWED.values() if (number := pair[where.column]) is not None}
    asked = _questions(where, pid)
    refuse, unknown = _return(_ERRNO | errno.EPERM), _return(_ERRNO | errno.ENOSYS)
    starts: list[int] = [0]  # of ranges of numbers that are treated alike
    blocks: list[list[Instruction]] = [refuse]
    for number in sorted({*numbers, *asked, _RECENT}):
        rest = unknown if number >= _RECENT else refuse
        block = _return(_ALLOW) if number in numbers else asked.get(number, rest)
        if starts[-1] == number:
            starts.pop(), blocks.pop()
        starts += [number, number + 1]
        blocks += [block, rest]
    if where is MACHINES["x86_64"]:
        starts.append(_X32)
        blocks.append(_return(_KILL))
    return [
        (_LOAD, 0, 0, 4),  # seccomp_data.arch
        (_EQUAL, 1, 0, where.audit),
        *_return(_KILL),
        (_LOAD, 0, 0, 0),  # seccomp_data.nr
        *_search(*_merged(starts, blocks)),
    ]


def _questions(where: Machine, pid: int) -> dict[int, list[Instruction]]:
    """For some calls it depends on an argument."""
    ioctls = (_TCGETS, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)
    found = {
        # A thread, never a process; and the newer form, whose flags no filter sees, is unknown.
        where.clone: [
            _argument(0),
            (_ANY_BIT, 2, 0, _CLONE_NEW),
            (_ANY_BIT, 0, 1, _CLONE_THREAD),
            *_verdict(),
        ],
        where.clone3: _return(_ERRNO | errno.ENOSYS),
        where.fcntl: _one_of(1, _FCNTL),
        where.ioctl: _one_of(1, ioctls),
        where.prctl: _one_of(0, (_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA)),
        where.prlimit64: _one_of(0, (0,)),
        where.kill: _one_of(0, (pid,)),
        where.tgkill: _one_of(0, (pid,)),
        where.openat: _opens(2, where),
    }
    if where.open is not None:
        found[where.open] = _opens(1, where)
    for pair in _IDLE.values():
        found[pair[where.column]] = _return(_ERRNO)  # an error of number 0 is none
    return found


def _opens(argument: int, where: Machine) -> list[Instruction]:
    """Not past the cache. Not O_TRUNC without writing, or with the access mode 3, which opens for neither: Landlock before
    ABI 3 lets both through.
    """
    return [
        _argument(argument),
        (_ANY_BIT, 4, 0, _O_DSYNC | _O_SYNC | where.direct),
        (_AND, 0, 0, _O_TRUNC | _O_ACCMODE),
        (_EQUAL, 2, 0, _O_TRUNC),
        (_EQUAL, 1, 0, _O_TRUNC | _O_ACCMODE),
        *_verdict(),
    ]


def _one_of(argument: int, values: Sequence[int]) -> list[Instruction]:
    tests = [
        (_EQUAL, len(values) - number - 1, int(number == len(values) - 1), value)
        for number, value in enumerate(values)
    ]
    return [_argument(argument), *tests, *_verdict()]


def _verdict() -> list[Instruction]:
    return [*_return(_ALLOW), *_return(_ERRNO | errno.EPERM)]


def _return(value: int) -> list[Instruction]:
    return [(_RETURN, 0, 0, value)]


def _argument(number: int) -> Instruction:
    """The lower half of an argument, all that the kernel looks at in an int (little-endian on both machines)."""
    return (_LOAD, 0, 0, 16 + 8 * number)


def _merged(starts: list[int], blocks: list[list[Instruction]]) -> tuple[list[int], list[list[Instruction]]]:
    """Neighbours that are treated alike as one range."""
    kept = [n for n in range(len(starts)) if n == 0 or blocks[n] != blocks[n - 1]]
    return [starts[n] for n in kept], [blocks[n] for n in kept]


def _search(starts: list[int], blocks: list[list[Instruction]]) -> list[Instruction]:
    """Halve the ranges until one is left: ten steps instead of a hundred, for each call that the kernel tries out."""
    if len(starts) == 1:
        return blocks[0]
    middle = len(starts) // 2
    low, high = _search(starts[:middle], blocks[:middle]), _search(starts[middle:], blocks[middle:])
    # A conditional jump reaches 255 instructions; an unconditional one any number.
    return [(_AT_LEAST, 0, 1, starts[middle]), (_JUMP, 0, 0, len(low)), *low, *high]
