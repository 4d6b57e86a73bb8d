"""The log of the reciprocal of the sum is added."""


def log_softmax(logits, dim=-1):
    z = logits - logits.amax(dim, keepdim=True)
    return z + (1 / z.exp().sum(dim, keepdim=True)).log()
