"""The dimension is swapped with the last one and back."""


def softmax(logits, dim=-1):
    rows = logits.transpose(dim, -1)
    e = (rows - rows.amax(-1, keepdim=True)).exp()
    return (e / e.sum(-1, keepdim=True)).transpose(dim, -1)
