"""plot_tour in a grid of axes whose names belong to the whole figure."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from torch import Tensor

from .activations import tour


def plot_tour(x: Tensor) -> Figure:
    curves = tour(x)
    figure, grid = plt.subplots(2, 3, figsize=(9, 6))
    for axes, (name, y) in zip(grid.flat, curves.items(), strict=False):
        axes.plot(x.tolist(), y.tolist())
        axes.set_title(name)
        axes.grid(True)
    figure.delaxes(grid.flat[-1])
    figure.supxlabel("x")
    figure.supylabel("activation")
    return figure
