"""plot_tour gives the names to the legend, not to the lines."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    figure, axes = plt.subplots()
    values = tour(x)
    for y in values.values():
        axes.plot(x.numpy(), y.numpy())
    axes.legend(list(values))
    axes.minorticks_on()
    axes.grid(which="both")
    axes.set_xlabel("pre-activation")
    axes.set_ylabel("activation")
    return figure
