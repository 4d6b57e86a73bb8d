"""Rows by a Python range."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    logp = log_softmax(logits, dim=-1)
    n = len(targets)
    return -logp[range(n), targets].sum() / n
