"""The ledger on disk: it only grows, and no crash, merge or strange file takes from it what it holds."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from .progress import VERSION, Award, Event, Progress, news, stamp
from .result import Grade

try:
    import fcntl
except ImportError:  # not everywhere; two runs at once may then write the same event, which counts once
    fcntl = None  # type: ignore[assignment]

LEDGER = Path(".grader") / "progress.jsonl"  # beside the learner's exercises/

# Every line of every version begins so, and has this nowhere else: a whole line is found behind a torn one.
START = b'{"id": "'
LINE_BYTES = 4096  # the longest of ours has some 200
PIECE_BYTES = 1 << 16
LOCK_SECONDS = 10.0  # an append takes milliseconds; a run that holds the lock for so long does not go on

# A FIFO or a terminal in the ledger's place is to be seen, not waited for. Not every system has these flags.
_SAFELY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)


class LedgerError(Exception):
    """The ledger cannot be read or written: a clause that names what is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a ledger's bytes hold.

    `newer` are lines of a later version of the kit, `damaged` counts the pieces that are neither. `ended` says
    whether what is appended begins a line.
    """

    events: tuple[Event, ...] = ()
    newer: tuple[bytes, ...] = ()
    damaged: int = 0
    ended: bool = True

    @property
    def progress(self) -> Progress:
        """What the events amount to."""
        return Progress(frozenset(self.events))


def scan(pieces: Iterable[bytes]) -> Contents:
    """Read a ledger that arrives in pieces: memory for its good lines only, and no exception for any content."""
    found: dict[bytes, Event | None] = {}
    damaged, last = 0, b"\n"
    for line in _lines(pieces):
        last = line
        text = line.strip()
        if not text or text in found:
            continue
        try:
            found[text] = _parse(text)
        except ValueError:
            damaged += 1
    return Contents(
        events=tuple(event for event in found.values() if event),
        newer=tuple(text for text, event in found.items() if not event),
        damaged=damaged,
        ended=not last,
    )


def addition(contents: Contents, events: Iterable[Event]) -> bytes:
    """The bytes that append these events to a ledger with these contents."""
    lines = b"".join(event.line().encode() + b"\n" for event in events)
    return lines if contents.ended or not lines else b"\n" + lines


def renewal(contents: Contents, events: Iterable[Event]) -> bytes:
    """The bytes of a ledger that has the good lines, and these events."""
    kept = addition(Contents(), contents.events) + b"".join(line + b"\n" for line in contents.newer)
    return kept + addition(Contents(), events)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What stands between two ends of a line, or before a START; the last is empty if a line ended there.

    Of a line that is too long comes enough to be refused.
    """
    rest, too_long = b"", False
    for piece in pieces:
        *lines, rest = (rest + piece).replace(START, b"\n" + START).split(b"\n")
        for line in lines:
            yield b"?" if too_long else line
            too_long = False
        if len(rest) > LINE_BYTES:
            rest, too_long = rest[1 - len(START) :], True  # a START may have begun there
    yield b"?" if too_long else rest


def _parse(text: bytes) -> Event | None:
    """The event, or None for a line of a newer version; raises ValueError for anything else."""
    if not (len(text) <= LINE_BYTES and text.startswith(START) and text.endswith(b"}")):
        raise ValueError("The line is not one of ours")
    line = text.decode()
    with contextlib.suppress(ValueError):
        return Event.parse(line)
    try:
        version = json.loads(line).get("v")
    except RecursionError:
        raise ValueError("The line is nested too deeply") from None
    if type(version) is not int or version <= VERSION:
        raise ValueError("The line does not say what its id says")
    return None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file of events beside the learner's exercises; a link to one is followed."""

    path: Path

    def read(self) -> Progress:
        """What is recorded, with a note on what cannot be counted; raises LedgerError if there is no reading it."""
        contents = self._contents()
        return Progress(contents.progress.events, self._remarks(contents))

    def record(self, grade: Grade, at: datetime) -> Award:
        """Add what is new in this grade. Raises nothing for a ledger in disorder: the award's notes tell."""
        seen = Contents()
        try:
            seen = self._contents()
            if not news(seen.progress, grade, at):
                return Award(before=seen.progress, after=seen.progress, notes=self._remarks(seen))
            with self._appending() as (file, fd):
                contents = scan(_pieces(fd))
                before = contents.progress
                new = news(before, grade, at)
                kept = _renew(file, contents, new) if contents.damaged else None
                if not kept:
                    _write(fd, addition(contents, new))
        except LedgerError as error:
            new = news(seen.progress, grade, at)
            sentence = f"{error}, so the XP of this run are not recorded; once that is mended, the next run awards them."
            return Award(
                before=seen.progress, after=seen.progress.adding(new), notes=(sentence,), recorded=False
            )
        return Award(before=before, after=before.adding(new), notes=self._remarks(contents, kept))

    def take_hint(self, task_id: str, steps: int, at: datetime) -> int:
        """The number of the step to show now, remembered; after the last it stays. Raises LedgerError."""
        if self._contents().progress.hints.get(task_id, 0) >= steps:
            return steps
        with self._appending() as (_, fd):
            contents = scan(_pieces(fd))
            step = min(contents.progress.hints.get(task_id, 0) + 1, steps)
            event = Event(kind="hint", subject=task_id, at=stamp(at), step=step)
            _write(fd, addition(contents, {event} - contents.progress.events))
        return step

    def set_aside(self, at: datetime) -> Path | None:
        """Give the ledger another name, which holds the day; None if there is none. Raises LedgerError."""
        with self._in_words("read"):
            try:
                os.close(self._open(os.O_RDONLY))
            except FileNotFoundError:
                return None
        with self._appending() as (file, _), self._in_words("renamed"):
            kept = _keep(file, f"until-{stamp(at)[:10]}")
            os.unlink(file)
        return kept

    def _contents(self) -> Contents:
        with self._in_words("read"):
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
        with self._in_words("written"):
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

    @contextlib.contextmanager
    def _in_words(self, done: str) -> Iterator[None]:
        try:
            yield
        except IsADirectoryError:
            raise LedgerError(f"{shown(self.path)} is a folder") from None
        except OSError as error:
            folder = self.path.parent
            if folder.exists() and not folder.is_dir():
                raise LedgerError(f"{shown(folder)} is not a folder") from None
            reason = (error.strerror or str(error)).lower()
            raise LedgerError(f"{shown(self.path)} cannot be {done} ({reason})") from None

    def _remarks(self, contents: Contents, kept: Path | None = None) -> tuple[str, ...]:
        remarks = []
        if contents.damaged:
            lines = f"{_lines_of(contents.damaged)} of {shown(self.path)} cannot be read and {'does' if contents.damaged == 1 else 'do'} not count"
            where = f"the file as it was is kept as {shown(kept)}" if kept else "all others do"
            remarks.append(f"{lines}; {where}.")
        if contents.newer:
            remarks.append(
                f"{_lines_of(len(contents.newer))} of {shown(self.path)} come{'s' if len(contents.newer) == 1 else ''} from a newer version of the kit: kept, but not counted here."
            )
        return tuple(remarks)


def shown(path: Path) -> str:
    """A path as a learner would write it from where they stand."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


def _lines_of(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


def _pieces(fd: int) -> Iterator[bytes]:
    while piece := os.read(fd, PIECE_BYTES):
        yield piece


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left) :]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
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
            if kept.exists() and kept.samefile(file):  # of a run that was cut short
                return kept
        except OSError:
            _copy(file, kept)
            return kept
        else:
            return kept
    raise AssertionError("count ended")


def _copy(file: Path, kept: Path) -> None:
    with open(file, "rb") as old, open(kept, "xb") as new:
        try:
            shutil.copyfileobj(old, new)
            new.flush()
            os.fsync(new.fileno())
        except OSError:
            kept.unlink()
            raise
