"""How long each format of a report takes, in a process that has graded: its imports and its rendering, first time.

    python benchmarks/format_time.py [--runs 7]

The record is one of a hundred checks that all failed, each with its plots, and one that is solved, with figures.
Target: 0.3 s for JSON and what other programs read, 1.5 s for the page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROBE = """
import json, sys, time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
import pytest, torch, grader_plugin.runner, grader_plugin.plugin
from grader_plugin import rubrics
from grader_plugin.progress import Award, Progress
from grader_plugin.result import Grade, Status
from grader_plugin.reports import terminal
from grader_plugin.reports.context import Context
from grader_plugin.reports.screen import Screen

case, form = sys.argv[1:]
name = "failures" if case == "hundred" else case
grade = Grade.from_dict(json.loads(Path("tests/golden", f"{name}.json").read_text("utf-8")))
known = {"python": "3.11", "torch": "2.13", "kit": "0.1.0", "seed": 0}
grade = replace(grade, environment=known)
if case == "hundred":
    curve = next(check.curve for check in grade.checks if check.curve.get("expected"))
    one = next(check for check in grade.checks if check.status is Status.FAILED)
    exercises = [
        replace(exercise, checks=tuple(
            replace(one, id=f"{exercise.name}::{one.task}::c{number}", status=Status.FAILED, curve=curve, misconception="", diagnosis="", message=f"{number} is not {number + 1}")
            for number in range(20)
        ))
        for exercise in grade.exercises
    ]
    grade = replace(grade, exercises=tuple(exercises))
terminal.render(grade, Screen(), full=3)  # which a run has always shown by then
image = Path("docs/lesson/images/bend.png").read_bytes()
award = Award(before=Progress(), after=Progress())
context = Context(at=datetime.now(timezone.utc), award=award, lesson=rubrics.catalogue(), plots={"tour": image, "losses": image})
start = time.perf_counter()
from grader_plugin.reports import render
text = render(form, grade, context)
print(json.dumps([time.perf_counter() - start, len(text)]))
"""


def main() -> None:
    """Print median, minimum and maximum for each record and format, in milliseconds."""
    from grader_plugin.config import REPORT_FORMATS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    for case in ("solved", "hundred"):
        for form in REPORT_FORMATS:
            command = [sys.executable, "-c", PROBE, case, form]
            found = [
                json.loads(
                    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
                )
                for _ in range(runs)
            ]
            values = [1000 * seconds for seconds, _ in found]
            print(
                f"{case:8} {form:17} {statistics.median(values):6.1f} ms   ({min(values):.1f} to {max(values):.1f})"
                f"   {found[0][1] / 1000:8.1f} kB",
                flush=True,
            )


if __name__ == "__main__":
    main()
