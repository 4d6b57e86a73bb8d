"""A network of two layers: the smallest model in which an activation function matters.

`torch.nn` is welcome from here on.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn


class MLP(nn.Module):
    """Two linear layers, `fc1` and `fc2`, with an activation between them.

    Without the activation the two layers would be no more than one: a product of two matrices is a matrix.

    >>> import torch
    >>> model = MLP(torch.relu)
    >>> model(torch.rand(5, 1, 28, 28)).shape
    torch.Size([5, 10])
    """

    def __init__(
        self,
        activation: Callable[[Tensor], Tensor],
        in_features: int = 784,
        hidden_features: int = 128,
        out_features: int = 10,
    ) -> None:
        """Make the layers, as `nn.Linear` initialises them: `fc1` (in → hidden) and `fc2` (hidden → out).

        `activation` is any function from a tensor to a tensor of the same shape. The model's parameters are
        exactly those of `fc1` and `fc2`: two weights and two biases.
        """
        super().__init__()
        # TODO: what does forward need? Two `nn.Linear` layers, and something to remember
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, out_features) of a batch of images, (N, in_features) or (N, 1, 28, 28).

        Logits are scores without bounds, never probabilities: the loss function takes the softmax itself.
        The images are used as they come, float32 from 0 to 1; giving them another shape is all that is
        needed.
        """
        # TODO: one row an image, then fc1, the activation, fc2; does anything follow fc2?
        raise NotImplementedError
