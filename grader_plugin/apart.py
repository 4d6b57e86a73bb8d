"""Nothing that a grading of record runs may lie in the submission: what is looked at, and what refuses."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

# Files that a pytest in the checkout, or its Python, would run: worth a look, though nothing of them ran here. Not those that
# each copy of the kit has, `pyproject.toml` and `grader_plugin/`.
_TRAPS = (
    "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg",
    "sitecustomize.py", "usercustomize.py", "*.pth", "*.dist-info", "*.egg-info", "torch.py", "torch", "numpy.py",
    "numpy", "grader_plugin.py",
)  # fmt: skip


# What `pip install -e .` leaves in a release, which every learner has run.
_OWN = "lesson.egg-info"

NOTICED_CAP = 20
REFUSED = 3  # the exit status


class Refused(Exception):
    """Nothing is graded: the grader itself would not be safe."""


def assert_untouched(checkout: Path) -> None:
    """Raises Refused if anything that this process has imported lies in the checkout."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            _assert_outside(checkout, file, f"the module {name}")


def assert_apart(checkout: Path) -> None:
    """Raises Refused if this interpreter, its import path or what it has imported is within a learner's reach."""
    if not (sys.flags.isolated and sys.flags.no_site):
        raise Refused("Python runs without -I and -S, so a checkout could add code to it; nothing was graded")
    _assert_outside(checkout, __file__, "the grader")
    for path in sys.path:
        _assert_outside(checkout, path, "Python's import path")
    assert_untouched(checkout)


def _assert_outside(checkout: Path, path: str, what: str) -> None:
    real = os.path.realpath(path)
    if Path(real).is_relative_to(os.path.realpath(checkout)):
        raise Refused(
            f"{what} has {real}, which lies in the submission and could be the learner's; install the grader outside of"
            f" {checkout}, and nothing was graded"
        )


def make_room(report: Path, checkout: Path, *, keep: bool = False) -> None:
    """Remove the report of an earlier run, unless others' lines are to be kept; raises ValueError where a link of the submission's is on the way there."""
    for folder in report.parents:
        if folder.is_symlink() and Path(os.path.realpath(folder.parent)).is_relative_to(checkout):
            raise ValueError(
                f"{folder} is a link of the submission's, which no report follows; name another file"
            )
    if keep:
        return
    with contextlib.suppress(OSError):  # what else is in the way is told when the report is written
        if report.is_symlink() or report.is_file():
            report.unlink()


def noticed(checkout: Path, folder: Path) -> tuple[str, ...]:
    """What lies in the submission and would have run in another launch; names only, and only at the top."""
    found: set[str] = set()
    for place in {checkout, folder}:
        for pattern in _TRAPS:
            with contextlib.suppress(OSError):
                found.update(path.relative_to(checkout).as_posix() for path in place.glob(pattern))
    found.discard(_OWN)
    told = [f"{name!r} lies in the submission; nothing of it was run" for name in sorted(found)[:NOTICED_CAP]]
    more = len(found) - len(told)
    return (*told, *([f"{more} more such files lie in the submission"] if more else []))
