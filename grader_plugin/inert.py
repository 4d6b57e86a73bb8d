"""Text that a learner's code chose, made harmless for whatever shows it: a terminal, a log, a CI runner."""

from __future__ import annotations

import re
import unicodedata

# A runner takes a line for a command that begins with `::` behind blanks, or has `##[` anywhere
# (actions/runner, src/Runner.Common/ActionCommand.cs: TryParseV2, TryParse).
# Azure Pipelines and TeamCity look for `##vso[` and `##teamcity[`.
_COMMAND = re.compile(r"^(\s*):(?=:)|##(?=\w*\[)", re.MULTILINE)

_HARMFUL = frozenset(
    ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
)  # control, direction, half pairs, private, line ends


def visible(text: str) -> str:
    """Control and direction characters as escapes: what a learner's code says cannot move the cursor, or end a line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if unicodedata.category(char) not in _HARMFUL else _escaped(char) for char in text)


def visible_lines(text: str) -> str:
    """The same for text of several lines: their ends and tabs stay."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def commandless(text: str) -> str:
    """No line of it is a command to a runner: a blank parts the signs that would make it one."""
    return _COMMAND.sub(lambda found: "## " if found[0] == "##" else f"{found[1]}: ", text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode()
