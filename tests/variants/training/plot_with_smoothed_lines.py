"""Pale losses and a running mean beside them, in an axes of plt.gca()."""

import matplotlib.pyplot as plt
import torch


def plot_losses(histories):
    plt.figure()
    axes = plt.gca()
    for name, losses in histories.items():
        values = torch.tensor(losses)
        (line,) = axes.plot(values, label=name, alpha=0.3)
        total = values.cumsum(0)
        axes.plot(
            total / torch.arange(1, len(values) + 1), color=line.get_color(), label=f"{name}, mean so far"
        )
    axes.set(xlabel="Iteration", ylabel="Loss (cross-entropy)")
    axes.legend(fontsize="small", ncol=2)
    return plt.gcf()
