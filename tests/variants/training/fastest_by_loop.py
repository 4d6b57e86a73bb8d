"""A plain loop with the best so far."""

import math


def fastest(histories):
    good = {}
    for name, losses in histories.items():
        ok = True
        for loss in losses:
            if math.isnan(loss) or math.isinf(loss):
                ok = False
        if ok:
            good[name] = losses
    if not good:
        raise ValueError("no curve is left")
    n = min(len(losses) for losses in good.values())
    if n == 0:
        raise ValueError("a curve is empty")
    best, lowest = None, float("inf")
    for name, losses in good.items():
        mean = sum(losses[:n]) / n
        if mean < lowest:
            best, lowest = name, mean
    return best
