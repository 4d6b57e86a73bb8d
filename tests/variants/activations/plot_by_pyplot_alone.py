"""plot_tour by pyplot's current figure."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    figure = plt.figure(figsize=(8, 4))
    for name, y in tour(x).items():
        plt.plot(x.numpy(), y.numpy(), label=f"{name}(x)")
    plt.axhline(0, color="grey", linewidth=0.5)
    plt.axvline(0, color="grey", linewidth=0.5)
    plt.xlabel("Input x")
    plt.ylabel("Output f(x)")
    plt.title("Activations")
    plt.grid()
    plt.legend(loc="upper left")
    plt.tight_layout()
    return figure
