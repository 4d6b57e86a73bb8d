"""A sum, divided by the number of samples."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    picked = log_softmax(logits, 1).gather(1, targets.view(-1, 1))
    return -picked.sum() / logits.size(0)
