"""pytest's hooks in life-cycle order: options become settings, a submission's folder becomes our own tree."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from . import rubrics
from .config import (
    EXERCISES,
    REPORT_FORMATS,
    SANDBOX,
    VISIBILITY,
    Authority,
    Config,
    ReportTarget,
    is_notebook,
    parse_pass_mark,
    parse_rehearsals,
    parse_seed,
    parse_time_limit,
    parse_visibility,
    targets,
)
from .grading import Grading
from .ledger import LEDGER
from .nodes import CONFIG, GRADING, ExerciseFile, SubmissionDir
from .outside import OutsideError, name_folders


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grader", "grading exercises")
    group.addoption("--grade", action="store_true", help="Grade the submission.")
    group.addoption(
        "--submission",
        metavar="DIR",
        help="The folder with the learner's files, or a notebook with the cells of them (default: exercises).",
    )
    group.addoption(
        "--grade-exercises",
        metavar="NAMES",
        default="",
        help="What the lesson consists of, separated by commas (default: all exercises).",
    )
    group.addoption(
        "--exercises-from",
        metavar="DIR",
        action="append",
        default=[],
        type=Path,
        help="A folder with exercises that are no part of the kit, and not installed either (repeatable).",
    )
    group.addoption(
        "--grade-seed",
        metavar="N",
        type=_argument(parse_seed),
        default=0,
        help="The seed of all inputs (default: 0).",
    )
    group.addoption(
        "--grade-hints",
        metavar="N",
        type=int,
        choices=(0, 1, 2),
        default=2,
        help="What is said beside what happened: 0 nothing, 1 which mistake it is, 2 that and a hint (default).",
    )
    group.addoption(
        "--grade-pass-mark",
        metavar="PERCENT",
        type=_argument(parse_pass_mark),
        default=100.0,
        help="Exit with 0 from this share of the points (default: 100).",
    )
    group.addoption("--grade-exit-zero", action="store_true", help="Exit with 0 whatever the score is.")
    group.addoption(
        "--grade-time-limit",
        metavar="SECONDS",
        type=_argument(parse_time_limit),
        default=1800.0,
        help="The whole run ends after so long; what has no result then stays ungraded (default: 1800).",
    )
    group.addoption(
        "--grade-sandbox",
        choices=SANDBOX,
        default="auto",
        help="Confine the learner's code by the kernel: as far as it can (auto), not at all (off), or grade nothing"
        " where it cannot in full (required).",
    )
    group.addoption(
        "--grade-report",
        metavar="FORMAT[=PATH]",
        action="append",
        default=[],
        type=_argument(lambda text: ReportTarget.parse(text, Path.cwd())),
        help=f"Write a report (repeatable); formats: {', '.join(REPORT_FORMATS)}.",
    )
    group.addoption(
        "--grade-open", action="store_true", help="Write the page of the report, and open it in a browser."
    )
    group.addoption(
        "--grade-rehearse",
        metavar="N",
        type=_argument(parse_rehearsals),
        default=0,
        help="Then grade what passed under N other seeds, as a grading of record would.",
    )
    group.addoption(
        "--grade-visibility",
        metavar="PATTERN=WHEN",
        action="append",
        default=[],
        type=_argument(parse_visibility),
        help="When Gradescope shows the checks whose ids fit the pattern (repeatable, the last that fits counts): "
        f"{', '.join(VISIBILITY)}.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    invocation = config.invocation_params.dir
    try:
        name_folders(tuple(invocation / folder for folder in config.option.exercises_from))
    except OutsideError as error:
        raise pytest.UsageError(f"--exercises-from: {error}") from None
    folder = _submission(config)
    display = (
        folder.relative_to(invocation).as_posix() if folder.is_relative_to(invocation) else folder.as_posix()
    )
    authority = next((one for one in config.pluginmanager.get_plugins() if isinstance(one, Authority)), None)
    config.stash[CONFIG] = settings = Config(
        submission=folder,
        display=authority.display if authority else display,
        exercises=tuple(filter(None, config.option.grade_exercises.replace(" ", "").split(","))),
        seed=config.option.grade_seed,
        hints=config.option.grade_hints,
        pass_mark=config.option.grade_pass_mark,
        exit_zero=config.option.grade_exit_zero,
        reports=_reports(config, authority),
        # Another folder than the learner's own, or a copy that is gone tomorrow, wins nothing.
        ledger=folder.parent / LEDGER
        if folder == invocation / "exercises" and not os.environ.get("CI")
        else None,
        sandbox=config.option.grade_sandbox,
        time_limit=config.option.grade_time_limit,
        visibility=tuple(config.option.grade_visibility),
        rehearse=config.option.grade_rehearse,
        opens=config.option.grade_open,
        authority=authority,
    )
    if not config.option.grade:
        return
    if not (folder.is_dir() or (is_notebook(folder) and os.path.lexists(folder)) or authority):
        if is_notebook(folder):
            raise pytest.UsageError(f"There is no notebook {display!r} in {invocation}; is its name right?")
        where = "run this one folder up" if _holds_exercises(invocation) else "run this where it is"
        raise pytest.UsageError(
            f"There is no folder {display!r} in {invocation}; {where}, or name it with --submission DIR"
        )
    if authority:
        config.args = [
            str(invocation)
        ]  # pytest itself need not look at the submission, whatever stands there
    elif config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(folder)]  # no path was given, and testpaths are for ordinary tests
    _refuse_strangers(config, folder)
    # Our own summary tells what failed; an explicit --tb or -r keeps its sense.
    told_by_us = getattr(config.option, "tbstyle", "") == "auto"
    if told_by_us:
        config.option.tbstyle = "no"
    if getattr(config.option, "reportchars", "") == "fE":
        config.option.reportchars = ""
    config.stash[GRADING] = grading = Grading(config, settings, told_by_us)
    config.pluginmanager.register(grading, "grading")


def _submission(config: pytest.Config) -> Path:
    """What is graded: the option's, or the one notebook that is named and stands for no file of `exercises`; else that."""
    invocation = config.invocation_params.dir
    if config.option.submission is not None:
        return Path(os.path.normpath(invocation / config.option.submission))
    folder = invocation / EXERCISES
    named = [Path(os.path.normpath(invocation / arg.partition("::")[0])) for arg in config.args]
    apart = [path for path in named if is_notebook(path) and not _stands_for_one(path, folder)]
    if not apart or not config.option.grade:
        return folder
    if invocation.name == EXERCISES and apart[0].parent == invocation and apart[0].stem in _names():
        return folder  # which is not here: one stands in it
    if len(named) > 1:
        raise pytest.UsageError(f"{apart[0].name} is a submission of its own; grade it alone")
    return (
        Path(os.path.realpath(apart[0])) if apart[0].is_symlink() else apart[0]
    )  # what is named is followed


def _stands_for_one(notebook: Path, folder: Path) -> bool:
    return (
        notebook.parent == folder
        and notebook.stem in _names()
        and not os.path.lexists(notebook.with_suffix(".py"))
    )


def _reports(config: pytest.Config, authority: Authority | None) -> tuple[ReportTarget, ...]:
    """Those of the command line; a grading of record has seen to the rest before it began."""
    if authority:
        return authority.reports
    try:
        return targets(
            config.option.grade_report,
            os.environ if config.option.grade else {},
            page=config.invocation_params.dir if config.option.grade_open else None,
        )
    except ValueError as error:
        raise pytest.UsageError(f"--grade-report: {error}") from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """For a learner who forgot the option: these are the kit's own tests."""
    if GRADING in config.stash or not _submissions(config):
        return []
    return ["exercises are graded with --grade; without it ordinary tests run"]


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The submission's folder is ours: pytest's own collector would import its `__init__.py`."""
    config = parent.config
    if config.stash[CONFIG].authority:
        return SubmissionDir.from_parent(parent, path=path) if path == config.rootpath else None
    return SubmissionDir.from_parent(parent, path=path) if path in _submissions(config) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Below the submission nothing but our own collectors: adding one would leave those that import the file."""
    collectors = yield
    for folder in _submissions(parent.config):
        if file_path.is_relative_to(folder):
            return [ExerciseFile.from_parent(parent, path=file_path)]
    return collectors


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """For a learner who forgot the option, and wonders why there are no tests."""
    if items or GRADING in config.stash:
        return []
    named = [arg for arg in config.args if any(_below(config, arg, one) for one in _submissions(config))]
    return [f"{arg}: exercises are graded with --grade" for arg in named[:1]]


def _below(config: pytest.Config, arg: str, folder: Path) -> bool:
    path = config.invocation_params.dir / arg.partition("::")[0]
    return Path(os.path.normpath(path)).is_relative_to(folder)


def _submissions(config: pytest.Config) -> set[Path]:
    """The folders whose files are never imported here, graded or not."""
    folder = config.stash[CONFIG].folder
    likely = {folder, config.rootpath / "exercises", config.invocation_params.dir / "exercises"}
    found = {one for one in likely if _holds_exercises(one)}  # another project may have a folder of that name
    return found | {folder} if GRADING in config.stash else found


def _holds_exercises(folder: Path) -> bool:
    return any((folder / f"{name}{kind}").exists() for name in _names() for kind in (".py", ".ipynb"))


def _names() -> tuple[str, ...]:
    """Of all exercises; in a session that grades nothing, one from outside that cannot be used is none."""
    try:
        return rubrics.lesson()
    except OutsideError:
        return rubrics.KIT


def _refuse_strangers(config: pytest.Config, folder: Path) -> None:
    """A path that leads to exercises elsewhere would have pytest import them."""
    for arg in config.args:
        path = Path(os.path.normpath(config.invocation_params.dir / arg.partition("::")[0]))
        home = path if path.is_dir() else path.parent
        if (
            home != folder
            and path != folder
            and _holds_exercises(home)
            and (path.is_dir() or path.stem in _names())
        ):
            raise pytest.UsageError(
                f"{arg} is not in {folder.name}, which is graded; name its folder with --submission"
            )


def _argument(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """argparse prints the sentence of an ArgumentTypeError and hides that of a ValueError."""

    def convert(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert
