"""What a fresh worker costs, confined and not: ordered, forked, confined, its first request answered.

    python benchmarks/confined_fork.py

Targets: 50 confined forks in a row, median at most 15 ms and no failure; confinement at most 3 ms of it. The two kinds take
turns, so that a busy machine slows both. No worker is forked ahead here, as it is in a run.
"""

from __future__ import annotations

import os
import statistics
import time

from grader_plugin.channel import soon
from grader_plugin.sandbox import Sandbox

FORKS = 50
START = {"number": 1, "op": "start", "files": {"dict": []}, "folder": "e", "seed": 0, "threads": 1}


def fork(sandbox: Sandbox) -> float:
    """The milliseconds of one."""
    template = sandbox._template("")
    began = time.perf_counter()
    worker = template._order(sandbox._folder)
    worker.arrive()
    worker.channel.send(START)
    reply, _ = worker.channel.receive(soon(60))
    taken = time.perf_counter() - began
    assert reply == {"number": 1}, reply
    worker.end(late=True)  # waited for, so that the next does not share the machine with its end
    return 1000 * taken


def main() -> None:
    """Print the figures."""
    with Sandbox() as confined, Sandbox(confine=False) as free:
        print(f"layers: {', '.join(confined.confinement().layers)}; open: {confined.confinement().open}")
        taken: dict[str, list[float]] = {"confined": [], "free": []}
        for sandbox in (confined, free):
            sandbox._template("")._spare = None  # none ahead: each is waited for
            fork(sandbox)
        for _ in range(FORKS):
            taken["confined"].append(fork(confined))
            taken["free"].append(fork(free))
    for kind, times in taken.items():
        print(
            f"{kind:>9}: median {statistics.median(times):5.1f} ms, slowest {max(times):5.1f} ms, {len(times)} of {FORKS}"
        )
    pairs = [one - other for one, other in zip(taken["confined"], taken["free"], strict=True)]
    print(
        f"confinement itself: median of the pairs {statistics.median(pairs):.1f} ms (load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    main()
