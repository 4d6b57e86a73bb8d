"""What can happen to a learner, and how a ledger spells it: events as lines, lines as bytes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

VERSION = 1

# Every line of every version begins so, and has this nowhere else: a whole line is found behind a torn one.
START = b'{"id": "'
LINE_BYTES = 4096  # the longest of ours has some 200

# Also years that only a wrong clock shows; none that a time zone could push over the edge of what datetime holds.
FIRST = datetime(1970, 1, 1, tzinfo=timezone.utc)
LAST = datetime(2199, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
_STAMPED = re.compile(r"(19[7-9]|2[01]\d)\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_PARTS = {"passed": 3, "failed": 3, "shown": 3, "hint": 2}


def stamp(at: datetime) -> str:
    """The UTC time as an event holds it: `2026-11-23T18:02:40Z`; a wrong clock's is moved to FIRST or LAST."""
    return min(max(at, FIRST), LAST).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened once.

    `passed`, `failed` and `shown` (a report had a hint for it) have a check's id as subject, `hint` an `exercise::task`.
    `hints` says how many hints had been taken or shown for a check when it passed. Raises ValueError for what no run can have written, so that nothing
    else comes in with a file.
    """

    kind: str
    subject: str
    at: str
    points: int = 0
    hints: int = 0
    step: int = 0

    def __post_init__(self) -> None:
        parts = self.subject.split("::")
        if len(parts) != _PARTS.get(self.kind) or not all(map(str.isidentifier, parts)):
            raise ValueError(f"{self.kind!r} of {self.subject!r} is not an event")
        passed, hint = self.kind == "passed", self.kind == "hint"
        bounds = {
            "points": (passed, 100 * passed),
            "hints": (0, 9 * passed),
            "step": (hint, 9 * hint),
        }
        for name, (low, high) in bounds.items():
            number = getattr(self, name)
            if type(number) is not int or not low <= number <= high:
                raise ValueError(f"{name} of {self.kind!r} is {number!r}, expected {low + 0} to {high}")
        if not _STAMPED.fullmatch(self.at):
            raise ValueError(f"{self.at!r} is not a time")
        _ = self.time

    @property
    def time(self) -> datetime:
        """When it happened."""
        return datetime.fromisoformat(self.at[:-1]).replace(tzinfo=timezone.utc)

    @property
    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"v": VERSION, "kind": self.kind, "subject": self.subject, "at": self.at}
        if self.kind == "passed":
            return {**facts, "points": self.points, "hints": self.hints}
        return {**facts, "step": self.step} if self.kind == "hint" else facts

    @property
    def id(self) -> str:
        """The first 16 digits of the sha256 of what the event says."""
        canonical = json.dumps(self._facts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def line(self) -> str:
        """The event as a line of a ledger, without its end; it has one spelling only, in ASCII."""
        return json.dumps({"id": self.id, **self._facts})

    @classmethod
    def parse(cls, line: str) -> Event:
        """The inverse of `line`; raises ValueError for anything that `line` would not have written."""
        try:
            facts = json.loads(line)
        except RecursionError:
            raise ValueError("The line is nested too deeply") from None
        if not isinstance(facts, dict):
            raise ValueError("The line is not an object")
        known = {key: facts[key] for key in cls.__slots__ if key in facts}
        if not all(isinstance(known.get(key), str) for key in ("kind", "subject", "at")):
            raise ValueError("The line is not an event")
        event = cls(**known)
        if event.line() != line:
            raise ValueError("The line does not say what its id says")
        return event


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
