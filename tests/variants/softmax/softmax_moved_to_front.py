"""The dimension is moved to the front, where reductions need no keepdim."""


def softmax(logits, dim=-1):
    x = logits.movedim(dim, 0)
    e = (x - x.amax(0)).exp()
    return (e / e.sum(0)).movedim(0, dim)
