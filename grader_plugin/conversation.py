"""One check's conversation with its worker: requests and replies in order, files loaded, one deadline for all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from .channel import REPLY_CAP, UNCONFINED, Buffer, Closed, DeadlineExceeded, WireError
from .exercise import WORKER, CheckInfo, derive_seed
from .forked import START_SECONDS
from .lesson import Lesson, Loaded
from .mishap import Told, died, late, raised
from .patience import Patience
from .process import Overfull, Process
from .result import Blocked, CheckFailure, LoadFailure, OutOfTime, StillToDo
from .sandbox import Sandbox, SandboxError
from .scratch import FILES_CAP, WRITTEN_CAP
from .wire import pack

TOLD_CAP = 80  # characters of what a worker says was too large


@dataclass(frozen=True, slots=True)
class Step:
    """Where a training run is: the step, how many make an epoch, the loss if it was a number."""

    label: str
    number: int
    of: int
    loss: float | None

    def __str__(self) -> str:
        epoch, number = divmod(self.number - 1, self.of)
        told = "" if self.loss is None else f", loss {self.loss:.3f}"
        return f"{self.label}: epoch {epoch + 1}, step {number + 1} of {self.of}{told}"


OnStep = Callable[[Step], None]


class SiblingDied(Exception):
    """Loading another file of the submission ended the process: the check is to be run again without that file."""

    def __init__(self, module: str, how: str) -> None:
        super().__init__(module)
        self.module = module
        self.how = how


class WorkerLost(Exception):
    """The worker ended with the process that it came from, and that may not be its own doing: the check is to be run again."""


class Conversation:
    """Starts the worker when it is first needed; turns whatever goes wrong into what it means for the check.

    `label` is what training steps are reported under, and how many make an epoch; `told` the last exception. The run
    `ends` at that `time.monotonic()`, whatever a check may take. `is_again`: a worker of this check was lost before.
    """

    def __init__(
        self,
        lesson: Lesson,
        sandbox: Sandbox,
        check: CheckInfo,
        seed: int,
        on_step: OnStep | None,
        *,
        threads: int = 1,
        ends: float = math.inf,
        is_again: bool = False,
    ) -> None:
        self.label: tuple[str, int] | None = None
        self.told = Told()
        self._lesson = lesson
        self._sandbox = sandbox
        self._check = check
        self._seed = seed
        self._on_step = on_step
        self._threads = threads
        self._process: Process | None = None
        self._number = 0
        self._ends = ends
        self._is_again = is_again
        self._patience: Patience
        self._loaded: dict[str, Loaded] = {}
        self._loading: list[str] = []

    def load(self, module: str, name: str) -> None:
        """Import a file in the worker; whatever is wrong with it, or with the name, is raised."""
        try:
            self._import(module, name)
        except CheckFailure as failure:
            words: dict[str, Any] = {"detail": failure.detail, "hint": failure.hint, "where": failure.where}
            raise LoadFailure(failure.message, **words) from None

    def _import(self, module: str, name: str) -> None:
        own = module == self._check.exercise
        path = self._lesson.path(module)
        if module not in self._loaded:
            file = self._lesson.files[module]
            if file.trouble and own:
                hint = ""
                if file.missing and file.shown.endswith(".ipynb"):
                    hint = "Does one of its cells begin with the line that names the exercise?"
                elif file.missing:
                    hint = "Is it where the lesson has it, under that name?"
                raise CheckFailure(file.trouble, hint=hint, where="" if file.missing else path)
            if file.trouble:
                raise Blocked(f"{name} is needed, and {file.trouble}")
            own_tasks = [task for task, (home, _) in self._lesson.tasks.items() if home == module]
            load = {"op": "load", "module": module, "tasks": own_tasks}
            reply, _ = self.request(load, (), (), path, module)
            if "failure" in reply:
                self._refuse(None if reply["failure"] is None else Told.read(reply["failure"]), module)
            self._loaded[module] = Loaded.read(reply)
        if name not in self._loaded[module].names:
            found = ", ".join(self._loaded[module].names) or "nothing"
            if own:
                raise CheckFailure(
                    f"{name} is not defined in {path} (found: {found})",
                    hint="Is it spelt as in the lesson?",
                    where=path,
                )
            raise Blocked(f"{name} is needed, and is not defined in {path}")

    def _refuse(self, failure: Told | None, module: str) -> NoReturn:
        path = self._lesson.path(module)
        if module != self._check.exercise or failure is None:
            raise Blocked(f"{path} is needed, and cannot be loaded")
        if failure.kind == "unloadable":
            raise Blocked(f"{path} calls into {self._lesson.path(failure.module)}, which cannot be loaded")
        if failure.type in ("MemoryError", "RecursionError") and not failure.file:
            raise CheckFailure(
                f"{path} is too complex to parse", hint="Which expression is nested that deep?", where=path
            )
        self._raise(failure, f"Loading {path}", module)

    def _start(self) -> Process:
        if self._process is not None:
            return self._process
        check, files, buffers = self._check, self._lesson.files, list[Buffer]()
        needs = check.needs
        own = files[check.exercise].source
        if (
            not needs
            and own is not None
            and any(line.startswith((b"import matplotlib", b"from matplotlib")) for line in own.splitlines())
        ):
            needs = "matplotlib.pyplot"  # 0.5 s in each worker, if the template has not imported it
        sources = {name: None if file.trouble else file.source for name, file in files.items()}
        request = {
            "op": "start",
            "files": pack(sources, buffers, _nothing_else),
            "folder": self._lesson.folder,
            "seed": derive_seed(self._seed, f"{WORKER}{check.id}"),
            "threads": self._threads,
        }
        process = self._process = self._sandbox.worker(check.exercise, needs)
        self._patience = Patience(START_SECONDS, process.waited, self._ends)
        try:
            self.request(request, buffers, (), "The worker", "")
        except CheckFailure as failure:  # nothing of the learner's has run in it yet
            ended = f"ended the process with exit status {UNCONFINED}"
            told = "could not be confined, though this kernel can do that; no code was run"
            raise SandboxError(failure.message.replace(ended, told)) from None
        self._patience = Patience(check.seconds, process.waited, self._ends, process.look)
        return process

    def request(
        self, request: dict[str, Any], buffers: Sequence[Buffer], fds: Sequence[int], name: str, module: str
    ) -> tuple[dict[str, Any], list[bytearray]]:
        """Ask, and wait for the answer and its buffers; `name` and `module` are what is asked for, in sentences.

        Raises CheckFailure, StillToDo, Blocked, SiblingDied or OutOfTime for anything but an answer, and SandboxError.
        """
        process = self._start()
        self._number += 1
        try:
            if process.channel.has_input():
                raise WireError("it sent data that nobody asked for")
            process.channel.send({"number": self._number, **request}, buffers, fds, self._patience)
            while True:
                reply, answers = process.channel.receive(self._patience, cap=REPLY_CAP)
                if reply.get("number") != self._number:
                    raise WireError("it answered another question")
                if "event" not in reply:
                    break
                self._note(reply)
        except DeadlineExceeded:
            ending = process.end(late=True)
            if self._patience.run_is_over:
                raise OutOfTime from None
            if request["op"] == "start":
                raise SandboxError(f"A worker was not ready within {START_SECONDS:g} s") from None
            name = self._suspect("does not come to an end while it is loaded") or name
            raise late(name, self._check.seconds, ending, self.place(module, name)) from None
        except Closed:
            ending = process.end(dying=True)
            if ending.lost and not self._is_again:
                raise WorkerLost from None
            if ending.lost and self._sandbox.confinement().is_full:  # out of the reach of what it ran
                raise SandboxError("The grader's template process died twice") from None
            name = self._suspect("ends the process while it is loaded") or name
            raise died(name, ending, self.place(module, name)) from None
        except Overfull:
            process.end(late=True)
            raise CheckFailure(
                f"{name} writes more into its folder than is cleaned up in a moment"
                f" ({WRITTEN_CAP // 2**20} MiB, {FILES_CAP:,} files), and was stopped",
                hint="What is written, and does anything read it?",
                where=self.place(module, name),
            ) from None
        except WireError as error:
            process.end(late=True)
            raise CheckFailure(
                f"{name} was not answered as agreed: {error}", where=self.place(module, name)
            ) from None
        if "raised" in reply:
            self.told = Told.read(reply["raised"])
            # The folder's name is another one each time, and nobody's business.
            self.told = replace(self.told, text=self.told.text.replace(process.home, "~"))
            self._raise(self.told, name, module)
        if "too_large" in reply:
            told = str(reply["too_large"])[:TOLD_CAP]
            raise CheckFailure(f"{name} returned too much: {told}", where=self.place(module, name))
        return reply, answers

    def _note(self, event: dict[str, Any]) -> None:
        if event["event"] == "loading":
            # As the lesson names them, and no more than there are: the rest is not from our worker.
            module = event.get("module")
            if isinstance(module, str) and module in self._lesson.files and module not in self._loading:
                self._loading.append(module)
        elif event["event"] == "loaded" and self._loading:
            self._loading.pop()
        elif event["event"] == "step" and self.label and self._on_step and isinstance(event.get("step"), int):
            label, steps = self.label
            loss = event.get("loss")
            self._on_step(Step(label, event["step"], steps, loss if isinstance(loss, float) else None))

    def _raise(self, told: Told, name: str, module: str) -> NoReturn:
        """Turn what the worker says was raised into what it means for this check."""
        if not self._lesson.has(told.where):
            told = replace(told, file="", line="")
        if told.kind == "unloadable" and told.module not in self._lesson.files:
            words = "was not answered as agreed: it needs a file that the lesson does not have"
            raise CheckFailure(f"{name} {words}", where=self.place(module, name))
        if told.kind == "unloadable":
            raise Blocked(f"{name} needs {self._lesson.path(told.module)}, which cannot be loaded")
        own = self._loaded.get(self._check.exercise)
        file, stub = told.file, told.stub
        unfinished = own is not None and self._check.task in own.unfinished
        if stub and file == self._lesson.path(self._check.exercise) and stub == self._check.task:
            raise StillToDo(f"{stub} is still to do")
        if stub in self._lesson.tasks:
            if unfinished:
                raise StillToDo(f"{self._check.task} is still to do")
            raise Blocked(f"{stub} in {file} is still to do")
        if unfinished:
            raise StillToDo(f"{self._check.task} is still to do")
        raise raised(told, self._raiser(told, name), self.place(module, name))

    def _raiser(self, told: Told, name: str) -> str:
        """The task whose line raised, where another one called it: one mistake is one sentence, whoever met it."""
        for module, loaded in self._loaded.items():
            if (
                name in self._lesson.tasks
                and told.file == self._lesson.path(module)
                and told.line.isdecimal()
            ):
                above = {line: known for known, line in loaded.lines.items() if line <= int(told.line)}
                known = above[max(above)] if above else ""
                return known if known in self._lesson.tasks else name
        return name

    def _suspect(self, how: str) -> str:
        """The file that was being loaded when the process ended; another one than the check's is tried without."""
        if not self._loading:
            return ""
        module = self._loading[-1]
        other = self._lesson.files.get(module) if module != self._check.exercise else None
        if other is not None and not other.trouble:  # once: it is left out then, and cannot be loading again
            raise SiblingDied(module, how)
        return f"Loading {self._lesson.path(self._check.exercise)}"

    def place(self, module: str = "", name: str = "") -> str:
        """`file:line` of a function of the learner's, as far as it is known; empty for what is not theirs."""
        if not module:
            return ""
        line = self._loaded[module].lines.get(name) if module in self._loaded else None
        return f"{self._lesson.path(module)}:{line}" if line else self._lesson.path(module)

    def outcome(self, module: str, name: str) -> str:
        """`file:line` of the only `return` of a function or method, else its place."""
        line = self._loaded[module].returns.get(name) if module in self._loaded else None
        return f"{self._lesson.path(module)}:{line}" if line else self.place(module, name.partition(".")[0])

    def hurry(self, seconds: float) -> None:
        """What is still asked for has to be answered within so many seconds."""
        self._patience.hurry(seconds)

    def settle(self) -> None:
        """After the last answer: nothing may be there that was not asked for; raises CheckFailure."""
        if self._process is not None and self._process.channel.fileno() >= 0:
            self.request({"op": "settle"}, (), (), self._check.task, self._check.exercise)

    def finish(self) -> str:
        """End the process; what the learner's code printed."""
        if self._process is None:
            return ""
        output = self._process.output()
        self._process.end()
        return output


def _nothing_else(value: object) -> dict[str, Any]:
    raise TypeError(f"{value!r} does not travel")
