"""A release on disk: whole into a new folder, or what changed into one that is there, and never over a learner's work."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..reports import file
from . import whole
from .plan import Plan, ReleaseError

MANIFEST = ".grader-release.json"  # how it was made, and which files are its own, by their hashes as they were written


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a file: `added`, `changed`, `removed`; `kept` where it is not as the last release left it, `gone` if it was deleted."""

    path: str
    kind: str
    old: bytes = b""
    new: bytes = b""

    def diff(self) -> Iterator[str]:
        """Its lines, as `diff -u` writes them; of what nobody reads so only that it differs."""
        if b"\0" in self.old + self.new or self.path.endswith(".ipynb"):
            yield f"{self.path}: {len(self.old):,} bytes before, {len(self.new):,} now"
            return
        texts = (
            self.old.decode(errors="replace").splitlines(),
            self.new.decode(errors="replace").splitlines(),
        )
        yield from difflib.unified_diff(*texts, f"a/{self.path}", f"b/{self.path}", lineterm="")


def is_free(folder: Path) -> bool:
    """Whether nothing is there but perhaps an empty repository of git's."""
    return not os.path.lexists(folder) or (
        folder.is_dir() and all(one.name == ".git" for one in folder.iterdir())
    )


def compare(files: Mapping[str, bytes], folder: Path) -> list[Change]:
    """What a release changes in a folder that has an earlier one; raises ReleaseError where there is none."""
    before = _manifest(folder)
    changes = []
    for path in sorted({*files, *before}):
        on_disk = _read(folder, path)
        new = files.get(path)
        if on_disk is not None and _hash(on_disk) != before.get(path) and on_disk != new:
            if new is not None:
                changes.append(Change(path=path, kind="kept", old=on_disk, new=new or b""))
        elif on_disk is None and path in before:
            if new is not None:  # who deleted it had a reason
                changes.append(Change(path=path, kind="gone", new=new))
        elif new is None and on_disk is not None:
            changes.append(Change(path=path, kind="removed", old=on_disk))
        elif new is not None and on_disk != new:
            changes.append(
                Change(
                    path=path, kind="changed" if on_disk is not None else "added", old=on_disk or b"", new=new
                )
            )
    return changes


def create(files: Mapping[str, bytes], folder: Path) -> None:
    """All files into a folder that is free; raises ReleaseError, and then nothing is there."""
    try:
        whole.place(files, folder, last=MANIFEST)
    except OSError as error:
        raise ReleaseError(f"{folder} cannot be written ({(error.strerror or str(error)).lower()})") from None


def apply(changes: list[Change], told: bytes, folder: Path) -> None:
    """The changes but those that are kept, each file whole or not at all, and last what the manifest says then; raises ReleaseError."""
    path = folder
    try:
        for change in changes:
            path = folder / change.path
            if change.kind in ("added", "changed"):
                file.write(path, change.new)
                whole.make_executable(path, change.new)
            elif change.kind == "removed":
                path.unlink()
                _remove_empty(path.parent, folder)
        path = folder / MANIFEST
        if path.read_bytes() != told:  # also where an earlier update did not come so far
            file.write(path, told)
    except OSError as error:
        raise ReleaseError(f"{path} cannot be written ({(error.strerror or str(error)).lower()})") from None


def _remove_empty(folder: Path, home: Path) -> None:
    while folder != home and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def plan_of(folder: Path) -> Plan:
    """How the release in this folder was made; raises ReleaseError where there is none."""
    _manifest(folder)
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8")).get("plan", {})
        if isinstance(told, dict):
            return Plan.from_dict(told)
    except (OSError, ValueError, TypeError, AttributeError):
        pass
    raise ReleaseError(f"{folder / MANIFEST} is damaged; name another folder")


def _manifest(folder: Path) -> dict[str, str]:
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        found = told["files"]
        if all(
            isinstance(name, str) and isinstance(digest, str) and _is_below(name)
            for name, digest in found.items()
        ):
            return dict(found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    if not folder.exists():
        raise ReleaseError(f"There is no {folder} to update; leave out --update")
    raise ReleaseError(
        f"{folder} is not empty and holds no release ({MANIFEST} is missing or damaged); name another folder"
    )


def _is_below(name: str) -> bool:
    pure = PurePosixPath(name)
    return not pure.is_absolute() and ".." not in pure.parts


def _read(folder: Path, path: str) -> bytes | None:
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReleaseError(
            f"{folder / path} cannot be read ({(error.strerror or str(error)).lower()})"
        ) from None


def manifest(files: Mapping[str, bytes], plan: Plan) -> bytes:
    """How a release was made, and its files, by which an update knows them."""
    told = {"plan": plan.to_dict(), "files": {path: _hash(data) for path, data in sorted(files.items())}}
    return (json.dumps(told, indent=1) + "\n").encode()


def _hash(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
