"""The ledger on disk: it only grows, and no crash, merge or strange file takes from it what it holds."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from .event import Contents, Event, addition, renewal, scan, stamp
from .progress import Award, Progress, news
from .result import Grade

try:
    import fcntl
except ImportError:  # not everywhere; two runs at once may then write the same event, which counts once
    fcntl = None  # type: ignore[assignment]

LEDGER = Path(".grader") / "progress.jsonl"  # beside the learner's exercises/

PIECE_BYTES = 1 << 16
LOCK_SECONDS = 10.0  # an append takes milliseconds; a run that holds the lock for so long does not go on

# A FIFO or a terminal in the ledger's place is to be seen, not waited for. Not every system has these flags.
_SAFELY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)


class LedgerError(Exception):
    """The ledger cannot be read or written: a clause that names what is in the way."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file of events beside the learner's exercises; a link to one is followed."""

    path: Path

    def read(self) -> Progress:
        """What is recorded, with a note on what cannot be counted; raises LedgerError if there is no reading it."""
        return self._progress(self._contents())

    def record(self, grade: Grade, at: datetime) -> Award:
        """Add what is new in this grade. Raises nothing for a ledger in disorder: the award's notes tell."""
        before = Progress()
        try:
            before = self.read()
            if not news(before, grade, at):
                return Award(before=before, after=before, notes=before.notes)
            with self._appending() as (file, fd):
                contents = scan(_pieces(fd))
                before = self._progress(contents)
                new = news(before, grade, at)
                if contents.damaged:
                    before = self._progress(contents, kept=_renew(file, contents, new))
                else:
                    _write(fd, addition(contents, new))
        except LedgerError as error:
            sentence = f"{error}, so the XP of this run are not recorded; once that is mended, the next run awards them."
            after = before.adding(news(before, grade, at))
            return Award(before=before, after=after, notes=(sentence,), recorded=False)
        return Award(before=before, after=before.adding(new), notes=before.notes)

    def take_hint(self, task_id: str, steps: int, at: datetime) -> int:
        """The number of the step to show now, remembered; after the last it stays. Raises LedgerError."""
        if self.read().hints.get(task_id, 0) >= steps:
            return steps
        with self._appending() as (_, fd):
            contents = scan(_pieces(fd))
            step = self._progress(contents).hints.get(task_id, 0) + 1
            if step > steps:  # another process was faster
                return steps
            event = Event(kind="hint", subject=task_id, at=stamp(at), step=step)
            _write(fd, addition(contents, [event]))
        return step

    def set_aside(self, at: datetime) -> Path | None:
        """Give the ledger another name, which holds the day; None if there is none. Raises LedgerError."""
        with _in_words(self.path, "read"):
            try:
                os.close(self._open(os.O_RDONLY))
            except FileNotFoundError:
                return None
        with self._appending() as (file, _), _in_words(self.path, "renamed"):
            kept = _keep(file, f"until-{stamp(at)[:10]}")
            os.unlink(file)
        return kept

    def _contents(self) -> Contents:
        with _in_words(self.path, "read"):
            try:
                fd = self._open(os.O_RDONLY)
            except FileNotFoundError:
                return Contents()
            try:
                return scan(_pieces(fd))
            finally:
                os.close(fd)

    @contextlib.contextmanager
    def _appending(self) -> Iterator[tuple[Path, int]]:
        """The file itself and a descriptor to read and to append, while no other run has it; made if missing."""
        with _in_words(self.path, "written"):
            self.path.parent.mkdir(exist_ok=True)
            file = Path(os.path.realpath(self.path))
            with _locked(file.with_suffix(".lock")):
                fd = self._open(os.O_RDWR | os.O_APPEND | os.O_CREAT)
                try:
                    yield file, fd
                finally:
                    os.close(fd)

    def _open(self, flags: int) -> int:
        fd = os.open(self.path, flags | _SAFELY, 0o666)
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            os.close(fd)
            what = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
            raise LedgerError(f"{shown(self.path)} is {what}")
        return fd

    def _progress(self, contents: Contents, kept: Path | None = None) -> Progress:
        """What the contents amount to; the damage is in the file of the name `kept`, or still here."""
        name, notes = shown(self.path), []
        if contents.damaged == 1:
            notes.append(f"1 line of {name} cannot be read and does not count")
        elif contents.damaged:
            notes.append(f"{contents.damaged:,} lines of {name} cannot be read and do not count")
        if contents.damaged:
            notes[0] += f"; the file as it was is kept as {shown(kept)}." if kept else "; all others do."
        if contents.newer:
            lines = "1 line" if len(contents.newer) == 1 else f"{len(contents.newer):,} lines"
            notes.append(f"{lines} of {name} from a newer version of the kit: kept, but not counted here.")
        return Progress(frozenset(contents.events), tuple(notes))


def shown(path: Path) -> str:
    """A path as a learner would write it from where they stand."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


@contextlib.contextmanager
def _in_words(path: Path, done: str) -> Iterator[None]:
    """Say in a clause why the path cannot be read, or whatever is `done` to it."""
    try:
        yield
    except OSError as error:
        folder = path.parent
        if folder.exists() and not folder.is_dir():
            raise LedgerError(f"{shown(folder)} is not a folder") from None
        if isinstance(error, FileNotFoundError):
            raise LedgerError(f"{shown(folder)} is not there") from None
        if isinstance(error, IsADirectoryError):
            raise LedgerError(f"{shown(path)} is a folder") from None
        reason = (error.strerror or str(error)).lower()
        raise LedgerError(f"{shown(path)} cannot be {done} ({reason})") from None


def _pieces(fd: int) -> Iterator[bytes]:
    while piece := os.read(fd, PIECE_BYTES):
        yield piece


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _in_words(path, "written"):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o666)
    try:
        if fcntl is not None:
            _take(fd, path)
        yield
    finally:
        os.close(fd)


def _take(fd: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LedgerError(f"Another run holds {shown(path)} and does not go on") from None
            time.sleep(0.005)
        except OSError:  # some network file systems know no locks
            return
        else:
            return


def _renew(file: Path, contents: Contents, events: Iterable[Event]) -> Path:
    """Write the ledger anew without its damage; the file as it was has the name that is returned.

    Whenever this is cut short, the ledger is either the old file or the new one.
    """
    kept = _keep(file, "set-aside")
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)  # of a run that was cut short
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o666)
    try:
        _write(fd, renewal(contents, events))
        os.fsync(fd)
    finally:
        os.close(fd)
    shutil.copymode(file, fresh)
    os.replace(fresh, file)
    return kept


def _keep(file: Path, word: str) -> Path:
    """Give the file a second name that is free, or a copy where a file has one name only."""
    for number in count(1):
        kept = file.with_name(f"{file.stem}.{word}-{number}{file.suffix}")
        try:
            os.link(file, kept)
        except FileExistsError:
            if not (kept.exists() and kept.samefile(file)):  # that would be of a run that was cut short
                continue
        except OSError:
            if not _copied(file, kept):
                continue
        return kept
    raise AssertionError("count ended")


def _copied(file: Path, kept: Path) -> bool:
    """Whether the name was free."""
    try:
        fd = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o666)
    except FileExistsError:
        return False
    try:
        with open(file, "rb") as old, open(fd, "wb") as new:
            shutil.copyfileobj(old, new)
            new.flush()
            os.fsync(fd)
    except OSError:
        kept.unlink()
        raise
    return True
