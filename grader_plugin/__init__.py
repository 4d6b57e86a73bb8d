"""pytest-gradient: a lesson that grades itself. What a rubric's author needs is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exercise import Exercise, Task
from .result import CheckFailure

if TYPE_CHECKING:
    from .compare import assert_close

__all__ = ["CheckFailure", "Exercise", "Task", "assert_close"]


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext grader_plugin`: for notebooks."""
    from .jupyter import load

    load(shell)


def __getattr__(name: str) -> Any:
    """`assert_close` imports torch, which pytest's start and the command line do without."""
    if name == "assert_close":
        from .compare import assert_close

        return assert_close
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
