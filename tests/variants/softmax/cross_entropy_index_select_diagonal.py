"""The diagonal of the columns that the targets select: wasteful, and right."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    columns = log_softmax(logits, 1).index_select(1, targets)
    return -columns.diagonal().mean()
