"""The plugin of a run with `--grade`: it gathers results, and ends with the record, the ledger and the report."""

from __future__ import annotations

import base64
import contextlib
import fnmatch
import gc
import os
import time
import webbrowser
from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from . import apart, rubrics
from .config import Config, ReportTarget
from .confinement import hide
from .exercise import CheckInfo
from .ledger import Ledger
from .nodes import CheckItem
from .record import assemble, environment
from .reports import file, render
from .result import CheckResult, Grade, Status
from .sandbox import Sandbox, SandboxError
from .watching import Watching, screen_of

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from .progress import Award
    from .reports.screen import Screen
    from .runner import Run

PLOTS = Path(".grader", "plots")


class Grading:
    """The plugin of a run with `--grade`: makes the run, gathers results, ends with the record."""

    def __init__(self, config: pytest.Config, settings: Config, tells_failures: bool) -> None:
        try:
            self.lesson = rubrics.chosen(rubrics.catalogue(), settings.exercises)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None
        self.grade: Grade | None = None
        self._config = config
        self._settings = settings
        self._tells_failures = tells_failures  # or pytest does, as an explicit --tb asks
        self._is_worker = hasattr(config, "workerinput")
        self._watching = Watching(config)
        self._run: Run | None = None
        self._sandbox: Sandbox | None = None
        self._selected: list[CheckInfo] = []
        self._results: dict[str, CheckResult] = {}
        self._training: dict[str, Any] = {}
        self._plots: dict[str, bytes] = {}
        self._sent: set[str] = set()  # networks whose curves, and plots that, have travelled on a report
        self._facts: dict[str, Any] = {}
        self._complaints: list[str] = []
        self._printed: list[str] = []
        self._award: Award | None = None
        self._saved: list[str] = []
        self._rehearsal: dict[str, Any] = {}
        self._page = ""
        self._refusal = ""
        self._ends = time.monotonic() + settings.time_limit
        ids = [check.id for info in self.lesson for check in info.checks]
        for pattern, _ in settings.visibility:
            if not fnmatch.filter(ids, pattern):
                raise pytest.UsageError(
                    f"--grade-visibility: {pattern!r} fits no check; they are named like {ids[0]}"
                )

    @property
    def run(self) -> Run:
        """The run of this process, made when its first check is about to be graded."""
        if self._run is None:
            sandbox = self._start()
            collects = gc.isenabled()
            gc.disable()  # what an import makes is there to stay; the collector looks through it again and again
            try:
                from .runner import Run  # here: it imports torch, and the template is on its way meanwhile

                gc.freeze()  # nor at the end, which took 0.3 s
            finally:
                if collects:
                    gc.enable()

            with contextlib.suppress(SandboxError):  # each check will say it
                sandbox.confinement()  # before any code of the learner's runs
            settings = self._settings
            on_step = None if self._is_worker else self._watching.step
            self._run = Run(
                settings.submission,
                settings.display,
                sandbox=sandbox,
                seed=settings.seed,
                hints=settings.hints,
                on_step=on_step,
                time_limit=settings.time_limit,
                authority=settings.authority,
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
            self._refusal = self._why_not(sandbox)
            if self._refusal:
                session.items.clear()
            elif len(self._selected) == len(session.items):
                self._watching.begin(self.lesson, [info.id for info in self._selected])

    def _why_not(self, sandbox: Sandbox) -> str:
        """Before any code of the learner's runs: why nothing is graded, where something that a run is to be sure of is not so."""
        try:
            if self._settings.authority:
                apart.assert_untouched(self._settings.authority.checkout)
                if self.lesson != tuple(rubrics.load(info.name).info for info in self.lesson):
                    raise apart.Refused(
                        "The list of checks in the cache directory is not that of the rubrics, so nothing was graded;"
                        " remove the files catalogue-*.json there"
                    )
            if self._settings.sandbox == "required" and (reach := sandbox.confinement().reach):
                raise apart.Refused(f"Here the graded code could {reach}, so nothing was graded")
        except (apart.Refused, SandboxError) as error:
            return f"{error}."
        return ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """What a process of xdist refused, the session did."""
        self._refusal = self._refusal or getattr(node, "workeroutput", {}).get("refusal", "")

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
            self._watching.clear()
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
                self._watching.begin(self.lesson, [check.id for info in self.lesson for check in info.checks])
            self._watching.graded(result, self._run.step if self._run else None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        done = yield
        passed = {id for id, result in self._results.items() if result.status is Status.PASSED}
        if self._settings.rehearse and passed and not self._is_worker:
            self._rehearse([check for info in self.lesson for check in info.checks if check.id in passed])
        return done

    def _rehearse(self, checks: list[CheckInfo]) -> None:
        """Ask what passed again, with other inputs."""
        sandbox = self._start()
        from .reseeding import rehearse
        from .runner import Run

        settings, count = self._settings, self._settings.rehearse

        def begin(seed: int) -> Run:
            number = (seed - settings.seed) % 2**63
            self._watching.say(f"The same checks with other inputs: {number} of {count}")
            left = max(0.0, self._ends - time.monotonic())
            return Run(
                settings.submission,
                settings.display,
                sandbox=sandbox,
                seed=seed,
                known=lambda _: (),
                time_limit=left,
                authority=settings.authority,
            )

        seeds = [(settings.seed + number) % 2**63 for number in range(1, count + 1)]
        for told in rehearse(begin, seeds, checks):
            self._rehearsal = told  # what is known stays, if it is interrupted

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No letters where the display shows more."""
        if not self._watching.is_drawn or not hasattr(report, "grading"):
            return None
        category = "error" if report.failed and report.when != "call" else report.outcome
        return category, "", ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._watching.end()
        if self._sandbox is not None:
            self._sandbox.close()
        if self._is_worker:
            self._config.workeroutput["refusal"] = self._refusal  # type: ignore[attr-defined]
        if self._refusal:
            session.exitstatus = apart.REFUSED
        if self._is_worker or self._config.option.collectonly or self._refusal:
            return
        authority = self._settings.authority
        facts = self._facts or {
            "files": {},
            "environment": environment(self._settings.seed, "none", {}),
            "authoritative": authority is not None,
            "flags": list(authority.flags if authority else ()),
        }
        if self._run is not None and (absent := self._run.absent([info.name for info in self.lesson])):
            facts = {**facts, "flags": [*facts.get("flags", ()), absent]}
        if self._unfinished:
            limit = f"The run was ended after its {self._settings.time_limit:g} s"
            told = "1 check is" if self._unfinished == 1 else f"{self._unfinished} checks are"
            facts = {**facts, "flags": [*facts.get("flags", ()), f"{limit}; {told} not graded"]}
        self.grade = assemble(
            self.lesson, self._results, training=self._training, rehearsal=self._rehearsal, **facts
        )
        try:
            if self._results:
                self._keep(self.grade)
        except KeyboardInterrupt:  # while another run holds the ledger; the score is to be seen all the same
            session.exitstatus = exitstatus = pytest.ExitCode.INTERRUPTED
        self._report(self.grade, is_cut=exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED))
        session.exitstatus = self._exit_status(exitstatus, session.testsfailed)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self._refusal and not self._is_worker:
            terminalreporter.write_line(self._refusal, red=True)
        if self.grade is None:
            return
        from .reports import terminal

        screen = screen_of(self._config)
        full = self._full(self.grade, screen)
        terminalreporter.write_sep("=", "grade")
        report = terminal.render(
            self.grade, screen, full=full, award=self._award, lesson=self.lesson, plots=self._saved
        )
        terminalreporter.write_line(report)
        stopped = len(self._selected) - len(self._results) + self._unfinished
        if self._results and stopped > 0:
            were = "was" if stopped == 1 else "were"
            terminalreporter.write_line(
                f"Stopped early: {stopped} of {len(self._selected)} checks {were} not graded."
            )
        for complaint in self._complaints:
            terminalreporter.write_line(complaint)
        for text in self._printed:
            terminalreporter.write_line(text)
        if self._settings.opens and self._page:
            self._open(terminalreporter)

    def _open(self, terminalreporter: TerminalReporter) -> None:
        """Show the page in the browser that the system has for it."""
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
            is_open = webbrowser.open(self._page)
        if not is_open:
            terminalreporter.write_line("No browser was found to open it in; the link above leads there.")

    def pytest_unconfigure(self) -> None:
        self._watching.end()
        if self._sandbox is not None:
            self._sandbox.close()

    @property
    def _unfinished(self) -> int:
        """How many checks the run's time did not last for."""
        return sum(result.status is Status.NOT_RUN for result in self._results.values())

    def _keep(self, grade: Grade) -> None:
        """What a learner's own run leaves behind: the ledger's new lines, the plots."""
        if self._settings.ledger is None:
            return
        from .reports import terminal

        seen = terminal.asked(grade, self._full(grade, screen_of(self._config)))
        award = Ledger(self._settings.ledger).record(grade, datetime.now(timezone.utc), seen)
        for name, image in sorted(self._plots.items()):
            path = PLOTS / f"{name}.png"
            try:
                file.write(self._settings.ledger.parents[1] / path, image)
                self._saved.append(path.as_posix())
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                award = replace(award, notes=(*award.notes, f"{path} cannot be written ({reason})."))
        self._award = award

    def _full(self, grade: Grade, screen: Screen) -> int:
        """How many failures are told in full."""
        verbosity = self._config.option.verbose
        if verbosity:
            return len(grade.checks) if verbosity > 0 else 0
        return screen.causes if self._tells_failures else 0

    def _start(self) -> Sandbox:
        if self._sandbox is None:
            try:
                self._sandbox = Sandbox(confine=self._settings.sandbox != "off")
            except OSError as error:  # no temporary folder, a full disk
                raise pytest.UsageError(
                    f"No scratch folder can be made ({error}); is the disk full?"
                ) from None
            hide()
            self._sandbox.warm()
        return self._sandbox

    def _exit_status(self, status: int, failed: int) -> int:
        """pytest's own, unless it says no more than whether tests passed."""
        assert self.grade is not None
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not self._results:
            return status
        ended = self.grade.exit_status(self._settings.pass_mark)
        if ended > 1:  # the grader itself failed
            return ended
        if self._complaints:
            return pytest.ExitCode.USAGE_ERROR
        ours = sum(result.status is Status.FAILED for result in self._results.values())
        if failed > ours:  # ordinary tests that ran beside the checks
            return pytest.ExitCode.TESTS_FAILED
        if self._settings.exit_zero:
            return pytest.ExitCode.OK
        # What the time did not last for was selected, and is no reason to pass.
        return ended or int(self._unfinished > 0)

    def _report(self, grade: Grade, *, is_cut: bool) -> None:
        """The reports that were asked for, each whole or not at all; what is in the way is said, and the grade stands."""
        if not self._settings.reports:
            return
        from .reports.context import Context
        from .reports.handout import NotFinal

        context = Context(
            at=datetime.now(timezone.utc),
            environment=os.environ,
            award=self._award,
            lesson=self.lesson,
            plots=self._plots,
            visibility=self._settings.visibility,
            is_cut=is_cut,
            root=self._root(),
        )
        for target in self._settings.reports:
            try:
                self._write(target, render(target.format, grade, context))
            except NotFinal as error:
                self._complaints.append(f"There is no {target.format} report: {error}.")
            except OSError as error:
                reason = error.strerror or error
                option = "--report" if self._settings.authority else "--grade-report"
                # A summary that nobody asked for is said to be missing, and fails nothing.
                (self._printed if target.appends else self._complaints).append(
                    f"The {target.format} report could not be written to {target.path} ({reason}); name another file with "
                    f"{option} {target.format}=PATH"
                )

    def _root(self) -> str:
        """Where the submission's folder lies below the workspace of GitHub Actions, whose paths begin there."""
        shown, workspace = Path(self._settings.display), os.environ.get("GITHUB_WORKSPACE", "")
        home = Path(self._settings.submission, *[".."] * len(shown.parts))
        home = Path(os.path.normpath(home))
        if (
            not workspace
            or shown.is_absolute()
            or not home.is_relative_to(workspace)
            or home == Path(workspace)
        ):
            return ""
        return f"{home.relative_to(workspace).as_posix()}/"

    def _write(self, target: ReportTarget, text: str) -> None:
        if target.is_printed:
            self._printed.append(text.rstrip("\n"))
        elif target.appends:
            file.append(target.path, text.encode())
        else:
            file.write(target.path, text.encode())
            if target.format == "html":
                self._page = target.path.as_uri()
                self._printed.append(f"The page: {self._page}")  # terminals make a link of it
