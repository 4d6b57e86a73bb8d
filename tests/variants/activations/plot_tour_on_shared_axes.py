"""plot_tour with an axes a function, the axes' names once at the edge."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from torch import Tensor

from .activations import tour


def plot_tour(x: Tensor) -> Figure:
    curves = tour(x)
    figure, column = plt.subplots(len(curves), 1, sharex=True, figsize=(6, 10))
    for axes, (name, y) in zip(column, curves.items(), strict=True):
        axes.plot(x.tolist(), y.tolist(), label=name)
        axes.set_ylabel("f(x)")
        axes.legend()
        axes.grid(True)
    column[-1].set_xlabel("x")
    return figure
