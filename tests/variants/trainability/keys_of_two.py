"""A dictionary with a key for each pair."""

HIDDEN = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
OUTPUT = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}


def choose_activation(layer, architecture="mlp"):
    table = {("hidden", name): choice for name, choice in HIDDEN.items()}
    table |= {(place, name): choice for place, choice in OUTPUT.items() for name in HIDDEN}
    if (layer, architecture) not in table:
        known = any(layer == place for place, _ in table)
        raise ValueError(repr(architecture if known else layer))
    return table[layer, architecture]
