"""The figures of the closing exercise: what is added to a learner's curves, and what is left alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import matplotlib
import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from grader_plugin import curves
from grader_plugin.inquiry import Inquiry
from solutions import activations, trainability
from solutions.training import plot_losses

STEPS = 60
HISTORIES = {
    "falling": [2.0 - step / 50 for step in range(STEPS)],
    "noisy": [1.5 + 0.5 * (-1) ** step for step in range(STEPS)],
}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    matplotlib.use("agg")
    yield
    plt.close("all")


def plain(histories: dict[str, list[float]] = HISTORIES) -> Figure:
    figure, axes = plt.subplots()
    for name, losses in histories.items():
        axes.plot(range(1, len(losses) + 1), losses, label=name)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure


def looks(figure: Figure) -> list[tuple[Sequence[float], object, object, str]]:
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    scales = ", ".join(axes.get_yscale() for axes in figure.axes)
    return [(list(line.get_ydata()), line.get_alpha(), line.get_linewidth(), scales) for line in lines]


def test_raw_curves_get_smoothed_ones_over_them() -> None:
    figure = plain()
    curves.smooth_over(figure, HISTORIES)
    falling, noisy, smooth_falling, smooth_noisy = figure.axes[0].get_lines()
    for raw, smooth in ((falling, smooth_falling), (noisy, smooth_noisy)):
        assert smooth.get_color() == raw.get_color()
        assert smooth.get_zorder() > raw.get_zorder()
        assert raw.get_alpha() < 0.5
    # On a straight line each mean lies on the line, at the middle of its window.
    for step, loss in zip(smooth_falling.get_xdata(), smooth_falling.get_ydata(), strict=True):
        assert loss == pytest.approx(HISTORIES["falling"][step - 1])
    assert len(smooth_noisy.get_ydata()) == STEPS - curves.WINDOW + 1
    assert max(smooth_noisy.get_ydata()) - min(smooth_noisy.get_ydata()) < 0.05
    assert figure.axes[0].get_yscale() == "log"
    legend = figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["falling", "noisy"]
    assert [line.get_alpha() for line in legend.get_lines()] == [None, None]  # not as pale as the raw curves


def test_a_figure_with_more_than_raw_curves_stays_as_it_is() -> None:
    smoothed = plot_losses(HISTORIES)
    two_axes, _ = plt.subplots(1, 2)
    marked = plain()
    marked.axes[0].axhline(math.log(10))
    other_losses = plain({name: [2 * loss for loss in losses] for name, losses in HISTORIES.items()})
    for figure in (smoothed, two_axes, marked, other_losses, Figure()):
        before = looks(figure)
        curves.smooth_over(figure, HISTORIES)
        assert looks(figure) == before


def test_short_curves_stay_as_they_are() -> None:
    histories = {"short": [2.0, 1.0]}
    figure = plain(histories)
    curves.smooth_over(figure, histories)
    ((_, alpha, _, _),) = looks(figure)
    assert alpha is None


@pytest.mark.parametrize("loss", [0.0, -0.1, math.inf, math.nan])
def test_no_logarithm_where_a_loss_has_none(loss: float) -> None:
    histories = {"odd": [loss] + [1.0] * (STEPS - 1)}
    figure = plain(histories)
    curves.smooth_over(figure, histories)
    assert figure.axes[0].get_yscale() == "linear"


@pytest.mark.parametrize("setting", [{"ylim": (0, 3)}, {"yscale": "symlog"}])
def test_a_scale_that_was_chosen_is_kept(setting: dict[str, object]) -> None:
    figure = plain()
    figure.axes[0].set(**setting)
    before = figure.axes[0].get_yscale()
    curves.smooth_over(figure, HISTORIES)
    assert figure.axes[0].get_yscale() == before


def test_sigmoid_fades_without_being_saturated() -> None:
    """What the two panels are there to show, by the solutions."""
    inquiry = Inquiry("solutions")
    figure = curves.depth_figure(activations, trainability, inquiry)
    assert figure is not None
    assert inquiry.troubles == []
    assert inquiry.waiting == {}
    left, right = figure.axes
    norms = {line.get_label(): line.get_ydata() for line in left.get_lines()}
    assert list(norms) == ["ReLU", "GELU", "tanh", "SiLU", "sigmoid"]
    assert left.get_yscale() == "log"
    assert norms["sigmoid"][0] < 1e-9 * norms["sigmoid"][-1]
    for name in ("ReLU", "GELU", "tanh", "SiLU"):
        assert norms[name][0] > 0.05 * norms[name][-1]
    shares = {line.get_label(): line.get_ydata() for line in right.get_lines()}
    assert list(shares) == ["tanh", "sigmoid"]
    for share in shares.values():
        assert share[0] < 0.01
        assert share[-1] > 0.5
        assert sorted(share) == list(share)
    for axes in figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()


def test_colours_and_markers_differ() -> None:
    for what in ("color", "marker"):
        assert len({style[what] for style in curves.STYLES.values()}) == len(curves.STYLES)
