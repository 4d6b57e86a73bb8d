"""plt.subplots, steps from 1, a logarithmic height, the labels set on the lines afterwards."""

import matplotlib.pyplot as plt


def plot_losses(histories):
    figure, axes = plt.subplots()
    for name, losses in histories.items():
        (line,) = axes.plot(range(1, len(losses) + 1), losses)
        line.set_label(name)
    axes.set_xlabel("batch number")
    axes.set_ylabel("cross-entropy of the batch")
    axes.set_yscale("log")
    axes.legend(loc="upper right")
    axes.grid(True)
    return figure
