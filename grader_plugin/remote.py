"""What is in the worker, seen by a check: a function, a model, a tensor that stays there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from .drawing import Drawing
from .exercise import Task
from .result import CheckFailure


class Asked(Protocol):
    """Who is asked for a call: a submission."""

    def call(
        self,
        target: dict[str, Any],
        name: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        module: str = "",
        watch: Sequence[str] = (),
    ) -> Any:
        """One call in the worker."""

    def make(self, fixture: str, *args: Any, **kwargs: Any) -> Any:
        """One of the worker's fixtures, made or applied."""

    def note(
        self, source: Function | Handle, value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        """What a call gave back."""

    def located(self, module: str, name: str, value: Any) -> AbstractContextManager[None]:
        """A failure of the block is one of that function's."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function or class of the learner's, by name; it runs in the worker."""

    submission: Asked
    module: str
    task: Task

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; returns what `task.returns` allows, raises what makes a check fail."""
        target = {"function": [self.module, self.task.name]}
        watch = sorted(self.task.forbids)
        value = self.submission.call(target, self.task.name, args, kwargs, module=self.module, watch=watch)
        self.submission.note(self, value, args, kwargs)
        if self.task.returns is not None:
            with self.submission.located(self.module, self.task.name, value):
                given = [arg.tensor if isinstance(arg, Kept) else arg for arg in args]
                self.task.returns(value, self.task.name, given)
        return value


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the worker: a module, an optimizer, a tensor to be mutated there."""

    submission: Asked
    number: int
    type: str
    is_module: bool

    @property
    def description(self) -> str:
        """Its type in words."""
        return self.type

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, a module's forward above all."""
        value = self.submission.call({"handle": self.number}, f"{self._name}.forward", args, kwargs)
        self.submission.note(self, value, args, kwargs)
        return value

    def fixture(self, name: str, *args: Any) -> Any:
        """Apply one of the worker's fixtures to it."""
        return self.submission.make(name, self, *args)

    def parameters(self) -> dict[str, Tensor]:
        """A module's parameters by name, as they are now."""
        return _all_there(self._tensors("parameters"))

    def state(self) -> dict[str, Tensor]:
        """A module's whole state by name, as it is now."""
        return _all_there(self._tensors("state"))

    def gradients(self) -> dict[str, Tensor | None]:
        """The `.grad` of a module's parameters."""
        return self._tensors("gradients")

    def backward(self, images: Tensor, cotangent: Tensor) -> dict[str, Tensor | None]:
        """The gradients of a module's parameters for a cotangent of its output."""
        return self._tensors("backward", images, cotangent)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Load a state into a module."""
        self.fixture("restore", dict(state))

    def attribute(self, name: str) -> Any:
        """An attribute of it."""
        return self.fixture("attribute", name)

    @property
    def _name(self) -> str:
        return self.type.rpartition(".")[2].rpartition(" ")[2]

    def _tensors(self, fixture: str, *args: Any) -> dict[str, Tensor | None]:
        found = self.fixture(fixture, *args)
        if not isinstance(found, dict):
            raise CheckFailure(f"The {fixture} of {self._name} could not be read")
        for name, tensor in found.items():
            if not (tensor is None or isinstance(tensor, Tensor)):
                raise CheckFailure(f"{self._name}.{name} is not a plain torch.Tensor")
        return {str(name): tensor for name, tensor in found.items()}


def _all_there(found: dict[str, Tensor | None]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in found.items() if tensor is not None}


@dataclass(frozen=True, slots=True)
class Kept:
    """A tensor that was put into the worker, as it was then, and a way to see it now."""

    tensor: Tensor
    handle: Handle

    def now(self) -> Tensor:
        """What it holds after the calls that were made on it."""
        value: Tensor = self.handle.fixture("value")
        return value


def a_module(value: object, name: str, arguments: Sequence[Any]) -> None:
    """Contract: an nn.Module."""
    if not (isinstance(value, Handle) and value.is_module):
        kind = getattr(value, "description", f"a {type(value).__name__}")
        raise CheckFailure(
            f"{name}(...) is {kind}, expected an nn.Module", hint="Does the class derive from nn.Module?"
        )


def a_figure(value: object, name: str, arguments: Sequence[Any]) -> None:
    """Contract: a matplotlib Figure."""
    if not isinstance(value, Drawing):
        kind = "None" if value is None else getattr(value, "description", f"a {type(value).__name__}")
        raise CheckFailure(
            f"{name} returned {kind}, expected a matplotlib Figure", hint="Is the figure returned?"
        )
