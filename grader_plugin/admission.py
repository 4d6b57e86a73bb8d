"""Which of the learner's files come in: only those that the lesson names, as bytes, each read once."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .config import is_notebook
from .notebook import SIZE_CAP as NOTEBOOK_CAP
from .notebook import Notebook, NotebookError
from .notebook import read as read_notebook

SIZE_CAP = 256 * 1024

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263's own expression
_NO_CODE = re.compile(rb"^[ \t\f]*(?:#|$)")


@dataclass(frozen=True, slots=True)
class Admitted:
    """What came in for a module: its text if any did, in `trouble` the sentence that says why not, in `shown` its file's name there.

    `notebook` is what the text was put together from, `digest` the `sha256:…` of the file, empty if nothing came in.
    """

    source: bytes | None
    shown: str
    trouble: str = ""
    missing: bool = False
    notebook: Notebook | None = None
    digest: str = ""


def admit(folder: Path, modules: Iterable[str], display: str, *, follow: bool = True) -> dict[str, Admitted]:
    """The file of each module: regular, no link of either kind, at most 256 KiB of UTF-8; where it is missing, a notebook.

    `display` is the folder's name in sentences. The folder itself may be a link only if that is to be `follow`ed: who
    grades strangers did not make it. In the place of a folder there may be one notebook with the cells of all modules.
    """
    if is_notebook(folder):
        return _shared(folder, tuple(modules), display)
    names = {name: f"{display}/{name}.py" for name in modules}
    if follow or not _by_descriptor:
        return {name: _either(folder / f"{name}.py", shown, None) for name, shown in names.items()}
    try:
        home = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        reason = "is a link, which is not followed" if folder.is_symlink() else _reason(error)
        return {name: Admitted(None, shown, f"{display} {reason}") for name, shown in names.items()}
    try:
        return {name: _either(Path(f"{name}.py"), shown, home) for name, shown in names.items()}
    finally:
        os.close(home)


_by_descriptor = os.open in os.supports_dir_fd


def _shared(path: Path, modules: tuple[str, ...], shown: str) -> dict[str, Admitted]:
    """Each module's part of a notebook."""
    written = _admit(path, shown, None, NOTEBOOK_CAP)
    try:
        made = read_notebook(written.source or b"", path.stem if path.stem in modules else "")
    except NotebookError as error:
        return {name: Admitted(None, shown, written.trouble or f"{shown} {error}") for name in modules}
    return {
        name: _put_together(made[name].within(name), written)
        if name in made
        else Admitted(None, shown, f"{shown} has no cell of {name}", missing=True)
        for name in modules
    }


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
        made = read_notebook(written.source, path.stem)
    except NotebookError as error:
        return Admitted(None, shown, f"{shown} {error}")
    if path.stem not in made:
        others = ", ".join(made)
        return Admitted(
            None, shown, f"{shown} has no cell of {path.stem}, only of {others}; is its name right?"
        )
    return _put_together(made[path.stem], written)


def _put_together(made: Notebook, file: Admitted) -> Admitted:
    source, shown = made.text.encode(), file.shown
    trouble = _unreadable(source, shown)
    if len(source) > SIZE_CAP:
        trouble = f"{shown} has {len(source):,} bytes in its exercise cells, the limit is {SIZE_CAP:,}"
    return Admitted(None, shown, trouble) if trouble else replace(file, source=source, notebook=made)


def _admit(path: Path, shown: str, home: int | None, cap: int) -> Admitted:
    try:
        # Not through a link, and not waiting for a writer if somebody made it a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        fd = os.open(path, flags, dir_fd=home)
    except FileNotFoundError:
        return Admitted(None, shown, f"{shown} does not exist", missing=True)
    except OSError as error:
        return Admitted(
            None, shown, f"{shown} {'is a link' if error.errno == errno.ELOOP else _reason(error)}"
        )
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        os.close(fd)
        # A file with another name may be somebody else's, under one of the learner's.
        linked = "has another name elsewhere (a hard link); put a copy in its place"
        what = linked if stat.S_ISREG(about.st_mode) else "is not a regular file"
        return Admitted(None, shown, f"{shown} {what}")
    try:
        with os.fdopen(fd, "rb") as file:
            source = file.read(cap + 1)
    except OSError as error:
        return Admitted(None, shown, f"{shown} {_reason(error)}")
    if len(source) > cap:
        outputs = "; clear its outputs" if path.suffix == ".ipynb" else ""
        return Admitted(None, shown, f"{shown} has {about.st_size:,} bytes, the limit is {cap:,}{outputs}")
    if trouble := _unreadable(source, shown):
        return Admitted(None, shown, trouble)
    return Admitted(source, shown, digest=f"sha256:{hashlib.sha256(source).hexdigest()}")


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
