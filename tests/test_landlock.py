"""Which paths are named to the kernel, and what it then lets a process open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import kernel_confines
from hypothesis import given
from hypothesis import strategies as st

from grader_plugin import landlock
from grader_plugin.landlock import cover

needs_landlock = pytest.mark.skipif(
    not kernel_confines(), reason="this kernel has no Landlock that scopes signals"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three levels of three folders, with a file in each."""
    home = tmp_path_factory.mktemp("tree").resolve()
    for one in "abc":
        for two in "abc":
            for three in "abc":
                (home / one / two / three).mkdir(parents=True)
                (home / one / two / three / "f").touch()
    return home


def below(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


PATHS = st.lists(st.sampled_from("abc"), max_size=3).map("/".join)


@given(st.lists(PATHS, max_size=3), st.lists(PATHS, max_size=3))
def test_all_that_is_allowed_and_nothing_that_is_hidden(
    tree: Path, allowed: list[str], hidden: list[str]
) -> None:
    kept, away = ([str(tree / path) for path in paths] for paths in (allowed, hidden))
    found = list(cover(kept, away))
    for file in map(str, tree.rglob("f")):
        wanted = any(below(file, one) for one in kept) and not any(below(file, one) for one in away)
        assert any(below(file, one) for one in found) == wanted, file


def test_what_hides_nothing_is_named_as_a_whole(tree: Path) -> None:
    assert list(cover([str(tree)], ["/elsewhere"])) == [str(tree)]
    assert list(cover([str(tree / "gone")], [])) == []
    assert len(list(cover([str(tree)], [str(tree / "a" / "a")]))) == 4


HELD = """
import os, sys
from grader_plugin import landlock
from grader_plugin.landlock import Rule
from grader_plugin.syscalls import prctl
here = sys.argv[1]
rules = [Rule.at(here + "/read", landlock.READ), Rule.at(here + "/write", landlock.READ_WRITE)]
prctl(38, 1)
landlock.restrict(rules)
def attempt(name, act):
    try:
        act()
        print(name, "went through")
    except OSError as error:
        print(name, os.strerror(error.errno))
attempt("read", lambda: open(here + "/read/f").close())
attempt("list", lambda: os.listdir(here + "/read"))
attempt("write what may be read", lambda: open(here + "/read/f", "w").close())
attempt("make", lambda: open(here + "/write/new", "w").close())
attempt("make a folder", lambda: os.mkdir(here + "/write/folder"))
attempt("link", lambda: os.symlink(here, here + "/write/link"))
attempt("read elsewhere", lambda: open(here + "/secret").close())
attempt("write elsewhere", lambda: open(here + "/new", "w").close())
attempt("read a process", lambda: open("/proc/self/maps").close())
attempt("remove elsewhere", lambda: os.unlink(here + "/secret"))
attempt("take over", lambda: os.rename(here + "/secret", here + "/write/secret"))
"""
EXPECTED = """
read went through
list went through
write what may be read Permission denied
make went through
make a folder went through
link Permission denied
read elsewhere Permission denied
write elsewhere Permission denied
read a process Permission denied
remove elsewhere Permission denied
take over Permission denied
"""


@needs_landlock
def test_the_kernel_holds_a_process_to_its_rules(tmp_path: Path) -> None:
    for name in ("read", "write"):
        (tmp_path / name).mkdir()
    for name in ("read/f", "secret"):
        (tmp_path / name).touch()
    done = subprocess.run([sys.executable, "-c", HELD, str(tmp_path)], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == EXPECTED.lstrip()
    assert (tmp_path / "secret").exists()


def test_a_rule_of_a_file_has_the_rights_of_a_file(tmp_path: Path) -> None:
    """The kernel refuses others with EINVAL. Its descriptor is none of those that a worker lays anew."""
    file = tmp_path / "f"
    file.touch()
    rule = landlock.Rule.at(str(file), landlock.READ_WRITE)
    assert rule.rights == landlock.READ_FILE | landlock.WRITE_FILE | landlock.TRUNCATE
    assert rule.fd >= landlock.ABOVE
    os.close(rule.fd)
