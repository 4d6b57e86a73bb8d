"""By match and case."""


def choose_activation(layer, architecture="mlp"):
    match layer, architecture:
        case "hidden", "mlp" | "cnn":
            return "relu"
        case "hidden", "transformer":
            return "gelu"
        case "binary_output", "mlp" | "cnn" | "transformer":
            return "sigmoid"
        case "classifier_output", "mlp" | "cnn" | "transformer":
            return "softmax"
        case "before_cross_entropy", "mlp" | "cnn" | "transformer":
            return "none"
    raise ValueError(f"{layer=} {architecture=}")
