"""The shift is added back to the logarithm of the sum."""


def log_softmax(logits, dim=-1):
    m = logits.amax(dim, keepdim=True)
    lse = m + (logits - m).exp().sum(dim, keepdim=True).log()
    return logits - lse
