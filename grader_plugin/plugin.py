"""pytest's hooks in life-cycle order: a submission's folder becomes checks, checks become a record."""

from __future__ import annotations

import argparse
import base64
import contextlib
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from . import rubrics
from .config import REPORT_FORMATS, Config, ReportTarget, parse_pass_mark, parse_seed
from .exercise import CheckInfo, ExerciseInfo
from .ledger import LEDGER, Ledger
from .record import assemble, environment
from .reports import file
from .reports import json as json_report
from .result import CheckResult, Grade, Status
from .sandbox import Sandbox

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from .conversation import Step
    from .progress import Award
    from .reports.live import Display
    from .reports.screen import Screen
    from .runner import Run

PLOTS = Path(".grader", "plots")
RENDER: dict[str, Callable[[Grade], str]] = {"json": json_report.render}
CONFIG = pytest.StashKey[Config]()
GRADING = pytest.StashKey["Grading"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grader", "grading exercises")
    group.addoption("--grade", action="store_true", help="Grade the submission.")
    group.addoption(
        "--submission",
        metavar="DIR",
        default="exercises",
        help="The folder with the learner's files (default: exercises).",
    )
    group.addoption(
        "--grade-seed",
        metavar="N",
        type=_argument(parse_seed),
        default=0,
        help="The seed of all inputs (default: 0).",
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
        "--grade-report",
        metavar="FORMAT[=PATH]",
        action="append",
        default=[],
        type=_argument(lambda text: ReportTarget.parse(text, Path.cwd())),
        help=f"Write a report (repeatable); formats: {', '.join(REPORT_FORMATS)}.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    invocation = config.invocation_params.dir
    folder = Path(os.path.normpath(invocation / config.option.submission))
    display = (
        folder.relative_to(invocation).as_posix() if folder.is_relative_to(invocation) else folder.as_posix()
    )
    config.stash[CONFIG] = settings = Config(
        submission=folder,
        display=display,
        seed=config.option.grade_seed,
        pass_mark=config.option.grade_pass_mark,
        exit_zero=config.option.grade_exit_zero,
        reports=tuple(config.option.grade_report),
        # Another folder than the learner's own, or a copy that is gone tomorrow, wins nothing.
        ledger=folder.parent / LEDGER
        if folder == invocation / "exercises" and not os.environ.get("CI")
        else None,
    )
    if not config.option.grade:
        return
    if not folder.is_dir():
        raise pytest.UsageError(
            f"There is no folder {config.option.submission!r} in {invocation}; run this where it is, or name it with --submission DIR"
        )
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
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


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The submission's folder is ours: pytest's own collector would import its `__init__.py`."""
    return SubmissionDir.from_parent(parent, path=path) if path in _submissions(parent.config) else None


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
    folder = config.stash[CONFIG].submission
    likely = {folder, config.rootpath / "exercises", config.invocation_params.dir / "exercises"}
    found = {one for one in likely if _holds_exercises(one)}  # another project may have a folder of that name
    return found | {folder} if GRADING in config.stash else found


def _holds_exercises(folder: Path) -> bool:
    return any((folder / f"{name}.py").exists() for name in rubrics.LESSON)


def _refuse_strangers(config: pytest.Config, folder: Path) -> None:
    """A path that leads to exercises elsewhere would have pytest import them."""
    for arg in config.args:
        path = Path(os.path.normpath(config.invocation_params.dir / arg.partition("::")[0]))
        home = path if path.is_dir() else path.parent
        if home != folder and _holds_exercises(home) and (path.is_dir() or path.stem in rubrics.LESSON):
            raise pytest.UsageError(
                f"{arg} is not in {folder.name}, which is graded; name its folder with --submission"
            )


class SubmissionDir(pytest.Directory):
    """The submission: one file for each exercise of the lesson, there or not, so the maximum never moves."""

    def collect(self) -> Iterator[pytest.Collector]:
        for name in rubrics.LESSON:
            yield ExerciseFile.from_parent(self, path=self.path / f"{name}.py")


class ExerciseFile(pytest.File):
    """One exercise; a file that the lesson does not name has no checks."""

    def collect(self) -> Iterator[pytest.Collector]:
        if GRADING not in self.config.stash or self.path.parent != self.config.stash[CONFIG].submission:
            return
        for info in self.config.stash[GRADING].lesson:
            if info.file == self.path.name:
                for task in info.tasks:
                    yield TaskNode.from_parent(self, name=task, info=info)


class TaskNode(pytest.Collector):
    """One function or class that the learner writes."""

    def __init__(self, info: ExerciseInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.info = info

    def collect(self) -> Iterator[pytest.Item]:
        for check in self.info.checks:
            if check.task == self.name:
                yield CheckItem.from_parent(self, name=check.name, info=check)


class CheckItem(pytest.Item):
    """One check. It is graded in the set-up phase, so that the grader's own failure is pytest's "error"."""

    def __init__(self, info: CheckInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.info = info
        self.result: CheckResult | None = None

    def setup(self) -> None:
        self.result = self.config.stash[GRADING].run.check(self.info.exercise, self.info.name)
        if self.result.status is Status.ERROR:
            raise NotPassed(self.result)

    def runtest(self) -> None:
        assert self.result is not None, "the set-up phase made it"
        if self.result.status is Status.FAILED:
            raise NotPassed(self.result)
        if self.result.status in (Status.TODO, Status.BLOCKED):
            pytest.skip(self.result.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The learner's words, never our traceback."""
        if isinstance(excinfo.value, NotPassed):
            from .reports import terminal  # here: rich is not for every start of pytest

            return terminal.failure(excinfo.value.result, _screen(self.config))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.info.task}: {self.info.title}"


class NotPassed(Exception):
    """Carries a result through pytest's machinery."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.message)
        self.result = result


class Grading:
    """The plugin of a run with `--grade`: makes the run, gathers results, ends with the record."""

    def __init__(self, config: pytest.Config, settings: Config, tells_failures: bool) -> None:
        self.lesson = rubrics.catalogue()
        self.grade: Grade | None = None
        self._config = config
        self._settings = settings
        self._tells_failures = tells_failures  # or pytest does, as an explicit --tb asks
        self._is_worker = hasattr(config, "workerinput")
        self._display: Display | None = None
        self._run: Run | None = None
        self._sandbox: Sandbox | None = None
        self._selected: list[CheckInfo] = []
        self._results: dict[str, CheckResult] = {}
        self._training: dict[str, Any] = {}
        self._plots: dict[str, bytes] = {}
        self._sent: set[str] = set()  # networks whose curves, and plots that, have travelled on a report
        self._facts: dict[str, Any] = {}
        self._complaints: list[str] = []
        self._award: Award | None = None
        self._saved: list[str] = []

    @property
    def run(self) -> Run:
        """The run of this process, made when its first check is about to be graded."""
        if self._run is None:
            sandbox = self._start()
            from .runner import Run  # here: it imports torch, and the template is on its way meanwhile

            settings = self._settings
            on_step = None if self._is_worker else self._show_step
            self._run = Run(
                settings.submission, settings.display, sandbox=sandbox, seed=settings.seed, on_step=on_step
            )
            if not self._is_worker:  # which has all items, and runs some of them
                self._run.ahead(self._selected)
        return self._run

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._selected = [item.info for item in session.items if isinstance(item, CheckItem)]
        if self._selected and not self._config.option.collectonly:
            sandbox = self._start()
            for needs in {info.needs for info in self._selected}:
                sandbox.warm(needs)
            if len(self._selected) == len(session.items):
                self._show()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """By file: the checks of one exercise share a training run."""
        from xdist.scheduler import LoadFileScheduling

        return None if config.option.dist == "each" else LoadFileScheduling(config, log)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, CheckItem) and item.result is not None and (call.when == "call" or report.failed):
            self._clear_step()
            if report.skipped and isinstance(report.longrepr, tuple):
                # The learner's file, not the line of ours that skips.
                report.longrepr = (str(item.path), 1, report.longrepr[2])
            # Plain data only: under xdist a report travels as JSON.
            training = {name: curve for name, curve in self.run.training.items() if name not in self._sent}
            plots = {name: image for name, image in self.run.plots.items() if name not in self._sent}
            self._sent.update(training, plots)
            told = {
                "result": item.result.to_dict(),
                "training": training,
                "plots": {name: base64.b64encode(image).decode() for name, image in plots.items()},
                "facts": self.run.facts,
            }
            report.grading = told  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = getattr(report, "grading", None)
        if data is not None:
            result = CheckResult.from_dict(data["result"])
            self._results[result.id] = result
            self._training.update(data["training"])
            self._plots.update({name: base64.b64decode(image) for name, image in data["plots"].items()})
            self._facts = data["facts"]
            if hasattr(report, "node"):  # of xdist, which has said all that it says before the first report
                self._show()
            if self._display is not None:
                self._display.graded(result, self._run.step if self._run else None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No letters where the display shows more."""
        if self._display is None or not hasattr(report, "grading"):
            return None
        category = "error" if report.failed and report.when != "call" else report.outcome
        return category, "", ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._hide()
        if self._sandbox is not None:
            self._sandbox.close()
        if self._is_worker or self._config.option.collectonly:
            return
        facts = self._facts or {"files": {}, "environment": environment(self._settings.seed, "none")}
        self.grade = assemble(self.lesson, self._results, training=self._training, **facts)
        for target in self._settings.reports:
            self._write(target, self.grade)
        if self._results:
            self._keep(self.grade)
        session.exitstatus = self._exit_status(exitstatus, session.testsfailed)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self.grade is None:
            return
        from .reports import terminal

        verbose = terminalreporter.verbosity
        full = (
            0
            if verbose < 0 or not self._tells_failures
            else terminal.FULL
            if verbose == 0
            else len(self.grade.checks)
        )
        terminalreporter.write_sep("=", "grade")
        screen = _screen(self._config)
        report = terminal.render(
            self.grade, screen, full=full, award=self._award, lesson=self.lesson, plots=self._saved
        )
        terminalreporter.write_line(report)
        for complaint in self._complaints:
            terminalreporter.write_line(complaint)

    def pytest_unconfigure(self) -> None:
        self._hide()
        if self._sandbox is not None:
            self._sandbox.close()

    def _show(self) -> None:
        """Put the display up, where there is a terminal for it and nothing else writes there."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if (
            self._display is not None
            or reporter is None
            or reporter.verbosity > 0
            or not _is_terminal(reporter)
        ):
            return
        from .reports.live import Display

        reporter.showfspath = reporter._show_progress_info = False
        ids = [info.id for info in self._selected or [one for info in self.lesson for one in info.checks]]
        self._display = Display(self.lesson, ids, reporter._tw._file, _screen(self._config))

    def _hide(self) -> None:
        if self._display is not None:
            self._display.close()

    def _keep(self, grade: Grade) -> None:
        """What a learner's own run leaves behind: the ledger's new lines, the plots."""
        if self._settings.ledger is None:
            return
        award = Ledger(self._settings.ledger).record(grade, datetime.now(timezone.utc))
        for name, image in sorted(self._plots.items()):
            path = PLOTS / f"{name}.png"
            try:
                file.write(self._settings.ledger.parents[1] / path, image)
                self._saved.append(path.as_posix())
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                award = replace(award, notes=(*award.notes, f"{path} cannot be written ({reason})."))
        self._award = award

    def _start(self) -> Sandbox:
        if self._sandbox is None:
            try:
                self._sandbox = Sandbox()
            except OSError as error:  # no temporary folder, a full disk
                raise pytest.UsageError(
                    f"No scratch folder can be made ({error}); is the disk full?"
                ) from None
            self._sandbox.warm()
        return self._sandbox

    def _exit_status(self, status: int, failed: int) -> int:
        """pytest's own, unless it says no more than whether tests passed."""
        assert self.grade is not None
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not self._results:
            return status
        if self.grade.errors:
            return pytest.ExitCode.INTERNAL_ERROR
        if self._complaints:
            return pytest.ExitCode.USAGE_ERROR
        ours = sum(result.status is Status.FAILED for result in self._results.values())
        if failed > ours:  # ordinary tests that ran beside the checks
            return pytest.ExitCode.TESTS_FAILED
        reached = self._settings.exit_zero or self.grade.reaches(self._settings.pass_mark)
        return pytest.ExitCode.OK if reached else pytest.ExitCode.TESTS_FAILED

    def _write(self, target: ReportTarget, grade: Grade) -> None:
        """Whole or not at all; what is in the way is said, and the grade stands."""
        try:
            file.write(target.path, RENDER[target.format](grade).encode())
        except OSError as error:
            reason = error.strerror or error
            self._complaints.append(
                f"The {target.format} report could not be written to {target.path} ({reason}); name another file with "
                f"--grade-report {target.format}=PATH"
            )

    def _show_step(self, step: Step) -> None:
        """Where a training run is: in the display, or under -v behind the line; on a terminal only."""
        if self._display is not None:
            self._display.step(step)
        else:
            self._write_aside(f" {step}")

    def _clear_step(self) -> None:
        if self._display is None:
            self._write_aside("")

    def _write_aside(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if reporter is None or not _is_terminal(reporter):
            return
        room = max(0, reporter._tw.fullwidth - reporter._tw.width_of_current_line - 1)
        with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
            # Save the cursor, write, erase to the end of the line, restore (ECMA-48, DEC); past the writer, which
            # would count the text as part of its line.
            reporter._tw._file.write(f"\x1b7{text[:room]}\x1b[K\x1b8")
            reporter._tw._file.flush()


def _is_terminal(reporter: TerminalReporter) -> bool:
    from .reports.screen import is_terminal

    return is_terminal(reporter._tw._file)


def _screen(config: pytest.Config) -> Screen:
    """What pytest's own writer leads to."""
    from .reports.screen import Screen  # here: rich is not for every start of pytest

    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return Screen.of(reporter._tw._file, color=reporter.hasmarkup) if reporter else Screen()


def _argument(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """argparse prints the sentence of an ArgumentTypeError and hides that of a ValueError."""

    def convert(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert
