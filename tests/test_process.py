"""What the kernel tells of a process: how long it waited for a core."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader_plugin import process
from grader_plugin.process import seconds_waited


def test_the_longest_wait_of_a_thread_in_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for thread, told in (("7", "99 1500000000 3"), ("8", "99 2500000000 3"), ("9", "")):
        (tmp_path / "7" / "task" / thread).mkdir(parents=True)
        if told:  # a thread that has ended meanwhile has no file
            (tmp_path / "7" / "task" / thread / "schedstat").write_text(told + "\n")
    monkeypatch.setattr(
        process, "Path", lambda *parts: Path(tmp_path, *parts[1:]) if parts[0] == "/proc" else Path(*parts)
    )
    assert seconds_waited(7) == 2.5
    assert seconds_waited(8) == 0.0  # no such process


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_this_kernel_tells_it_in_that_form() -> None:
    spent, waited, slices = map(int, Path("/proc/self/schedstat").read_text().split())
    assert spent > 0
    assert slices > 0
    assert seconds_waited(os.getpid()) >= waited / 1e9 / 2
