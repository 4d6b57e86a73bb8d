"""What the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader_plugin.result import CheckResult
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

ROOT = Path(__file__).parents[1]


class Grading:
    """Grades one exercise of the solutions, or of the stubs, with other code at the end of its file."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder

    def __call__(
        self, exercise: str, code: str = "", *, task: str = "", seed: int = 0, of: str = "solutions"
    ) -> dict[str, CheckResult]:
        """The results by the checks' names, of one task or of all; `code` redefines what it names."""
        own = self.folder / f"{exercise}.py"
        own.write_text(f"{(ROOT / of / own.name).read_text('utf-8')}\n\n{code}", "utf-8")
        run = Run(self.folder, "exercises", sandbox=self.sandbox, seed=seed)
        checks = run.exercises[exercise].info.checks
        return {check.name: run.check(exercise, check.name) for check in checks if task in ("", check.task)}


@pytest.fixture(scope="session")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    """Grade code through worker, wire and rubric; one template process serves all tests."""
    with Sandbox() as sandbox:
        yield Grading(sandbox, tmp_path_factory.mktemp("submission"))
