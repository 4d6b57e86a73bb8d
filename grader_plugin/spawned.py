"""A worker of its own interpreter, for the checks of one exercise, where fork is not safe (macOS, Windows)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

import psutil

from . import interpreter
from .process import OUTPUT_CAP, Ending, Overfull, seconds_waited, told
from .scratch import is_overfull

MEMORY = 2 * 2**30  # torch and the training images take 0.6 GiB of it
LOOK_SECONDS = 0.2

# There is no kernel's confinement here: what a worker may do, the user may.
LAYERS = ("memory-watch",)


class Spawned:
    """The process, watched for how much memory it takes: no limit of the kernel's holds there."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as the process)
        self._process, self.channel = interpreter.execute(folder, "spawned", self._file)
        self.home = str(folder)
        self._read = 0
        self._greedy = False
        self._over = threading.Event()
        self.alive = True
        threading.Thread(target=self._watch, daemon=True).start()

    def end(self, *, dying: bool = False, late: bool = False) -> Ending:
        """As `Process` has it; a process that answered all it was asked goes on, for the next check."""
        unasked = self.alive and self.channel.has_input()  # what it sent, the next check must not get
        if not (dying or late or unasked):
            return Ending()
        self.alive = False
        cpu = self._cpu()
        exit_status = None
        if dying:
            with contextlib.suppress(subprocess.TimeoutExpired):
                exit_status = self._process.wait(1)
        self._kill()
        if self._greedy:
            return Ending(cpu=cpu, greedy=True)
        if exit_status is None:
            return Ending(cpu=cpu)
        return Ending(signal=-exit_status) if exit_status < 0 else Ending(exit=exit_status)

    def output(self) -> str:
        """What the learner's code printed since it was asked last."""
        self._file.seek(self._read)
        data = self._file.read(OUTPUT_CAP)
        end = self._file.seek(0, os.SEEK_END)
        dropped, self._read = end - self._read - len(data), end
        return told(data, dropped)

    def look(self) -> None:
        """As `Process` has it."""
        if is_overfull(self.home):
            raise Overfull

    def waited(self) -> float:
        """As `Process` has it."""
        return seconds_waited(self._process.pid)

    def stop(self) -> None:
        """End it, and all that it started."""
        self._kill()
        self._file.close()

    def _family(self) -> list[psutil.Process]:
        """The process and what came from it."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            return [process, *process.children(recursive=True)]
        return []

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            taken = 0
            for one in self._family():
                with contextlib.suppress(psutil.Error):
                    taken += one.memory_info().rss
            if taken > MEMORY:
                self._greedy = True
                self._process.kill()
                return

    def _cpu(self) -> float | None:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(self._process.pid).cpu_times()
            return float(times.user + times.system)
        return None

    def _kill(self) -> None:
        self._over.set()
        self.channel.close()
        family = self._family()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for one in family:
            with contextlib.suppress(psutil.Error):
                one.kill()
        self._process.kill()
        self._process.wait()
