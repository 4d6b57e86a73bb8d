"""How long a check may take: by the wall clock, less what it waited for a core, and never past the end of the run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

LOOK_SECONDS = 1.0
STRETCH = 4  # times its seconds; whoever starves their own threads gets no more than that


class Patience:
    """A `Deadline`: so many seconds from now, longer where the machine lets the process wait for a core.

    `waited` tells how long it did that so far, in seconds; `ends` is when the whole run does, a `time.monotonic()`. Every
    second there is a `look`, which may raise.
    """

    def __init__(
        self,
        seconds: float,
        waited: Callable[[], float],
        ends: float = math.inf,
        look: Callable[[], None] | None = None,
    ) -> None:
        self._seconds = seconds
        self._waited = waited
        self._ends = ends
        self._hurried = math.inf
        self._look = look
        self._begun = time.monotonic()
        self._looked = self._begun

    def __call__(self) -> float:
        """The seconds that are left, or until the next look."""
        now = time.monotonic()
        if self._look is not None and now >= self._looked + LOOK_SECONDS:
            self._look()
            self._looked = now
        end = self._begun + self._seconds
        if now >= end:  # it costs a look at each thread, so only when it matters
            end = min(end + self._waited(), self._begun + STRETCH * self._seconds)
        until = math.inf if self._look is None else self._looked + LOOK_SECONDS
        return min(end, self._ends, self._hurried, until) - now

    def hurry(self, seconds: float) -> None:
        """What is still asked for has to be answered within so many seconds."""
        self._hurried = min(self._hurried, time.monotonic() + seconds)

    @property
    def run_is_over(self) -> bool:
        """Whether it is the run's time that has passed."""
        return time.monotonic() >= self._ends
