"""plot_tour in one axes, by pyplot's subplots."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    figure, axes = plt.subplots()
    for name, y in tour(x).items():
        axes.plot(x, y, label=name)
    axes.set_xlabel("x")
    axes.set_ylabel("activation")
    axes.grid(True)
    axes.legend()
    return figure
