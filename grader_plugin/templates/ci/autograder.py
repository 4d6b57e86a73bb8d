"""Grades a submission for Classroom 50: copy this file to CLASSROOM/autograders/ASSIGNMENT/autograder.py.

Its runner starts it in the student's checkout, and takes `result.json` and `release-body.md` from there. An exit status
other than 0 says that there is no grade. `docs/ci.md` of the kit tells the rest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

GRADER = "git+https://example.org/OWNER/KIT@COMMIT"  # the kit as you keep it, at a commit

checkout = Path.cwd()
room = Path(
    tempfile.mkdtemp(dir=os.environ.get("RUNNER_TEMP"))
)  # in a checkout `python -m` runs what lies there
python = room / "grader" / "bin" / "python"
for name in ("result.json", "release-body.md", "report.html"):
    (checkout / name).unlink(missing_ok=True)  # what a student put there is no grade
environment = {**os.environ, "GITHUB_STEP_SUMMARY": ""}  # the runner puts release-body.md there itself


def run(*command: object) -> None:
    """Run a command outside of the checkout; what goes wrong ends this program with its exit status."""
    status = subprocess.run([str(part) for part in command], cwd=room, env=environment).returncode
    if status:
        sys.exit(status)


run("python3", "-I", "-m", "venv", "grader")
run(python, "-I", "-m", "pip", "install", "--quiet", "uv==0.13.9")
uv = ("grader/bin/uv", "pip", "install", "--quiet", "--python", python, "--torch-backend", "cpu")
run(*uv, *GRADER.split(), "torch==2.13.0", "torchvision==0.28.0")
run(
    *("grader/bin/grader", "grade", checkout, "--exit-zero", "--require-sandbox"),
    *("--time-limit", 480),  # of the 15 minutes that the runner's job has by default
    *("--report", f"classroom50={checkout / 'result.json'}"),
    *("--report", f"step_summary={checkout / 'release-body.md'}"),
    *("--report", f"html={checkout / 'report.html'}"),
)
