"""The object interface: a Figure without pyplot, the steps given, the legend the figure's."""


def plot_losses(histories):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(range(len(losses)), losses, label=f"{name} (final {losses[-1]:.2f})")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    figure.legend()
    return figure
