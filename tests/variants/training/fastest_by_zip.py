"""zip cuts the curves by itself; sums suffice, since all have as many steps."""

from math import fsum, isfinite


def fastest(histories):
    finite = [(name, losses) for name, losses in histories.items() if all(isfinite(x) for x in losses)]
    columns = list(zip(*(losses for _, losses in finite), strict=False))
    if not columns:
        raise ValueError("nothing in common to compare")
    sums = [fsum(row) for row in zip(*columns, strict=True)]
    return finite[sums.index(min(sums))][0]
