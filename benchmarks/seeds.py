"""The solutions graded under many seeds: every one has to earn all points; the margins of the thresholds.

python benchmarks/seeds.py [--seeds 30] [--threads 2]
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def main() -> None:
    """Print the score of each seed, then the range of each figure that a threshold judges."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="what each worker computes with")
    options = parser.parse_args()
    figures: dict[str, list[float]] = {}
    full = 0
    with Sandbox() as sandbox:
        for seed in range(options.first, options.first + options.seeds):
            record = grade(Run(SOLUTIONS, "solutions", sandbox=sandbox, seed=seed, threads=options.threads))
            full += record.score == record.max_score
            print(f"seed {seed}: {record.score}/{record.max_score}", flush=True)
            for check in record.checks:
                if check.score != check.max_score:
                    print(f"  {check.id}: {check.status.value}: {check.message} {check.detail}", flush=True)
            for name, curve in record.training.items():
                told = {
                    "accuracy": curve["accuracy"],
                    "first loss": curve["losses"][0],
                    "mean of the last 20 losses": statistics.fmean(curve["losses"][-20:]),
                    "distance of that from the weights' test loss": abs(
                        statistics.fmean(curve["losses"][-20:]) - curve["loss"]
                    ),
                }
                for figure, value in told.items():
                    figures.setdefault(f"{name}: {figure}", []).append(value)
    print(f"{full} of {options.seeds} seeds earned all points")
    for figure, values in sorted(figures.items()):
        print(f"{figure}: {statistics.fmean(values):.4f} [{min(values):.4f}, {max(values):.4f}]")


if __name__ == "__main__":
    main()
