"""relu fills what is negative."""

from torch import Tensor


def relu(x: Tensor) -> Tensor:
    return x.masked_fill(x.lt(0), 0.0)
