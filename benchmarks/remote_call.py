"""What one call costs across the process boundary, and what a fresh worker costs.

    python benchmarks/remote_call.py

Target: a warm call on 1,000 floats in at most 1 ms.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from grader_plugin.exercise import CheckInfo
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox
from grader_plugin.submission import Submission

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def milliseconds(call: Callable[[], object], runs: int) -> str:
    """Median and maximum of some runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - start))
    return f"median {statistics.median(taken):.2f} ms, slowest {max(taken):.2f} ms"


def main() -> None:
    """Print the figures."""
    torch.set_num_threads(1)
    with Sandbox() as sandbox:
        run = Run(SOLUTIONS, "solutions", sandbox=sandbox)
        info = CheckInfo(
            exercise="activations", task="relu", name="benchmark", title="", points=1, seconds=600
        )

        def submission() -> Submission:
            return Submission(run.lesson, sandbox, info, seed=0, memo={}, training={})

        warm, x = submission(), torch.randn(1000)
        warm.tanh(x)
        print("warm call, 1,000 floats:         ", milliseconds(lambda: warm.tanh(x), 500))
        leaf = torch.randn(1000, requires_grad=True)
        print(
            "warm call and its gradient:      ",
            milliseconds(lambda: torch.autograd.grad(warm.tanh(leaf).sum(), leaf), 500),
        )
        warm.finish()

        def fresh() -> None:
            one = submission()
            one.tanh(x)
            one.finish()

        print("fork, load, one call, end:       ", milliseconds(fresh, 100))


if __name__ == "__main__":
    main()
