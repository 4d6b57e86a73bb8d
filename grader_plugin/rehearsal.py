"""A check performed with a known mistake in the learner's place, in this process, as far as both answer alike."""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

from . import dynamo
from .channel import Buffer
from .compare import value_tolerance
from .drawing import is_png
from .exercise import Misconception
from .mishap import Told
from .mount import Mount
from .result import Blocked, CheckFailure
from .wire import Opaque, tensors, unpack
from .worker import Worker

# Two spellings of one mistake differ by rounding: a few units, through a gradient some tens. Inputs of ±10,000 are
# known to 10,000 units only, which softmax hands on (as in compare).
SAME_EPS = 64.0

Units = Callable[[], float]  # it takes a look at the arguments, which is needed where bits differ

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # of an object that a message names


COMPARED = ("value", "graph", "watched")  # of a reply; whatever else a worker says of itself is not kept


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply of a worker, as it came: what was asked for, and what came back; None where that is not written yet."""

    op: str
    reply: dict[str, Any] | None
    buffers: tuple[Buffer, ...]

    @property
    def is_cut(self) -> bool:
        """Whether none came: the process died, took too long, or said too much."""
        return self.reply is not None and "raised" in self.reply and not self.reply["raised"].get("type")


class Diverged(Exception):
    """The mistake answers otherwise than the learner's code did."""


class Rehearsal:
    """Stands where a conversation with a worker does; each answer is held against the learner's, in order."""

    def __init__(self, entry: Misconception, answers: Sequence[Answer], exercise: str, seed: int) -> None:
        """`seed` is what the check's worker got; with it the caller has seeded numpy's and Python's generators."""
        self.label: tuple[str, int] | None = None
        self.told = Told()
        self._left = iter(answers)
        self._arguments: Callable[[], Any] = (
            list  # of the last call; a gradient's rounding is that of its call
        )
        dynamo.postpone()  # an optimizer and a dispatch mode ask for it, 0.7 s
        self._worker = _Local(entry, exercise)
        # numpy's and Python's generators serve the mistake alone, who rehearses has seeded them; torch's a check uses too.
        self._generator = torch.Generator().manual_seed(seed).get_state()

    @property
    def is_complete(self) -> bool:
        """Whether all that the learner's code answered has been compared."""
        return next(self._left, None) is None

    def load(self, module: str, name: str) -> None:
        """Nothing to load."""

    def request(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: Sequence[int], name: str, module: str
    ) -> tuple[dict[str, Any], list[bytearray]]:
        """The mistake's answer, if it is the learner's too; raises Diverged, or CheckFailure where both raised."""
        expected = next(self._left, None)
        if expected is None or expected.op != request["op"]:
            raise Diverged
        if expected.reply is None:
            raise Blocked(f"{name} is still to do")
        outer, dtype, threads = torch.get_rng_state(), torch.get_default_dtype(), torch.get_num_threads()
        torch.set_rng_state(self._generator)
        try:
            with torch.enable_grad():  # a backward pass of the grader's graph asks without
                # Copies: a mistake may write into what it is given.
                copies = [bytearray(buffer) for buffer in buffers]
                # Operators are watched only where the learner's code used one that it should not: it takes time.
                watch = request.get("watch", []) if expected.reply.get("watched") else []
                reply, out = self._worker.answer(
                    {**request, "watch": watch}, copies, [os.dup(fd) for fd in fds]
                )
        finally:
            self._generator = torch.get_rng_state()
            torch.set_rng_state(outer)
            torch.set_default_dtype(dtype)
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
        if request["op"] == "call":
            self._arguments = partial(unpack, request["args"], list(map(bytearray, buffers)), _opaque)
        if "raised" in reply and "raised" in expected.reply:
            words = [one for one in self._arguments() if isinstance(one, str)]
            if not _raise_alike(reply["raised"], expected.reply["raised"], words):
                raise Diverged
        elif not _alike(reply, out, expected.reply, expected.buffers, self._units):
            raise Diverged
        if "raised" in reply:
            self.told = Told.read(reply["raised"])
            raise CheckFailure(f"{name} raised {self.told.type}")
        return reply, [bytearray(buffer) for buffer in out]

    def _units(self) -> float:
        return SAME_EPS + _largest(self._arguments())

    def place(self, module: str = "", name: str = "") -> str:
        """No place of the learner's."""
        return ""

    outcome = place

    def hurry(self, seconds: float) -> None:
        """No deadline."""

    def finish(self) -> str:
        """Nothing was printed."""
        return ""


class _Local(Worker):
    """A worker's answers without a process: its functions are the mistake, and right ones beside it."""

    def __init__(self, entry: Misconception, exercise: str) -> None:
        self.objects = []
        self.graphs = []
        self.mount = Mount({}, "", lambda **_: None)  # no file of a learner's
        self._entry = entry
        self._exercise = exercise

    def answer(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int]
    ) -> tuple[dict[str, Any], list[Buffer]]:
        """As `serve` answers one request."""
        out: list[Buffer] = []
        try:
            reply = getattr(self, f"do_{request['op']}")(request, buffers, fds, out)
        except Diverged:
            raise
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # what a mistake raises is an answer, SystemExit included
            told = self.mount.describe(error)
            # "missing 1 required positional argument" begins with the function's name.
            told["text"] = told["text"].replace(self._entry.wrong.__qualname__, self._entry.task)
            return {"raised": told}, []
        return reply, out

    def resolve(self, node: dict[str, Any]) -> Any:
        """The mistake under its task's name; other tasks as the known mistakes of their exercise have them beside."""
        if "function" not in node:
            return super().resolve(node)
        module, name = node["function"]
        if (module, name) == (self._exercise, self._entry.task):
            return self._entry.wrong
        beside = vars(importlib.import_module(f".misconceptions.{module}", __package__))
        if name not in beside:
            raise Diverged
        right = beside[name]
        if isinstance(right, FunctionType) and right.__globals__ is beside and module == self._exercise:
            # One of ours, which may call the mistake.
            names = {**beside, self._entry.task: self._entry.wrong}
            again = FunctionType(right.__code__, names, name, right.__defaults__)
            again.__kwdefaults__ = right.__kwdefaults__
            return again
        return right

    @contextlib.contextmanager
    def steps(self, module: str | None) -> Iterator[None]:
        """Nobody watches."""
        yield


def _alike(
    reply: dict[str, Any],
    buffers: Sequence[Buffer],
    expected: dict[str, Any],
    expected_buffers: Sequence[Buffer],
    units: Units,
) -> bool:
    """Whether two replies say the same, up to so many units of rounding."""
    if bool(reply.get("watched")) != bool(expected.get("watched")) or ("raised" in reply) != (
        "raised" in expected
    ):
        return False
    if (reply.get("graph") is None) != (expected.get("graph") is None):
        return False
    return _same(_read(reply.get("value"), buffers), _read(expected.get("value"), expected_buffers), units)


def _raise_alike(one: Any, other: Any, words: Sequence[str]) -> bool:
    """Whether two exceptions are the same: type and text, for a TypeError can come from anywhere.

    A ValueError is mostly raised on purpose, in words of one's own: there it counts which of the `words` that the
    call was given it names.
    """
    first, second = Told.read(one), Told.read(other)
    texts = [_ADDRESS.sub("", told.text) for told in (first, second)]
    named = [[word in text for word in words] for text in texts]
    same = texts[0] == texts[1] or (first.type == "ValueError" and named[0] == named[1])
    return first.type == second.type and same


def _read(node: Any, buffers: Sequence[Buffer]) -> Any:
    """A value; an object that stayed behind by what can be done with it, a figure by what is drawn in it."""

    def refer(node: dict[str, Any]) -> object:
        if "figure" in node:
            return node["figure"]
        return ("handle", node.get("module"))

    return unpack(node, list(buffers), refer)


def _largest(arguments: Any) -> float:
    """The largest finite magnitude among the floating-point inputs of a call; rounding grows with it in a softmax."""
    floats = [tensor for tensor in tensors(arguments) if tensor.is_floating_point() and tensor.numel()]
    return max((float(one.detach().abs().nan_to_num(0, 0, 0).max()) for one in floats), default=0.0)


def _opaque(node: dict[str, Any]) -> object:
    return None


def _same(one: Any, other: Any, units: Units) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return _same_tensor(one, other, units)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6) or (math.isnan(one) and math.isnan(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key], units) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(_same(*pair, units) for pair in zip(one, other, strict=True))
    if isinstance(one, Opaque):
        return bool(one.description == other.description)
    if is_png(one) and is_png(other):
        return True  # an image of what was compared as a figure before
    return bool(one == other)


def _same_tensor(one: Tensor, other: Tensor, units: Units) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype or one.requires_grad != other.requires_grad:
        return False
    if torch.equal(one, other):
        return True
    if not one.is_floating_point():
        return False
    a, b = one.detach().double(), other.detach().double()
    error = torch.where((a == b) | (a.isnan() & b.isnan()), 0.0, (a - b).abs())
    return bool((error <= value_tolerance(b, one.dtype, units())).all())
