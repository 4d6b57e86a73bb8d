"""plot_tour by the Figure class, without pyplot."""

# ruff: noqa: F821  (names of the file at whose end this is put)

from matplotlib.figure import Figure


def plot_tour(x):
    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot(1, 1, 1)
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name + " curve")
    axes.grid(True)
    figure.legend()
    axes.set(xlabel="input", ylabel="output")
    return figure
