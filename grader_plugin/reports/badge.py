"""The badge for a README: the lesson, the level and the XP as an SVG that needs nothing else."""

from __future__ import annotations

from html import escape

from ..progress import Lesson, Progress, lesson_xp

NAME = "Activation functions"

HEIGHT = 28
PADDING = 12
# An upper bound of what a common sans-serif needs a letter at this size; `textLength` fits the words in.
LETTER = 7.2


def words(progress: Progress) -> str:
    """What the badge says of the learner, in ASCII."""
    return f"{progress.level_name}, {progress.xp} XP"


def render(progress: Progress, lesson: Lesson, name: str = NAME) -> str:
    """The SVG. It brings its own background, so it reads the same on a light page and on a dark one."""
    total = lesson_xp(lesson)
    share = min(1.0, progress.xp / total) if total else 0.0
    reached = f"{progress.level_name} · {progress.xp} XP"
    left, right = _width(name), _width(reached)
    width = left + right
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" role="img">
  <title>{escape(name)}: {escape(words(progress))}</title>
  <clipPath id="outline"><rect width="{width}" height="{HEIGHT}" rx="5"/></clipPath>
  <g clip-path="url(#outline)">
    <rect width="{left}" height="{HEIGHT}" fill="#2f3743"/>
    <rect x="{left}" width="{right}" height="{HEIGHT}" fill="#0f5f8c"/>
    <rect y="{HEIGHT - 3}" width="{width}" height="3" fill="#1b2027"/>
    <rect y="{HEIGHT - 3}" width="{width * share:.1f}" height="3" fill="#f2b134"/>
  </g>
  <g fill="#ffffff" font-family="Verdana, 'DejaVu Sans', Geneva, sans-serif" font-size="12" text-anchor="middle">
    {_text(name, left / 2)}
    {_text(reached, left + right / 2)}
  </g>
</svg>
"""


def _width(text: str) -> int:
    return round(LETTER * len(text)) + 2 * PADDING


def _text(text: str, middle: float) -> str:
    length = _width(text) - 2 * PADDING
    return f'<text x="{middle:g}" y="17" textLength="{length}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
