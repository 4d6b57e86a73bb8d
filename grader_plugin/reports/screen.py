"""What the reader's screen can show: its width, colours, signs; and text made fit for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ..inert import commandless, visible

WIDEST = 100  # columns; the eye loses longer lines
NARROWEST = 20
CAUSES = 3  # failures told in full; who has more begins with these
CAUSE_LINES, BESIDE_CAUSES = 11, 14  # lines of a failure, and of the rest of a report, as they mostly are

# What the lesson's sentences use beyond ASCII, for screens and logs that have no more.
_ASCII = {
    "½": "1/2", "¼": "1/4", "×": "x", "·": "*", "±": "+/-", "−": "-", "–": "-", "—": "-", "…": "...", "→": "->",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "√": "sqrt ", "Σ": "sum", "Φ": "Phi", "φ": "phi", "σ": "sigma",
    "π": "pi", "∞": "inf", "∂": "d", "∈": "in", "²": "^2", "³": "^3", "’": "'", "“": '"', "”": '"',
    "━": "#", "─": ".", "✗": "X", "✓": "+", "•": "o", "│": "|", "★": "*",
}  # fmt: skip
_TO_ASCII = str.maketrans(_ASCII)


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a report is read. `width` is in columns, `height` in lines, 0 for a log.

    Colours are the terminal's own eight, so they fit its background.
    """

    width: int = 80
    color: bool = False
    unicode: bool = False
    height: int = 0

    @classmethod
    def of(cls, stream: TextIO, *, color: bool | None = None) -> Screen:
        """What the stream leads to; its colours are as asked for, or by NO_COLOR. What is no terminal gets ASCII."""
        terminal, size = is_terminal(stream), shutil.get_terminal_size()
        return cls(
            # Not what pytest's own writer says, which takes less than 40 columns for 80.
            width=size.columns,
            height=size.lines if terminal else 0,
            color=terminal and not os.environ.get("NO_COLOR") if color is None else color,
            unicode=terminal and "utf" in (stream.encoding or "").lower(),
        )

    @property
    def columns(self) -> int:
        """The columns that are used."""
        return max(NARROWEST, min(self.width, WIDEST))

    @property
    def causes(self) -> int:
        """How many failures are told in full: what is to be repaired first should not scroll away."""
        return (
            CAUSES if not self.height else max(1, min(CAUSES, (self.height - BESIDE_CAUSES) // CAUSE_LINES))
        )

    def plain(self, text: str) -> str:
        """One line of text that can neither move the cursor nor break this screen's encoding."""
        shown = visible(text)
        if self.unicode:
            return shown
        return shown.translate(_TO_ASCII).encode("ascii", "backslashreplace").decode()

    def paragraph(self, text: str, style: str = "", *, indent: str = "  ", first: str = "") -> Iterator[Text]:
        """The text in lines that fit, indented; `first` stands in the first line's indent."""
        body, mark = Text(self.plain(text.expandtabs(4)), style), Text().append(self.plain(first), style)
        indent = indent.ljust(mark.cell_len)
        room = max(8, self.columns - len(indent))
        lines = body.wrap(_ruler(), room, overflow="fold")
        for number, line in enumerate(lines):
            line.rstrip()
            start = mark.append(" " * (len(indent) - mark.cell_len)) if number == 0 else Text(indent)
            yield start.append_text(line)

    def bar(self, share: float, cells: int) -> str:
        """A bar of so many cells; full only when the share is 1, empty only when it is 0."""
        full = int(share * cells)
        full = max(full, 1) if share > 0 else 0
        return self.plain("━" * full + "─" * (cells - full))

    def console(self) -> Console:
        """A console that writes into a string."""
        return Console(
            file=StringIO(),
            width=self.columns,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            no_color=not self.color,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def render(self, lines: Iterable[Text]) -> str:
        """The lines as they are written, without trailing blanks."""
        console = self.console()
        for line in lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
        assert isinstance(console.file, StringIO)
        return commandless(console.file.getvalue().rstrip("\n"))


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at it, on something that understands a cursor."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


@lru_cache(maxsize=1)
def _ruler() -> Console:
    """What rich asks for to wrap a text, and does not use; making one takes longer than the wrapping."""
    return Console(file=StringIO())
