"""Twenty honest submissions, each graded as a self-check and for the record: is the score the same?

    python benchmarks/equal_scores.py

Target: equal, check by check. Ten get the seed of the self-check, ten a drawn one. The submissions are the solutions with up to three
files each replaced by a correct variant, a known mistake, a stub or nothing.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader_plugin import misconceptions
from grader_plugin.rubrics import KIT as LESSON

ROOT = Path(__file__).parent.parent


def change(folder: Path, draw: random.Random) -> str:
    """One file made another; what it is now."""
    name = draw.choice(LESSON)
    file = folder / f"{name}.py"
    kind = draw.choice(("variant", "mistake", "mistake", "stub", "gone"))
    if kind == "variant":
        variant = draw.choice(sorted((ROOT / "tests" / "variants" / name).glob("*.py")))
        file.write_text(f"{file.read_text('utf-8')}\n\n{variant.read_text('utf-8')}", "utf-8")
        return f"{name}: {variant.name}"
    if kind == "mistake":
        entry = draw.choice(misconceptions.load(name))
        file.write_text(f"{file.read_text('utf-8')}\n\n{misconceptions.source(entry)}", "utf-8")
        return f"{name}: {entry.id}"
    if kind == "stub":
        shutil.copy(ROOT / "exercises" / file.name, file)
    else:
        file.unlink(missing_ok=True)
    return f"{name}: {kind}"


def record(command: list[str], home: Path) -> dict[str, Any]:
    """What a run writes."""
    path = home / "record.json"
    path.unlink(missing_ok=True)
    subprocess.run([*command, f"json={path}"], cwd=home, stdout=subprocess.DEVNULL, check=False)
    return json.loads(path.read_text("utf-8"))


def statuses(told: dict[str, Any]) -> dict[str, str]:
    """By the checks' ids."""
    return {check["id"]: check["status"] for exercise in told["exercises"] for check in exercise["checks"]}


def main() -> None:
    """Print a line for each, and the sum."""
    draw, equal = random.Random(5), 0
    for number in range(20):
        with tempfile.TemporaryDirectory() as room:
            home = Path(room)
            shutil.copytree(
                ROOT / "solutions", home / "exercises", ignore=shutil.ignore_patterns("__pycache__")
            )
            made = [change(home / "exercises", draw) for _ in range(min(number, draw.randint(1, 3)))]
            own = record([sys.executable, "-m", "pytest", "--grade", "--grade-report"], home)
            seed = ["--seed", "0"] if number < 10 else []
            with tempfile.TemporaryDirectory() as neutral:
                command = [sys.executable, "-m", "grader_plugin", "grade", str(home), *seed, "--report"]
                ours = record(command, Path(neutral))
            same = statuses(own) == statuses(ours)
            equal += same and own["score"] == ours["score"]
            print(
                f"{own['score']:3} {ours['score']:3} {'equal' if same else 'DIFFERENT'}  {'; '.join(made) or 'the solutions'}",
                flush=True,
            )
    print(f"{equal} of 20 equal")


if __name__ == "__main__":
    main()
