"""Multiplied by the reciprocal of the sum."""


def softmax(logits, dim=-1):
    e = (logits - logits.amax(dim, keepdim=True)).exp()
    return e * e.sum(dim, keepdim=True).reciprocal()
