"""plot_tour writes the names out, SiLU as sigmoid linear unit."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    full = {"ReLU": "rectifier (ReLU)", "GELU": "Gaussian (GELU)", "SiLU": "sigmoid linear unit, SiLU"}
    figure, axes = plt.subplots()
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), marker=".", label=full.get(name, name))
    axes.legend(title="function")
    axes.grid(axis="y")
    axes.set_xlabel("x value")
    axes.set_ylabel("function value")
    return figure
