"""Frames between processes: a JSON header and raw buffers, every size bounded, one deadline for the whole.

A frame is `MAGIC`, the header's length, the number of buffers and the length of each, then the header and the
buffers. Either side may be handed any bytes by the other: sizes are checked in Python integers before memory is
taken. Needs no torch, so that a template can be started before the grader has imported it.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

MAGIC = b"GRD1"
HEADER_CAP = 64 * 1024
BODY_CAP = 256 * 1024 * 1024
REPLY_CAP = (
    32 * 1024 * 1024
)  # of what a worker answers: what becomes of it is several times as large; the solutions send 1.6 MB
BUFFERS_CAP = 512

NO_ANSWER = 97  # the exit status of a worker that could not send what it had to say
UNCONFINED = 98  # of one that could not give up what it has to, before anything of the learner's ran

_PREFIX = struct.Struct("!4sII")
_LENGTH = struct.Struct("!Q")

Buffer = bytes | bytearray | memoryview
Deadline = Callable[[], float]  # the seconds that are left; asked again when they seem to be over


def soon(seconds: float) -> Deadline:
    """The deadline in so many seconds."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


class WireError(Exception):
    """The other side broke the protocol, or asked for more than the caps allow."""


class Closed(WireError):
    """The other side is gone."""


class DeadlineExceeded(WireError):
    """The whole frame was not there in time."""


class Channel:
    """One end of a stream socket that speaks frames."""

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def hang_up(self) -> None:
        """End the conversation for both sides, also for a thread that waits in `receive`, and close this end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.close()

    def fileno(self) -> int:
        """The descriptor, or -1 once closed."""
        return self._socket.fileno()

    def has_input(self) -> bool:
        """Whether bytes are there before anybody asked for them; the end of the stream is none."""
        self._socket.setblocking(False)
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def send(
        self,
        header: dict[str, Any],
        buffers: Sequence[Buffer] = (),
        fds: Sequence[int] = (),
        deadline: Deadline | None = None,
        *,
        cap: int = BODY_CAP,
    ) -> None:
        """Send one frame; raises WireError for one above the caps, Closed, DeadlineExceeded."""
        text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
        sizes = [len(buffer) for buffer in buffers]
        for amount, most, what in (
            (sum(sizes), cap, "bytes in tensors"),
            (len(sizes), BUFFERS_CAP, "tensors"),
            (len(text), HEADER_CAP, "bytes of other values"),
        ):
            if amount > most:
                raise WireError(f"{amount:,} {what}, the limit is {most:,}")
        head = _PREFIX.pack(MAGIC, len(text), len(sizes)) + b"".join(map(_LENGTH.pack, sizes)) + text
        try:
            if fds:
                self._time(deadline)
                sent = socket.send_fds(self._socket, [head], list(fds))
                head = head[sent:]
            for part in (head, *buffers):
                view = memoryview(part)
                while view:
                    view = view[self._patiently(deadline, partial(self._socket.send, view)) :]
        except TimeoutError as error:
            raise DeadlineExceeded("the other side did not take the frame in time") from error
        except OSError as error:
            raise Closed("the other side is gone") from error

    def receive(
        self, deadline: Deadline | None = None, fds: list[int] | None = None, *, cap: int = BODY_CAP
    ) -> tuple[dict[str, Any], list[bytearray]]:
        """One frame, `cap` bytes in its buffers; the `deadline` is for the whole of it; descriptors sent along are appended to `fds`.

        Raises WireError for anything that is not a frame within the caps, Closed, DeadlineExceeded.
        """
        magic, length, count = _PREFIX.unpack(self._read(_PREFIX.size, deadline, fds))
        if magic != MAGIC or length > HEADER_CAP or count > BUFFERS_CAP:
            raise WireError("the other side sent something that is not a frame")
        sizes = [_LENGTH.unpack(self._read(_LENGTH.size, deadline))[0] for _ in range(count)]
        if sum(sizes) > cap:
            raise WireError(f"a frame of {sum(sizes):,} bytes, the limit is {cap:,}")
        try:
            header = json.loads(
                self._read(length, deadline),
                parse_constant=_refuse,
                parse_float=_finite,
                object_pairs_hook=_unique,
            )
        except (ValueError, RecursionError) as error:
            raise WireError("the other side sent a header that is not JSON") from error
        if not isinstance(header, dict):
            raise WireError("the other side sent a header that is not an object")
        return header, [self._read(size, deadline) for size in sizes]

    def _time(self, deadline: Deadline | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline()
        if left <= 0:
            raise DeadlineExceeded("the deadline has passed")
        self._socket.settimeout(left)

    def _patiently(self, deadline: Deadline | None, act: Callable[[], int]) -> int:
        """What `act` on the socket returns; when time is out the deadline is asked whether there is more."""
        while True:
            self._time(deadline)
            with contextlib.suppress(TimeoutError):
                return act()

    def _read(self, size: int, deadline: Deadline | None, fds: list[int] | None = None) -> bytearray:
        data = bytearray(size)
        view, start = memoryview(data), 0
        try:
            if fds is not None and hasattr(socket, "recv_fds"):
                self._time(
                    deadline
                )  # None: only a worker is sent descriptors, and it waits as long as it takes
                first, received, _, _ = socket.recv_fds(self._socket, size, 4)
                fds.extend(received)
                start = len(first)
                view[:start] = first
                if not first:
                    raise Closed("the other side is gone")
            while start < size:
                count = self._patiently(deadline, partial(self._socket.recv_into, view[start:]))
                if not count:
                    raise Closed("the other side is gone")
                start += count
        except OSError as error:
            raise Closed("the other side is gone") from error
        return data


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)
