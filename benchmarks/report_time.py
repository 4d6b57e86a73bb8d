"""What a learner waits for the report: what the last check's end and the report's last line have between them.

    python benchmarks/report_time.py [--runs 21]

Each run is a process that has imported what a grading run has by then (torch among it) and reads the record of a
lesson with many mistakes; measured are the imports that only the report needs, the ledger's new lines on disk, and the
rendering, all causes in full. Target: at most 60 ms together.
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
import json, sys, tempfile, time
from datetime import datetime, timezone
from pathlib import Path
import pytest, torch, grader_plugin.runner, grader_plugin.plugin
from grader_plugin import rubrics
from grader_plugin.ledger import LEDGER, Ledger
from grader_plugin.result import Grade

grade = Grade.from_dict(json.loads(Path(sys.argv[1]).read_text("utf-8")))
lesson = rubrics.catalogue()
with tempfile.TemporaryDirectory() as folder:
    start = time.perf_counter()
    award = Ledger(Path(folder) / LEDGER).record(grade, datetime.now(timezone.utc))
    recorded = time.perf_counter()
    from grader_plugin.reports import terminal
    from grader_plugin.reports.screen import Screen
    imported = time.perf_counter()
    text = terminal.render(grade, Screen(color=True, unicode=True), full=100, award=award, lesson=lesson)
    rendered = time.perf_counter()
print(json.dumps({"ledger": recorded - start, "imports": imported - recorded, "rendering": rendered - imported, "together": rendered - start}))
"""


def main() -> None:
    """Print median, minimum and maximum of each part, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    for case in ("stubs", "solved", "failures"):
        record = ROOT / "tests" / "golden" / f"{case}.json"
        command = [sys.executable, "-c", PROBE, str(record)]
        found = [
            json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
            for _ in range(runs)
        ]
        for part in found[0]:
            values = [1000 * one[part] for one in found]
            print(
                f"{case:9} {part:10} {statistics.median(values):6.1f} ms   ({min(values):.1f} to {max(values):.1f})"
            )


if __name__ == "__main__":
    main()
