"""Whatever a learner's code leaves in its folder, nothing of it stays and nothing else goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader_plugin import scratch
from grader_plugin.scratch import is_overfull, remove


def deep(folder: Path) -> None:
    """Deeper than Python's stack, and than a path may be long."""
    here = os.getcwd()
    os.chdir(folder)
    for _ in range(3000):
        os.mkdir("d")
        Path("f").touch()
        os.chdir("d")
    os.chdir(here)


def locked(folder: Path) -> None:
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "f").touch()
    for path in ("a/b/c", "a/b", "a", ""):
        (folder / path).chmod(0)


def named_as_ours(folder: Path) -> None:
    (folder / "a" / "1.moved").mkdir(parents=True)
    (folder / "1.moved" / "x").mkdir(parents=True)
    (folder / "2.moved").touch()


def strange(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "line\nbreak").touch()
    (folder / "gone").symlink_to("nowhere")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).touch()


@pytest.mark.parametrize("fill", [lambda _: None, deep, locked, named_as_ours, strange])
def test_all_of_it_goes(fill: object, tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    fill(folder)
    remove(str(folder))
    assert not folder.exists()


def test_no_link_is_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(0o750)
    (kept / "file").touch()
    folder = tmp_path / "scratch"
    (folder / "inner").mkdir(parents=True)
    (folder / "link").symlink_to(kept)
    (folder / "inner" / "link").symlink_to(kept)
    remove(str(folder))
    assert not folder.exists()
    assert (kept / "file").exists()
    assert kept.stat().st_mode & 0o777 == 0o750


def test_a_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    remove(str(tmp_path / "gone"))


def test_how_much_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk counts, and the number of files; what cannot be looked into is too much."""
    monkeypatch.setattr(scratch, "WRITTEN_CAP", 1_000_000)
    monkeypatch.setattr(scratch, "FILES_CAP", 20)
    assert not is_overfull(str(tmp_path))
    assert not is_overfull(str(tmp_path / "gone"))
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(2**30)
    assert not is_overfull(str(tmp_path))
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "large").write_bytes(bytes(1_100_000))
    assert is_overfull(str(tmp_path))
    (tmp_path / "a" / "b" / "large").unlink()
    for number in range(20):
        (tmp_path / "a" / str(number)).touch()
    assert is_overfull(str(tmp_path))
    remove(str(tmp_path / "a"))
    deep(tmp_path)
    monkeypatch.setattr(scratch, "FILES_CAP", 100_000)
    assert is_overfull(str(tmp_path))
    remove(str(tmp_path / "d"))
