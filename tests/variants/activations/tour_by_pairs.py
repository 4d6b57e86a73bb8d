"""tour by dict over names and functions side by side."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def tour(x):
    names = ["ReLU", "GELU", "SiLU", "Sigmoid", "Tanh"]
    functions = [relu, gelu, silu, sigmoid, tanh]
    return dict(zip(names, [f(x) for f in functions], strict=True))
