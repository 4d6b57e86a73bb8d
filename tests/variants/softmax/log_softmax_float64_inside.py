"""Computed in float64, returned in the dtype that came."""


def log_softmax(logits, dim=-1):
    x = logits.double()
    return (x - x.logsumexp(dim, keepdim=True)).to(logits.dtype)
