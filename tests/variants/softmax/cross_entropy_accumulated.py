"""A loop adds up, with the targets as Python numbers."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    total = 0
    for i, target in enumerate(targets.tolist()):
        total = total - log_softmax(logits[i], dim=0)[target]
    return total / len(logits)
