"""An error of its own, derived from ValueError."""


class UnknownNameError(ValueError):
    def __init__(self, name):
        super().__init__(f"{name!r} is not known")


HIDDEN = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
OUTPUT = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}


def choose_activation(layer, architecture="mlp"):
    if layer not in {"hidden", *OUTPUT}:
        raise UnknownNameError(layer)
    if architecture not in HIDDEN:
        raise UnknownNameError(architecture)
    return HIDDEN[architecture] if layer == "hidden" else OUTPUT[layer]
