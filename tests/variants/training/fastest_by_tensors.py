"""Means of tensors in float64; min over pairs with the place in between."""

import torch


def fastest(histories):
    curves = {name: torch.tensor(losses, dtype=torch.float64) for name, losses in histories.items()}
    curves = {name: curve for name, curve in curves.items() if torch.isfinite(curve).all()}
    if not curves or any(len(curve) == 0 for curve in curves.values()):
        raise ValueError("nothing to compare")
    steps = min(len(curve) for curve in curves.values())
    ranked = [
        (curve[:steps].mean().item(), place, name) for place, (name, curve) in enumerate(curves.items())
    ]
    return min(ranked)[2]
