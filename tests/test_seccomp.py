"""The filter as the kernel reads it: interpreted here for every number, on both machines that it is made for."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest
from conftest import kernel_confines

from grader_plugin import seccomp
from grader_plugin.seccomp import MACHINES, Instruction, Machine, program

PID = 4242
ALLOW, EPERM, ENOSYS, KILL = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS, 0x80000000
DONE = 0x50000  # an error whose number is 0


def verdict(code: list[Instruction], audit: int, number: int, *arguments: int) -> int:
    """What classic BPF answers for a call; an instruction is counted, as the kernel refuses long filters."""
    words = {0: number, 4: audit}
    for place, argument in enumerate((*arguments, *[0] * (6 - len(arguments)))):
        words[16 + 8 * place], words[20 + 8 * place] = argument & 0xFFFFFFFF, argument >> 32
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == 0x20:
            accumulator = words[operand]
        elif operation == 0x54:
            accumulator &= operand
        elif operation == 0x05:
            at += operand
        elif operation == 0x06:
            return operand
        else:
            holds = {
                0x15: accumulator == operand,
                0x35: accumulator >= operand,
                0x45: bool(accumulator & operand),
            }
            at += if_true if holds[operation] else if_false


@pytest.fixture(params=MACHINES, ids=str)
def where(request: pytest.FixtureRequest) -> Machine:
    return MACHINES[request.param]


def test_what_is_not_listed_is_refused(where: Machine) -> None:
    """Whatever a kernel may add: refused as not permitted among the old numbers, as unknown from 424 on."""
    code = program(where, PID)
    listed = {pair[where.column] for pair in seccomp._ALLOWED.values()} - {None}
    asked = set(seccomp._questions(where, PID))
    for number in range(1200):
        if number in asked:
            continue
        expected = ALLOW if number in listed else EPERM if number < 424 else ENOSYS
        assert verdict(code, where.audit, number) == expected, number
    assert not listed & asked
    assert len(code) < 4096  # linux/bpf_common.h: BPF_MAXINSNS


def test_another_architecture_ends_the_process(where: Machine) -> None:
    """`int 0x80` and the x32 numbers would be other calls under the same numbers."""
    code = program(where, PID)
    for other in (0x40000003, 0xC000003E, 0xC00000B7):  # i386 and the two machines
        if other != where.audit:
            assert verdict(code, other, 0) == KILL
    if where is MACHINES["x86_64"]:
        assert verdict(code, where.audit, 0x40000000) == verdict(code, where.audit, 0x40000001 + 59) == KILL


THREAD = 0x50F00 | 0x10000
QUESTIONS = [
    ("clone", (THREAD,), ALLOW),  # what pthread_create asks for
    ("clone", (17,), EPERM),  # SIGCHLD alone: a process
    ("clone", (0x4111,), EPERM),  # vfork
    ("clone", (THREAD | 0x10000000,), EPERM),  # a namespace of users
    ("clone", (THREAD | 0x80,), EPERM),  # of time
    ("clone3", (0,), ENOSYS),  # glibc then takes clone
    ("kill", (PID, 9), ALLOW),
    ("kill", (PID + 1, 9), EPERM),
    ("kill", (2**64 - 1, 9), EPERM),  # all that it may reach
    ("kill", (0, 9), EPERM),
    ("tgkill", (PID, 7, 6), ALLOW),
    ("tgkill", (1, 7, 6), EPERM),
    ("prctl", (15,), ALLOW),  # a thread's name
    ("prctl", (1, 0), EPERM),  # not to die with the template
    ("prctl", (4, 1), EPERM),  # to be looked into
    ("prctl", (22, 1), EPERM),
    ("prlimit64", (0, 7), ALLOW),
    ("prlimit64", (1, 7), EPERM),
    ("fcntl", (3, 1030), ALLOW),
    ("fcntl", (3, 8, 1), EPERM),  # F_SETOWN: the kernel signals the owner
    ("fcntl", (3, 10, 9), EPERM),  # F_SETSIG: with that signal
    ("fcntl", (3, 1024), EPERM),  # F_SETLEASE: others wait
    ("ioctl", (0, 0x5401), ALLOW),
    ("ioctl", (0, 0x5412), EPERM),  # TIOCSTI
    ("ioctl", (0, 0x8901), EPERM),  # FIOSETOWN
    ("openat", (0, 0, 0o1000), EPERM),  # O_TRUNC without writing
    ("openat", (0, 0, 0o1003), EPERM),  # and with the access mode that is none
    ("openat", (0, 0, 0o1001), ALLOW),
    ("openat", (0, 0, 0o1002), ALLOW),
    ("openat", (0, 0, 3), ALLOW),
    ("openat", (0, 0, 0), ALLOW),
    ("openat", (0, 0, 0o4010001), EPERM),  # O_SYNC: what is on the disk takes long to remove
    ("openat", (0, 0, 0o10001), EPERM),  # O_DSYNC
    ("fcntl", (3, 4, 0o40000), EPERM),  # F_SETFL: past the cache, later
]


@pytest.mark.parametrize(("name", "arguments", "expected"), QUESTIONS, ids=lambda value: str(value))
def test_some_calls_depend_on_an_argument(
    name: str, arguments: tuple[int, ...], expected: int, where: Machine
) -> None:
    assert verdict(program(where, PID), where.audit, getattr(where, name), *arguments) == expected


def test_nothing_is_pressed_onto_the_disk(where: Machine) -> None:
    """Whoever asks for it is told that it was done; `sync` of all that there is, is refused."""
    for x86, arm in ((74, 82), (75, 83), (26, 227)):  # fsync, fdatasync, msync
        assert verdict(program(where, PID), where.audit, arm if where.column else x86) == DONE
    for x86, arm in ((162, 81), (306, 267), (277, 84), (285, 47)):  # sync, syncfs, sync_file_range, fallocate
        assert verdict(program(where, PID), where.audit, arm if where.column else x86) == EPERM
    assert verdict(program(where, PID), where.audit, where.openat, 0, 0, where.direct | 1) == EPERM


def test_only_the_half_of_an_argument_counts_that_the_kernel_looks_at() -> None:
    """An int is 32 bits: what stands above changes neither what the kernel does nor what the filter says."""
    where = MACHINES["x86_64"]
    assert verdict(program(where, PID), where.audit, where.fcntl, 3, 8 | 1 << 40) == EPERM
    assert where.open is not None
    assert verdict(program(where, PID), where.audit, where.open, 0, 0o1000) == EPERM


@pytest.mark.skipif(not kernel_confines(), reason="this kernel takes no filter of ours")
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import threading; t = threading.Thread(target=print, args=['ran']); t.start(); t.join()", "ran"),
        ("import os; os.fork()", "PermissionError: [Errno 1] Operation not permitted"),
        ("import subprocess; subprocess.run(['true'])", "Operation not permitted"),
        ("import socket; socket.socket()", "PermissionError: [Errno 1] Operation not permitted"),
        ("import os; os.memfd_create('x')", "PermissionError: [Errno 1] Operation not permitted"),
        ("import os; os.setsid()", "PermissionError: [Errno 1] Operation not permitted"),
        ("import os; os.kill(os.getppid(), 0)", "PermissionError: [Errno 1] Operation not permitted"),
        ("import os; os.chmod('/tmp', 0o777)", "PermissionError: [Errno 1] Operation not permitted"),
        ("import os; os.pidfd_open(1)", "OSError: [Errno 38] Function not implemented"),
    ],
    ids=["thread", "fork", "exec", "socket", "memfd", "setsid", "kill", "chmod", "pidfd"],
)
def test_the_kernel_reads_it_so(code: str, says: str) -> None:
    held = (
        "import os\nfrom grader_plugin import seccomp\nfrom grader_plugin.syscalls import prctl\n"
        "prctl(38, 1)\nseccomp.restrict(seccomp.machine(), os.getpid())\n"
    )
    done = subprocess.run([sys.executable, "-c", held + code], capture_output=True, text=True)
    assert says in done.stdout + done.stderr
