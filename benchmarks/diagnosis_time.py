"""What it takes to name a mistake: the known mistakes of an exercise as a learner's code, each named after its check failed.

python benchmarks/diagnosis_time.py [activations softmax …] [--each 4]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from grader_plugin import misconceptions, rubrics, runner
from grader_plugin.exercise import CheckInfo, Misconception
from grader_plugin.investigation import Investigation
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

SOLUTIONS = Path(__file__).parent.parent / "solutions"


class Timed(Investigation):
    """It notes how long it looks for a mistake, in seconds."""

    took: ClassVar[list[float]] = []

    def suspects(self, info: CheckInfo) -> tuple[Misconception, ...]:
        """As it does."""
        started = time.perf_counter()
        found = super().suspects(info)
        self.took.append(time.perf_counter() - started)
        return found


def main() -> None:
    """Print median and extremes for each exercise, and the slowest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", default=rubrics.KIT)
    parser.add_argument("--each", type=int, default=4, help="take every so manyth mistake")
    options = parser.parse_args()
    runner.Investigation = Timed  # type: ignore[misc]
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as room:
        folder = Path(room, "exercises")
        shutil.copytree(SOLUTIONS, folder)
        for exercise in options.exercises:
            solution = (SOLUTIONS / f"{exercise}.py").read_text("utf-8")
            took: dict[str, float] = {}
            for entry in misconceptions.load(exercise)[:: options.each]:
                (folder / f"{exercise}.py").write_text(
                    f"{solution}\n\n{misconceptions.source(entry)}", "utf-8"
                )
                Run(folder, "exercises", sandbox=sandbox).check(exercise, entry.loses)
                took[entry.id] = Timed.took[-1]
            (folder / f"{exercise}.py").write_text(solution, "utf-8")
            times = sorted(took.values())
            slowest = sorted(took, key=lambda id: -took[id])[:3]
            print(
                f"{exercise}: {len(times)} mistakes, median {statistics.median(times) * 1000:.0f} ms, "
                f"90th of a hundred {times[int(0.9 * len(times))] * 1000:.0f} ms, slowest "
                + ", ".join(f"{id} {took[id] * 1000:.0f} ms" for id in slowest),
                flush=True,
            )


if __name__ == "__main__":
    main()
