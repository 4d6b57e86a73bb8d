"""Commands of GitHub Actions that put a failed check at the learner's line of a pull request."""

from __future__ import annotations

from itertools import islice

from ..inert import visible
from ..result import CheckResult, Grade
from . import terminal
from .context import Context
from .handout import place_of, points

KIND_CAP = 10  # annotations of a kind that a step may have; more are dropped without a word
MESSAGE_CAP = 4000  # of 4,096 characters


def render(grade: Grade, context: Context) -> str:
    """A line a cause, at most ten, and one for the score."""
    causes = (cause.check for cause in terminal.find_causes(grade))
    lines = [_command(check, context.root) for check in islice(causes, KIND_CAP)]
    return "\n".join([*lines, f"::notice title=Score::{_data(points(grade))}"]) + "\n"


def _command(check: CheckResult, root: str) -> str:
    path, line = place_of(check)
    place = f"file={_property(root + path)}," if path else ""
    place += f"line={line}," if path and line else ""
    within = f"{check.where}:" if path.endswith(".ipynb") else ""  # a cell has no line of the file
    told = " ".join(part for part in (within, check.diagnosis, check.message, check.hint) if part)
    return f"::error {place}title={_property(check.title)}::{_data(told[:MESSAGE_CAP])}"


def _data(text: str) -> str:
    """As actions/toolkit escapes it: packages/core/src/command.ts, escapeData."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As there, escapeProperty."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
