"""Autograd across the process boundary: a graph that the worker keeps is a node of the grader's graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from .result import CheckFailure
from .wire import tensors

# (number of the graph, cotangents of its outputs, whether it will be differentiated again)
#   -> (gradients of its inputs, number of the graph that made them)
AskVjp = Callable[["int | None", "list[Tensor]", bool], "tuple[list[Tensor], int | None]"]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph in the worker: its number there, whose call made it, and how to ask for a vector-Jacobian product."""

    number: int | None
    name: str
    ask: AskVjp


def differentiable(value: Any, inputs: Sequence[Tensor], graph: Graph) -> Any:
    """`value` with its tensors linked to `inputs`, those that ask for gradients; through `graph`, to any order."""
    outputs = [tensor.detach() for tensor in tensors(value) if tensor.requires_grad]
    if not outputs:
        return value
    linked = _Remote.apply(graph, outputs, *inputs)  # type: ignore[no-untyped-call]
    return _replace(value, iter(linked))


class _Remote(torch.autograd.Function):
    """A node whose backward runs in the worker, and is such a node again."""

    @staticmethod
    def forward(ctx: Any, graph: Graph, outputs: list[Tensor], *inputs: Tensor) -> tuple[Tensor, ...]:
        ctx.graph = graph
        ctx.save_for_backward(*inputs)
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor | None, ...]:
        graph, inputs, again = ctx.graph, ctx.saved_tensors, torch.is_grad_enabled()
        gradients, number = graph.ask(graph.number, [cotangent.detach() for cotangent in cotangents], again)
        if not _fit(gradients, inputs):
            raise CheckFailure(
                f"The backward pass of {graph.name} returned gradients of other shapes than its inputs"
            )
        if again:
            gradients = differentiable(gradients, [*inputs, *cotangents], replace(graph, number=number))
        return (None, None, *gradients)


def _fit(gradients: Any, inputs: Sequence[Tensor]) -> bool:
    if not isinstance(gradients, list) or len(gradients) != len(inputs):
        return False
    pairs = zip(gradients, inputs, strict=True)
    return all(isinstance(g, Tensor) and g.shape == x.shape and g.dtype == x.dtype for g, x in pairs)


def _replace(value: Any, linked: Iterator[Tensor]) -> Any:
    """The same structure with the tensors that ask for gradients replaced, in order."""
    if isinstance(value, Tensor):
        return next(linked) if value.requires_grad else value
    if isinstance(value, dict):
        return {key: _replace(part, linked) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_replace(part, linked) for part in value)
    return value
