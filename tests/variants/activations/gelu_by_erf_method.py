"""gelu with the gate first and erf as a method."""


def gelu(x):
    gate = ((x / 2**0.5).erf() + 1) / 2
    return gate * x
