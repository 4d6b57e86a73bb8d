"""The ledger on disk: it only grows, and no crash, merge or strange file takes from it what it holds."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from .event import Contents, Event, addition, renewal, scan, stamp
from .progress import Award, Progress, news
from .result import Grade

try:
    import fcntl
except ImportError:  # not everywhere; runs then only append, and an event that two of them wrote counts once
    fcntl = None  # type: ignore[assignment]

LEDGER = Path(".grader") / "progress.jsonl"  # beside the learner's exercises/

PIECE_BYTES = 1 << 16
LOCK_SECONDS = 2.0  # an append takes milliseconds; a run that holds the lock for so long does not go on

# Not every system has these flags. A FIFO or a terminal in the ledger's place is to be seen, not waited for; the ends
# of lines are to be written as they are.
_SAFELY = (
    getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_TO_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT


class LedgerError(Exception):
    """The ledger cannot be read or written: a clause that names what is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a file held, and how to see that it is still the same: its place, size and times."""

    contents: Contents
    seen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file of events beside the learner's exercises; a link to one is followed."""

    path: Path

    def read(self) -> Progress:
        """What is recorded, with a note on what cannot be counted; raises LedgerError if there is no reading it."""
        return self._progress(self._reading().contents)

    def record(self, grade: Grade, at: datetime, seen: Collection[str] = ()) -> Award:
        """Add what is new in this grade; of the checks in `seen` the report shows a hint. Raises nothing for a ledger in disorder: the award's notes tell."""
        before, known = Progress(), False
        try:
            reading = self._reading()
            before, known = self._progress(reading.contents), True
            if not news(before, grade, at, seen):
                return Award(before=before, after=before, notes=before.notes)
            with self._alone() as (file, locked):
                with self._opened(_TO_APPEND) as fd:
                    if _seen(fd) != reading.seen:  # another run wrote meanwhile
                        before = self._progress((reading := _read(fd)).contents)
                    new = news(before, grade, at, seen)
                    renewed = locked and reading.contents.damaged > 0
                    if not renewed:
                        _write(fd, addition(reading.contents, new))
                if renewed:
                    before = self._progress(reading.contents, kept=_renew(file, reading.contents, new))
        except LedgerError as error:
            sentence = f"{error}, so the XP of this run are not recorded; once that is mended, the next run awards them."
            after = before.adding(news(before, grade, at, seen))
            return Award(before=before, after=after, notes=(sentence,), recorded=False, known=known)
        return Award(before=before, after=before.adding(new), notes=before.notes)

    def take_hint(self, task_id: str, steps: int, at: datetime) -> int:
        """The number of the step to show now, remembered; after the last it stays. Raises LedgerError."""
        reading = self._reading()
        if self._progress(reading.contents).hints.get(task_id, 0) >= steps:
            return steps
        with self._alone(), self._opened(_TO_APPEND) as fd:
            if _seen(fd) != reading.seen:
                reading = _read(fd)
            step = self._progress(reading.contents).hints.get(task_id, 0) + 1
            if step > steps:  # another process was faster
                return steps
            event = Event(kind="hint", subject=task_id, at=stamp(at), step=step)
            _write(fd, addition(reading.contents, [event]))
        return step

    def set_aside(self, at: datetime) -> Path | None:
        """Give the ledger another name, which holds the day; None if there is none. Raises LedgerError."""
        with self._to_read() as fd:
            if fd is None:
                return None
        with self._alone() as (file, _), _in_words(self.path, "renamed"):
            if not file.exists() or not file.stat().st_size:  # nothing in it, or another process was faster
                return None
            kept = _keep(file, f"until-{stamp(at)[:10]}")
            os.unlink(file)
            # An empty one stays: git merges lines that are gone, but not a file that is.
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o666))
        return kept

    @contextlib.contextmanager
    def _to_read(self) -> Iterator[int | None]:
        """A descriptor, or None if there is no ledger yet."""
        with _in_words(self.path, "read"), contextlib.ExitStack() as stack:
            fd = None
            try:
                fd = stack.enter_context(self._opened(os.O_RDONLY))
            except FileNotFoundError:
                home = Path(os.path.realpath(self.path)).parent
                if self.path.is_symlink() and not home.is_dir():  # what holds the ledger is not plugged in
                    raise LedgerError(f"{shown(home)} is not there") from None
            yield fd

    def _reading(self) -> _Reading:
        with self._to_read() as fd:
            return _Reading(contents=Contents()) if fd is None else _read(fd)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[tuple[Path, bool]]:
        """The file itself, while no other run writes it; and whether that is sure, for not everywhere are locks.

        The ledger's folder is made if it is missing.
        """
        with _in_words(self.path, "written"):
            self.path.parent.mkdir(exist_ok=True)
            file = Path(os.path.realpath(self.path))
            with _locked(file.with_suffix(".lock")) as locked:
                yield file, locked

    @contextlib.contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        fd = os.open(self.path, flags | _SAFELY, 0o666)
        try:
            mode = os.fstat(fd).st_mode
            if not stat.S_ISREG(mode):
                what = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
                raise LedgerError(f"{shown(self.path)} is {what}")
            yield fd
        finally:
            os.close(fd)

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


def _seen(fd: int) -> tuple[int, ...]:
    found = os.fstat(fd)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(fd: int) -> _Reading:
    seen = _seen(fd)  # before it is read: what comes in meanwhile is read again
    os.lseek(fd, 0, os.SEEK_SET)
    return _Reading(contents=scan(_pieces(fd)), seen=seen)


def _pieces(fd: int) -> Iterator[bytes]:
    while piece := os.read(fd, PIECE_BYTES):
        yield piece


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Keep a file locked; whether that is possible here."""
    with _in_words(path, "written"):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o666)
    try:
        yield fcntl is not None and _take(fd, path)
    finally:
        os.close(fd)


def _take(fd: int, path: Path) -> bool:
    """Lock the file; false where there are no locks. Raises LedgerError if another process keeps it."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LedgerError(f"Another run holds {shown(path)} and does not go on") from None
            time.sleep(0.005)
        except OSError:  # some network file systems know no locks
            return False
        else:
            return True


def _renew(file: Path, contents: Contents, events: Iterable[Event]) -> Path:
    """Write the ledger anew without its damage; the file as it was has the name that is returned.

    Whenever this is cut short, the ledger is either the old file or the new one. Only for who has the lock: what others
    append meanwhile would be in the old file alone.
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
