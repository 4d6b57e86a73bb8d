"""silu rests on the sigmoid of this file."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def silu(x):
    gate = sigmoid(x)
    return gate * x
