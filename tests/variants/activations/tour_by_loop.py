"""tour fills a dictionary in a loop, in another order."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def tour(x):
    found = {}
    for name, function in (
        ("Tanh", tanh),
        ("Sigmoid", sigmoid),
        ("SiLU", silu),
        ("GELU", gelu),
        ("ReLU", relu),
    ):
        found[name] = function(x)
    return found
