"""Lines with labels, and a legend made of handles and names."""

import matplotlib.pyplot as plt
import numpy as np


def plot_losses(histories):
    fig, ax = plt.subplots(1, 1)
    handles = []
    for name, losses in histories.items():
        losses = np.asarray(losses)
        handles += ax.plot(np.arange(losses.size), losses, ".-", label=name, alpha=0.5)
    ax.legend(handles, list(histories))
    ax.set(xlabel="training step", ylabel="training loss", title="Who learns fastest?")
    fig.tight_layout()
    return fig
