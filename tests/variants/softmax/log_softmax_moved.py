"""The dimension is moved to the end and back."""


def log_softmax(logits, dim=-1):
    x = logits.movedim(dim, -1)
    return (x - x.logsumexp(-1).unsqueeze(-1)).movedim(-1, dim)
