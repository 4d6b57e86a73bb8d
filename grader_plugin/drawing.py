"""A matplotlib figure as plain data: what is drawn, what is named; or as an image. Told by the worker, read by the grader."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from .channel import WireError

LINES_CAP = 64
AXES_CAP = 16
POINTS_CAP = 2048

PNG = b"\x89PNG\r\n\x1a\n"  # how each such file begins: PNG specification, section 5.2
PNG_CAP = 2 * 1024 * 1024
DPI = 100
INCHES_CAP = (16.0, 12.0)


def stay_headless() -> None:
    """A backend with windows, asked for by a learner's file, changes nothing here: there is no screen."""
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None:  # a template that has imported it serves files that do
        matplotlib.use = lambda *args, **kwargs: None


def describe(figure: Any) -> dict[str, Any]:
    """Titles, axes' names, legend texts, grid, and each line's label and points; JSON-able, capped."""
    return {
        "legend": [text.get_text()[:200] for legend in figure.legends for text in legend.get_texts()],
        "axes": [_axes(axes, figure) for axes in figure.axes[:AXES_CAP]],
    }


def png(figure: Any) -> bytes:
    """The figure as an image of at most 1600 by 1200 points; what matplotlib has to say of it is not the learner's."""
    size = [min(float(inches), cap) for inches, cap in zip(figure.get_size_inches(), INCHES_CAP, strict=True)]
    figure.set_size_inches(*size)
    image, words = io.BytesIO(), io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
        warnings.simplefilter("ignore")
        figure.savefig(image, format="png", dpi=DPI)
    return image.getvalue() if is_png(image.getbuffer()) else b""


def is_png(image: object) -> bool:
    """Whether these bytes are few enough, and begin as an image does."""
    return (
        isinstance(image, (bytes, memoryview)) and len(image) <= PNG_CAP and bytes(image[: len(PNG)]) == PNG
    )


def _axes(axes: Any, figure: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    legends = [*([legend] if legend else []), *figure.legends]
    beside = [pair for one in legends for pair in zip(_handles(one), one.get_texts(), strict=False)]
    return {
        "title": axes.get_title()[:200],
        "xlabel": _axis_name(axes, figure, "x")[:200],
        "ylabel": _axis_name(axes, figure, "y")[:200],
        "legend": [text.get_text()[:200] for text in legend.get_texts()] if legend else [],
        "grid": any(line.get_visible() for line in (*axes.get_xgridlines(), *axes.get_ygridlines())),
        "lines": [
            {
                "label": _label(line, beside)[:200],
                "x": _numbers(line.get_xdata()),
                "y": _numbers(line.get_ydata()),
            }
            for line in axes.get_lines()[:LINES_CAP]
            if _is_seen(line)
        ],
    }


def _handles(legend: Any) -> Sequence[Any]:
    """The strokes and patches that a legend shows, in its order."""
    found: Sequence[Any] = getattr(legend, "legend_handles", ())  # since matplotlib 3.7
    return found


def _label(line: Any, beside: list[tuple[Any, Any]]) -> str:
    """Its own; without one ("_child0"), the text beside the only stroke of its colour and dashes: `axes.legend(names)`."""
    own = str(line.get_label())
    if not own.startswith("_"):
        return own
    look = _look(line)
    texts = [str(text.get_text()) for stroke, text in beside if _look(stroke) == look]
    return texts[0] if look and len(texts) == 1 else own


def _look(line: Any) -> tuple[Any, ...]:
    """Colour and dashes, empty for what is no line."""
    colors: Any = sys.modules["matplotlib.colors"]
    if not (hasattr(line, "get_color") and hasattr(line, "get_linestyle")):
        return ()
    return (*colors.to_rgba(line.get_color()), line.get_linestyle())


def _axis_name(axes: Any, figure: Any, axis: str) -> str:
    """Its own, the one of an axes that shares this axis (as outer ones have it), or the figure's."""
    shared = getattr(axes, f"get_shared_{axis}_axes")().get_siblings(axes)
    names = [getattr(one, f"get_{axis}label")() for one in (axes, *shared)]
    whole = getattr(figure, f"_sup{axis}label", None)  # get_supxlabel came with matplotlib 3.8
    names.append(whole.get_text() if whole is not None else "")
    return next((str(name) for name in names if name), "")


def _is_seen(line: Any) -> bool:
    """Whether it has strokes or marks, and is not hidden."""
    nothing = ("None", "none", " ", "", None)
    return bool(line.get_visible()) and not (line.get_linestyle() in nothing and line.get_marker() in nothing)


def _numbers(data: Any) -> list[float]:
    """The first points as numbers; empty for what is not numeric."""
    try:
        return [float(number) for number in numpy.asarray(data, dtype=numpy.float64).ravel()[:POINTS_CAP]]
    except (TypeError, ValueError):
        return []


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line."""

    label: str
    x: list[float]
    y: list[float]


@dataclass(frozen=True, slots=True)
class Axes:
    """One axes of a figure, with the texts of its legend."""

    title: str
    xlabel: str
    ylabel: str
    legend: tuple[str, ...]
    grid: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A matplotlib figure as plain data; `number` is that of the figure itself, which stays in the worker."""

    legend: tuple[str, ...]
    axes: tuple[Axes, ...]
    number: int
    description: str = "a matplotlib Figure"

    @classmethod
    def read(cls, data: Any, number: Any) -> Drawing:
        """From what the worker told; raises WireError."""
        try:
            axes = tuple(
                Axes(
                    title=_text(one["title"]),
                    xlabel=_text(one["xlabel"]),
                    ylabel=_text(one["ylabel"]),
                    legend=_texts(one["legend"]),
                    grid=one["grid"] is True,
                    lines=tuple(
                        Line(_text(line["label"]), _floats(line["x"]), _floats(line["y"]))
                        for line in _list(one["lines"])
                    ),
                )
                for one in _list(data["axes"])
            )
            return cls(legend=_texts(data["legend"]), axes=axes, number=int(number))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RuntimeError) as error:
            raise WireError("the other side sent a figure that does not hold together") from error


# Each raises TypeError for what a worker does not send: bytes and tensors are sequences of numbers too, and long ones.


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > POINTS_CAP:
        raise TypeError("not a list of so many entries")
    return value


def _floats(values: Any) -> list[float]:
    return [float(value) for value in _list(values)]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(_text(value) for value in _list(values))
