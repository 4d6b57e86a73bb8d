"""Computed in float32 whatever came, as some libraries do."""


def softmax(logits, dim=-1):
    x = logits.float()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return (e / e.sum(dim, keepdim=True)).type_as(logits)
