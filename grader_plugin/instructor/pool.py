"""Jobs of the release gate on all cores: each process has a sandbox of its own."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType

import torch

from ..sandbox import Sandbox
from .material import Material, gather
from .verify import Job, Outcome, perform


class Pool:
    """Does jobs, in any order; `on_progress` hears how many of how many are done."""

    def __init__(self, solutions: Path, variants: Path, on_progress: Callable[[int, int], None]) -> None:
        self._on_progress = on_progress
        self._executor = ProcessPoolExecutor(
            max_workers=cores(),
            mp_context=get_context("spawn"),  # what has imported torch is not to be forked
            initializer=_begin,
            initargs=(solutions, variants),
        )

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(cancel_futures=True)

    def perform(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """What came of each job; raises BrokenProcessPool if a process is lost."""
        self._on_progress(0, len(jobs))
        with _deaf():  # a process of the pool begins with a job, and would tell of Ctrl-C while it imports
            futures = [self._executor.submit(_do, job) for job in jobs]
        for number, future in enumerate(as_completed(futures), start=1):
            yield future.result()
            self._on_progress(number, len(jobs))


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C is not heard for some milliseconds, and not at all by processes that are begun meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def cores() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(solutions: Path, variants: Path) -> None:
    """In a new process: what its jobs share."""
    global _sandbox, _folders
    torch.set_num_threads(1)  # a process a core: more threads would wait for each other
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that hands out the jobs
    _sandbox, _folders = Sandbox(), (solutions, variants)
    _sandbox.warm()


@lru_cache
def _material(name: str) -> Material:
    return gather(name, *_folders)


def _do(job: Job) -> Outcome:
    return perform(_material(job.exercise), job, _sandbox)


# Of one process of the pool, whose jobs come as calls of a function: made by `_begin`, the only place to keep them.
_sandbox: Sandbox
_folders: tuple[Path, Path]
