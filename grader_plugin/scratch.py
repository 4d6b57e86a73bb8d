"""The end of a folder in which a learner's code could write: no depth, no link and no missing right keeps it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

WRITTEN_CAP = 256 * 2**20
FILES_CAP = 20_000


def remove(folder: str) -> None:
    """Remove the folder and all below it, as far as that can be done; nothing outside is touched.

    `shutil.rmtree` takes a level of Python's stack and a descriptor for each level of folders, and whoever makes ten
    thousand of them wins. Here what lies deeper is moved up, so that there are never more than two levels.
    """
    if os.rename not in os.supports_dir_fd:
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _empty(top)
        finally:
            os.close(top)
        os.rmdir(folder)


def is_overfull(folder: str) -> bool:
    """Whether more is written below it than can be removed in a moment, or more than can be looked at."""
    written, files, todo = 0, 0, [folder]
    try:
        while todo:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    files, written = files + 1, written + 512 * about.st_blocks
                    if files > FILES_CAP or written > WRITTEN_CAP:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
    except FileNotFoundError:  # removed meanwhile
        return False
    except OSError:  # too deep, or closed to us
        return True
    return False


def _empty(top: int) -> None:
    moved, token = 0, os.urandom(8).hex()  # names that nobody can have taken beforehand
    is_empty = False
    while not is_empty:
        is_empty = True
        for name in _names(top):
            is_empty = False
            if _is_gone(name, top):
                continue
            os.chmod(name, 0o700, dir_fd=top)  # a folder: nothing is followed
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for below in _names(inner):
                    if not _is_gone(below, inner):
                        moved += 1
                        # A folder is moved only by who may write to it: its `..` changes.
                        os.chmod(below, 0o700, dir_fd=inner)
                        os.rename(below, f"{token}.{moved}", src_dir_fd=inner, dst_dir_fd=top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _names(folder: int) -> Iterator[str]:
    """One by one: a million of them are no reason to take memory for a million."""
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name


def _is_gone(name: str, home: int) -> bool:
    """Whether it was no folder, and is removed."""
    try:
        os.unlink(name, dir_fd=home)
    except (IsADirectoryError, PermissionError):  # EISDIR on Linux, EPERM elsewhere
        return False
    return True
