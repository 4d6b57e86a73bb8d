"""Draw the README's picture: a real run on a terminal, as SVG. Run it from the repository's root: `python docs/session.py`."""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import golden_reports  # noqa: E402 - their folder is known only now
import pseudoterminal  # noqa: E402

COLUMNS = 80
IMAGE = ROOT / "docs" / "images" / "session.svg"

THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34),
        (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196),
    ],
    [
        (110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65),
        (121, 192, 255), (210, 168, 255), (86, 212, 221), (240, 246, 252),
    ],
)  # fmt: skip

# As rich's own, without a font from elsewhere and without the buttons of a window.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>python -m pytest --grade, with relu written and gelu as its approximation by tanh</title>
<style>
.{unique_id}-matrix {{
font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def text_of(screen: pyte.Screen, number: int) -> Text:
    """One line of the emulated terminal, with its colours."""
    row = screen.buffer[number]
    cells = [(row[column], row[column].data) for column in range(COLUMNS)]
    text = Text()
    for style, run in groupby(cells, key=lambda cell: style_of(cell[0])):
        text.append("".join(data for _, data in run), style)
    text.rstrip()
    return text


def style_of(cell: pyte.screens.Char) -> Style:
    """A cell's colours in rich's words."""
    color = {"default": None, "brown": "yellow"}.get(cell.fg, cell.fg)
    return Style(color=color, bold=cell.bold or None, underline=cell.underscore or None)


def main() -> None:
    """Run, and write the picture."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        (folder / "exercises").mkdir()
        for name, text in golden_reports.exercises(golden_reports.SECOND_DAY).items():
            (folder / "exercises" / name).write_text(text, "utf-8")
        command = [sys.executable, "-m", "pytest", "--grade", "-p", "no:cacheprovider"]
        seen = pseudoterminal.run(command, folder, columns=COLUMNS)
    console = Console(width=COLUMNS, record=True, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115
    console.print(Text("$ python -m pytest --grade", "bold"))
    first = next(number for number, line in enumerate(seen.lines) if line.startswith("collected"))
    for number in range(first, len(seen.lines)):
        console.print(text_of(seen.screen, number), no_wrap=True)
    IMAGE.parent.mkdir(exist_ok=True)
    IMAGE.write_text(
        console.export_svg(theme=THEME, title="", code_format=FORMAT, unique_id="session"), "utf-8"
    )


if __name__ == "__main__":
    main()
