"""logsumexp minus the target's score."""


def cross_entropy(logits, targets):
    chosen = logits.gather(1, targets[:, None]).squeeze(1)
    return (logits.logsumexp(1) - chosen).mean()
