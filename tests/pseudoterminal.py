"""A command on a terminal, and what a person sees on it in the end."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

DEADLINE = 240.0
LINES = 200  # so that nothing scrolls away


@dataclass(frozen=True)
class Seen:
    """The exit status, the bytes that came, the lines that are there in the end, and the screens on the way."""

    status: int
    raw: bytes
    screen: pyte.Screen
    frames: list[list[str]] = field(repr=False)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen, without the empty ones at its end."""
        return _lines(self.screen)


def _lines(screen: pyte.Screen) -> list[str]:
    return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


def run(
    command: Sequence[str],
    folder: Path,
    *,
    columns: int = 80,
    environment: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    when: Callable[[list[str], int], None] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Seen:
    """Run the command on a pseudo-terminal of so many columns; `when` sees each screen and the process's number.

    `answers` are typed, each once, when the screen's last line begins with its question.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    # Here too, though the tests have none of them: the README's picture is made without the tests.
    unlike = {"CI", "COLUMNS", "LINES", "NO_COLOR"}
    base = {
        name: value
        for name, value in os.environ.items()
        if name not in unlike and not name.startswith("PYTEST_")
    }
    screen = pyte.Screen(columns, LINES)
    stream = pyte.Stream(screen)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    raw, frames, seen, open_questions = b"", [], list[str](), dict(answers or {})
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**base, "TERM": "xterm-256color", **(environment or {})},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        ends = time.monotonic() + DEADLINE
        while True:
            if not select.select([master], [], [], max(0.0, ends - time.monotonic()))[0]:
                os.killpg(process.pid, signal.SIGKILL)
                raise AssertionError(f"{command} did not come to an end")
            try:
                data = os.read(master, 65536)
            except OSError:  # EIO: the other end is closed
                break
            if not data:
                break
            raw += data
            stream.feed(decoder.decode(data))
            if _lines(screen) != seen:
                seen = _lines(screen)
                frames.append(seen)
                if when is not None:
                    when(seen, process.pid)
                for question in [one for one in open_questions if seen[-1].startswith(one)]:
                    os.write(master, f"{open_questions.pop(question)}\n".encode())
        os.close(master)
    return Seen(process.returncode, raw, screen, frames)
