"""The settings of a run, read once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# Format: where it goes unless a path is given. `-` is the standard output, at the end of all.
REPORT_FORMATS = {
    "json": ".grader/result.json",
    "html": ".grader/report.html",
    "github_classroom": ".grader/github_classroom.txt",
    "classroom50": "result.json",
    "gradescope": ".grader/results.json",
    "step_summary": ".grader/summary.md",
    "annotations": "-",
    "ctrf": ".grader/ctrf.json",
}
SUMMARY = "GITHUB_STEP_SUMMARY"  # the file that GitHub Actions shows; other lines of the step may stand there already


EXERCISES = "exercises"  # the folder with the learner's files, unless another is named


def is_notebook(submission: Path) -> bool:
    """Whether a submission is one notebook, and no folder."""
    return submission.suffix == ".ipynb" and not submission.is_dir()


_LEARNERS = (".py", ".ipynb", ".jsonl")  # code, and what was won


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report that was asked for: its format and its file."""

    format: str
    path: Path
    appends: bool = False

    @classmethod
    def parse(cls, text: str, folder: Path) -> ReportTarget:
        """From `FORMAT` or `FORMAT=PATH`, the path relative to `folder`; raises ValueError with a sentence."""
        name, separator, path = text.partition("=")
        if name not in REPORT_FORMATS:
            raise ValueError(f"{name!r} is not a report format; there are: {', '.join(REPORT_FORMATS)}")
        if separator and not path:
            raise ValueError(f"{text!r} names no file after '='; leave '=' out for {REPORT_FORMATS[name]}")
        if path.lower().endswith(_LEARNERS):
            raise ValueError(
                f"{path!r} is a name of a learner's file, which no report replaces; name another"
            )
        path = path or REPORT_FORMATS[name]
        return cls(name, Path(path) if path == "-" else Path(os.path.normpath(folder / path)))

    @property
    def is_printed(self) -> bool:
        """Whether it goes to the standard output."""
        return str(self.path) == "-"


def targets(
    asked: Iterable[ReportTarget], environment: Mapping[str, str], *, page: Path | None = None
) -> tuple[ReportTarget, ...]:
    """The reports asked for, a summary where GitHub Actions has a place for one, and in the folder `page` a page if there is none.

    Raises ValueError for two in one file.
    """
    found = list(asked)
    if page and all(target.format != "html" or target.is_printed for target in found):
        found.append(ReportTarget.parse("html", page))
    if environment.get(SUMMARY) and all(target.format != "step_summary" for target in found):
        found.append(ReportTarget("step_summary", Path(environment[SUMMARY]), appends=True))
    paths = [target.path for target in found if not target.is_printed]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise ValueError(f"two reports would go to {twice}; name another file for one of them")
    return tuple(found)


SANDBOX = ("auto", "off", "required")
# When Gradescope shows a check to who submitted it, by its autograder specification.
VISIBILITY = ("visible", "hidden", "after_due_date", "after_published")


@dataclass(frozen=True, eq=False, kw_only=True)
class Authority:
    """That a run is a grading of record, which only `authoritative.main` can say: pytest takes it as a plugin object.

    `checkout` is what no module may come from, `display` the name of the graded folder in sentences, `data` a folder to
    look for MNIST in, `flags` what was noticed beforehand, `reports` where the record goes.
    """

    checkout: Path
    display: str
    data: Path | None = None
    flags: tuple[str, ...] = ()
    reports: tuple[ReportTarget, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the command line said.

    `submission` is a folder, or a notebook in the place of one; `display` is its name as the learner wrote it; `exercises` the names of what is graded, all if it is empty; `hints` what is said beside what happened: 0 nothing, 1 the
    diagnosis, 2 diagnosis and hint; `ledger` where progress is kept, None if this run
    keeps none; `sandbox` one of SANDBOX; `time_limit` the seconds that the whole run may take; `visibility` patterns of
    checks' ids with one of VISIBILITY each, the last that fits counts; `rehearse` how many other seeds are tried afterwards;
    `opens` whether the page is shown in a browser.
    """

    submission: Path
    display: str
    exercises: tuple[str, ...] = ()
    seed: int = 0
    hints: int = 2
    pass_mark: float = 100.0
    exit_zero: bool = False
    reports: tuple[ReportTarget, ...] = ()
    ledger: Path | None = None
    sandbox: str = "auto"
    time_limit: float = 1800.0
    visibility: tuple[tuple[str, str], ...] = ()
    rehearse: int = 0
    opens: bool = False
    authority: Authority | None = None

    @property
    def folder(self) -> Path:
        """The folder of the submission's files."""
        return self.submission.parent if is_notebook(self.submission) else self.submission


def parse_pass_mark(text: str) -> float:
    """A percentage from 0 to 100; raises ValueError with a sentence."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise ValueError(f"{text!r} is not a percentage from 0 to 100")
    return value


def parse_seed(text: str) -> int:
    """A whole number from 0 to 2**63 - 1; raises ValueError with a sentence."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 2**63):
        raise ValueError(f"{text!r} is not a whole number from 0 to 2**63 - 1")
    return int(text)


def parse_visibility(text: str) -> tuple[str, str]:
    """From `PATTERN=WHEN`, the pattern one of the shell's; raises ValueError with a sentence."""
    pattern, _, when = text.rpartition("=")
    if not pattern or when not in VISIBILITY:
        raise ValueError(f"{text!r} is not PATTERN=WHEN, with WHEN one of: {', '.join(VISIBILITY)}")
    return pattern, when


def parse_rehearsals(text: str) -> int:
    """A whole number from 1 to 1000; raises ValueError with a sentence."""
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= 1000):
        raise ValueError(f"{text!r} is not a whole number from 1 to 1000")
    return int(text)


def parse_time_limit(text: str) -> float:
    """A number of seconds above 0; raises ValueError with a sentence."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise ValueError(f"{text!r} is not a number of seconds above 0")
    return value
