"""Whole commands against their yardsticks, in turn, so that a busy machine slows both: medians and ratios.

    python benchmarks/run_times.py [--runs 7]

Targets: the solutions graded in at most 1.6 × the plain training; `-k activations` at most 1.5 s above
`import torch`; `--collect-only` at most 0.7 s. Run it in an environment with the kit and its own dependencies only:
other pytest plugins are imported in every run.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
COMMANDS = {
    "plain training": [sys.executable, "benchmarks/plain_training.py"],
    "solutions graded": [*PYTEST, "--grade", "--submission", "solutions"],
    "import torch": [sys.executable, "-c", "import torch"],
    "-k activations": [*PYTEST, "--grade", "--submission", "solutions", "-k", "activations"],
    "-k activations, stubs": [*PYTEST, "--grade", "--grade-exit-zero", "-k", "activations"],
    "--collect-only": [*PYTEST, "--grade", "--collect-only"],
}


def seconds(command: list[str]) -> float:
    """Wall time of a command that has to succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print the median, minimum and maximum of each command, and the figures that have a target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    for command in COMMANDS.values():
        seconds(command)  # caches, compiled files
    taken = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    for name, values in taken.items():
        print(f"{name:24}{statistics.median(values):7.2f} s   ({min(values):.2f} to {max(values):.2f})")
    pairs = zip(taken["solutions graded"], taken["plain training"], strict=True)
    print(
        f"solutions graded / plain training: {statistics.median(a / b for a, b in pairs):.2f}   (target 1.6)"
    )
    for name in ("-k activations", "-k activations, stubs"):
        over = statistics.median(a - b for a, b in zip(taken[name], taken["import torch"], strict=True))
        print(f"{name} - import torch: {over:+.2f} s   (target +1.5)")
    print(f"--collect-only: {statistics.median(taken['--collect-only']):.2f} s   (target 0.7)")


if __name__ == "__main__":
    main()
