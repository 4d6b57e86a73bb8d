"""plot_tour with an axes for each function, in a row."""

# ruff: noqa: F821  (names of the file at whose end this is put)

from matplotlib.figure import Figure


def plot_tour(x):
    figure = Figure(figsize=(15, 3))
    row = figure.subplots(1, 5, sharex=True)
    for axes, (name, y) in zip(row, tour(x).items(), strict=True):
        axes.plot(x.numpy(), y.numpy())
        axes.set(title=name, xlabel="x", ylabel=f"{name}(x)")
        axes.grid()
    return figure
