"""tour looks its functions up by their names in small letters."""


def tour(x):
    return {name: globals()[name.lower()](x) for name in ("ReLU", "GELU", "SiLU", "Sigmoid", "Tanh")}
