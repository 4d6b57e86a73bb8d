"""Which of the learner's files come in: only those that the lesson names, as bytes, each read once."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SIZE_CAP = 256 * 1024


@dataclass(frozen=True, slots=True)
class Admitted:
    """One file: its bytes if they came in, and in `trouble` the sentence that says why it is not loaded."""

    source: bytes | None
    trouble: str = ""
    missing: bool = False

    @property
    def digest(self) -> str:
        """`sha256:…` of the bytes that are graded, empty if there are none."""
        return "" if self.source is None else f"sha256:{hashlib.sha256(self.source).hexdigest()}"


def admit(folder: Path, modules: Iterable[str], display: str) -> dict[str, Admitted]:
    """The file of each module: regular, not a link, at most 256 KiB of UTF-8; `display` is the folder's name in sentences."""
    return {name: _admit(folder / f"{name}.py", f"{display}/{name}.py") for name in modules}


def _admit(path: Path, shown: str) -> Admitted:
    try:
        # Not through a link, and not waiting for a writer if somebody made it a pipe.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return Admitted(None, f"{shown} does not exist", missing=True)
    except OSError as error:
        reason = "is a link" if error.errno == errno.ELOOP else f"cannot be opened: {error.strerror}"
        return Admitted(None, f"{shown} {reason}")
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode):
        os.close(fd)
        return Admitted(None, f"{shown} is not a regular file")
    with os.fdopen(fd, "rb") as file:
        source = file.read(SIZE_CAP + 1)
    if len(source) > SIZE_CAP:
        return Admitted(None, f"{shown} has {about.st_size:,} bytes, the limit is {SIZE_CAP:,}")
    try:
        source.decode()
    except UnicodeDecodeError as error:
        return Admitted(None, f"{shown} is not UTF-8 (byte {error.start}); save it with that encoding")
    if b"\0" in source:
        return Admitted(
            None, f"{shown} holds a NUL byte at position {source.index(0)}, so it is not Python text"
        )
    return Admitted(source)
