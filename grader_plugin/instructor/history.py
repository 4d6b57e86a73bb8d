"""What git keeps of files that are no longer there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


class HistoryError(ValueError):
    """The history cannot be searched; a sentence that says why."""


def blobs(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file and message that the repository in this folder has ever kept, reachable or not, by its path and its number.

    Raises HistoryError. Nothing of the repository's own configuration runs: objects are read, no more.
    """
    try:
        if not (folder / ".git").exists():
            return
    except OSError as error:  # a path that is too long, a folder that may not be entered
        raise HistoryError(f"{folder} cannot be searched for a history ({error.strerror})") from None
    if shutil.which("git") is None:
        raise HistoryError(f"{folder} has a history, and there is no git to search it with")
    paths = {}
    for line in (
        _git(folder, "rev-list", "--objects", "--all", "--reflog").decode(errors="replace").splitlines()
    ):
        number, _, path = line.partition(" ")
        paths[number] = path
    whole = _git(folder, "cat-file", "--batch-all-objects", "--batch", "--unordered")
    place = 0
    while place < len(whole):
        end = whole.index(b"\n", place)
        number, kind, size = whole[place:end].decode().split()
        data = whole[end + 1 : end + 1 + int(size)]
        place = end + 1 + int(size) + 1
        if kind == "blob":
            yield f"{paths.get(number) or 'a file'}, {number[:10]} in git's history", data
        elif kind in ("commit", "tag"):
            yield f"a message, {number[:10]} in git's history", data


def _git(folder: Path, *command: str) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *command], capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise HistoryError(
            f"git cannot read the history of {folder} ({said[-1] if said else 'it says nothing'})"
        )
    return done.stdout
