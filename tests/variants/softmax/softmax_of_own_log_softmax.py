"""The lesson's other function does the work."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def softmax(logits, dim=-1):
    return log_softmax(logits, dim).exp()
