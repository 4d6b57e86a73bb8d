"""The board: how far a learner has come, and what each achievement needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from rich.text import Text

from ..exercise import ExerciseInfo
from ..progress import ACHIEVEMENTS, Lesson, Progress, days, standing, xp_standing
from .screen import Screen

DAYS = 10  # as many as are shown each for itself
BAR = 20  # cells, where there are as many
NO_BAR = 4  # so few say nothing
BESIDE_BAR = 32  # columns of what stands on both sides of it


def render(progress: Progress, lesson: Lesson, screen: Screen, zone: tzinfo | None = None) -> str:
    """The board, its days in that time zone (None: this machine's)."""
    return screen.render(_lines(progress, lesson, screen, zone))


def hints(info: ExerciseInfo, task: str, taken: int, screen: Screen) -> str:
    """The hints of a task that were taken, the newest last."""
    return screen.render(_hints(info, task, taken, screen))


def _lines(progress: Progress, lesson: Lesson, screen: Screen, zone: tzinfo | None) -> Iterator[Text]:
    yield Text(xp_standing(progress, lesson), "bold")
    told = standing(progress, lesson)
    yield from screen.paragraph(f"{told[0].upper()}{told[1:]}", indent="")
    if progress.xp > progress.own_xp:
        yield from screen.paragraph(f"{progress.own_xp} XP of it before any hint was seen", indent="")
    yield Text()
    for info in lesson:
        yield from _exercise(progress, info, screen)
    yield from _days(progress, screen, zone)
    yield Text()
    yield from _achievements(progress, lesson, screen)


def _exercise(progress: Progress, info: ExerciseInfo, screen: Screen) -> Iterator[Text]:
    score = sum(check.points for check in info.checks if check.id in progress.points)
    of = sum(check.points for check in info.checks)
    cells = min(BAR, screen.columns - BESIDE_BAR)
    if cells < NO_BAR:
        yield from screen.paragraph(f"{info.name} {score}/{of}", indent="")
        return
    line = Text(f"{info.name:<14}").append(screen.bar(score / of if of else 0.0, cells), "green")
    yield line.append(f" {f'{score}/{of}':>6} {progress.xp_of(info.name):>4} XP")


def _days(progress: Progress, screen: Screen, zone: tzinfo | None) -> Iterator[Text]:
    history = days(progress, zone)
    if not history:
        return
    yield Text()
    yield Text("Days", "bold")
    if len(history) > DAYS:
        earlier = history[:-DAYS]
        count = f"{len(earlier)} earlier {'day' if len(earlier) == 1 else 'days'}"
        yield from screen.paragraph(f"{count}: {sum(one.xp for one in earlier)} XP", indent="")
    for one in history[-DAYS:]:
        checks = "1 check " if one.checks == 1 else f"{one.checks} checks"
        yield from screen.paragraph(f"{one.day.isoformat()} {checks:>9} {one.xp:>4} XP", indent="")


def _achievements(progress: Progress, lesson: Lesson, screen: Screen) -> Iterator[Text]:
    reached = [one.reached(progress, lesson) for one in ACHIEVEMENTS]
    yield from screen.paragraph(f"Achievements: {sum(reached)} of {len(ACHIEVEMENTS)}", "bold", indent="")
    for one, done in zip(ACHIEVEMENTS, reached, strict=True):
        if done:
            yield from screen.paragraph(one.title, "green", first="★ ")
            continue
        have, need = one.count(progress, lesson)
        counted = f"{have}/{need}" if need else one.closed
        yield from screen.paragraph(f"{one.title}, {counted}", first="· " if screen.unicode else "- ")
        yield from screen.paragraph(one.words, "dim")


def _hints(info: ExerciseInfo, task: str, taken: int, screen: Screen) -> Iterator[Text]:
    steps = info.hints.get(task, ())
    yield from screen.paragraph(f"{task} in {info.file}", "bold", indent="")
    for number, words in enumerate(steps[:taken], start=1):
        newest = number == taken
        yield Text(f"Hint {number} of {len(steps)}", "bold" if newest else "dim")
        yield from screen.paragraph(words, "" if newest else "dim")
    if taken == len(steps):
        yield from screen.paragraph(f"There is more to read in docs/lesson/{info.name}.md.", indent="")
