"""A matrix of the curves in NumPy, argmin of the row means."""

import numpy as np


def fastest(histories):
    names = [name for name, losses in histories.items() if np.all(np.isfinite(losses))]
    if not names:
        raise ValueError("every curve is broken")
    shortest = min(len(histories[name]) for name in names)
    if shortest < 1:
        raise ValueError("an empty curve")
    table = np.array([list(histories[name])[:shortest] for name in names])
    return names[int(np.argmin(table.mean(axis=1)))]
