"""Reductions without keepdim, and their dimension put back by hand."""


def softmax(logits, dim=-1):
    m = logits.amax(dim).unsqueeze(dim)
    e = (logits - m).exp()
    return e / e.sum(dim).unsqueeze(dim)
