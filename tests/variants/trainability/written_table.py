"""A table in a string, read line by line."""

TABLE = """
mlp cnn transformer
hidden relu relu gelu
binary_output sigmoid sigmoid sigmoid
classifier_output softmax softmax softmax
before_cross_entropy none none none
"""


def choose_activation(layer, architecture="mlp"):
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    table = {name: dict(zip(head, choices, strict=True)) for name, *choices in rows}
    if layer not in table:
        raise ValueError("no such layer: " + layer)
    if architecture not in head:
        raise ValueError("no such architecture: " + architecture)
    return table[layer][architecture]
