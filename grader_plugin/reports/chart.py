"""A line chart as numbers: paths, ticks and their labels in a box, for a template to draw as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 66, 22, 12, 48
POINTS_CAP = 400  # of a curve; more is less than a pixel each
LARGEST = 1e30  # beyond it a number is shown as missing: nan and inf too, since no comparison holds for them
STYLED = ("relu", "gelu", "silu", "sigmoid", "tanh")  # each looks the same in all charts
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Points = Sequence["float | None"]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in the chart's units, and what stands there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A named line as the `d` of an SVG path, which is broken where a number is missing; `style` is from 0 to 4."""

    name: str
    path: str
    style: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a template draws; `told` is the same in words, for who cannot see it."""

    title: str
    told: str
    across: str
    up: str
    curves: tuple[Curve, ...]
    xticks: tuple[Tick, ...]
    yticks: tuple[Tick, ...]
    zero: float | None
    height: int = HEIGHT
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def chart(
    title: str,
    curves: Mapping[str, tuple[Sequence[float], Points]],
    *,
    across: str,
    up: str,
    height: int = HEIGHT,
    in_powers: bool = False,
) -> Chart | None:
    """The chart of named curves, (x, y) each; None where they have no two finite points in all.

    With `in_powers` equal steps upwards are equal factors, and a number that is not positive is shown as missing.
    """
    told = _words(curves)
    if in_powers:
        curves = {name: (x, [_power(number) for number in y]) for name, (x, y) in curves.items()}
    label = _label_of_power if in_powers else _label
    thin = {name: _thinned(x, y) for name, (x, y) in curves.items()}
    xs = [x for pairs in thin.values() for x, _ in pairs]
    ys = [y for pairs in thin.values() for _, y in pairs if y is not None]
    if len(ys) < 2:
        return None
    bottom = height - BOTTOM
    low, high, yticks = _scale(min(ys), max(ys), 5 if height > 200 else 3)
    left, right, xticks = _scale(min(xs), max(xs), 8, tight=True)
    if all(x.is_integer() for x in xs):  # there is no layer 2.5
        xticks = _whole(xticks)
    if in_powers:
        yticks = _whole(yticks)

    def across_at(x: float) -> float:
        return LEFT + (x - left) / (right - left) * (WIDTH - RIGHT - LEFT)

    def up_at(y: float) -> float:
        return bottom - (y - low) / (high - low) * (bottom - TOP)

    return Chart(
        title=title,
        told=told,
        across=across,
        up=up,
        curves=tuple(
            Curve(
                name,
                _path([(across_at(x), None if y is None else up_at(y)) for x, y in pairs]),
                STYLED.index(name) if name in STYLED else number % len(STYLED),
            )
            for number, (name, pairs) in enumerate(thin.items())
        ),
        xticks=tuple(Tick(across_at(x), _label(x)) for x in xticks),
        yticks=tuple(Tick(up_at(y), label(y)) for y in yticks),
        zero=up_at(0.0) if low < 0 < high and not in_powers else None,
        height=height,
        bottom=bottom,
    )


def _thinned(x: Sequence[float], y: Points) -> list[tuple[float, float | None]]:
    """At most so many pairs, the extremes of each stretch among them; what is not finite is a gap."""
    pairs = [
        (float(a), float(b) if b is not None and abs(b) < LARGEST else None)
        for a, b in zip(x, y, strict=False)
        if abs(a) < LARGEST
    ]
    if len(pairs) <= POINTS_CAP:
        return pairs
    step = 2 * len(pairs) / POINTS_CAP
    kept: list[tuple[float, float | None]] = []
    for number in range(POINTS_CAP // 2):
        stretch = pairs[int(number * step) : int((number + 1) * step)]
        known = [pair for pair in stretch if pair[1] is not None]
        if known:
            kept += sorted({min(known, key=_height), max(known, key=_height)}, key=lambda pair: pair[0])
        else:
            kept += stretch[:1]
    return kept


def _height(pair: tuple[float, float | None]) -> float:
    return pair[1] or 0.0


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    parts, pen = [], "M"
    for x, y in points:
        if y is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def _scale(low: float, high: float, count: int, *, tight: bool = False) -> tuple[float, float, list[float]]:
    """The ends of an axis, and round numbers on it."""
    if not high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
        room = abs(low) / 2 or 1.0
        low, high = low - room, high + room
    rough = high / count - low / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in STEPS if one * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [number * step for number in range(first, last + 1)]
    if tight:
        return low, high, [tick for tick in ticks if low - step * 1e-9 <= tick <= high + step * 1e-9]
    return ticks[0], ticks[-1], ticks


def _label(number: float) -> str:
    return f"{number + 0.0:.5g}".replace("-", "−")


def _whole(ticks: list[float]) -> list[float]:
    """Those at whole numbers, if there are enough to read an axis by."""
    whole = [tick for tick in ticks if tick.is_integer()]
    return whole if len(whole) > 1 else ticks


def _power(number: float | None) -> float | None:
    return math.log10(number) if number is not None and 0 < number < math.inf else None


def _label_of_power(power: float) -> str:
    """10⁻¹² rather than −12."""
    return f"10{f'{power + 0.0:.3g}'.translate(_RAISED)}"


_RAISED = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")


def _words(curves: Mapping[str, tuple[Sequence[float], Points]]) -> str:
    """Each curve by its first and last number, and the least and the most of it."""
    told = []
    for name, (_, y) in curves.items():
        known = [number for number in y if number is not None and abs(number) < LARGEST]
        if known:
            ends = f"from {_label(known[0])} to {_label(known[-1])}"
            missing = f", {len(y) - len(known)} missing" if len(y) > len(known) else ""
            told.append(f"{name} {ends}, between {_label(min(known))} and {_label(max(known))}{missing}")
    return "; ".join(told)
