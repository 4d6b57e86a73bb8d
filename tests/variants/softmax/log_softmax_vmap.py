"""One row's logarithms, mapped over all the others: an empty batch has no row to map."""

import torch


def log_softmax(logits, dim=-1):
    def of_row(row):
        top = row.amax()
        return row - top - (row - top).exp().sum().log()

    function = of_row
    for _ in range(logits.ndim - 1):
        function = torch.vmap(function)
    return function(logits.movedim(dim, -1)).movedim(-1, dim)
