"""A chain of ifs, refusals first."""


def choose_activation(layer, architecture="mlp"):
    if layer not in ("hidden", "binary_output", "classifier_output", "before_cross_entropy"):
        raise ValueError(f"unknown layer: {layer}")
    if architecture not in ("mlp", "cnn", "transformer"):
        raise ValueError("unknown architecture: " + architecture)
    if layer == "hidden":
        return "gelu" if architecture == "transformer" else "relu"
    if layer == "binary_output":
        return "sigmoid"
    return "softmax" if layer == "classifier_output" else "none"
