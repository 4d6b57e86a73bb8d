"""A matplotlib figure as plain data, told by the worker: what is drawn, what is named."""

from __future__ import annotations

from typing import Any

import numpy

LINES_CAP = 64
AXES_CAP = 16
POINTS_CAP = 2048


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
