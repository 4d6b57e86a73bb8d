"""relu writes zeros into a copy."""


def relu(x):
    out = x.clone()
    out[out < 0] = 0
    return out
