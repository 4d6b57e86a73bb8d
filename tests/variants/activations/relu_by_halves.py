"""relu as the sum of two halves, each of which fits any dtype."""

from torch import Tensor


def relu(x: Tensor) -> Tensor:
    return x.abs() / 2 + x / 2
