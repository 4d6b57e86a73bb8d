"""A matplotlib figure as plain data: what is drawn, what is named. Told by the worker, read by the grader."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy

from .channel import WireError

LINES_CAP = 64
AXES_CAP = 16
POINTS_CAP = 2048


def stay_headless() -> None:
    """A backend with windows, asked for by a learner's file, changes nothing here: there is no screen."""
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None:  # a template that has imported it serves files that do
        matplotlib.use = lambda *args, **kwargs: None


def describe(figure: Any) -> dict[str, Any]:
    """Titles, axes' names, legend texts, grid, and each line's label and points; JSON-able, capped."""
    return {
        "legend": [text.get_text()[:200] for legend in figure.legends for text in legend.get_texts()],
        "axes": [_axes(axes) for axes in figure.axes[:AXES_CAP]],
    }


def _axes(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    return {
        "title": axes.get_title()[:200],
        "xlabel": axes.get_xlabel()[:200],
        "ylabel": axes.get_ylabel()[:200],
        "legend": [text.get_text()[:200] for text in legend.get_texts()] if legend else [],
        "grid": any(line.get_visible() for line in (*axes.get_xgridlines(), *axes.get_ygridlines())),
        "lines": [
            {
                "label": str(line.get_label())[:200],
                "x": _numbers(line.get_xdata()),
                "y": _numbers(line.get_ydata()),
            }
            for line in axes.get_lines()[:LINES_CAP]
        ],
    }


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
    """A matplotlib figure as plain data."""

    legend: tuple[str, ...]
    axes: tuple[Axes, ...]
    description: str = "a matplotlib Figure"

    @classmethod
    def read(cls, data: Any) -> Drawing:
        """From what the worker told; raises WireError."""
        try:
            axes = tuple(
                Axes(
                    title=str(one["title"]),
                    xlabel=str(one["xlabel"]),
                    ylabel=str(one["ylabel"]),
                    legend=tuple(map(str, one["legend"])),
                    grid=bool(one["grid"]),
                    lines=tuple(
                        Line(str(line["label"]), _floats(line["x"]), _floats(line["y"]))
                        for line in one["lines"]
                    ),
                )
                for one in data["axes"]
            )
            return cls(legend=tuple(map(str, data["legend"])), axes=axes)
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("the other side sent a figure that does not hold together") from error


def _floats(values: Any) -> list[float]:
    return [float(value) for value in values]
