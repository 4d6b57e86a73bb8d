"""The child: answers calls of the learner's code.

Everything of the learner's runs here and nowhere else. It knows no reference, tolerance, score or verdict. A reply
says what came back, or what was raised; the grader decides what that is worth.
"""

from __future__ import annotations

import contextlib
import fnmatch
import importlib
import random
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from types import FrameType
from typing import Any

import numpy.random  # named: numpy itself imports it only when it is used, 8 ms in each worker
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from . import confinement, drawing
from .channel import REPLY_CAP, Buffer, Channel, Closed, WireError
from .fixtures import FIXTURES, Kept
from .mount import PACKAGE, Mount
from .wire import map_shared, pack, tensors, unpack

NAMES_CAP = 300  # definitions of a file that the grader is told of
SHOWN_CAP = 50  # names that a sentence may list
EVENT_SECONDS = 0.1  # at most ten progress frames a second


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes which operators of a list of patterns were dispatched, and the learner's line that asked first."""

    def __init__(self, patterns: Sequence[str], files: Collection[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.patterns = patterns
        self.files = files
        self.seen: list[str] = []
        self.place = ""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note and pass on."""
        name = func._schema.name
        if name not in self.seen and any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns):
            self.seen.append(name)
            self.place = self.place or self._caller()
        return func(*args, **(kwargs or {}))

    def _caller(self) -> str:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""


class Worker:
    """One conversation: requests come in order, each has one reply with its number."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.objects: list[object] = []
        self.graphs: list[tuple[list[torch.Tensor], list[torch.Tensor]]] = []
        self.mount: Mount
        self.number = 0

    def serve(self) -> None:
        """Answer until the grader closes the channel."""
        while True:
            fds: list[int] = []
            try:
                request, buffers = self.channel.receive(None, fds)
            except Closed:
                return
            self.number = request["number"]
            reply_buffers: list[Buffer] = []
            try:
                reply = getattr(self, f"do_{request['op']}")(request, buffers, fds, reply_buffers)
            except BaseException as error:  # whatever a learner's code raises is an answer, not our end
                reply, reply_buffers = {"raised": self.mount.describe(error)}, []
            _flush()
            try:
                self.channel.send({"number": self.number, **reply}, reply_buffers, cap=REPLY_CAP)
            except WireError as error:
                self.channel.send({"number": self.number, "too_large": str(error)})

    def event(self, **data: Any) -> None:
        """Tell the grader something while it waits."""
        self.channel.send({"number": self.number, **data})

    def do_start(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """Mount the submission afresh and seed every generator."""
        torch.set_num_threads(request["threads"])
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Mount)]
        self.objects.clear()
        self.graphs.clear()
        files = unpack(request["files"], buffers, _no_reference)
        # By name: to look through all modules takes 2 ms in a process that was just forked and owns no page yet.
        for name in (PACKAGE, *(f"{PACKAGE}.{file}" for file in files)):
            sys.modules.pop(name, None)
        self.mount = Mount(files, request["folder"], self.event)
        sys.meta_path.insert(0, self.mount)
        drawing.stay_headless()
        torch.default_generator.manual_seed(
            request["seed"]
        )  # torch.manual_seed notes a stack for each absent device
        numpy.random.seed(request["seed"] % 2**32)
        random.seed(request["seed"])
        return {}

    def do_load(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """Import a file: where its functions stand, or why it cannot be loaded."""
        name = request["module"]
        module = importlib.import_module(f"{PACKAGE}.{name}")
        if name in self.mount.failures:
            return {"failure": self.mount.failures[name]}
        source = self.mount.sources[name]
        # The lesson's names first: a file may have more of its own than a reply holds.
        known = [key for key in request["tasks"] if key in source.definitions]
        named = [*known, *(key for key in source.definitions if key not in known)][:NAMES_CAP]
        public = [key for key in vars(module) if not key.startswith("_") and key in named]
        return {
            "lines": {name: source.definitions[name] for name in named},
            "returns": {
                name: line for name, line in source.returns.items() if name.partition(".")[0] in named
            },
            "unfinished": sorted(source.unfinished.intersection(named)),
            "names": public if len(public) <= SHOWN_CAP else [*known, *public][:SHOWN_CAP],
        }

    def do_call(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """Call a function, a method or a fixture; keep the graph if an input asks for gradients."""

        def resolve(node: dict[str, Any]) -> object:
            return map_shared(fds[node["shared"]], node) if "shared" in node else self.resolve(node)

        function = self.resolve(request["target"])
        args = unpack(request["args"], buffers, resolve)
        kwargs = unpack(request["kwargs"], buffers, resolve)
        inputs = [tensor for tensor in tensors((args, kwargs)) if tensor.requires_grad]
        watch = Watch(request["watch"], self.mount.displays) if request["watch"] else None
        with watch or contextlib.nullcontext(), self.steps(request["progress"]):
            value = function(*args, **kwargs)
        packed = pack(value, out, lambda thing: self.refer(thing, out), cap=REPLY_CAP)
        reply = {"value": packed}
        if watch and watch.seen:
            reply.update(watched=watch.seen, watched_at=watch.place)
        if inputs:
            outputs = [tensor for tensor in tensors(value) if tensor.requires_grad]
            self.graphs.append((inputs, outputs))
            reply["graph"] = len(self.graphs) - 1
        return reply

    def do_vjp(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """The vector-Jacobian product of a kept graph; itself a graph, if it is to be differentiated again."""
        inputs, outputs = self.graphs[request["graph"]]
        cotangents = [tensor.detach() for tensor in unpack(request["cotangents"], buffers, _no_reference)]
        again = request["create_graph"]
        if again:
            cotangents = [tensor.requires_grad_() for tensor in cotangents]
        # As one scalar: `grad_outputs` would have torch import sympy, 0.3 s in each worker, to compare shapes.
        scalar = sum((y * v).sum() for y, v in zip(outputs, cotangents, strict=True))
        found = torch.autograd.grad(scalar, inputs, retain_graph=True, create_graph=again, allow_unused=True)
        gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found, strict=True)]
        reply = {"value": pack(gradients, out, _no_object, cap=REPLY_CAP)}
        if again:
            outputs = [tensor for tensor in gradients if tensor.requires_grad]
            self.graphs.append(([*inputs, *cotangents], outputs))
            reply["graph"] = len(self.graphs) - 1
        return reply

    def do_settle(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """The last request of a check: whoever has answered it beforehand is out of step now."""
        return {}

    def do_probe(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """Before any code of a learner's: what confinement lets through."""
        return {"went_through": confinement.probe(request["secret"], request["grader"])}

    def resolve(self, node: dict[str, Any]) -> Any:
        """What a reference in a request stands for."""
        if "function" in node:
            module, name = node["function"]
            return getattr(importlib.import_module(f"{PACKAGE}.{module}"), name)
        if "fixture" in node:
            return FIXTURES[node["fixture"]]
        if "handle" in node:
            thing = self.objects[node["handle"]]
            return thing.tensor if isinstance(thing, Kept) else thing
        raise WireError(f"the grader sent a reference of kind {sorted(node)}")

    def refer(self, value: object, out: list[Buffer]) -> dict[str, Any]:
        """Keep an object here and tell the grader its number; a figure is told in full."""
        figure = sys.modules.get("matplotlib.figure")
        if figure is not None and isinstance(value, figure.Figure):
            self.objects.append(value)
            return {
                "figure": pack(drawing.describe(value), out, _no_object),
                "number": len(self.objects) - 1,
            }
        self.objects.append(value)
        return {
            "handle": len(self.objects) - 1,
            "type": describe_type(value),
            "module": isinstance(value, torch.nn.Module),
        }

    @contextlib.contextmanager
    def steps(self, module: str | None) -> Iterator[None]:
        """Report the learner's training steps while their loop runs, by wrapping their `train_step`."""
        home = sys.modules.get(f"{PACKAGE}.{module}") if module else None
        original = getattr(home, "train_step", None)
        if not callable(original):
            yield
            return
        count, last = 0, time.monotonic()

        def train_step(*args: Any, **kwargs: Any) -> Any:
            nonlocal count, last
            loss = original(*args, **kwargs)
            count += 1
            if time.monotonic() - last >= EVENT_SECONDS:
                last = time.monotonic()
                self.event(
                    event="step", step=count, loss=loss if isinstance(loss, float) and loss == loss else None
                )
            return loss

        home.train_step = train_step  # type: ignore[union-attr]
        try:
            yield
        finally:
            home.train_step = original  # type: ignore[union-attr]


def describe_type(value: object) -> str:
    """A value's type in words: "a numpy.ndarray"."""
    kind = type(value)
    if kind.__name__ == "coroutine":
        return "a coroutine (is there an 'async' too many?)"
    if kind.__name__ == "generator":
        return "a generator (is there a 'yield' where a return should be?)"
    home = "" if kind.__module__ in ("builtins", None) else f"{kind.__module__}."
    name = f"{home}{kind.__qualname__}"[:120]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _no_object(value: object) -> dict[str, Any]:
    return {"opaque": describe_type(value)}


def _no_reference(node: dict[str, Any]) -> object:
    raise WireError(f"the grader sent a reference of kind {sorted(node)} where none belongs")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # a learner may have closed or replaced it
            stream.flush()


def main(channel: Channel) -> None:
    """Serve one grader."""
    Worker(channel).serve()
