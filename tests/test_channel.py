"""Frames between processes, when the other side is not to be trusted."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator

import pytest

from grader_plugin import channel as module
from grader_plugin.channel import (
    BODY_CAP,
    BUFFERS_CAP,
    HEADER_CAP,
    MAGIC,
    Channel,
    Closed,
    DeadlineExceeded,
    WireError,
    soon,
)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    """A channel, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    yield Channel(ours), theirs
    ours.close()
    theirs.close()


def frame(header: bytes, *buffers: bytes, magic: bytes = MAGIC, length: int | None = None) -> bytes:
    size = len(header) if length is None else length
    sizes = b"".join(struct.pack("!Q", len(buffer)) for buffer in buffers)
    return struct.pack("!4sII", magic, size, len(buffers)) + sizes + header + b"".join(buffers)


@pytest.mark.parametrize(
    ("header", "buffers"),
    [
        ({}, []),
        ({"a": [1, 2.5, None, True, "ü \ud800"]}, []),
        ({"number": 1}, [b"", b"\0\1\2", bytes(100_000)]),
        ({"text": "x" * (HEADER_CAP - 20)}, [b""] * BUFFERS_CAP),
    ],
    ids=["empty", "values", "buffers", "at the caps"],
)
def test_a_frame_arrives_as_it_was(header: dict[str, object], buffers: list[bytes]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Channel(ours).send(header, buffers)
        told, received = Channel(theirs).receive(soon(10))
    assert told == header
    assert received == buffers


def test_frames_follow_one_another(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    other.sendall(frame(b'{"number":1}', b"a") + frame(b'{"number":2}'))
    assert channel.receive() == ({"number": 1}, [b"a"])
    assert channel.has_input()
    assert channel.receive() == ({"number": 2}, [])
    assert not channel.has_input()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (frame(b"{}", magic=b"GRD2"), "something that is not a frame"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "something that is not a frame"),
        (frame(b"{}", length=HEADER_CAP + 1), "something that is not a frame"),
        (struct.pack("!4sII", MAGIC, 2, BUFFERS_CAP + 1), "something that is not a frame"),
        (
            struct.pack("!4sIIQ", MAGIC, 2, 1, 2**64 - 1),
            "a frame of 18,446,744,073,709,551,615 bytes, the limit is",
        ),
        (struct.pack("!4sIIQQ", MAGIC, 2, 2, BODY_CAP, 1), "a frame of 268,435,457 bytes, the limit is"),
        (frame(b"[]"), "a header that is not an object"),
        (frame(b"3"), "a header that is not an object"),
        (frame(b""), "a header that is not JSON"),
        (frame(b"{'a': 1}"), "a header that is not JSON"),
        (frame(b"\xff\xfe"), "a header that is not JSON"),
        (frame(b'{"a":NaN}'), "a header that is not JSON"),
        (frame(b'{"a":-Infinity}'), "a header that is not JSON"),
        (frame(b'{"a":1,"a":2}'), "a header that is not JSON"),
        (frame(b'{"b":{"a":1,"a":2}}'), "a header that is not JSON"),
        (frame(b"{}{}"), "a header that is not JSON"),
        (frame(b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}"), "a header that is not JSON"),
        (frame(b'{"a":' + b"9" * 5000 + b"}"), "a header that is not JSON"),
    ],
)
def test_what_is_no_frame_is_refused(sent: bytes, says: str, ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    other.sendall(sent)
    with pytest.raises(WireError, match=says):
        channel.receive(soon(10))


@pytest.mark.parametrize("length", [0, 1, 11, 12, 19, 20, 21])
def test_an_end_in_the_middle_is_an_end(length: int, ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    other.sendall(frame(b"{}", b"abc")[:length])
    other.close()
    with pytest.raises(Closed):
        channel.receive(soon(10))


def test_trailing_bytes_are_seen_and_an_end_is_not_one(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    other.sendall(frame(b"{}") + b"x")
    channel.receive()
    assert channel.has_input()
    channel._socket.recv(1)
    other.close()
    assert not channel.has_input()
    with pytest.raises(Closed):
        channel.send({})


def test_a_promise_takes_no_memory(ends: tuple[Channel, socket.socket]) -> None:
    """4 GiB promised: refused before a byte of it is taken."""
    channel, other = ends
    other.sendall(struct.pack("!4sIIQ", MAGIC, 2, 1, 4 << 30))
    with pytest.raises(WireError, match="the limit is"):
        channel.receive(soon(10))


class Clock:
    """A stream that gives a byte a second, by its own clock."""

    def __init__(self, data: bytes) -> None:
        self.now = 1000.0
        self.data = data
        self.asked: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def settimeout(self, seconds: float) -> None:
        self.asked.append(seconds)

    def recv_into(self, view: memoryview) -> int:
        self.now += 1.0
        view[:1], self.data = self.data[:1], self.data[1:]
        return 1


def test_one_deadline_for_the_whole_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that dribbles is not given new time for each byte."""
    clock = Clock(frame(b'{"number":1}', b"abc"))
    monkeypatch.setattr(module, "time", clock)
    with pytest.raises(DeadlineExceeded):
        Channel(clock).receive(soon(5))  # type: ignore[arg-type]
    assert clock.asked == [5.0, 4.0, 3.0, 2.0, 1.0]

    clock = Clock(frame(b'{"number":1}', b"abc"))
    monkeypatch.setattr(module, "time", clock)
    assert Channel(clock).receive(soon(50)) == ({"number": 1}, [b"abc"])  # type: ignore[arg-type]


def test_deadlines_of_a_silent_and_of_a_full_stream(ends: tuple[Channel, socket.socket]) -> None:
    channel, _ = ends
    with pytest.raises(DeadlineExceeded):
        channel.receive(soon(0.01))
    with pytest.raises(DeadlineExceeded):
        channel.send({}, [bytes(10_000_000)], deadline=soon(0.01))
    with pytest.raises(DeadlineExceeded):
        channel.receive(soon(-1))


@pytest.mark.parametrize(
    ("header", "buffers", "says"),
    [
        ({"a": "x" * HEADER_CAP}, [], "65,544 bytes of other values, the limit is 65,536"),
        ({}, [b""] * (BUFFERS_CAP + 1), "513 tensors, the limit is 512"),
        (
            {},
            [memoryview(bytes(BODY_CAP // 2 + 1))] * 2,
            "268,435,458 bytes in tensors, the limit is 268,435,456",
        ),
    ],
    ids=["header", "count", "bytes"],
)
def test_what_is_too_large_is_not_sent(
    header: dict[str, object], buffers: list[bytes], says: str, ends: tuple[Channel, socket.socket]
) -> None:
    channel, other = ends
    with pytest.raises(WireError, match=says):
        channel.send(header, buffers)
    assert not Channel(other).has_input()


def test_descriptors_travel_with_the_frame(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    read, write = os.pipe()
    Channel(other).send({"op": "here"}, fds=[write])
    os.close(write)
    fds: list[int] = []
    assert channel.receive(soon(10), fds)[0] == {"op": "here"}
    os.write(fds[0], b"through")
    os.close(fds[0])
    assert os.read(read, 99) == b"through"
    os.close(read)


def test_descriptors_that_nobody_asked_for_stay_out(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    before = len(os.listdir("/proc/self/fd"))
    Channel(other).send({"op": "here"}, fds=[other.fileno()])
    channel.receive(soon(10))
    assert len(os.listdir("/proc/self/fd")) == before
