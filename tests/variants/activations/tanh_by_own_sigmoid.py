"""tanh rests on the sigmoid of this file."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def tanh(x):
    return 2 * sigmoid(2 * x) - 1
