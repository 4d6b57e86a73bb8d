"""Each KeyError of a dictionary is turned into a ValueError."""

HIDDEN = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
OUTPUT = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}


def choose_activation(layer, architecture="mlp"):
    try:
        choices = HIDDEN if layer == "hidden" else dict.fromkeys(HIDDEN, OUTPUT[layer])
    except KeyError:
        raise ValueError(f"{layer!r} is no layer") from None
    try:
        return choices[architecture]
    except KeyError as error:
        raise ValueError(f"{architecture!r} is no architecture") from error
