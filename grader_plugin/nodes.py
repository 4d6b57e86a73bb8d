"""pytest's tree of a submission: a folder, its files, their tasks, and a check as an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from . import rubrics
from .admission import admit
from .config import Config, is_notebook
from .exercise import CheckInfo, ExerciseInfo
from .result import CheckResult, Status
from .watching import screen_of

if TYPE_CHECKING:
    from .runner import Run


class Grader(Protocol):
    """What the tree needs of a run with `--grade`."""

    lesson: tuple[ExerciseInfo, ...]

    @property
    def run(self) -> Run:
        """The run of this process."""


CONFIG = pytest.StashKey[Config]()
GRADING = pytest.StashKey[Grader]()


class SubmissionDir(pytest.Directory):
    """The submission: one file for each exercise of the lesson, there or not, so the maximum never moves."""

    def collect(self) -> Iterator[pytest.Collector]:
        settings = self.config.stash[CONFIG]
        if is_notebook(settings.submission) and not settings.authority and GRADING in self.config.stash:
            yield ExerciseFile.from_parent(self, path=settings.submission)
            return
        known = (
            [info.name for info in self.config.stash[GRADING].lesson]
            if GRADING in self.config.stash
            else rubrics.KIT
        )
        for name in known:
            path = self.path / f"{name}.py"
            notebook = path.with_suffix(".ipynb")
            yield ExerciseFile.from_parent(
                self, path=path if path.exists() or not notebook.exists() else notebook
            )


class ExerciseFile(pytest.File):
    """One exercise, or a notebook with all of them; a file that the lesson does not name has no checks."""

    def collect(self) -> Iterator[pytest.Collector]:
        settings = self.config.stash[CONFIG]
        # A grading of record begins in a folder of ours, and its files are named as if they lay there.
        home = self.config.rootpath if settings.authority else settings.folder
        if GRADING not in self.config.stash or self.path.parent != home:
            return
        for info in self._exercises(settings):
            for task in info.tasks:
                yield TaskNode.from_parent(self, name=task, info=info)

    def _exercises(self, settings: Config) -> Sequence[ExerciseInfo]:
        """What the file is for. A notebook that is the submission: all, or what it holds if it was named as a path is."""
        lesson = self.config.stash[GRADING].lesson
        if self.path != settings.submission:
            return [info for info in lesson if info.name == self.path.stem]
        if self.config.option.submission is not None:
            return lesson
        files = admit(self.path, [info.name for info in lesson], settings.display)
        return [info for info in lesson if not files[info.name].missing] or lesson


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
        # pytest has no word for what is to do, waits, or had no time left. Nothing is passed over: the check has no points, and
        # the exit status follows from the score.
        if self.result.status in (Status.TODO, Status.BLOCKED):
            pytest.skip(self.result.message)
        if self.result.status is Status.NOT_RUN:
            pytest.skip("the time of the whole run is over")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The learner's words, never our traceback."""
        if isinstance(excinfo.value, NotPassed):
            from .reports import terminal  # here: rich is not for every start of pytest

            return terminal.failure(excinfo.value.result, screen_of(self.config))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.info.task}: {self.info.title}"


class NotPassed(Exception):
    """Carries a result through pytest's machinery."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.message)
        self.result = result
