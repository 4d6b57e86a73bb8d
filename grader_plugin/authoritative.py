"""A grading of record: the same plugin in an interpreter that nothing of the checkout can reach.

Of six ways to start pytest on a checkout with a `conftest.py`, an ini file, a dropped `*.dist-info` and a
`sitecustomize.py` this is the one that ran none of them. `launch` replaces this process; `main` is what it becomes.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import apart, interpreter, outside, rubrics
from .admission import admit
from .config import EXERCISES, Authority, ReportTarget

SECRET_LEAST = 20
SECRET = "GRADER_SECRET"  # the variable that a course's inputs are drawn by

_HERE = Path(__file__).parent
_NEUTRAL = _HERE / "neutral"
_NEEDED = (
    "grader_plugin",
    "pytest",
    "torch",
    "torchvision",
    "numpy",
    "matplotlib",
    "rich",
    "platformdirs",
    "jinja2",
)

# What a terminal, a cache and a temporary folder need; nothing that Python, pytest or the loader listen to.
_ENVIRONMENT = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME",
    "TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES", "CI",
    SECRET,
    outside.FROM,
    "GITHUB_WORKSPACE",
    # What Classroom 50 says of a submission, for its report.
    "CLASSROOM", "ASSIGNMENT", "ASSIGNMENT_TYPE", "USERNAME", "OWNER", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL",
)  # fmt: skip

_BOOT = """
import json, sys
told = json.loads(sys.argv[1])
sys.argv[1:] = []
sys.path += told["path"]
from grader_plugin.authoritative import main
main(told)
"""


def launch(
    submission: Path, options: Sequence[str], reports: Sequence[ReportTarget], seed: int | None
) -> NoReturn:
    """Become the grader of `submission`: a checkout that holds `exercises/`, the folder of the files itself, or a notebook.

    `options` are pytest's; without a `seed` one is drawn. What lies where a report goes is removed: it is
    no report of this run, whatever becomes of that. Raises ValueError where a report would go through a link there.
    """
    checkout = Path(
        os.path.realpath(submission)
    )  # a link that is named is the namer's; below it none is followed
    if 0 < len(os.environ.get(SECRET, "").strip()) < SECRET_LEAST:
        raise ValueError(
            f"{SECRET} has fewer than {SECRET_LEAST} characters, and could be guessed from a record; take a longer one"
        )
    for target in reports:
        if not target.is_printed:
            apart.make_room(Path(os.path.abspath(target.path)), checkout, keep=target.appends)
    told_reports = [
        (target.format, "-" if target.is_printed else os.path.abspath(target.path), target.appends)
        for target in reports
    ]
    inner = checkout / EXERCISES
    folder = inner if os.path.lexists(inner) else checkout
    told = {
        # An exercise's package may be installed where this interpreter looks and an isolated one does not.
        "path": list(dict.fromkeys([*interpreter.import_path(_NEEDED), *outside.import_path()])),
        "checkout": str(checkout),
        "folder": str(folder),
        "data": str(Path.cwd() / "data"),
        "reports": told_reports,
        "options": [*options, *(() if seed is None else ("--grade-seed", str(seed)))],
    }
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    os.chdir(_NEUTRAL)
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", _BOOT, json.dumps(told)], kept)


def main(told: dict[str, Any]) -> NoReturn:
    """Grade what `launch` told of, and exit with the status of the run."""
    checkout, folder = Path(told["checkout"]), Path(told["folder"])
    try:
        apart.assert_apart(checkout)
    except apart.Refused as error:
        sys.stderr.write(f"grader grade: {error}.\n")
        sys.exit(apart.REFUSED)
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # what is known when a job is cancelled is told, too
    import pytest

    from . import plugin

    authority = Authority(
        checkout=checkout,
        display=folder.name,
        data=_data(Path(told["data"]), checkout),
        flags=apart.noticed(checkout, folder),
        reports=tuple(ReportTarget(form, Path(path), appends) for form, path, appends in told["reports"]),
    )
    fixed = [
        "--grade", "--noconftest", "-c", str(_NEUTRAL / "pytest.ini"), "--rootdir", str(_NEUTRAL),
        "-p", "no:cacheprovider", "--no-header", "--submission", str(folder),
    ]  # fmt: skip
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # Drawn here: what stands on a command line others can read. One that was asked for comes later, and counts.
    seed = ["--grade-seed", str(seed_of(os.environ.pop(SECRET, ""), folder))]
    sys.exit(pytest.main([*fixed, *seed, *told["options"]], plugins=[plugin, authority]))


def seed_of(secret: str, folder: Path) -> int:
    """Of the system, or of a secret and what is submitted: the same work gets the same inputs then, other work others.

    So a seed that a record tells is of no use for the next submission.
    """
    if not secret.strip():
        return secrets.randbelow(2**63)
    files = admit(folder, rubrics.lesson(), folder.name, follow=False)
    # What is graded of them: outputs of a notebook change nothing.
    texts = {name: (file.source or b"").hex() for name, file in files.items()}
    told = json.dumps(texts, sort_keys=True).encode()
    return int.from_bytes(hmac.digest(os.fsencode(secret.strip()), told, "sha256")[:8], "big") >> 1


def _data(folder: Path, checkout: Path) -> Path | None:
    """The data of the folder one stands in, unless that is the submission's, whose files may be anything."""
    inside = Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(checkout))
    return folder if folder.is_dir() and not inside else None
