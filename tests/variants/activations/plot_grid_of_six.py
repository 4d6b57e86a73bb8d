"""plot_tour in two rows of three axes, the sixth removed."""

# ruff: noqa: F821  (names of the file at whose end this is put)

import matplotlib.pyplot as plt


def plot_tour(x):
    figure, axes = plt.subplots(2, 3, figsize=(9, 6), constrained_layout=True)
    places = axes.ravel()
    for place, (name, y) in zip(places, tour(x).items(), strict=False):
        place.plot(x.detach(), y.detach(), color="tab:blue")
        place.set_title(f"{name} activation")
        place.set_xlabel("$x$")
        place.set_ylabel("$f(x)$")
        place.grid(True, alpha=0.4)
    places[-1].remove()
    return figure
