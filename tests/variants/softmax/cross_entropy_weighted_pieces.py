"""In pieces of 32, each weighted by its size."""

# ruff: noqa: F821  (names of the file at whose end this is put)


def cross_entropy(logits, targets):
    total = logits.new_zeros(())
    for x, y in zip(logits.split(32), targets.split(32), strict=True):
        total = total - log_softmax(x, 1).gather(1, y.unsqueeze(1)).sum()
    return total / targets.numel()
