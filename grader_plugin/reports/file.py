"""A file of ours, written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Replace the file, its folder made if need be; raises OSError, and then what was there still is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():  # a device, a pipe, a folder: nothing that is to be replaced
        raise OSError(errno.EINVAL, "It is no regular file")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("xb") as file:  # never through a link that someone has put there
            file.write(data)
        os.replace(temporary, path)
    finally:  # after Ctrl-C too
        temporary.unlink(missing_ok=True)


def append(path: Path, data: bytes) -> None:
    """Add to a file that others write to as well; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(data)
