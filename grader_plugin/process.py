"""A process that runs a learner's code, as the grader sees it: what it printed, what it waited for, how it ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .channel import Channel

OUTPUT_CAP = 64 * 1024
TURNS = (
    16  # reads at a time, of 64 KiB, which is what a pipe holds: who prints without end keeps nobody waiting
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended by itself (`exit` status or `signal` number, else it was killed), and its CPU seconds.

    `greedy`: it was killed because it took more memory than it may; `lost`: it ended with the process that it came from.
    """

    exit: int | None = None
    signal: int | None = None
    cpu: float | None = None
    greedy: bool = False
    lost: bool = False

    @property
    def signal_name(self) -> str:
        """`SIGSEGV`."""
        return (
            signal.Signals(self.signal).name
            if self.signal in set(signal.Signals)
            else f"signal {self.signal}"
        )


class Overfull(Exception):
    """The process wrote more into files than it may."""


class Process(Protocol):
    """A worker: a channel to it, what it printed, and its end."""

    channel: Channel
    home: str  # its HOME, which no sentence names

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        """Kill it and all that it started. `dying`: it closed its channel; `late`: it did not answer in time."""

    def output(self) -> str:
        """What the learner's code printed, at most 64 KiB, and how much more was dropped."""

    def look(self) -> None:
        """Raises Overfull."""

    def waited(self) -> float:
        """The seconds so far that it was ready to run and had no core."""


class Drain:
    """Reads a pipe to its end, so that no learner's print blocks; keeps the first 64 KiB."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._kept = bytearray()
        self._dropped = 0
        self._open = True
        self._lock = threading.Lock()
        try:
            threading.Thread(target=self._run, daemon=True).start()
        except RuntimeError:  # there are too many
            os.close(fd)
            raise

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
        with contextlib.suppress(BlockingIOError):
            for _ in range(TURNS):
                data = os.read(self._fd, OUTPUT_CAP)
                kept = data[: OUTPUT_CAP - len(self._kept)]
                self._kept += kept
                self._dropped += len(data) - len(kept)
                self._open = bool(data)
                if not data:
                    break

    def text(self) -> str:
        """What came so far."""
        with self._lock:
            if self._open:
                self._pull()
            return told(bytes(self._kept), self._dropped)


def told(data: bytes, dropped: int) -> str:
    """Printed bytes as text, with how many more there were."""
    text = data.decode(errors="replace")
    return f"{text}\n… {dropped:,} bytes more were dropped" if dropped else text


def seconds_waited(pid: int) -> float:
    """The longest that a thread of the process has waited for a core; 0 where the kernel (not Linux's) does not tell.

    The second number of `schedstat`, in nanoseconds: Documentation/scheduler/sched-stats.rst.
    """
    longest = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for task in Path("/proc", str(pid), "task").iterdir():
            with contextlib.suppress(OSError):  # a thread that has ended
                longest = max(longest, int(Path(task, "schedstat").read_text().split()[1]))
    return longest / 1e9
