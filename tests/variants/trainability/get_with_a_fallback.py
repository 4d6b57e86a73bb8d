"""By dict.get, the hidden layers last."""

HIDDEN = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
OUTPUT = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}


def choose_activation(layer, architecture="mlp"):
    if layer != "hidden" and layer not in OUTPUT:
        raise ValueError("layer has to be one of hidden, " + ", ".join(OUTPUT) + f", not {layer}")
    if architecture not in HIDDEN:
        raise ValueError("architecture has to be one of " + ", ".join(HIDDEN) + f", not {architecture}")
    return OUTPUT.get(layer) or HIDDEN.get(architecture)
