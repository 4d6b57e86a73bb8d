"""plot_tour returns what gcf says."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    values = tour(x)
    for name in values:
        plt.plot(x.tolist(), values[name].tolist(), "--", label=name.lower())
    plt.legend()
    plt.grid(linestyle=":")
    plt.xlabel("z")
    plt.ylabel("a = f(z)")
    return plt.gcf()
