"""The learner's functions as a check sees them: remote functions, remote modules, autograd across the boundary."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from . import exhibit
from .autograd import AskVjp, Graph, differentiable
from .channel import Buffer, WireError
from .conversation import Conversation, SiblingDied
from .drawing import Drawing, is_png
from .exercise import CheckInfo, derive_seed
from .lesson import Lesson
from .mishap import Told
from .rehearsal import COMPARED, Answer, Rehearsal
from .remote import Function, Handle, Kept
from .result import Blocked, CheckFailure, Curve, LoadFailure, StillToDo
from .wire import Shared, dtype_name, pack, share, tensors, unpack

KEPT_BYTES = 4 * 2**20  # of a check's answers; the most that one of the solutions' has is 1.6 MB

# A figure is drawn and rendered in 0.1 s.
PLOT_SECONDS = 3.0

# What a fixture does, for the sentence that says that it went wrong.
_DOING = {
    "state": "Reading the model's weights",
    "parameters": "Reading the model's parameters",
    "gradients": "Reading the model's gradients",
    "backward": "The model's backward pass",
    "restore": "Setting the model's weights",
}


# What a fixture returns, where a check relies on it.
_MADE: dict[str, type] = {
    **dict.fromkeys(("Activation", "ReferenceMLP", "RecordingMLP", "BrokenMLP", "Linear"), Handle),
    **dict.fromkeys(("SGD", "Adam", "keep"), Handle),
    **dict.fromkeys(("value", "random_state"), Tensor),
    "is_training": bool,
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the task that is checked gave back last: by which name, and what it had been given of the worker's.

    `effects` says that one of those was looked at since: what is judged then is what the call did to it;
    `differentiated` that a gradient was asked for since: the value is not what is judged then.
    """

    name: str
    value: Any
    given: frozenset[int]
    effects: bool = False
    differentiated: bool = False


class Submission:
    """The argument of every check: `submission.relu(x)` runs the learner's `relu` in a process of this check's own.

    A name of a task is that function or class. `memo` is shared by the checks of one exercise; `training` is what
    this check tells of the networks it trains, `trained` what others told before; `data` loads the data set.
    """

    def __init__(
        self,
        lesson: Lesson,
        conversation: Conversation | Rehearsal,
        check: CheckInfo,
        *,
        seed: int,
        memo: dict[str, Any],
        training: dict[str, Any],
        trained: Mapping[str, Any] | None = None,
        maps_memory: bool = True,
        data: Callable[[], Any] | None = None,
    ) -> None:
        self.answers: list[Answer] = []
        self.training = training
        self.trained: Mapping[str, Any] = trained or {}
        self.plots: dict[str, bytes] = {}
        self.curve: Curve = {}
        self.remarks: list[str] = []
        self.cut = ""
        self._kept = 0
        self._answer: _Answer | None = None
        self._models: set[int] = set()  # what the task that is checked made
        self._lesson = lesson
        self._check = check
        self._memo = memo
        self._seed = seed
        self._maps_memory = maps_memory
        self._data = data
        self._conversation = conversation

    def __getattr__(self, name: str) -> Function:
        """The learner's function of that name; AttributeError if the lesson has no such task."""
        if name.startswith("_") or name not in self._lesson.tasks:
            raise AttributeError(f"The lesson has no task {name!r}")
        module, task = self._lesson.tasks[name]
        return Function(self, module, task)

    # What a check asks for.

    def make(self, fixture: str, *args: Any, **kwargs: Any) -> Any:
        """Have one of the worker's fixtures made or applied: `submission.make("SGD", model, lr=0.1)`."""
        value = self.call({"fixture": fixture}, _DOING.get(fixture, fixture), args, kwargs)
        expected = bool if fixture == "attribute" and args[1:] == ("requires_grad",) else _MADE.get(fixture)
        if expected is not None and not isinstance(
            value, expected
        ):  # only who answers in the worker's place does that
            raise CheckFailure(f"{_DOING.get(fixture, fixture)} was answered with {exhibit.describe(value)}")
        if self._answer is not None and self._answer.given & _numbers(args):
            self._answer = replace(self._answer, effects=True)
        return value

    def put(self, tensor: Tensor) -> Kept:
        """A copy of the tensor that stays in the worker, to see what a call does to it."""
        return Kept(tensor, self.make("keep", tensor))

    def keep(self, plot: str, draw: Callable[[], Drawing]) -> None:
        """Keep the image of the figure that `draw` returns, at the end of a check: what is in its way costs nothing."""
        self._conversation.hurry(PLOT_SECONDS)
        with contextlib.suppress(CheckFailure, Blocked, StillToDo, SiblingDied):
            image = self.make("png", draw())
            if is_png(image):
                self.plots[plot] = image

    def show(self, x: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
        """Curves of the learner's own over `x`, by their names, which the record shows if the check passes."""
        self.curve = exhibit.curves(x, curves)

    def share(
        self, shape: tuple[int, ...], dtype: torch.dtype, fill: Callable[[Tensor], object]
    ) -> Tensor | Shared:
        """A large tensor that `fill` writes once; where workers can map it, it is copied never."""
        if self._maps_memory:
            return share(shape, dtype, fill)
        tensor = torch.empty(shape, dtype=dtype)
        fill(tensor)
        return tensor

    def data(self) -> Any:
        """The training and the test set, as `mnist.load` returns them."""
        assert self._data is not None, "a run that trains says where its data comes from"
        return self._data()

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
            begun = len(self.answers)
            made, error = None, None
            try:
                made = make()
            except (CheckFailure, Blocked, StillToDo) as found:
                error = found
            self._memo[key] = (made, error, self.answers[begun:])
        else:
            self.answers += self._memo[key][2]
        value, raised, _ = self._memo[key]
        if raised is not None:
            raise raised
        return value

    def raises(self, kind: str, function: Function, *args: Any) -> str:
        """The text of the exception that the call has to raise, a `kind` or derived from it; else CheckFailure."""
        shown = ("…" if isinstance(arg, (Handle, Kept, Tensor)) else repr(arg) for arg in args)
        call = f"{function.task.name}({', '.join(shown)})"
        self._conversation.told = Told()
        try:
            value = function(*args)
        except LoadFailure:
            raise
        except CheckFailure as failure:
            told = self._conversation.told
            if kind in told.types.split():
                return told.text
            if told.type:
                failure.message = f"{failure.message.replace(function.task.name, call, 1)}; expected a {kind}"
            raise
        raise CheckFailure(
            f"{call} returned {value!r:.80}, expected a {kind}",
            hint="Which path does the function take for it?",
            where=self._outcome(function.module, function.task.name, value),
        )

    @contextlib.contextmanager
    def progress(self, label: str, steps: int) -> Iterator[None]:
        """Calls in the block report the learner's training steps under this label, out of so many."""
        self._conversation.label = (label, steps)
        try:
            yield
        finally:
            self._conversation.label = None

    @contextlib.contextmanager
    def located(self, module: str, name: str, value: Any) -> Iterator[None]:
        """A CheckFailure of the block gets the place where that function returned the value, if it has none."""
        try:
            yield
        except CheckFailure as failure:
            failure.where = failure.where or self._outcome(module, name, value)
            raise

    def note(
        self, source: Function | Handle, value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        """Keep what came back, if it came from the task that is checked, or from a model that it made."""
        name = self._check.task
        if isinstance(source, Handle):
            if source.number not in self._models:
                return
            name = f"{name}.forward"
        elif source.task.name != name:
            return
        elif isinstance(value, Handle):
            self._models.add(value.number)
        self._answer = _Answer(name, value, _numbers([*args, *kwargs.values()]))

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
            self._conversation.load(module, name)
        buffers: list[Buffer] = []
        fds: list[int] = []

        def refer(value: object) -> dict[str, Any]:
            if isinstance(value, Function):
                self._conversation.load(value.module, value.task.name)
                return {"function": [value.module, value.task.name]}
            if isinstance(value, (Handle, Kept, Drawing)):
                return {"handle": value.handle.number if isinstance(value, Kept) else value.number}
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
            "progress": "training" if self._conversation.label else None,
        }
        reply, answers = self._request(request, buffers, fds, name, module)
        value = self._unpack(reply.get("value"), answers, name)
        watched = reply.get("watched")
        if isinstance(watched, list) and watched:
            used = ", ".join(
                str(operator)[:80].removeprefix("aten::").lstrip("_") for operator in watched[:4]
            )
            line = str(reply.get("watched_at"))
            raise CheckFailure(
                f"{name} calls PyTorch's own {used}",
                hint="Which elementary operations is the formula made of?",
                where=line if self._lesson.code(line) else self._conversation.place(module, name),
            )
        given = [tensor for tensor in tensors((list(args), dict(kwargs))) if tensor.requires_grad]
        if not given:
            return value
        if not any(tensor.requires_grad for tensor in tensors(value)):
            self.cut = name
        graph = Graph(_number(reply.get("graph"), name), name, self._vjp_of(name, module))
        return differentiable(value, given, graph)

    def _request(
        self, request: dict[str, Any], buffers: list[Buffer], fds: Sequence[int], name: str, module: str
    ) -> tuple[dict[str, Any], list[bytearray]]:
        """As the conversation's; where it raises nothing came back, and what came before is not shown for it."""
        answer, self._answer = self._answer, None
        self._conversation.told = Told()
        try:
            reply, answers = self._conversation.request(request, buffers, fds, name, module)
        except CheckFailure:
            told = self._conversation.told
            self.answers.append(Answer(request["op"], {"raised": asdict(told)}, ()))
            raise
        except (Blocked, StillToDo):
            self.answers.append(Answer(request["op"], None, ()))
            raise
        self._kept += sum(map(len, answers))
        kept_reply = {key: reply[key] for key in COMPARED if key in reply}
        self._kept += len(repr(kept_reply))
        is_much = self._kept > KEPT_BYTES  # then nobody asks which mistake it is: an answer was cut
        kept = (
            Answer(request["op"], {"raised": {}}, ())
            if is_much
            else Answer(request["op"], kept_reply, tuple(answers))
        )
        self.answers.append(kept)
        self._answer = answer
        return reply, answers

    def _vjp_of(self, name: str, module: str) -> AskVjp:
        def ask(graph: int | None, cotangents: list[Tensor], again: bool) -> tuple[list[Tensor], int | None]:
            buffers: list[Buffer] = []
            packed = pack(cotangents, buffers, _nothing_else)
            request = {"op": "vjp", "graph": graph, "cotangents": packed, "create_graph": again}
            called = f"The backward pass of {name}"
            reply, answers = self._request(request, buffers, (), called, module)
            if self._answer is not None:
                self._answer = replace(self._answer, differentiated=True)
            gradients = self._unpack(reply.get("value"), answers, name)
            if again and not any(tensor.requires_grad for tensor in tensors(gradients)):
                self.cut = called
            return gradients, _number(reply.get("graph"), called)

        return ask

    def _unpack(self, node: Any, buffers: list[bytearray], name: str) -> Any:
        def resolve(reference: dict[str, Any]) -> Any:
            if "figure" in reference:
                return Drawing.read(reference["figure"], reference.get("number"))
            if _is_number(reference.get("handle")):
                kind = str(reference.get("type"))[:80]
                return Handle(self, reference["handle"], kind, reference.get("module") is True)
            raise WireError("the other side sent a value that is not one")

        try:
            return unpack(node, buffers, resolve, whole=True)
        except WireError as error:
            raise CheckFailure(f"{name} was answered with bytes that make no sense: {error}") from None

    def place(self) -> str:
        """`file:line` of what is judged: where the task that is checked returned, or where it is defined."""
        exercise, answer = self._check.exercise, self._answer
        if answer is None or answer.effects:
            return self._conversation.place(exercise, self._check.task)
        return self._outcome(exercise, answer.name, answer.value)

    def _outcome(self, module: str, name: str, value: Any) -> str:
        """`file:line` of the only `return`; nothing may have come back without one."""
        if value is None:
            return self._conversation.place(module, name.partition(".")[0])
        return self._conversation.outcome(module, name)

    @property
    def returned(self) -> str:
        """What the task that is checked gave back last, in words; empty if nothing came back."""
        answer = self._answer
        return exhibit.describe(answer.value) if answer and not answer.differentiated else ""

    def code(self, where: str) -> str:
        """The learner's line at a `file:line`."""
        return self._lesson.code(where)

    def settle(self) -> None:
        """For the end of a check that nothing failed: raises CheckFailure if the worker sent more than it was asked."""
        if isinstance(self._conversation, Conversation):
            self._conversation.settle()

    def finish(self) -> str:
        """End the process; what the learner's code printed."""
        return self._conversation.finish()


def _numbers(arguments: Sequence[Any]) -> frozenset[int]:
    """Which of the worker's objects are among the arguments."""
    handles = (one.handle if isinstance(one, Kept) else one for one in arguments)
    return frozenset(one.number for one in handles if isinstance(one, Handle))


def _is_number(told: Any) -> bool:
    return type(told) is int and 0 <= told < 2**31


def _number(told: Any, name: str) -> int | None:
    """Of a graph that the worker keeps, if it says that there is one."""
    if told is None or _is_number(told):
        number: int | None = told
        return number
    raise CheckFailure(f"{name} was answered with bytes that make no sense: a graph that has no number")


def _nothing_else(value: object) -> dict[str, Any]:
    raise TypeError(f"{value!r} does not travel")
