"""Both names are looked up by one loop, which collects what is unknown."""


def choose_activation(layer, architecture="mlp"):
    names = (
        (layer, ("hidden", "binary_output", "classifier_output", "before_cross_entropy")),
        (architecture, ("mlp", "cnn", "transformer")),
    )
    unknown = [name for name, known in names if name not in known]
    if unknown:
        raise ValueError("unknown: " + " and ".join(unknown))
    if layer != "hidden":
        return {"b": "sigmoid", "c": "softmax"}[layer[0]] if layer != "before_cross_entropy" else "none"
    return {"transformer": "gelu"}.get(architecture, "relu")
