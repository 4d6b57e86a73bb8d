"""Enumerations of str, whose constructors refuse what is unknown."""

from enum import Enum


class Layer(Enum):
    HIDDEN = "hidden"
    BINARY = "binary_output"
    CLASSIFIER = "classifier_output"
    LOSS = "before_cross_entropy"


class Architecture(Enum):
    MLP = "mlp"
    CNN = "cnn"
    TRANSFORMER = "transformer"


def choose_activation(layer, architecture="mlp"):
    place, kind = Layer(layer), Architecture(architecture)
    if place is Layer.HIDDEN:
        return "gelu" if kind is Architecture.TRANSFORMER else "relu"
    return {Layer.BINARY: "sigmoid", Layer.CLASSIFIER: "softmax", Layer.LOSS: "none"}[place]
