"""Known mistakes as programs: one module an exercise. Each names itself to a learner, and proves that its check sees it."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any, TypeVar

from .. import outside
from ..exercise import Misconception

Wrong = TypeVar("Wrong", bound=Callable[..., Any])

# What a wrong implementation may use beside what its exercise's own file has.
PRELUDE = """\
import math
import torch
import torch.nn.functional as F
from torch import Tensor, nn
"""


class Misconceptions:
    """Gathers the entries of one exercise, in order."""

    def __init__(self) -> None:
        self.entries: dict[str, Misconception] = {}
        self.probes: dict[str, Callable[[Any], None]] = {}

    def entry(self, id: str, *, task: str, loses: str, diagnosis: str, hint: str) -> Callable[[Wrong], Wrong]:
        """Register the wrong function or class below; raises ValueError for an id that is taken."""

        def register(wrong: Wrong) -> Wrong:
            if id in self.entries:
                raise ValueError(f"Misconception {id!r} is defined twice")
            self.entries[id] = Misconception(
                id=id, task=task, wrong=wrong, diagnosis=diagnosis, hint=hint, loses=loses
            )
            return wrong

        return register

    def probe(self, task: str) -> Callable[[Wrong], Wrong]:
        """Register further calls that tell this task's mistakes apart; a check stops at the first answer that is off.

        The function takes a submission, as a check does, and asserts nothing.
        """

        def register(calls: Wrong) -> Wrong:
            self.probes[task] = calls
            return calls

        return register


def load(exercise: str) -> tuple[Misconception, ...]:
    """The known mistakes of the exercise of that name, with torch imported; none if it has no module here."""
    return tuple(_known(exercise).entries.values())


def probe(exercise: str, task: str) -> Callable[[Any], None] | None:
    """The further calls for a task, if it has some."""
    return _known(exercise).probes.get(task)


def module(exercise: str) -> str:
    """The module that holds the known mistakes of that exercise."""
    package = outside.packages().get(exercise)
    return f"{package}.misconceptions" if package else f"{__name__}.{exercise}"


def _known(exercise: str) -> Misconceptions:
    name = module(exercise)
    try:
        known: Misconceptions = importlib.import_module(name).misconceptions
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return Misconceptions()
    return known


def source(entry: Misconception) -> str:
    """The wrong implementation as it would stand at the end of a learner's file."""
    module = inspect.getmodule(entry.wrong)
    assert module is not None
    definition = deepcopy(_definitions(inspect.getsource(module))[entry.wrong.__name__])
    definition.decorator_list.clear()
    definition.name = entry.task
    return f"{PRELUDE}\n\n{ast.unparse(definition)}\n"


@lru_cache
def _definitions(text: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """By name; kept, because to find one class `inspect` reads the whole module."""
    tree = ast.parse(text)
    return {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
