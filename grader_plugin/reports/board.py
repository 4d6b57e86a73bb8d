"""The board: how far a learner has come, and what each achievement needs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import tzinfo

from rich.text import Text

from ..exercise import ExerciseInfo
from ..progress import ACHIEVEMENTS, XP_PER_POINT, Lesson, Progress, days, highest_level

DAYS = 10  # as many as are shown each for itself
BAR = 20  # columns, where there are as many
BESIDE_BAR = 32  # the columns that stand on both sides of it


def render(
    progress: Progress, lesson: Lesson, *, width: int, ascii_only: bool, zone: tzinfo | None
) -> Iterator[Text]:
    """The board's lines; only those that are sentences can be wider than `width`."""
    yield from _level(progress, lesson)
    yield Text()
    for info in lesson:
        yield _exercise(progress, info, min(BAR, width - BESIDE_BAR), ascii_only)
    yield from _days(progress, zone)
    reached = [one.reached(progress, lesson) for one in ACHIEVEMENTS]
    yield Text()
    yield Text(f"Achievements: {sum(reached)} of {len(ACHIEVEMENTS)}", "bold")
    for one, done in zip(ACHIEVEMENTS, reached, strict=True):
        if done:
            yield Text(f"{'*' if ascii_only else '✓'} {one.title}", "green")
            continue
        have, need = one.count(progress, lesson)
        yield Text.assemble(f"{'-' if ascii_only else '·'} {one.title}", f"  {have}/{need}")
        yield from (Text(line, "dim") for line in indented(one.words, width))


def indented(sentence: str, width: int) -> Iterator[str]:
    """The sentence in lines of at most `width` columns, two of them empty."""
    return (f"  {line}" for line in textwrap.wrap(sentence, max(10, width - 2), break_on_hyphens=False))


def standing(progress: Progress, lesson: Lesson) -> str:
    """The level, and how far the next one is, in a sentence each; a level out of the lesson's reach is not promised."""
    here = f"Level {progress.level}, {progress.level_name}."
    if progress.level >= highest_level(lesson):
        return f"{here} It is the highest that this lesson holds."
    return f"{here} {progress.to_next} XP to level {progress.level + 1}, {progress.next_level_name}."


def _level(progress: Progress, lesson: Lesson) -> Iterator[Text]:
    total = XP_PER_POINT * sum(check.points for info in lesson for check in info.checks)
    yield Text(f"{progress.xp} of {total} XP", "bold")
    yield Text(standing(progress, lesson))


def _exercise(progress: Progress, info: ExerciseInfo, width: int, ascii_only: bool) -> Text:
    score = sum(check.points for check in info.checks if check.id in progress.points)
    of = sum(check.points for check in info.checks)
    line = Text(f"{info.name:<14}")
    if width >= 4:
        filled = score * width // of
        full, rest = ("#", ".") if ascii_only else ("━", "─")
        line.append(full * filled, "green").append(rest * (width - filled), "dim").append(" ")
    return line.append(f"{f'{score}/{of}':>6} {progress.xp_of(info.name):>4} XP")


def _days(progress: Progress, zone: tzinfo | None) -> Iterator[Text]:
    history = days(progress, zone)
    if not history:
        return
    yield Text()
    yield Text("Days", "bold")
    if len(history) > DAYS:
        earlier = history[:-DAYS]
        count = f"{len(earlier)} earlier {'day' if len(earlier) == 1 else 'days'}"
        yield Text(f"{count}: {sum(one.xp for one in earlier)} XP")
    for one in history[-DAYS:]:
        checks = "1 check " if one.checks == 1 else f"{one.checks} checks"
        yield Text(f"{one.day.isoformat()} {checks:>9} {one.xp:>4} XP")
