"""A small plot in characters: what came out against what was expected, where a curve says more than a number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeGuard

from rich.text import Text

from .screen import Screen

ROWS = 6
COLUMNS = 48
LABEL = 9  # columns for the numbers at the left
LEAST_POINTS = 8
LEAST = 30  # columns of a screen on which a plot can be read

YOURS, EXPECTED = "•", "·"
STYLES = {YOURS: "red", EXPECTED: "green"}

Numbers = Sequence["float | None"]


def plot(curve: Mapping[str, Numbers], screen: Screen) -> Iterator[Text]:
    """Lines of a plot of `got` (and `expected`) against `x`; none where the eye would see no difference."""
    x, got, expected = curve.get("x", ()), curve.get("got", ()), curve.get("expected", ())
    if screen.columns < LEAST or len(got) != len(x) or not (_is_even(x) and _tells(got, expected)):
        return
    known = [y for y in (*(expected or got),) if _is_number(y)]
    low, high = min(known), max(known)
    # What shoots far beyond the truth would flatten it: it is drawn at the edge.
    reach = high - low or 1.0
    near = [y for y in got if _is_number(y) and low - reach <= y <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    if not math.isfinite(high - low):  # numbers near the end of what there is
        return
    columns = min(COLUMNS, screen.columns - LABEL - 2)
    grid = [[""] * columns for _ in range(ROWS)]
    for values, mark in ((expected, EXPECTED), (got, YOURS)):
        for column, y in enumerate(_resampled(x, values, columns)):
            if _is_number(y):
                height = (min(max(y, low), high) - low) / (high - low or 1.0)
                grid[ROWS - 1 - round(height * (ROWS - 1))][column] = mark
    for number, cells in enumerate(grid):
        label = {0: f"{high:.3g}", ROWS - 1: f"{low:.3g}"}.get(number, "")
        row = Text(f"{label:>{LABEL}} ").append(screen.plain("│"), "dim")
        yield row.append_text(Text.assemble(*(_mark(cell, screen) for cell in cells)))
    yield from _legend(x, got, bool(expected), screen)


def _is_even(x: Numbers) -> bool:
    """Whether the points lie so that a line through them means something: no gap of more than a quarter."""
    places = [place for place in x if _is_number(place)]
    gaps = [after - before for before, after in pairwise(places)]
    return len(places) >= LEAST_POINTS and 4 * max(gaps) <= sum(gaps)


def _tells(got: Numbers, expected: Numbers) -> bool:
    """Whether two curves differ by more than half a row somewhere, or one stands alone."""
    if not expected:
        return sum(map(_is_number, got)) >= LEAST_POINTS
    known = [y for y in expected if _is_number(y)]
    if len(known) < LEAST_POINTS:
        return False
    least = (max(known) - min(known) or 1.0) / (2 * ROWS)
    pairs = [(y, truth) for y, truth in zip(got, expected, strict=False) if _is_number(truth)]
    return any(not _is_number(y) or abs(y - truth) > least for y, truth in pairs)


def _resampled(x: Numbers, values: Numbers, columns: int) -> Iterator[float | None]:
    """The value at each column, on the straight line between its neighbours; None where one of them is missing."""
    points = [(place, y) for place, y in zip(x, values, strict=False) if _is_number(place)]
    if not points:
        return
    first, last = points[0][0], points[-1][0]
    left = 0
    for column in range(columns):
        at = first + (last - first) * column / (columns - 1)
        while left < len(points) - 2 and points[left + 1][0] < at:
            left += 1
        (x0, y0), (x1, y1) = points[left], points[left + 1]
        if _is_number(y0) and _is_number(y1):
            yield y0 + (y1 - y0) * (min(max((at - x0) / (x1 - x0 or 1.0), 0.0), 1.0))
        else:
            yield None


def _mark(mark: str, screen: Screen) -> tuple[str, str]:
    sign = mark if screen.unicode else {YOURS: "o", EXPECTED: "."}.get(mark, mark)
    return sign or " ", STYLES.get(mark, "")


def _legend(x: Numbers, got: Numbers, against: bool, screen: Screen) -> Iterator[Text]:
    ends = [value for value in x if _is_number(value)]
    marks = Text.assemble(" " * (LABEL + 2), _mark(YOURS, screen), " yours")
    if against:
        marks.append_text(Text.assemble("  ", _mark(EXPECTED, screen), " expected"))
    span = f"x from {min(ends):.4g} to {max(ends):.4g}"
    gaps = "" if all(map(_is_number, got)) else ", gaps: nan or inf"
    if marks.cell_len + len(span) + len(gaps) + 2 <= screen.columns:
        yield marks.append(f"  {span}{gaps}")
    else:
        yield marks
        yield from screen.paragraph(span + gaps, indent=" " * (LABEL + 2))


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
