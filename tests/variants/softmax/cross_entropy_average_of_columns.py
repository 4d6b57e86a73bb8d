"""The losses of each class's samples, added up class by class."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    logp = log_softmax(logits, 1)
    total = 0.0
    for c in range(logits.shape[1]):
        total = total - logp[targets == c, c].sum()
    return total / logits.shape[0]
