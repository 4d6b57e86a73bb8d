"""Names of the axes in German, labels in full sentences, axhline as a guide."""

import math

import matplotlib.pyplot as plt


def plot_losses(histories):
    figure = plt.figure()
    axes = figure.subplots()
    for name, losses in histories.items():
        steps = list(range(len(losses)))
        axes.plot(steps, losses, linestyle="--", label=f"Netz mit {name}")
    axes.axhline(math.log(10), color="grey", linewidth=0.5)
    axes.set_xlabel("Schritt")
    axes.set_ylabel("Verlust")
    axes.legend()
    return figure
