"""plot_tour with a dashed line y = x, and an order of its own in the legend."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    figure, axes = plt.subplots()
    axes.plot(x, x, "k--", linewidth=0.5, label="identity")
    for name, y in tour(x).items():
        axes.plot(x, y, label=name)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1])
    axes.set_xlabel("x")
    axes.set_ylabel("f(x)")
    axes.grid()
    return figure
