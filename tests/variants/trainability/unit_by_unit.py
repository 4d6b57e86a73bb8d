"""In loops of plain Python, over units and over entries."""

import torch


def dead_units(hidden):
    return torch.tensor([bool((unit == 0).all()) for unit in hidden.T])


def saturated_fraction(hidden, low, high, tolerance=0.01):
    count = 0
    for row in hidden.tolist():
        for h in row:
            if h <= low + tolerance or h >= high - tolerance:
                count += 1
    return count / (hidden.shape[0] * hidden.shape[1])
