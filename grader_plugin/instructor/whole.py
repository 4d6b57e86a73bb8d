"""Many files at once, or none: what fails or is interrupted leaves a folder as it was."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


def place(files: Mapping[str, bytes], folder: Path, *, last: str = "") -> None:
    """Write all files into a folder that is not there, or has nothing of their names; raises OSError, and then nothing is changed.

    A folder that is there is filled and not replaced: somebody may stand in it. The one that is called `last` says, by being
    there, that the others are.
    """
    is_there, moved = folder.is_dir(), list[Path]()
    with undone(missing(folder.parent)):
        folder.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=folder if is_there else folder.parent, prefix=".new-"))
        try:
            for path, data in files.items():
                (room / path).parent.mkdir(parents=True, exist_ok=True)
                (room / path).write_bytes(data)
                make_executable(room / path, data)
            room.chmod(0o755)
            if not is_there:
                room.rename(folder)
                return
            with undone(moved):
                for part in sorted(room.iterdir(), key=lambda path: path.name == last):
                    moved.append(folder / part.name)
                    part.rename(folder / part.name)
        finally:
            shutil.rmtree(room, ignore_errors=True)


def make_executable(path: Path, data: bytes) -> None:
    """As a script is, by its first line."""
    if data.startswith(b"#!"):
        path.chmod(0o755)


@contextlib.contextmanager
def undone(made: Sequence[Path]) -> Iterator[None]:
    """Files and folders that go again if what makes them does not come to its end."""
    try:
        yield
    except BaseException:  # Ctrl-C too; it is raised again once they are gone
        for path in made:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def missing(folder: Path) -> list[Path]:
    """The folders on the way there that are still to be made."""
    return [path for path in (folder, *folder.parents) if not path.exists()]
