"""The child: mounts the submission, answers calls.

Everything of the learner's runs here and nowhere else. It knows no reference, tolerance, score or verdict. A reply
says what came back, or what was raised; the grader decides what that is worth.
"""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import importlib
import linecache
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import Any

import numpy.random  # named: numpy itself imports it only when it is used, 8 ms in each worker
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from . import drawing
from .channel import Buffer, Channel, Closed, WireError
from .fixtures import FIXTURES, Kept
from .wire import map_shared, pack, tensors, unpack

PACKAGE = "exercises"
TEXT_CAP = 2048
EVENT_SECONDS = 0.1  # at most ten progress frames a second


class Unloadable(Exception):
    """A call met a file of the submission that cannot be loaded."""

    def __init__(self, module: str) -> None:
        super().__init__(f"{module}.py cannot be loaded")
        self.module = module


class Placeholder(type):
    """The metaclass of every name of a file that cannot be loaded: it may be imported and subclassed, not called."""

    def __call__(cls, *args: object, **kwargs: object) -> object:
        first = cls.__mro__[-2]  # a learner's class may derive from it; next to last stands `object`
        raise Unloadable(first.__module__.rpartition(".")[2])


class PlaceholderModule(ModuleType):
    """A file that cannot be loaded: any name is there, and raises when called."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(name, (), {"__module__": self.__name__})


class Source:
    """What the text of one file tells: where its functions stand, and which are not written yet."""

    def __init__(self, text: str, display: str) -> None:
        self.display = display
        self.lines = text.splitlines()
        self.tree = ast.parse(text, display)
        self.definitions: dict[str, int] = {}
        self.unfinished: set[str] = set()
        self._raises: dict[int, str] = {}
        for node in _statements(self.tree.body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._read(node)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.definitions[target.id] = node.lineno

    def _read(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.definitions[node.name] = node.lineno
        for part in ast.walk(node):
            if isinstance(part, ast.Raise) and _is_todo(part):
                for line in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                    self._raises[line] = node.name
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_todo(part.body[-1]):
                self.unfinished.add(node.name)

    def todo_at(self, line: int) -> str | None:
        """The function whose `raise NotImplementedError` stands in that line."""
        return self._raises.get(line)

    def line(self, number: int) -> str:
        """The text of a line, for the learner to see; empty if there is none."""
        return self.lines[number - 1].strip()[:200] if 0 < number <= len(self.lines) else ""


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, with those under `if`, `try` and `with`."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "handlers", "orelse", "finalbody"):
                for inner in getattr(node, part, ()):
                    yield from _statements(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _is_todo(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


class Mount(MetaPathFinder, Loader):
    """The submission as the package `exercises`, from the bytes that the grader admitted.

    `files` maps a module's name to its source, or to None when it cannot be loaded (the grader knows why).
    """

    def __init__(self, files: dict[str, bytes | None], folder: str, on_event: Callable[..., None]) -> None:
        self.files = files
        self.displays = {f"{folder}/{name}.py": name for name in files}
        self.sources: dict[str, Source] = {}
        self.failures: dict[str, dict[str, Any] | None] = {}
        self._on_event = on_event

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Only the package itself and the files that the lesson names."""
        if fullname == PACKAGE:
            return ModuleSpec(fullname, self, is_package=True)
        package, _, name = fullname.rpartition(".")
        return ModuleSpec(fullname, self) if package == PACKAGE and name in self.files else None

    def create_module(self, spec: ModuleSpec) -> None:
        """The default."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file; what goes wrong is kept, and the module becomes a placeholder."""
        name = module.__name__.rpartition(".")[2]
        if module.__name__ == PACKAGE:
            return
        source = self.files[name]
        if source is None:
            self._replace(module, name, None)
            return
        module.__file__ = display = next(shown for shown, file in self.displays.items() if file == name)
        self._on_event(event="loading", module=name)
        try:
            # For inspect.getsource, which torch.jit.script asks too: there is no file of that name here.
            text = source.decode("utf-8-sig")
            linecache.cache[display] = (len(text), None, text.splitlines(keepends=True), display)
            self.sources[name] = parsed = Source(text, display)
            exec(compile(parsed.tree, display, "exec", dont_inherit=True), module.__dict__)
        except BaseException as error:  # a learner's file may raise anything, SystemExit included
            self._replace(module, name, self.describe(error))
        self._on_event(event="loaded", module=name)

    def _replace(self, module: ModuleType, name: str, failure: dict[str, Any] | None) -> None:
        self.failures[name] = failure
        for key in [key for key in vars(module) if not key.startswith("__")]:
            del vars(module)[key]
        module.__class__ = PlaceholderModule

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception of the learner's code as plain data."""
        if isinstance(error, Unloadable):
            return {"kind": "unloadable", "module": error.module}
        kind = type(error).__name__[:80]
        try:
            text = str.__str__(str(error))[:TEXT_CAP]
        except BaseException:
            text = "(its message is unavailable)"
        types = " ".join(base.__name__[:80] for base in type(error).__mro__)[:TEXT_CAP]
        told: dict[str, Any] = {"kind": "exception", "type": kind, "types": types, "text": text}
        if isinstance(error, SyntaxError) and error.filename in self.displays:
            told.update(file=error.filename, line=error.lineno or 1, code=(error.text or "").strip()[:200])
            told["text"] = str(error.msg)[:TEXT_CAP]
            return told
        frames = self._frames(error.__traceback__)
        if frames:
            file, line, innermost = frames[-1]
            source = self.sources.get(self.displays[file])
            told.update(file=file, line=line, code=source.line(line) if source else "")
            if innermost and isinstance(error, NotImplementedError) and source:
                told["stub"] = source.todo_at(line)
        return told

    def _frames(self, traceback: TracebackType | None) -> list[tuple[str, int, bool]]:
        """The learner's frames, outermost first: file, line, whether no other frame lies below."""
        frames = []
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if file in self.displays:
                frames.append((file, traceback.tb_lineno, traceback.tb_next is None))
            traceback = traceback.tb_next
        return frames


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes which operators of a list of patterns were dispatched."""

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.patterns = patterns
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note and pass on."""
        name = func._schema.name
        if name not in self.seen and any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns):
            self.seen.append(name)
        return func(*args, **(kwargs or {}))


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
                self.channel.send({"number": self.number, **reply}, reply_buffers)
            except WireError as error:
                self.channel.send({"number": self.number, "too_large": str(error)})

    def event(self, **data: Any) -> None:
        """Tell the grader something while it waits."""
        self.channel.send({"number": self.number, **data})

    def do_start(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: list[int], out: list[Buffer]
    ) -> dict[str, Any]:
        """Mount the submission afresh and seed every generator."""
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]:
            del sys.modules[name]
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Mount)]
        self.objects.clear()
        self.graphs.clear()
        files = unpack(request["files"], buffers, _no_reference)
        self.mount = Mount(files, request["folder"], self.event)
        sys.meta_path.insert(0, self.mount)
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
        names = [key for key in vars(module) if not key.startswith("_") and key in source.definitions]
        return {"lines": source.definitions, "unfinished": sorted(source.unfinished), "names": names[:50]}

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
        watch = Watch(request["watch"]) if request["watch"] else None
        with watch or contextlib.nullcontext(), self.steps(request["progress"]):
            value = function(*args, **kwargs)
        packed = pack(value, out, lambda thing: self.refer(thing, out))
        reply = {"value": packed, "watched": watch.seen if watch else []}
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
        reply = {"value": pack(gradients, out, _no_object)}
        if again:
            outputs = [tensor for tensor in gradients if tensor.requires_grad]
            self.graphs.append(([*inputs, *cotangents], outputs))
            reply["graph"] = len(self.graphs) - 1
        return reply

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
            return {"figure": pack(drawing.describe(value), out, _no_object)}
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
