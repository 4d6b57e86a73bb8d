"""The ledger on disk: crashes, merges, many processes, and whatever else may lie in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader_plugin import ledger as ledger_module
from grader_plugin.event import LINE_BYTES, START, Event, addition, renewal, scan
from grader_plugin.ledger import LEDGER, PIECE_BYTES, Ledger, LedgerError
from grader_plugin.progress import Progress
from grader_plugin.record import assemble, result_of
from grader_plugin.result import Grade, Status
from grader_plugin.rubrics import catalogue

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 11, 23, 18, 2, 40, tzinfo=timezone.utc)
WHEN = "2026-11-23T18:02:40Z"
CHECKS = [check for info in catalogue() for check in info.checks]


def grade(*numbers: int, status: Status = Status.PASSED) -> Grade:
    """A run in which these checks of the lesson ended so."""
    results = {CHECKS[number].id: result_of(CHECKS[number], status) for number in numbers}
    return assemble(catalogue(), results)


def event(number: int) -> Event:
    check = CHECKS[number]
    return Event(kind="passed", subject=check.id, at=WHEN, points=check.points)


def line(number: int) -> bytes:
    return event(number).line().encode() + b"\n"


def newer(text: str = "medal") -> bytes:
    return b'{"id": "0123456789abcdef", "v": 2, "kind": "%s"}\n' % text.encode()


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger that is not there yet, in the current folder, as a learner's is."""
    monkeypatch.chdir(tmp_path)
    return Ledger(LEDGER)


def holding(ledger: Ledger, data: bytes) -> Ledger:
    ledger.path.parent.mkdir(exist_ok=True)
    ledger.path.write_bytes(data)
    return ledger


def xp(*numbers: int) -> int:
    return 4 * sum(CHECKS[number].points for number in numbers)


# What the bytes hold, whatever has happened to them.

POOL = [
    *(event(number) for number in range(6)),
    *(Event(kind="passed", subject=CHECKS[0].id, at=WHEN, points=points, hints=2) for points in (1, 5)),
    *(Event(kind="failed", subject=CHECKS[number].id, at=WHEN) for number in (0, 1, 7)),
    *(Event(kind="shown", subject=CHECKS[number].id, at=WHEN) for number in (1, 7)),
    *(Event(kind="hint", subject="mlp::MLP", at=WHEN, step=step) for step in (1, 2)),
]


class Device:
    """A ledger's bytes, and the events whose lines are known to have arrived."""

    def __init__(self) -> None:
        self.data = b""
        self.known: set[Event] = set()

    def append(self, events: list[Event], arrived: float = 1.0) -> None:
        """As a run does it, killed when that share of the bytes was written."""
        contents = scan([self.data])
        assert set(contents.events) == self.known
        if contents.damaged:  # all or nothing: a new file takes the old one's place
            if arrived == 1.0:
                self.data = renewal(contents, events)
                self.known |= set(events)
            return
        written = addition(contents, events)
        written = written[: int(len(written) * arrived)]
        self.data += written
        self.known |= {one for one in events if one.line().encode() in written}

    def merge(self, other: Device, ends: bool) -> None:
        """Lines of both, as a union merge leaves them; without `ends` a last line runs into the next."""
        own = self.data.split(b"\n")
        more = [line for line in other.data.split(b"\n") if line not in own]
        gap = b"\n" if ends and self.data and not self.data.endswith(b"\n") else b""
        self.data += gap + b"\n".join(more)
        self.known |= other.known


def total(events: set[Event]) -> int:
    points: dict[str, int] = {}
    for one in events:
        if one.kind == "passed":
            points[one.subject] = max(points.get(one.subject, 0), one.points)
    return 4 * sum(points.values())


@settings(max_examples=10_000, deadline=None, derandomize=True)
@given(st.binary(min_size=4, max_size=48))
def test_xp_is_that_of_the_lines_that_arrived(script: bytes) -> None:
    """Appends, crashes and merges on up to three devices, four bytes a step."""
    devices = [Device(), Device(), Device()]
    for what, who, which, share in zip(*[iter(script)] * 4, strict=False):
        device, other = devices[who % 3], devices[who // 3 % 3]
        events = [POOL[(which + number) % len(POOL)] for number in range(1 + which // 16 % 4)]
        if what % 3 == 0:
            device.append(events)
        elif what % 3 == 1:
            device.append(events, arrived=share / 256)
        elif device is not other:
            device.merge(other, ends=share % 2 == 0)
    for device in devices:
        contents = scan([device.data])
        assert len(contents.events) == len(set(contents.events))
        assert set(contents.events) == device.known
        assert Progress(frozenset(contents.events)).xp == total(device.known)
        backwards = b"\n".join(reversed(device.data.replace(START, b"\n" + START).split(b"\n")))
        size = 1 + script[0]
        pieces = [backwards[start : start + size] for start in range(0, len(backwards), size)]
        assert set(scan(pieces).events) == device.known


@pytest.mark.parametrize("size", [1, 3, 7, 8, 100, PIECE_BYTES])
def test_a_whole_line_is_found_behind_anything(size: int) -> None:
    good = line(1)
    data = b"".join(
        [
            b"\xef\xbb\xbf" + line(0),  # what some editors put in front
            b"<<<<<<< HEAD\n",
            good[:50] + line(2),  # torn, and the next on the same line
            line(3)[:-1] + line(4),  # the end of a line is lost
            line(5)[:-1] + b"\r\n",
            b"\n  \n",
            b"x" * (LINE_BYTES + 5) + line(6),
            line(7).replace(b'"points": ', b'"points": 1'),  # not what its id says
            line(8).replace(b'": "', b'" : "', 1),
            b'{"id": "0123456789abcdef", "v": 2, "x": "' + b"x" * LINE_BYTES + b'"}\n',
            b'{"id": "' + b"[" * 2000 + b"}\n",
            bytes(range(256)) + b"\n",
            line(0),
            newer(),
            line(9)[:-1],
        ]
    )
    contents = scan(data[start : start + size] for start in range(0, len(data), size))
    assert contents.events == tuple(event(number) for number in (0, 2, 3, 4, 5, 6, 9))
    assert contents.newer == (newer().strip(),)
    # The mark in front, HEAD, the torn one, x, two changed ones, the long one, the nested one, two of binary.
    assert contents.damaged == 10
    assert not contents.ended


def test_fifty_megabytes_of_rubbish_take_no_memory() -> None:
    noise = random.Random(0).randbytes(1 << 20)

    def pieces() -> object:
        for kind in (noise, bytes(1 << 20)):
            for _ in range(25):
                yield from (kind[start : start + PIECE_BYTES] for start in range(0, len(kind), PIECE_BYTES))
        yield b"\n" + line(0)

    tracemalloc.start()
    try:
        contents = scan(pieces())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert contents.events == (event(0),)
    assert contents.damaged > 10_000
    assert peak < 4 << 20


# A run writes what is new.


def test_a_run_writes_once_what_it_has_won(ledger: Ledger) -> None:
    award = ledger.record(grade(0, 1), AT)
    assert (award.xp, award.recorded, award.notes) == (xp(0, 1), True, ())
    assert award.known
    assert ledger.path.read_bytes() == line(0) + line(1)
    again = ledger.record(grade(0, 1, 2), AT)
    assert again.before == award.after == Progress(frozenset({event(0), event(1)}))
    assert again.xp == xp(2)
    assert ledger.read() == again.after
    assert ledger.path.read_bytes() == line(0) + line(1) + line(2)


def test_a_run_that_wins_nothing_touches_nothing(ledger: Ledger) -> None:
    award = ledger.record(grade(0, 1, status=Status.TODO), AT)
    assert (award.xp, award.recorded, award.notes) == (0, True, ())
    assert not ledger.path.parent.exists()


def test_a_last_line_without_its_end_is_no_damage(ledger: Ledger) -> None:
    award = holding(ledger, line(0)[:-1]).record(grade(1), AT)
    assert award.notes == ()
    assert ledger.path.read_bytes() == line(0) + line(1)


def test_damage_is_kept_aside_before_the_ledger_is_written_anew(ledger: Ledger) -> None:
    damaged = line(0) + newer() + b"rubbish\n" + line(1)[:60]
    holding(ledger, damaged)
    ledger.path.chmod(0o660)
    name = str(LEDGER)
    told = (
        f"2 lines of {name} cannot be read and do not count; all others do.",
        f"1 line of {name} from a newer version of the kit: kept, but not counted here.",
    )
    assert ledger.read().notes == told
    assert ledger.record(grade(0), AT).notes == told  # nothing is won: nothing is written
    assert ledger.path.read_bytes() == damaged
    award = ledger.record(grade(0, 1), AT)
    assert (award.xp, award.recorded) == (xp(1), True)
    aside = LEDGER.with_name("progress.set-aside-1.jsonl")
    assert award.notes == (
        f"2 lines of {name} cannot be read and do not count; the file as it was is kept as {aside}.",
        told[1],
    )
    assert aside.read_bytes() == damaged
    assert ledger.path.read_bytes() == line(0) + newer() + line(1)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o660
    assert ledger.read().notes == told[1:]


@pytest.mark.parametrize("links", [True, False])
def test_what_was_kept_aside_is_never_overwritten(
    links: bool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a file has one name only, as on a memory stick."""
    if not links:

        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    for number, rubbish in enumerate((b"first", b"second", b"third")):
        holding(ledger, rubbish)
        notes = ledger.record(grade(number), AT).notes
        assert f"set-aside-{number + 1}." in notes[0]
    kept = sorted(ledger.path.parent.glob("*set-aside*"))
    assert [path.read_bytes() for path in kept] == [b"first", b"second", b"third"]


def test_a_renewal_that_was_cut_short_leaves_one_name_only(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(ledger, line(0) + b"rubbish")

    def stop(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        assert not ledger.record(grade(1), AT).recorded
    assert ledger.path.read_bytes() == line(0) + b"rubbish"
    assert ledger.record(grade(1), AT).recorded
    names = sorted(path.name for path in ledger.path.parent.iterdir())
    assert names == ["progress.jsonl", "progress.lock", "progress.set-aside-1.jsonl"]
    assert ledger.read().xp == xp(0, 1)


def test_a_link_to_a_ledger_elsewhere_stays_one(ledger: Ledger, tmp_path: Path) -> None:
    synced = tmp_path / "synced"
    synced.mkdir()
    (synced / "mine.jsonl").write_bytes(line(0) + b"rubbish\n")
    ledger.path.parent.mkdir()
    ledger.path.symlink_to(synced / "mine.jsonl")
    award = ledger.record(grade(1), AT)
    assert award.recorded
    assert ledger.path.is_symlink()
    assert (synced / "mine.jsonl").read_bytes() == line(0) + line(1)
    assert f"kept as {Path('synced', 'mine.set-aside-1.jsonl')}" in award.notes[0]


# Hints, and beginning anew.


def test_hints_come_one_after_another_and_stay_at_the_last(ledger: Ledger) -> None:
    assert [ledger.take_hint("mlp::MLP", 3, AT) for _ in range(5)] == [1, 2, 3, 3, 3]
    assert ledger.path.read_bytes().count(b"\n") == 3
    assert ledger.take_hint("activations::gelu", 2, AT) == 1
    assert ledger.read().hints == {"mlp::MLP": 3, "activations::gelu": 1}
    assert ledger.read().xp == 0


def test_setting_aside_gives_a_name_that_was_free(ledger: Ledger) -> None:
    assert ledger.set_aside(AT) is None
    assert not ledger.path.parent.exists()
    for number in (1, 2):
        ledger.record(grade(number), AT)
        kept = ledger.set_aside(AT)
        assert kept is not None
        assert kept.name == f"progress.until-2026-11-23-{number}.jsonl"
        assert kept.read_bytes() == line(number)
        assert (
            ledger.path.read_bytes() == b""
        )  # there, so that git has lines to merge and no file that is gone
        assert ledger.set_aside(AT) is None
    assert ledger.read() == Progress()


# What may stand in the way.


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def fifo(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)


def device(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("/dev/zero")


def full(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("/dev/full")


def unix_socket(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def circle(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path.name)


def file_above(path: Path) -> None:
    path.parent.write_text("mine")


def nothing_there(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("unplugged/progress.jsonl")


def lock_is_a_folder(path: Path) -> None:
    path.with_suffix(".lock").mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "reads", "words"),
    [
        (folder, False, ".grader/progress.jsonl is a folder"),
        (fifo, False, ".grader/progress.jsonl is not an ordinary file"),
        (device, False, ".grader/progress.jsonl is not an ordinary file"),
        (full, False, ".grader/progress.jsonl is not an ordinary file"),
        (unix_socket, False, ".grader/progress.jsonl cannot be read (no such device or address)"),
        (circle, False, ".grader/progress.jsonl cannot be read (too many levels of symbolic links)"),
        (file_above, False, ".grader is not a folder"),
        (nothing_there, False, ".grader/unplugged is not there"),
        (lock_is_a_folder, True, ".grader/progress.lock is a folder"),
    ],
)
def test_whatever_is_in_the_way_is_named_and_left_alone(
    make: Callable[[Path], None], reads: bool, words: str, ledger: Ledger
) -> None:
    make(ledger.path)
    before = sorted(map(str, Path().rglob("*")))
    award = ledger.record(grade(0, 1), AT)
    assert not award.recorded
    assert award.known == reads  # what was won earlier
    assert award.xp == xp(0, 1)
    assert award.notes == (
        f"{words}, so the XP of this run are not recorded; once that is mended, the next run awards them.",
    )
    with pytest.raises(LedgerError, match=r"\.grader"):
        ledger.take_hint("mlp::MLP", 3, AT)
    if reads:
        assert ledger.read() == Progress()
    else:
        for use in (ledger.read, lambda: ledger.set_aside(AT)):
            with pytest.raises(LedgerError) as caught:
                use()
            assert str(caught.value) == words
    assert sorted(map(str, Path().rglob("*"))) == before


def test_a_lock_that_is_never_given_back_is_not_waited_for(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    assert ledger_module.LOCK_SECONDS <= 2  # a learner waits for it
    holding(ledger, line(0))
    monkeypatch.setattr(ledger_module, "LOCK_SECONDS", 0.0)
    with open(ledger.path.with_suffix(".lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        award = ledger.record(grade(1), AT)
    assert (award.recorded, award.xp) == (False, xp(1))
    assert award.notes[0].startswith("Another run holds .grader/progress.lock and does not go on")
    assert ledger.record(grade(1), AT).recorded


def no_module(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(ledger_module, "fcntl", None)


def no_locks(patched: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    patched.setattr(pytest.importorskip("fcntl"), "flock", refuse)


@pytest.mark.parametrize("without", [no_module, no_locks])
def test_without_locks_a_run_only_appends(
    without: Callable[[pytest.MonkeyPatch], None], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes anew, alone or not, could lose what another process appends meanwhile."""
    without(monkeypatch)
    assert ledger.record(grade(0), AT).recorded
    torn = line(0) + b"rubbish\n" + line(1)[:60]
    award = holding(ledger, torn).record(grade(2), AT)
    assert award.recorded
    assert award.notes == (f"2 lines of {LEDGER} cannot be read and do not count; all others do.",)
    assert ledger.path.read_bytes() == torn + b"\n" + line(2)
    assert not list(ledger.path.parent.glob("*set-aside*"))
    assert ledger.read().xp == xp(0, 2)


def open_files() -> set[str]:
    """The names of what this process has open."""
    names = set()
    for fd in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the folder that was just listed
            names.add(Path(os.readlink(f"/proc/self/fd/{fd}")).name)
    return names


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no way to see what is open")
def test_a_file_that_takes_another_name_is_closed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every system can replace or rename a file that is open."""
    seen = []

    def watched(function: Callable[..., None]) -> Callable[..., None]:
        def call(*paths: Path) -> None:
            seen.append("progress.jsonl" in open_files())
            function(*paths)

        return call

    for name in ("replace", "unlink"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    holding(ledger, line(0) + b"rubbish\n")
    assert "kept as" in ledger.record(grade(1), AT).notes[0]
    kept = ledger.set_aside(AT)
    assert kept is not None
    assert len(seen) >= 2
    assert not any(seen)
    with open(kept):
        assert kept.name in open_files()  # it would have been seen


# A file that is large, or that grows meanwhile.


def scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of lines of each reading from now on."""
    lines: list[int] = []

    def counted(pieces: object) -> object:
        contents = scan(pieces)
        lines.append(len(contents.events))
        return contents

    monkeypatch.setattr(ledger_module, "scan", counted)
    return lines


def test_a_run_reads_the_ledger_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(ledger, line(0) + line(1))
    lines = scans(monkeypatch)
    assert ledger.record(grade(2), AT).xp == xp(2)
    assert lines == [2]


def test_what_another_run_wrote_meanwhile_counts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(ledger, line(0))
    lines = scans(monkeypatch)
    take = ledger_module._take

    def late(fd: int, path: Path) -> object:
        ledger.path.write_bytes(line(0) + line(1) + line(2))
        return take(fd, path)

    monkeypatch.setattr(ledger_module, "_take", late)
    award = ledger.record(grade(1, 3), AT)
    assert lines == [1, 3]
    assert award.before.xp == xp(0, 1, 2)
    assert award.xp == xp(3)
    assert ledger.path.read_bytes() == line(0) + line(1) + line(2) + line(3)


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_a_wrong_clock_costs_nothing(year: int, ledger: Ledger) -> None:
    east, west = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
    for number, zone in enumerate((timezone.utc, east, west)):
        for at in (datetime(year, 1, 1, tzinfo=zone), datetime(year, 12, 31, 23, 59, 59, tzinfo=zone)):
            ledger.record(grade(number), at)
            ledger.take_hint("mlp::MLP", 3, at)
    assert ledger.read().xp == xp(0, 1, 2)
    assert ledger.read().notes == ()
    assert ledger.set_aside(datetime(year, 1, 1, tzinfo=east)) is not None


def test_a_full_disk_loses_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(ledger, line(0))
    room, write = [25, 40, 7], os.write

    def short(fd: int, data: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(fd, bytes(data[: room.pop()]))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", short)
        award = ledger.record(grade(1, 2), AT)
    assert (award.recorded, award.xp) == (False, xp(1, 2))
    assert "cannot be written (no space left on device), so the XP" in award.notes[0]
    assert ledger.read().xp == xp(0)
    award = ledger.record(grade(1, 2), AT)
    assert (award.recorded, award.xp) == (True, xp(1, 2))
    assert "1 line" in award.notes[0]
    assert ledger.path.read_bytes() == line(0) + line(1) + line(2)


# Other processes. Each script is a process of its own: it may fork, change its user, and be killed.

HEAD = """
    import errno, os, random, signal, sys
    from datetime import datetime, timezone
    from grader_plugin import ledger as module
    from grader_plugin.ledger import LEDGER, Ledger
    from grader_plugin.result import CheckResult, ExerciseResult, Grade, Status

    AT = datetime(2026, 11, 23, 18, 2, 40, tzinfo=timezone.utc)

    def grade(*names):
        checks = tuple(CheckResult(id=f"a::t::{name}", task="t", title="It is", max_score=1, status=Status.PASSED) for name in names)
        return Grade(exercises=(ExerciseResult(name="a", title="A", checks=checks),))

    ledger = Ledger(LEDGER)
"""


def process(code: str, cwd: Path) -> str:
    """What the script printed; it must end well."""
    source = textwrap.dedent(HEAD) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", source], cwd=cwd, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_eight_processes_append_at_once(tmp_path: Path) -> None:
    code = """
    ready, start = os.pipe(), os.pipe()
    children = []
    for number in range(8):
        pid = os.fork()
        if pid == 0:
            os.close(start[1])
            os.write(ready[1], b".")
            os.read(start[0], 1)  # ends when all are there
            won = 0
            for turn in range(20):
                award = ledger.record(grade(f"own_{number}_{turn}", f"shared_{turn}"), AT)
                assert award.recorded and not award.notes, award.notes
            os._exit(0)
        children.append(pid)
    for _ in children:
        os.read(ready[0], 1)
    os.close(start[0])
    os.close(start[1])
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0
    progress = ledger.read()
    names = {f"a::t::own_{number}_{turn}" for number in range(8) for turn in range(20)}
    assert progress.points.keys() == names | {f"a::t::shared_{turn}" for turn in range(20)}
    assert not progress.notes
    print(LEDGER.read_bytes().count(b"\\n"))
    """
    assert int(process(code, tmp_path)) == 8 * 20 + 20


def test_two_hundred_kills_in_the_middle_lose_nothing(tmp_path: Path) -> None:
    """Each child is killed at a step of its choice while it appends, or while it writes the ledger anew."""
    code = """
    choose = random.Random(0)
    write, steps = os.write, ("link", "replace", "fsync")
    known, torn, in_renewal, told = set(), 0, 0, 0

    def dying(at, pipe):
        left = at

        def step(name):
            nonlocal left
            left -= 1
            if left < 0:
                write(pipe, name[:1].encode())
                signal.pause()

        def slowly(fd, data):
            step("write")
            return write(fd, bytes(data[: 1 + at * 7 % 90]))

        def watched(name, function):
            def call(*args):
                step(name)
                result = function(*args)
                step(name)
                return result
            return call

        os.write = slowly
        for name in steps:
            setattr(os, name, watched(name, getattr(os, name)))

    for number in range(200):
        ends = os.pipe()
        damaged = bool(ledger.read().notes)
        pid = os.fork()
        if pid == 0:
            os.close(ends[0])
            dying(choose.randrange(1, 14 if not damaged else 40), ends[1])
            ledger.record(grade(*(f"c{number}_{one}" for one in range(3))), AT)
            write(ends[1], b".")
            signal.pause()
        os.close(ends[1])
        choose.random()
        assert len(os.read(ends[0], 1)) == 1  # it is where it is to be killed
        os.kill(pid, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        os.close(ends[0])
        now = set(ledger.read().points)
        assert known <= now, known - now
        assert now - known <= {f"a::t::c{number}_{one}" for one in range(3)}
        known = now
        if ledger.read().notes:
            torn += 1
            in_renewal += damaged
            if number % 3 == 0:
                award = ledger.record(grade(f"after_{number}"), AT)
                assert award.recorded
                assert "kept as .grader/progress.set-aside-" in award.notes[0], award.notes
                assert not ledger.read().notes
                known.add(f"a::t::after_{number}")
                assert known == set(ledger.read().points)
                told += 1
    print(torn, in_renewal, told)
    """
    torn, in_renewal, told = map(int, process(code, tmp_path).split())
    assert torn >= 100  # the kills were where they hurt
    assert in_renewal >= 20
    assert told >= 20


# A user who may not write, whoever runs the tests.
OTHER_USER = """
    if os.getuid() == 0:
        try:
            os.setuid(65534)
        except OSError:
            print("skip")
            sys.exit()
"""


@contextlib.contextmanager
def open_to_others() -> object:
    """A folder that another user may look into; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.mark.parametrize("closed", ["file", "folder", "home"])
def test_what_may_not_be_written_is_told_and_read(closed: str) -> None:
    code = """
    award = ledger.record(grade("old", "new"), AT)
    print(award.recorded, award.before.xp, award.xp, *award.notes)
    assert award.known
    again = ledger.record(grade("old"), AT)
    print(again.recorded, again.xp, *again.notes)
    """
    with open_to_others() as home:
        if closed != "home":
            process('ledger.record(grade("old"), AT)', home)
            LOCK = home / LEDGER.with_suffix(".lock")
            LOCK.chmod(0o666)
        if closed == "file":
            (home / LEDGER).chmod(0o444)
        if closed == "folder":
            LOCK.unlink()
            (home / LEDGER.parent).chmod(0o555)
        if closed == "home":
            home.chmod(0o555)
        printed = process(OTHER_USER + code, home)
        if closed == "folder":
            (home / LEDGER.parent).chmod(0o755)
        home.chmod(0o755)
    if printed == "skip\n":  # only root can become another user, and root alone may write what is closed
        pytest.skip("no other user can be taken on here")
    before = 0 if closed == "home" else 4
    name = ".grader/progress.lock" if closed == "folder" else LEDGER
    sentence = f"{name} cannot be written (permission denied), so the XP of this run are not recorded; once that is mended, the next run awards them."
    first, second = printed.splitlines()
    assert first == f"False {before} {8 - before} {sentence}"
    assert second == (f"False 4 {sentence}" if closed == "home" else "True 0")


def test_what_may_not_be_read_is_told() -> None:
    code = """
    award = ledger.record(grade("old", "new"), AT)
    print(award.known, award.recorded, award.xp, *award.notes)
    """
    with open_to_others() as home:
        process('ledger.record(grade("old"), AT)', home)
        (home / LEDGER).chmod(0o000)
        printed = process(OTHER_USER + code, home)
    if printed == "skip\n":  # only root can become another user, and root alone may write what is closed
        pytest.skip("no other user can be taken on here")
    assert printed.startswith("False False 8 .grader/progress.jsonl cannot be read (permission denied), so")


def test_a_file_that_may_grow_no_further_loses_nothing(tmp_path: Path) -> None:
    """A limit of the system's, where a write first falls short and then fails."""
    code = """
    import resource

    ledger.record(grade("old"), AT)
    size = LEDGER.stat().st_size
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200, hard))
    award = ledger.record(grade("first", "second"), AT)
    print(award.recorded, award.xp, *award.notes)
    assert LEDGER.stat().st_size == size + 200
    print(ledger.read().points.keys() == {"a::t::old", "a::t::first"})
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    award = ledger.record(grade("first", "second"), AT)
    print(award.recorded, award.xp, ledger.read().xp)
    """
    first, second, third = process(code, tmp_path).splitlines()
    assert first.startswith(
        "False 8 .grader/progress.jsonl cannot be written (file too large), so the XP of this run"
    )
    assert second == "True"
    assert third == "True 4 12"


# Two devices, through git.


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("place", ["", "a course/", "courses/this year/"])
def test_git_merges_the_ledger_of_a_course_in_a_subfolder(place: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    path = f"{place}{LEDGER.as_posix()}"
    asked = subprocess.run(
        ["git", "check-attr", "-z", "merge", path], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert asked.stdout == f"{path}\0merge\0union\0"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("last", [b"\n", b""])
def test_two_devices_merge_through_git(last: bytes, tmp_path: Path) -> None:
    """With the attributes that the kit brings; also if a last line has lost its end."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{
            f"GIT_{who}_{what}": "someone@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }

    def git(*words: str, cwd: Path) -> None:
        done = subprocess.run(["git", *words], cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    origin, desk, laptop = (tmp_path / name for name in ("origin", "desk", "laptop"))
    origin.mkdir()
    git("init", "--bare", "--quiet", ".", cwd=origin)
    git("clone", "--quiet", str(origin), str(desk), cwd=tmp_path)
    for name in (".gitattributes", ".gitignore"):
        shutil.copy(ROOT / name, desk)
    Ledger(desk / LEDGER).record(grade(0, 1), AT)

    def commit(where: Path) -> None:
        git("add", "--all", cwd=where)
        git("commit", "--quiet", "-m", "progress", cwd=where)

    commit(desk)
    git("push", "--quiet", "origin", "HEAD:refs/heads/main", cwd=desk)
    git("clone", "--quiet", "--branch", "main", str(origin), str(laptop), cwd=tmp_path)
    Ledger(desk / LEDGER).record(grade(2, 3), AT)
    Ledger(laptop / LEDGER).record(grade(3, 4, 5, status=Status.FAILED), AT)
    Ledger(laptop / LEDGER).record(grade(3, 4), datetime(2026, 11, 24, tzinfo=timezone.utc))
    with open(laptop / LEDGER, "rb+") as file:
        file.seek(-1, os.SEEK_END)
        file.truncate()
        file.write(last)
    both = Ledger(desk / LEDGER).read().events | Ledger(laptop / LEDGER).read().events
    for where in (desk, laptop):
        commit(where)
    git("push", "--quiet", "origin", "HEAD:refs/heads/main", cwd=desk)
    git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main", cwd=laptop)
    merged = Ledger(laptop / LEDGER).read()
    assert merged.events == both
    assert merged.notes == ()
    assert merged.xp == xp(0, 1, 2, 3, 4)
    assert subprocess.run(
        ["git", "ls-files", ".grader"], cwd=laptop, env=environment, capture_output=True, text=True
    ).stdout.split() == [LEDGER.as_posix()]
    # And the next run goes on from there.
    award = Ledger(laptop / LEDGER).record(grade(5), AT)
    assert (award.xp, award.notes) == (xp(5), ())
