"""The command line: `grader`."""

from __future__ import annotations

import difflib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .admission import admit
from .config import (
    EXERCISES,
    REPORT_FORMATS,
    VISIBILITY,
    ReportTarget,
    is_notebook,
    parse_pass_mark,
    parse_seed,
    parse_time_limit,
    parse_visibility,
    targets,
)
from .exercise import ExerciseInfo
from .instructor import commands
from .ledger import LEDGER, Ledger, LedgerError, shown
from .outside import OutsideError, name_folders, named_in
from .progress import Lesson, Progress
from .rubrics import catalogue, chosen
from .telling import refuse, stop

NOWHERE = "There is no exercises/ folder of this lesson here or above"


class Commands(TyperGroup):
    """What every command may meet while it looks for the lesson is a sentence of that command's."""

    def invoke(self, ctx: Any) -> Any:  # the context's class is typer's own or click's, by typer's version
        try:
            return super().invoke(ctx)
        except OutsideError as error:
            refuse(ctx.invoked_subcommand or "", f"{error}.")


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help="Tools around `pytest --grade`."
)
for command in (commands.new, commands.release, commands.notebooks, commands.verify):
    app.command()(command)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pytest-gradient {version('pytest-gradient')}")
        raise typer.Exit


WRONG = 4  # `grader grade` ends as pytest does: 2 is an interruption, 4 a wrong path or value


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tools around `pytest --grade`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a formula or a path that the terminal's encoding lacks
            stream.reconfigure(errors="backslashreplace")


@app.command()
def data(
    download: Annotated[bool, typer.Option("--download", help="Fetch MNIST anew; needs a network.")] = False,
    folder: Annotated[Path | None, typer.Option(help="The data folder (default: the kit's data/).")] = None,
) -> None:
    """Verify the MNIST files, and fetch them anew if asked."""
    from . import mnist  # here: it imports torch, which the other commands do without

    try:
        source = folder or mnist.source_folder()
        if download:
            mnist.download(source)
        with (
            tempfile.TemporaryDirectory() as cache
        ):  # an empty one: the files are to be read, not an earlier copy
            train, test = mnist.load(source=source, cache=Path(cache))
    except mnist.MnistError as error:
        typer.echo(f"grader data: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"{source}: {len(train.labels):,} training and {len(test.labels):,} test images, checksums right"
    )


@app.command()
def grade(
    submission: Annotated[
        Path,
        typer.Argument(
            help="A checkout that holds exercises/, the folder of the files itself, or a notebook with their cells."
        ),
    ],
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT[=PATH]", help=f"Write a report; formats: {', '.join(REPORT_FORMATS)}."),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="The seed of all inputs (default: drawn, and recorded; by the variable GRADER_SECRET and the files, if it is set).",
        ),
    ] = None,
    pass_mark: Annotated[
        str, typer.Option(metavar="PERCENT", help="Exit with 0 from this share of the points.")
    ] = "100",
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever the score is.")
    ] = False,
    require_sandbox: Annotated[
        bool, typer.Option("--require-sandbox", help="Grade nothing where the kernel cannot confine in full.")
    ] = False,
    time_limit: Annotated[
        str, typer.Option(metavar="SECONDS", help="The whole run ends after so long.")
    ] = "1800",
    hints: Annotated[
        int, typer.Option(min=0, max=2, help="What is said beside what happened: 0, 1 the mistake, 2 a hint.")
    ] = 2,
    exercise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            envvar="GRADER_EXERCISES",
            help="What the lesson consists of (repeatable; default: all exercises).",
        ),
    ] = None,
    exercises_from: commands.From = None,
    visibility: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN=WHEN",
            help=f"When Gradescope shows the checks whose ids fit: {', '.join(VISIBILITY)}.",
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell every failure in full.")] = False,
) -> None:
    """Grade for the record: nothing of the submission but the lesson's files is read, nothing outside a worker runs it."""
    if sys.platform != "linux":
        refuse(
            "grade",
            "A grading of record needs Linux; `pytest --grade --submission` is a self-check anywhere.",
            WRONG,
        )
    if not (submission.is_dir() or (is_notebook(submission) and submission.exists())):
        refuse(
            "grade", f"There is no {'notebook' if is_notebook(submission) else 'folder'} {submission}.", WRONG
        )
    options = ["--grade-hints", str(hints), *(["--grade-exit-zero"] if exit_zero else [])]
    try:
        name_folders(tuple(exercises_from or ()))
        number = None if seed is None else parse_seed(seed)
        options += ["--grade-pass-mark", str(parse_pass_mark(pass_mark))]
        options += ["--grade-time-limit", str(parse_time_limit(time_limit))]
        for text in visibility or ():
            parse_visibility(text)
            options += ["--grade-visibility", text]
        reports = targets((ReportTarget.parse(text, Path.cwd()) for text in report or ()), os.environ)
    except ValueError as error:
        refuse("grade", f"{error}.", WRONG)
    options += ["--grade-exercises", ",".join(exercise or ())]
    options += ["--grade-sandbox", "required" if require_sandbox else "auto", *(["-v"] if verbose else [])]
    from .authoritative import launch

    try:
        launch(submission, options, reports, number)
    except ValueError as error:
        refuse("grade", f"{error}.", WRONG)


@app.command()
def progress() -> None:
    """Show the board: exercises, XP, days and achievements."""
    from .reports import board  # here: the other commands do without rich
    from .reports.screen import Screen

    screen = Screen.of(sys.stdout)
    so_far = _read("progress", _ledger("progress"))
    typer.echo(board.render(so_far, _lesson(), screen), color=screen.color)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Begin anew at 0 XP; the old ledger is kept under another name."""
    ledger = _ledger("reset")
    so_far = _read("reset", ledger)
    if not ledger.path.exists() or not ledger.path.stat().st_size:
        typer.echo(f"There is no {shown(ledger.path)}, so there is nothing to set aside.")
        return
    checks, hints = len(so_far.points), sum(so_far.hints.values())
    typer.echo(
        f"{shown(ledger.path)} holds {checks} passed {'check' if checks == 1 else 'checks'}, {so_far.xp} XP and {hints} {'hint' if hints == 1 else 'hints'}."
    )
    if not yes:
        typer.confirm("Set it aside under another name, and begin anew at 0 XP?", abort=True)
    try:
        kept = ledger.set_aside(_now())
    except LedgerError as error:
        stop("reset", f"{error}, so nothing was set aside.")
    if kept:
        typer.echo(f"It is kept as {shown(kept)}; under its old name it counts again.")


@app.command()
def badge(
    file: Annotated[Path, typer.Argument(help="Where it goes.")] = Path("progress.svg"),
) -> None:
    """Write a badge for a README, as an SVG."""
    from .reports import badge as svg

    so_far = _read("badge", _ledger("badge"))
    try:
        file.write_text(svg.render(so_far, _lesson()), encoding="utf-8")
    except OSError as error:
        stop("badge", f"{file} cannot be written ({(error.strerror or str(error)).lower()}).")
    link = f"<{file.as_posix()}>" if " " in str(file) else file.as_posix()
    typer.echo(f"{file} is written. In a README beside it, this line shows it:")
    typer.echo(f"![{svg.NAME}: {svg.words(so_far)}]({link})")


@app.command()
def hint(
    task: Annotated[str, typer.Argument(help="A task or a check, such as gelu.")],
    exercises_from: commands.From = None,
) -> None:
    """Show the next hint for a task, from a question to a formula. Hints cost no XP."""
    name_folders(tuple(exercises_from or ()))
    from .reports import board  # here: the other commands do without rich
    from .reports.screen import Screen

    info, name = _task(catalogue(), task)
    screen = Screen.of(sys.stdout)
    taken = _take(f"{info.name}::{name}", len(info.hints.get(name, ())))
    typer.echo(board.hints(info, name, taken, screen), color=screen.color)


@app.command()
def solution(
    task: Annotated[str, typer.Argument(help="A task, such as gelu.")], exercises_from: commands.From = None
) -> None:
    """Show an official solution beside your own, once you have full marks for it and the release brings it along."""
    from . import unlocked

    name_folders(tuple(exercises_from or ()))
    info, name = _task(catalogue(), task, "solution")
    home = _home()
    if home is None:
        stop("solution", f"{NOWHERE}; cd to where it is, then try again.")
    passed = _read("solution", Ledger(home / LEDGER)).points
    text = unlocked.opened(home, name)
    if not text:
        stop("solution", "This lesson brings no solutions along; ask who teaches it.")
    checks = [check for check in info.checks if check.task == name]
    missing = [check for check in checks if check.id not in passed]
    if missing:
        stop(
            "solution",
            f"{name} has {len(checks) - len(missing)} of {len(checks)} checks; its solution is shown once all have passed.",
        )
    file = admit(home / EXERCISES, [info.name], EXERCISES)[info.name]
    if own := unlocked.definition((file.source or b"").decode("utf-8-sig"), name):
        typer.echo(f"Yours, in {file.shown}:\n\n{own}")
    typer.echo(f"An official solution:\n\n{unlocked.without_docstrings(text, own)}")


def _lesson() -> Lesson:
    """What the release consists of that one stands in, or all exercises."""
    home, infos = _home(), catalogue()
    try:
        return chosen(infos, named_in(home) if home else ())
    except ValueError:  # of another kit, or of a package that is not installed
        return infos


def _take(task_id: str, steps: int) -> int:
    """The number of hints to show; a ledger in disorder costs the memory of it, not the hint."""
    home = _home()
    if home is None:
        typer.echo(f"grader hint: {NOWHERE}, so this hint is not remembered.", err=True)
        return min(1, steps)
    ledger, so_far = Ledger(home / LEDGER), Progress()
    try:
        so_far = ledger.read()
        return ledger.take_hint(task_id, steps, _now())
    except LedgerError as error:
        typer.echo(f"grader hint: {error}, so this hint is not remembered.", err=True)
        return min(so_far.hints.get(task_id, 0) + 1, steps)


def _task(lesson: Lesson, name: str, command: str = "hint") -> tuple[ExerciseInfo, str]:
    """The exercise and the task that a learner names, by the task, a check, its id or a node id of pytest."""
    file, _, rest = name.rpartition("/")[2].partition("::")
    # A notebook may have any name, and a task or a check has one of its own in the whole lesson.
    wanted = (
        rest.rpartition("::")[2] if file.endswith(".ipynb") else "::".join((file.removesuffix(".py"), rest))
    )
    wanted = wanted.removesuffix("::")
    known = dict(_names(lesson))
    found = known.get(wanted) or {one.lower(): task for one, task in known.items()}.get(wanted.lower())
    if found:
        return found
    near = difflib.get_close_matches(wanted, known, n=1)
    question = f"; did you mean {near[0]}?" if near else "."
    tasks = ", ".join(task for info in lesson for task in info.tasks)
    typer.echo(f"grader {command}: There is no task {name!r}{question} The tasks: {tasks}.", err=True)
    raise typer.Exit(2)


def _names(lesson: Lesson) -> Iterator[tuple[str, tuple[ExerciseInfo, str]]]:
    for info in lesson:
        for check in info.checks:
            yield check.id, (info, check.task)
            yield check.name, (info, check.task)
        for task in info.tasks:
            yield f"{info.name}::{task}", (info, task)
            yield task, (info, task)


def _read(command: str, ledger: Ledger) -> Progress:
    try:
        found = ledger.read()
    except LedgerError as error:
        stop(command, f"{error}.")
    for note in found.notes:
        typer.echo(f"grader {command}: {note}", err=True)
    return found


def _ledger(command: str) -> Ledger:
    home = _home()
    if home is None:
        stop(command, f"{NOWHERE}; cd to where it is, then try again.")
    return Ledger(home / LEDGER)


def _home() -> Path | None:
    """The nearest folder, from here upwards, with an `exercises` that has a file of the lesson.

    A learner may stand in the exercises, or in a course that has another folder of that name.
    """
    here = Path.cwd()
    files = [Path(EXERCISES, f"{info.name}{kind}") for info in catalogue() for kind in (".py", ".ipynb")]
    return next(
        (
            home
            for home in (here, *here.parents)
            # Not Path.is_file, which raises where a folder may not be looked into.
            if any(os.path.isfile(home / file) for file in files)
        ),
        None,
    )


def _now() -> datetime:
    return datetime.now(timezone.utc)


if __name__ == "__main__":  # `python -m grader_plugin.cli` would do nothing, and exit with 0
    app()
