"""Which of the learner's files come in: only those that the lesson names, as bytes, each read once."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .notebook import SIZE_CAP as NOTEBOOK_CAP
from .notebook import Notebook, NotebookError
from .notebook import read as read_notebook

SIZE_CAP = 256 * 1024

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263's own expression
_NO_CODE = re.compile(rb"^[ \t\f]*(?:#|$)")


@dataclass(frozen=True, slots=True)
class Admitted:
    """One file: its bytes if they came in, and in `trouble` the sentence that says why it is not loaded."""

    source: bytes | None
    trouble: str = ""
    missing: bool = False
    notebook: Notebook | None = None  # that the source was put together from

    @property
    def digest(self) -> str:
        """`sha256:…` of the bytes that are graded, empty if there are none."""
        return "" if self.source is None else f"sha256:{hashlib.sha256(self.source).hexdigest()}"


def admit(folder: Path, modules: Iterable[str], display: str, *, follow: bool = True) -> dict[str, Admitted]:
    """The file of each module: regular, no link of either kind, at most 256 KiB of UTF-8; where it is missing, a notebook.

    `display` is the folder's name in sentences. The folder itself may be a link only if that is to be `follow`ed: who
    grades strangers did not make it.
    """
    names = {name: f"{display}/{name}.py" for name in modules}
    if follow or not _by_descriptor:
        return {name: _either(folder / f"{name}.py", shown, None) for name, shown in names.items()}
    try:
        home = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        reason = "is a link, which is not followed" if folder.is_symlink() else _reason(error)
        return {name: Admitted(None, f"{display} {reason}") for name in names}
    try:
        return {name: _either(Path(f"{name}.py"), shown, home) for name, shown in names.items()}
    finally:
        os.close(home)


_by_descriptor = os.open in os.supports_dir_fd


def _either(path: Path, shown: str, home: int | None) -> Admitted:
    """The file, or the notebook beside it that stands for it."""
    found = _admit(path, shown, home, SIZE_CAP)
    if not found.missing:
        return found
    shown = f"{shown.removesuffix('.py')}.ipynb"
    written = _admit(path.with_suffix(".ipynb"), shown, home, NOTEBOOK_CAP)
    if written.missing or written.source is None:
        return found if written.missing else written
    try:
        made = read_notebook(written.source)
    except NotebookError as error:
        return Admitted(None, f"{shown} {error}")
    source = made.text.encode()
    if len(source) > SIZE_CAP:
        return Admitted(
            None, f"{shown} has {len(source):,} bytes in its exercise cells, the limit is {SIZE_CAP:,}"
        )
    trouble = _unreadable(source, shown)
    return Admitted(None, trouble) if trouble else Admitted(source, notebook=made)


def _admit(path: Path, shown: str, home: int | None, cap: int) -> Admitted:
    try:
        # Not through a link, and not waiting for a writer if somebody made it a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        fd = os.open(path, flags, dir_fd=home)
    except FileNotFoundError:
        return Admitted(None, f"{shown} does not exist", missing=True)
    except OSError as error:
        return Admitted(None, f"{shown} {'is a link' if error.errno == errno.ELOOP else _reason(error)}")
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        os.close(fd)
        # A file with another name may be somebody else's, under one of the learner's.
        linked = "has another name elsewhere (a hard link); put a copy in its place"
        return Admitted(None, f"{shown} {linked if stat.S_ISREG(about.st_mode) else 'is not a regular file'}")
    try:
        with os.fdopen(fd, "rb") as file:
            source = file.read(cap + 1)
    except OSError as error:
        return Admitted(None, f"{shown} {_reason(error)}")
    if len(source) > cap:
        outputs = "; clear its outputs" if path.suffix == ".ipynb" else ""
        return Admitted(None, f"{shown} has {about.st_size:,} bytes, the limit is {cap:,}{outputs}")
    return Admitted(source) if not (trouble := _unreadable(source, shown)) else Admitted(None, trouble)


def _unreadable(source: bytes, shown: str) -> str:
    """Why the bytes are not Python text in UTF-8; empty if they are."""
    try:
        source.decode()
    except UnicodeDecodeError as error:
        return f"{shown} is not UTF-8 (byte {error.start}); save it with that encoding"
    if b"\0" in source:
        return f"{shown} holds a NUL byte at position {source.index(0)}, so it is not Python text"
    first, *others = source.splitlines()[:2] or [b""]
    # PEP 263: Python obeys such a line, a reader may not see it; the second only after one without code.
    for line in (first, *(others if _NO_CODE.match(first) else ())):
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].lower().replace(b"_", b"-") not in (b"utf-8", b"utf8", b"utf-8-sig"):
            return (
                f"{shown} declares the encoding {cookie[1].decode()!r}; save it as UTF-8 and remove that line"
            )
    return ""


def _reason(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or error}"
