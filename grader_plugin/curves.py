"""The figures of the closing exercise: losses, smoothed; gradients by depth, and how large weights saturate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from torch import Tensor

from .inquiry import Inquiry, Odd, floats, share

# M. Okabe and K. Ito's colours, told apart with every kind of colour vision; the markers do without colour.
STYLES: Final = {
    "ReLU": {"color": "#0072B2", "marker": "o"},
    "GELU": {"color": "#D55E00", "marker": "s"},
    "tanh": {"color": "#009E73", "marker": "D"},
    "SiLU": {"color": "#CC79A7", "marker": "^"},
    "sigmoid": {"color": "#E69F00", "marker": "v"},
}
CYCLE: Final = cycler(color=[style["color"] for style in STYLES.values()])
WINDOW: Final = 25  # steps in one point of a smoothed curve
DEPTH: Final = 20  # layers, as in the lesson's table of initialisations
BOUNDS: Final = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
SCALES: Final = (1, 2, 4, 8, 16)  # times the weights: from 0.05 % of tanh's outputs saturated to 87 %


def smooth_over(figure: Figure, histories: Mapping[str, Sequence[float]]) -> None:
    """Draw a smoothed curve over each raw one, where the raw curves are all there is.

    That is one axes, and in it one line a name with its losses as heights. Any other figure stays as its author
    made it. A linear scale becomes logarithmic where its limits were left to matplotlib and every loss allows it.
    """
    if len(figure.axes) != 1:
        return
    (axes,) = figure.axes
    lines = axes.get_lines()
    heights = [np.asarray(line.get_ydata(), dtype=float) for line in lines]
    if sorted(map(list, heights)) != sorted(map(list, histories.values())) or not heights:
        return
    scale_is_free = axes.get_yscale() == "linear" and axes.get_autoscaley_on()
    for line, raw in zip(lines, heights, strict=True):
        if len(raw) >= WINDOW:
            smoothed = np.convolve(raw, np.full(WINDOW, 1 / WINDOW), mode="valid")
            middles = np.asarray(line.get_xdata())[WINDOW // 2 :][: len(smoothed)]
            axes.plot(middles, smoothed, color=line.get_color(), linewidth=1.5, zorder=3)
            line.set(linewidth=0.5, alpha=0.25, zorder=1)
    if scale_is_free and all((raw > 0).all() and (raw < math.inf).all() for raw in heights):
        axes.set_yscale("log", base=2)  # from one grid line to the next the loss halves
        axes.yaxis.set_major_formatter("{x:g}")


def depth_figure(activations: Any, trainability: Any, inquiry: Inquiry) -> Figure | None:
    """Gradient norms by layer and, beside them, saturation by the size of the weights; None without a norm.

    Both are the learner's own measures. Norms under larger weights are not shown: a saturated tanh network has
    larger gradients and not smaller ones, because the weights that flatten its units also stretch what passes.
    """
    norms: dict[str, list[float]] = {}
    for name in STYLES:
        with inquiry.about("trainability", "gradient_norms", name, part=name):
            returned = trainability.gradient_norms(getattr(activations, name.lower()), DEPTH)
            norms[name] = [norm if 0 < norm < math.inf else math.nan for norm in floats(returned, DEPTH)]
            if any(map(math.isnan, norms[name])):
                raise Odd(
                    returned, f"{DEPTH} norms above 0 and below inf, which a logarithmic scale can show"
                )
    saturated: dict[str, list[float]] = {}
    drawable = {name: curve for name, curve in norms.items() if not all(map(math.isnan, curve))}
    for name in [name for name in BOUNDS if name in drawable]:
        with inquiry.about("trainability", "saturated_fraction", name, part="saturation"):
            activation = getattr(activations, name.lower())
            saturated[name] = [_saturated(activation, name, scale, trainability) for scale in SCALES]
    return _beside(drawable, saturated) if drawable else None


def _saturated(activation: Any, name: str, scale: float, trainability: Any) -> float:
    """Share of all outputs in the network of `gradient_norms` that are saturated, its weights `scale` times as large.

    The biases there are zero, so larger weights are the same as a larger input of each activation.
    """
    shares: list[float] = []

    def noted(x: Tensor) -> Tensor:
        hidden: Tensor = activation(scale * x)
        shares.append(share(trainability.saturated_fraction(hidden.detach(), *BOUNDS[name])))
        return hidden

    trainability.gradient_norms(noted, DEPTH)
    return fmean(shares)


def _beside(norms: Mapping[str, Sequence[float]], saturated: Mapping[str, Sequence[float]]) -> Figure:
    figure = Figure(figsize=(11 if saturated else 7, 4.8), layout="constrained")
    left, *right = figure.subplots(1, 2 if saturated else 1, squeeze=False)[0]
    for name, curve in norms.items():
        left.plot(range(1, DEPTH + 1), curve, label=name, markersize=4, **STYLES[name])
    left.set(yscale="log", xticks=[1, *range(5, DEPTH + 1, 5)])
    _name(left, "What reaches each layer", "layer (1 is next to the input)", "norm of the weight's gradient")
    for axes in right:
        for name, shares in saturated.items():
            axes.plot(SCALES, shares, label=name, markersize=4, **STYLES[name])
        axes.set_xscale("log", base=2)
        axes.set(xticks=SCALES, xticklabels=[f"×{scale}" for scale in SCALES], ylim=(-0.03, 1.03))
        axes.yaxis.set_major_formatter(lambda height, _: f"{height:.0%}")
        _name(
            axes, "What saturates", "size of the weights (×1: as on the left)", "share of saturated outputs"
        )
    return figure


def _name(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.grid(alpha=0.3)
    axes.legend()
