"""torch's compiler, imported only when something compiles.

An optimizer's first step and the first operation under a dispatch mode import `torch._dynamo` (0.8 s, in each
worker), only to ask that they not be compiled. Until anything else of it is wanted, a stand-in answers those two
questions as outside of a compilation: `disable` changes nothing, `graph_break` does nothing (torch/_compile.py,
torch/optim/optimizer.py).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

NAME = "torch._dynamo"


class StandIn(ModuleType):
    """`torch._dynamo` until it is needed: then the real one takes its place."""

    @staticmethod
    def disable(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """The function as it is."""
        return function

    @staticmethod
    def graph_break(*args: Any, **kwargs: Any) -> None:
        """Nothing to break."""

    def __getattr__(self, name: str) -> Any:
        if (
            name.startswith("__") and name != "__path__"
        ):  # `__path__` is asked for when a submodule is imported
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        return getattr(importlib.import_module(NAME), name)


def postpone() -> None:
    """Put the stand-in where `import torch._dynamo` finds it, if the real one is not there yet."""
    if NAME not in sys.modules:
        sys.modules[NAME] = torch._dynamo = StandIn(NAME)
