"""Gradings in a row in one process, and what is left over: processes, descriptors, threads, files, memory.

    python benchmarks/soak.py [GRADINGS]

Target: 500 gradings, nothing left over. Each has a sandbox of its own; honest, broken and hostile files take turns.
Only Linux tells the figures.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from grader_plugin.runner import Run, grade
from grader_plugin.sandbox import Sandbox

SOLUTIONS = Path(__file__).parent.parent / "solutions"
TEXT = (SOLUTIONS / "activations.py").read_text("utf-8")
HEAD = "import ctypes, os, threading, time\nimport torch\n\n\n"
FILES = {
    "solved": TEXT,
    "broken": "def relu(x:\n",
    "dies": HEAD + "def relu(x):\n    os._exit(0)\n",
    "crashes": HEAD + "def relu(x):\n    ctypes.string_at(0)\n",
    "fills": HEAD
    + "def relu(x):\n    for n in range(500):\n        open(f'{n}', 'w').write('x' * 10000)\n    return x\n",
    "floods": HEAD + "def relu(x):\n    print('x' * 10**7)\n    return x.clamp(min=0)\n",
    "threads": HEAD
    + "def relu(x):\n    threading.Thread(target=time.sleep, args=[1e6]).start()\n    return x.clamp(min=0)\n",
    "speaks": HEAD + "def relu(x):\n    os.write(3, b'garbage' * 9)\n    return x\n",
    "large": HEAD + "def relu(x):\n    return torch.zeros(60_000_000)\n",
    "greedy": HEAD + "def relu(x):\n    return torch.zeros(10**9)\n",
}


def left() -> dict[str, int]:
    """What this process holds now."""
    gc.collect()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    return {
        "processes": len(children),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "files": len(list(Path(tempfile.gettempdir()).glob("grader-*"))),
        "MiB": resident >> 20,
    }


def main() -> None:
    """Print the figures."""
    gradings = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        tempfile.tempdir = home  # so that what others leave is not counted
        for number in range(gradings + 1):
            if number % 50 == 0 or number == 10:
                print(f"after {number:3} gradings: {left()}", flush=True)
            if number == gradings:
                break
            name = list(FILES)[number % len(FILES)]
            (Path(home) / "activations.py").write_text(FILES[name], "utf-8")
            with Sandbox() as sandbox:
                record = grade(Run(Path(home), "exercises", sandbox=sandbox, seed=number))
            assert record.max_score == 100, name
            assert record.complete, name
            assert not record.errors, record.errors
            # Without a softmax of their own nobody gets more than the activations' points.
            assert record.score == 30 if name == "solved" else record.score < 30, (name, record.score)
    print(f"{gradings} gradings in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
