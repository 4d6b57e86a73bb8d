"""tour by an OrderedDict and keyword arguments."""

# ruff: noqa: F821  (names of the file at whose end this is put)

from collections import OrderedDict


def tour(x):
    return OrderedDict(ReLU=relu(x), GELU=gelu(x), SiLU=silu(x), Sigmoid=sigmoid(x), Tanh=tanh(x))
