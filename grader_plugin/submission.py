"""The learner's functions as a check sees them: remote functions, remote modules, autograd across the boundary."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .admission import Admitted
from .channel import NO_ANSWER, Buffer, Closed, DeadlineExceeded, WireError
from .exercise import CheckInfo, Task, derive_seed
from .result import Blocked, CheckFailure, LoadFailure, StillToDo
from .sandbox import PER_CHECK, Ending, Process, Sandbox, SandboxError
from .wire import Shared, dtype_name, pack, share, unpack

OnStep = Callable[[str, int, int, "float | None"], None]

SENTENCE_CAP = 300  # characters of an exception's first line

# What to look at first, by the type of the exception.
_QUESTIONS = {
    "TypeError": "What is the type of each value in that line?",
    "RuntimeError": "What are the shape and dtype of each tensor in that line?",
    "IndexError": "What is the shape of the tensor that is indexed there?",
    "ValueError": "What are the values in that line when it runs?",
    "NameError": "Is the name spelt as where it was defined or imported?",
    "UnboundLocalError": "On which path is that variable not set yet?",
    "AttributeError": "What is the type of the object in front of the dot?",
    "ModuleNotFoundError": "Only the lesson's own files and installed packages can be imported; is the name one of them?",
    "ImportError": "Is the imported name defined in that file?",
    "SyntaxError": "What is open, missing or too much in that line, or just before it?",
    "IndentationError": "Does that line start in the same column as the others of its block?",
    "RecursionError": "Which call leads back to itself?",
}


class SiblingDied(Exception):
    """Loading another file of the submission ended the process: the check is to be run again without that file."""

    def __init__(self, module: str, how: str) -> None:
        super().__init__(module)
        self.module = module
        self.how = how


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a submission needs to know: where each task lives, what was admitted, and the folder's name in sentences."""

    tasks: Mapping[str, tuple[str, Task]]
    files: Mapping[str, Admitted]
    folder: str

    def path(self, module: str) -> str:
        """A file of the submission as the learner knows it."""
        return f"{self.folder}/{module}.py"


@dataclass(frozen=True, slots=True)
class Function:
    """A function or class of the learner's, by name; it runs in the worker."""

    submission: Submission
    module: str
    task: Task

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; returns what `task.returns` allows, raises what makes a check fail."""
        target = {"function": [self.module, self.task.name]}
        watch = sorted(self.task.forbids)
        value = self.submission.call(target, self.task.name, args, kwargs, module=self.module, watch=watch)
        if self.task.returns is not None:
            with self.submission.located(self.module, self.task.name):
                given = [arg.tensor if isinstance(arg, Kept) else arg for arg in args]
                self.task.returns(value, self.task.name, given)
        return value


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the worker: a module, an optimizer, a tensor to be mutated there."""

    submission: Submission
    number: int
    type: str
    is_module: bool

    @property
    def description(self) -> str:
        """Its type in words."""
        return self.type

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, a module's forward above all."""
        return self.submission.call({"handle": self.number}, f"{self._name}.forward", args, kwargs)

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


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line."""

    label: str
    x: list[float]
    y: list[float]


@dataclass(frozen=True, slots=True)
class Axes:
    """One axes of a figure, with the texts of its legend."""

    title: str
    xlabel: str
    ylabel: str
    legend: tuple[str, ...]
    grid: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A matplotlib figure as plain data."""

    legend: tuple[str, ...]
    axes: tuple[Axes, ...]
    description: str = "a matplotlib Figure"

    @classmethod
    def read(cls, data: Any) -> Drawing:
        """From what the worker told; raises WireError."""
        try:
            axes = tuple(
                Axes(
                    title=str(one["title"]),
                    xlabel=str(one["xlabel"]),
                    ylabel=str(one["ylabel"]),
                    legend=tuple(map(str, one["legend"])),
                    grid=bool(one["grid"]),
                    lines=tuple(
                        Line(str(line["label"]), _floats(line["x"]), _floats(line["y"]))
                        for line in one["lines"]
                    ),
                )
                for one in data["axes"]
            )
            return cls(legend=tuple(map(str, data["legend"])), axes=axes)
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("the other side sent a figure that does not hold together") from error


def _floats(values: Any) -> list[float]:
    return [float(value) for value in values]


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


class Submission:
    """The argument of every check: `submission.relu(x)` runs the learner's `relu` in a process of this check's own.

    A name of a task is that function or class. `memo` is shared by the checks of one exercise.
    """

    def __init__(
        self,
        lesson: Lesson,
        sandbox: Sandbox,
        check: CheckInfo,
        *,
        seed: int,
        memo: dict[str, Any],
        training: dict[str, Any],
        on_step: OnStep | None = None,
    ) -> None:
        self.training = training
        self.remarks: list[str] = []
        self.cut = ""
        self.where = ""
        self._lesson = lesson
        self._sandbox = sandbox
        self._check = check
        self._memo = memo
        self._on_step = on_step
        self._process: Process | None = None
        self._seed = seed
        self._number = 0
        self._deadline = 0.0
        self._loaded: dict[str, _Loaded] = {}
        self._loading: list[str] = []
        self._label: tuple[str, int] | None = None
        self._raised: dict[str, str] = {}

    def __getattr__(self, name: str) -> Function:
        """The learner's function of that name; AttributeError if the lesson has no such task."""
        if name.startswith("_") or name not in self._lesson.tasks:
            raise AttributeError(f"The lesson has no task {name!r}")
        module, task = self._lesson.tasks[name]
        return Function(self, module, task)

    # What a check asks for.

    def make(self, fixture: str, *args: Any, **kwargs: Any) -> Any:
        """Have one of the worker's fixtures made or applied: `submission.make("SGD", model, lr=0.1)`."""
        return self.call({"fixture": fixture}, fixture, args, kwargs)

    def put(self, tensor: Tensor) -> Kept:
        """A copy of the tensor that stays in the worker, to see what a call does to it."""
        return Kept(tensor, self.make("keep", tensor))

    def share(
        self, shape: tuple[int, ...], dtype: torch.dtype, fill: Callable[[Tensor], object]
    ) -> Tensor | Shared:
        """A large tensor that `fill` writes once; where workers can map it, it is copied never."""
        if self._sandbox.isolation == PER_CHECK:
            return share(shape, dtype, fill)
        tensor = torch.empty(shape, dtype=dtype)
        fill(tensor)
        return tensor

    def seed(self, purpose: str) -> int:
        """A seed of this run that several checks share, below 2**31."""
        return derive_seed(self._seed, purpose) % 2**31

    def remark(self, text: str) -> None:
        """Say something that costs nothing; empty texts are left out."""
        if text and text not in self.remarks:
            self.remarks.append(text)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """`make()`, or what it returned or raised for an earlier check of this exercise."""
        if key not in self._memo:
            try:
                self._memo[key] = (make(), None)
            except (CheckFailure, Blocked, StillToDo) as error:
                self._memo[key] = (None, error)
        value, raised = self._memo[key]
        if raised is not None:
            raise raised
        return value

    def raises(self, kind: str, function: Function, *args: Any) -> str:
        """The text of the exception that the call has to raise, a `kind` or derived from it; else CheckFailure."""
        call = f"{function.task.name}({', '.join(map(repr, args))})"
        self._raised = {}
        try:
            value = function(*args)
        except LoadFailure:
            raise
        except CheckFailure as failure:
            if kind in self._raised.get("types", "").split():
                return self._raised["text"]
            if self._raised:
                failure.message = f"{failure.message.replace(function.task.name, call, 1)}; expected a {kind}"
            raise
        raise CheckFailure(
            f"{call} returned {value!r:.80}, expected a {kind}",
            hint="Which path does the function take for it?",
            where=self._place(function.module, function.task.name),
        )

    @contextlib.contextmanager
    def progress(self, label: str, steps: int) -> Iterator[None]:
        """Calls in the block report the learner's training steps under this label, out of so many."""
        self._label = (label, steps)
        try:
            yield
        finally:
            self._label = None

    @contextlib.contextmanager
    def located(self, module: str, name: str) -> Iterator[None]:
        """A CheckFailure of the block gets the place of that function, if it has none."""
        try:
            yield
        except CheckFailure as failure:
            failure.where = failure.where or self._place(module, name)
            raise

    # How it is done.

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
        """One call in the worker: the value that came back, differentiable if an argument asks for it."""
        if module:
            self._load(module, name)
        buffers: list[Buffer] = []
        fds: list[int] = []

        def refer(value: object) -> dict[str, Any]:
            if isinstance(value, Function):
                self._load(value.module, value.task.name)
                return {"function": [value.module, value.task.name]}
            if isinstance(value, (Handle, Kept)):
                return {"handle": value.number if isinstance(value, Handle) else value.handle.number}
            if isinstance(value, Shared):
                fds.append(value.fd)
                return {"shared": len(fds) - 1, "dtype": dtype_name(value.dtype), "shape": list(value.shape)}
            raise TypeError(f"A check passed {value!r} to {name}, which does not travel")

        request = {
            "op": "call",
            "target": target,
            "args": pack(list(args), buffers, refer),
            "kwargs": pack(dict(kwargs), buffers, refer),
            "watch": list(watch),
            "progress": "training" if self._label else None,
        }
        reply, answers = self._request(request, buffers, fds, name, module)
        value = self._unpack(reply.get("value"), answers, name)
        watched = reply.get("watched")
        if isinstance(watched, list) and watched:
            used = ", ".join(str(operator)[:80] for operator in watched[:4])
            raise CheckFailure(
                f"{name} calls PyTorch's own {used}",
                hint="Which elementary operations is the formula made of?",
                where=self._place(module, name),
            )
        given = [tensor for tensor in _tensors((list(args), dict(kwargs))) if tensor.requires_grad]
        return self._differentiable(value, reply.get("graph"), given, name, module) if given else value

    def _differentiable(
        self, value: Any, graph: int | None, inputs: list[Tensor], name: str, module: str
    ) -> Any:
        outputs = [tensor for tensor in _tensors(value) if tensor.requires_grad]
        if not outputs:
            self.cut = name
            return value

        def vjp(cotangents: list[Tensor], again: bool) -> tuple[list[Tensor], int | None]:
            buffers: list[Buffer] = []
            packed = pack(cotangents, buffers, _nothing_else)
            request = {"op": "vjp", "graph": graph, "cotangents": packed, "create_graph": again}
            reply, answers = self._request(request, buffers, (), f"The backward pass of {name}", module)
            return self._unpack(reply.get("value"), answers, name), reply.get("graph")

        linked = _Remote.apply(  # type: ignore[no-untyped-call]
            _Node(vjp, [output.detach() for output in outputs], self, graph, name, module), *inputs
        )
        linked = iter(linked if isinstance(linked, tuple) else (linked,))
        return _replace(value, linked)

    def _unpack(self, node: Any, buffers: list[bytearray], name: str) -> Any:
        def resolve(reference: dict[str, Any]) -> Any:
            if "figure" in reference:
                return Drawing.read(unpack(reference["figure"], buffers, _no_reference))
            if isinstance(reference.get("handle"), int):
                kind = str(reference.get("type"))[:200]
                return Handle(self, reference["handle"], kind, reference.get("module") is True)
            raise WireError("the other side sent a value that is not one")

        try:
            return unpack(node, buffers, resolve)
        except WireError as error:
            raise CheckFailure(f"{name} was answered with bytes that make no sense: {error}") from None

    def _load(self, module: str, name: str) -> None:
        """Import a file in the worker; whatever is wrong with it, or with the name, is raised."""
        try:
            self._import(module, name)
        except CheckFailure as failure:
            words = {"detail": failure.detail, "hint": failure.hint, "where": failure.where}
            raise LoadFailure(failure.message, **words) from None

    def _import(self, module: str, name: str) -> None:
        own = module == self._check.exercise
        path = self._lesson.path(module)
        if module not in self._loaded:
            trouble = self._lesson.files[module].trouble
            if trouble and own:
                missing = self._lesson.files[module].missing
                hint = "Is it where the lesson has it, under that name?" if missing else ""
                raise CheckFailure(trouble, hint=hint, where="" if missing else path)
            if trouble:
                raise Blocked(f"{name} is needed, and {trouble}")
            reply, _ = self._request({"op": "load", "module": module}, (), (), path, module)
            if "failure" in reply:
                self._refuse(None if reply["failure"] is None else _told(reply["failure"]), module)
            self._loaded[module] = _Loaded.read(reply)
        if name not in self._loaded[module].names:
            found = ", ".join(self._loaded[module].names) or "nothing"
            if own:
                raise CheckFailure(
                    f"{name} is not defined in {path} (found: {found})",
                    hint="Is it spelt as in the lesson?",
                    where=path,
                )
            raise Blocked(f"{name} is needed, and is not defined in {path}")

    def _refuse(self, failure: dict[str, str] | None, module: str) -> None:
        path = self._lesson.path(module)
        if module != self._check.exercise or failure is None:
            raise Blocked(f"{path} is needed, and cannot be loaded")
        if failure["kind"] == "unloadable":
            raise Blocked(f"{path} calls into {self._lesson.path(failure['module'])}, which cannot be loaded")
        if failure["type"] in ("MemoryError", "RecursionError") and not failure["file"]:
            raise CheckFailure(
                f"{path} is too complex to parse", hint="Which expression is nested that deep?", where=path
            )
        self._raise(failure, f"Loading {path}", module)

    def _start(self) -> Process:
        if self._process is None:
            check, files, buffers = self._check, self._lesson.files, list[Buffer]()
            needs = check.needs
            own = files[check.exercise].source
            if (
                not needs
                and own is not None
                and any(
                    line.startswith((b"import matplotlib", b"from matplotlib")) for line in own.splitlines()
                )
            ):
                needs = "matplotlib.pyplot"  # 0.5 s in each worker, if the template has not imported it
            self._process = self._sandbox.worker(check.exercise, needs)
            self._deadline = time.monotonic() + check.seconds
            sources = {name: None if file.trouble else file.source for name, file in files.items()}
            request = {
                "op": "start",
                "files": pack(sources, buffers, _nothing_else),
                "folder": self._lesson.folder,
                "seed": derive_seed(self._seed, check.id),
            }
            try:
                self._request(request, buffers, (), "The worker", "")
            except CheckFailure as failure:  # nothing of the learner's has run in it yet
                raise SandboxError(failure.message) from None
        return self._process

    def _request(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: Sequence[int], name: str, module: str
    ) -> tuple[dict[str, Any], list[bytearray]]:
        process = self._start()
        self._number += 1
        try:
            if process.channel.has_input():
                raise WireError("it sent data that nobody asked for")
            process.channel.send({"number": self._number, **request}, buffers, fds, self._deadline)
            while True:
                reply, answers = process.channel.receive(self._deadline)
                if reply.get("number") != self._number:
                    raise WireError("it answered another question")
                if "event" not in reply:
                    break
                self._note(reply)
        except DeadlineExceeded:
            self._late(process.end(late=True), name, module)
        except Closed:
            self._died(process.end(dying=True), name, module)
        except WireError as error:
            process.end(late=True)
            raise CheckFailure(
                f"{name} was not answered as agreed: {error}", where=self._place(module, name)
            ) from None
        if "raised" in reply:
            self._raised = _told(reply["raised"])
            self._raise(self._raised, name, module)
        if "too_large" in reply:
            raise CheckFailure(
                f"{name} returned too much: {reply['too_large']}", where=self._place(module, name)
            )
        return reply, answers

    def _note(self, event: dict[str, Any]) -> None:
        if event["event"] == "loading":
            self._loading.append(str(event.get("module")))
        elif event["event"] == "loaded" and self._loading:
            self._loading.pop()
        elif (
            event["event"] == "step" and self._label and self._on_step and isinstance(event.get("step"), int)
        ):
            label, steps = self._label
            loss = event.get("loss")
            self._on_step(label, event["step"], steps, loss if isinstance(loss, float) else None)

    def _raise(self, told: dict[str, str], name: str, module: str) -> None:
        """Turn what the worker says was raised into what it means for this check."""
        if told["kind"] == "unloadable":
            raise Blocked(f"{name} needs {self._lesson.path(told['module'])}, which cannot be loaded")
        own = self._loaded.get(self._check.exercise)
        file, stub = told["file"], told["stub"]
        unfinished = own is not None and self._check.task in own.unfinished
        if stub and file == self._lesson.path(self._check.exercise) and stub == self._check.task:
            raise StillToDo(f"{stub} is still to do")
        if stub in self._lesson.tasks:
            if unfinished:
                raise StillToDo(f"{self._check.task} is still to do")
            raise Blocked(f"{stub} in {file} is still to do")
        if unfinished:
            raise StillToDo(f"{self._check.task} is still to do")
        first, _, more = told["text"].partition("\n")
        if len(first) > SENTENCE_CAP:
            first = f"{first[:SENTENCE_CAP]}…"
        where = f"{file}:{told['line']}" if file else self._place(module, name)
        code = f"line {told['line']}: {told['code']}" if told["code"] else ""
        if told["type"] == "SystemExit":
            raise CheckFailure(
                f"{name} called sys.exit({first})",
                detail=code,
                where=where,
                hint="What should it do instead of ending the program?",
            )
        message = f"{name} raised {told['type']}: {first}" if first else f"{name} raised {told['type']}"
        detail = "\n".join(part for part in (code, *more.splitlines()[:6]) if part)
        raise CheckFailure(message, detail=detail, where=where, hint=_QUESTIONS.get(told["type"], ""))

    def _late(self, ending: Ending, name: str, module: str) -> None:
        culprit = self._suspect("does not come to an end while it is loaded")
        if culprit:
            name = culprit
        seconds = f"{self._check.seconds:g} s"
        cpu = "" if ending.cpu is None else f" ({ending.cpu:.1f} s of it computing)"
        waiting = ending.cpu is not None and ending.cpu < 0.1 * self._check.seconds
        hint = "What does it wait for?" if waiting else "Which loop does not come to an end?"
        raise CheckFailure(
            f"{name} took over {seconds}{cpu} and was stopped", hint=hint, where=self._place(module, name)
        )

    def _died(self, ending: Ending, name: str, module: str) -> None:
        name = self._suspect("ends the process while it is loaded") or name
        where = self._place(module, name)
        if ending.signal is not None:
            hint = {
                "SIGSEGV": "Which call reaches outside Python?",
                "SIGKILL": "How much memory does it ask for?",
            }
            raise CheckFailure(
                f"{name} made the process die ({ending.signal_name})",
                where=where,
                hint=hint.get(ending.signal_name, ""),
            )
        if ending.exit is not None and ending.exit != NO_ANSWER:
            raise CheckFailure(
                f"{name} ended the process with exit status {ending.exit}",
                where=where,
                hint="What should it do instead of ending the program?",
            )
        raise CheckFailure(
            f"{name} left the process unable to answer",
            where=where,
            hint="Does it close files that it did not open, or replace Python's own functions?",
        )

    def _suspect(self, how: str) -> str:
        """The file that was being loaded when the process ended; another one than the check's is tried without."""
        if not self._loading:
            return ""
        module = self._loading[-1]
        if module != self._check.exercise and module in self._lesson.files:
            raise SiblingDied(module, how)
        return f"Loading {self._lesson.path(self._check.exercise)}"

    def place(self) -> str:
        """`file:line` of the task that is checked, as far as it is known."""
        return self._place(self._check.exercise, self._check.task)

    def _place(self, module: str, name: str) -> str:
        """`file:line` of a function of the learner's, as far as it is known."""
        if not module:
            return ""
        line = self._loaded[module].lines.get(name) if module in self._loaded else None
        return f"{self._lesson.path(module)}:{line}" if line else self._lesson.path(module)

    def finish(self) -> str:
        """End the process; what the learner's code printed."""
        if self._process is None:
            return ""
        output = self._process.output()
        self._process.end()
        return output


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the worker told of a file: lines of its definitions, tasks not written yet, names that are there."""

    lines: dict[str, int]
    unfinished: frozenset[str]
    names: tuple[str, ...]

    @classmethod
    def read(cls, reply: dict[str, Any]) -> _Loaded:
        """From a reply that may hold anything."""
        lines, names, unfinished = reply.get("lines"), reply.get("names"), reply.get("unfinished")
        return cls(
            {name: line for name, line in lines.items() if isinstance(line, int)}
            if isinstance(lines, dict)
            else {},
            frozenset(map(str, unfinished)) if isinstance(unfinished, list) else frozenset(),
            tuple(map(str, names)) if isinstance(names, list) else (),
        )


def _told(reply: Any) -> dict[str, str]:
    """What the worker told of an exception, as text, whatever it sent."""
    said = reply if isinstance(reply, dict) else {}
    return {
        key: str(said.get(key) or "")
        for key in ("kind", "type", "types", "text", "file", "line", "code", "stub", "module")
    }


@dataclass(frozen=True, slots=True)
class _Node:
    """A graph that the worker keeps: its outputs, and how to ask for its vector-Jacobian product."""

    vjp: Callable[[list[Tensor], bool], tuple[list[Tensor], int | None]]
    outputs: list[Tensor]
    submission: Submission
    graph: int | None
    name: str
    module: str


class _Remote(torch.autograd.Function):
    """A node of the grader's graph whose backward runs in the worker, and is such a node again."""

    @staticmethod
    def forward(ctx: Any, node: _Node, *inputs: Tensor) -> tuple[Tensor, ...]:
        ctx.node = node
        ctx.save_for_backward(*inputs)
        return tuple(node.outputs)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor | None, ...]:
        inputs = ctx.saved_tensors
        again = torch.is_grad_enabled()
        gradients, graph = ctx.node.vjp([cotangent.detach() for cotangent in cotangents], again)
        if not _fit(gradients, inputs):
            raise CheckFailure(
                f"The backward pass of {ctx.node.name} returned gradients of other shapes than its inputs"
            )
        if not again:
            return (None, *gradients)
        node = ctx.node
        value = node.submission._differentiable(
            gradients, graph, [*inputs, *cotangents], node.name, node.module
        )
        return (None, *value)


def _fit(gradients: Any, inputs: Sequence[Tensor]) -> bool:
    if not isinstance(gradients, list) or len(gradients) != len(inputs):
        return False
    pairs = zip(gradients, inputs, strict=True)
    return all(isinstance(g, Tensor) and g.shape == x.shape and g.dtype == x.dtype for g, x in pairs)


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _tensors(key)
            yield from _tensors(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _tensors(part)


def _replace(value: Any, linked: Iterator[Tensor]) -> Any:
    """The same structure with the tensors that ask for gradients replaced, in order."""
    if isinstance(value, Tensor):
        return next(linked) if value.requires_grad else value
    if isinstance(value, dict):
        return {key: _replace(part, linked) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_replace(part, linked) for part in value)
    return value


def _nothing_else(value: object) -> dict[str, Any]:
    raise TypeError(f"{value!r} does not travel")


def _no_reference(node: dict[str, Any]) -> object:
    raise WireError("the other side sent a reference where none belongs")
