"""Computed in float64, returned in the dtype that came."""


def softmax(logits, dim=-1):
    x = logits.double()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return (e / e.sum(dim, keepdim=True)).to(logits.dtype)
