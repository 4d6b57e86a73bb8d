"""Where workers come from, how many templates they cost, and what holds them."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .channel import Closed, WireError, soon
from .forked import NOWHERE, START_SECONDS, Forked, NoRoom, Template
from .process import Process
from .scratch import remove

if TYPE_CHECKING:
    from .spawned import Spawned

RESTARTS = 2  # of the templates in a run: a check whose worker was lost with one is begun once more
PAUSE_SECONDS = 0.05  # between two tries to have a process, where there is no room for one
PER_CHECK = "per-check"
PER_EXERCISE = "per-exercise"


class SandboxError(Exception):
    """The grader's own processes fail: nothing that the submission is to blame for."""


_ATTEMPTS = {
    "read": "read the user's files",
    "write": "write them",
    "network": "use the network",
    "processes": "start processes",
    "signals": "signal the grader",
}


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a worker: the names of its layers, and what a probe could do all the same.

    The probe tries to `read` and to `write` a file, to use the `network`, to make `processes` and send `signals`.
    """

    layers: tuple[str, ...] = ()
    open: tuple[str, ...] = tuple(_ATTEMPTS)

    @property
    def is_full(self) -> bool:
        """Whether the probe got nowhere."""
        return not self.open

    @property
    def flags(self) -> tuple[str, ...]:
        """What a record has to say of it; nothing where the probe got nowhere."""
        return (f"The graded code was not fully confined; it could {self.reach}",) if self.open else ()

    @property
    def reach(self) -> str:
        """What a worker could do, in words; empty where the probe got nowhere."""
        words = [_ATTEMPTS[attempt] for attempt in self.open]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"layers": list(self.layers), "open": list(self.open)}


class Sandbox:
    """The workers of one run. `isolation` is `per-check` (Linux: a fork a check) or `per-exercise`.

    `confine` says whether forked workers give up what the kernel lets them; limits they have in any case.
    """

    def __init__(self, isolation: str | None = None, *, confine: bool = True) -> None:
        self.isolation = isolation or (PER_CHECK if sys.platform == "linux" else PER_EXERCISE)
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        (self._folder / NOWHERE).mkdir(0o500)
        self._confine = confine
        self._confinement: Confinement | None = None
        self._templates: dict[str, Template] = {}
        self._spawned: dict[str, Spawned] = {}
        self._restarts = 0
        self._closed = False
        self._lock = threading.Lock()

    def warm(self, needs: str = "") -> None:
        """Start what will be needed, without waiting for it."""
        if self.isolation == PER_CHECK:
            with contextlib.suppress(Closed):  # it died: the first check that wants a worker starts it anew
                self._template(needs)

    def worker(self, exercise: str, needs: str = "") -> Process:
        """A worker for one check of `exercise`, from a process that has imported `needs`; raises SandboxError."""
        if self.isolation == PER_EXERCISE:
            current = self._spawned.get(exercise)
            if current is None or not current.alive:
                for old in self._spawned.values():
                    old.stop()
                from .spawned import Spawned  # here: psutil is not for every start of pytest

                self._spawned = {exercise: Spawned(self._folder)}
            return self._spawned[exercise]
        return self._fork(needs)

    def confinement(self) -> Confinement:
        """What holds the workers, tried out by one of them before any code of a learner's; raises SandboxError."""
        if self._confinement is None:
            if self.isolation == PER_EXERCISE:
                from .spawned import LAYERS  # here: as above

                self._confinement = Confinement(LAYERS)
            else:
                self._confinement = self._probe()
        return self._confinement

    def _probe(self) -> Confinement:
        secret = self._folder / "secret"
        secret.write_text("what no worker may read")
        worker = self._fork("")
        try:
            request = {"number": 1, "op": "probe", "secret": str(secret), "grader": os.getpid()}
            worker.channel.send(request)
            reply, _ = worker.channel.receive(soon(START_SECONDS))
        except WireError as error:
            raise SandboxError(f"A worker could not be confined ({error})") from error
        finally:
            worker.end(late=True)
            for file in self._folder.glob("secret*"):
                file.unlink()
        return Confinement(worker.layers, tuple(reply["went_through"]))

    def _fork(self, needs: str) -> Forked:
        until = time.monotonic() + START_SECONDS
        while True:
            template = self._template(needs)
            try:
                return template.fork(self._folder)
            except Closed:
                self._restart(needs, template)
            except NoRoom as error:  # until the check ends that has taken it
                if time.monotonic() > until:
                    raise SandboxError(f"No process can be started ({error})") from error
                time.sleep(PAUSE_SECONDS)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process and remove the scratch folder."""
        with self._lock:
            self._closed = True
            self._stop_templates()
        for spawned in self._spawned.values():
            spawned.stop()
        remove(str(self._folder))

    def _template(self, needs: str) -> Template:
        with self._lock:
            if self._closed:
                raise SandboxError("The grader is being ended")
            while needs not in self._templates:
                if "" not in self._templates:
                    self._templates[""] = Template.execute(self._folder, self._confine)
                if needs:
                    try:
                        self._templates[needs] = self._templates[""].stage(needs)
                    except Closed:
                        self._begin_anew()
            return self._templates[needs]

    def _restart(self, needs: str, dead: Template) -> None:
        """Twice in a run; another thread that saw the same death finds the work done."""
        with self._lock:
            if self._closed or self._templates.get(needs) is not dead:
                return
            self._begin_anew()

    def _begin_anew(self) -> None:
        """For who holds the lock; the next that needs a template starts it."""
        self._restarts += 1
        if self._restarts > RESTARTS:
            raise SandboxError("The grader's template process died again and again")
        self._stop_templates()
        self._folder.mkdir(0o700, exist_ok=True)  # a template takes it along
        (self._folder / NOWHERE).mkdir(0o500, exist_ok=True)

    def _stop_templates(self) -> None:
        for template in reversed(self._templates.values()):
            template.stop()
        self._templates.clear()
