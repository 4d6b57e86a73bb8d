"""The grader, or its template, killed at random moments: what of it lives two seconds later, what the ledger lost.

    python benchmarks/kill_nine.py [TIMES]

Target: 50 moments, no process two seconds later, no line of the ledger lost. Half of the kills are the grader's, half the
template's; after the latter the run goes on, and has to reach the full score all the same. Only Linux tells the figures.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader_plugin.ledger import LEDGER, Ledger

ROOT = Path(__file__).parent.parent
LIFE = 4.0  # seconds of a run within which it is killed; this one takes about five


def family(pid: int) -> list[int]:
    """The living processes that came from `pid`, those of the template's session included."""
    found, todo = [], [pid]
    while todo:
        try:
            inner = [
                int(one) for one in Path(f"/proc/{todo[0]}/task/{todo.pop(0)}/children").read_text().split()
            ]
        except OSError:
            continue
        found += inner
        todo += inner
    return found


def lives(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main() -> None:
    """Print the figures."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    moments = random.Random(5)
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    orphans, folders, lost, templates, ended = [], [], 0, 0, 0
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(
            ROOT / "solutions", Path(home) / "exercises", ignore=shutil.ignore_patterns("__pycache__")
        )
        os.environ["TMPDIR"] = environment["TMPDIR"] = str(Path(home, "tmp"))
        os.mkdir(environment["TMPDIR"])
        ledger = Ledger(Path(home) / LEDGER)
        for number in range(times):
            before = set(Path(home, LEDGER).read_text("utf-8").splitlines()) if number else set()
            run = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "--grade", "-p", "no:cacheprovider"],
                cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(moments.uniform(0.2, LIFE))
            members = family(run.pid)
            template = members[0] if members else None
            if number % 2 == 0 or template is None:
                run.kill()
            else:
                templates += 1
                os.kill(template, signal.SIGKILL)
                ended += run.wait(120) == 0
            run.wait()
            time.sleep(2)
            orphans += [pid for pid in members if lives(pid)]
            folders += os.listdir(environment["TMPDIR"])
            if number == 0:  # so that there is something to lose
                subprocess.run(
                    [sys.executable, "-m", "pytest", "-q", "--grade"],
                    cwd=home,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                )
            lost += len(before - set(Path(home, LEDGER).read_text("utf-8").splitlines()))
            assert not ledger.read().notes
    print(
        f"{times} kills: {len(orphans)} processes after 2 s, {len(set(folders))} folders left {sorted(set(folders)) or ''}, {lost} lines of the ledger lost"
    )
    print(f"runs that lost their template and reached the full score: {ended} of {templates}")


if __name__ == "__main__":
    main()
