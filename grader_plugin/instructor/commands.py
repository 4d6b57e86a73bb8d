"""The commands for who teaches, of `grader`."""

from __future__ import annotations

import contextlib
import difflib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from .. import outside, rubrics
from ..telling import refuse, stop
from .plan import APART, CI, Plan

if TYPE_CHECKING:
    from .delivery import Change
    from .releasing import Ready

From = Annotated[
    list[Path] | None,
    typer.Option("--exercises-from", metavar="DIR", help="A folder with exercises that are not installed."),
]


SEEDS = 5


def new(
    name: Annotated[
        str, typer.Argument(help="The exercise's name, which is its file's: leaky for leaky.py.")
    ],
    title: Annotated[str | None, typer.Option(help="What learners read above it.")] = None,
    task: Annotated[
        str | None, typer.Option(help="The first function that a learner writes (default: as the exercise).")
    ] = None,
    points: Annotated[int | None, typer.Option(help="What it is worth (default: 5).")] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="The folder of a package of its own (default: in a checkout of the kit, there; else ./NAME)."
        ),
    ] = None,
) -> None:
    """Make an exercise that already runs, to be changed part by part: solution, checks, a mistake each, a variant, a page."""
    from . import new as making

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    here = Path.cwd()
    try:
        making.assert_name(name)  # before an author is asked for the rest
        making.assert_free(name)
        if title is None:
            fallback = name.replace("_", " ").capitalize()
            title = typer.prompt("What learners read above it", default=fallback) if asks else fallback
        if task is None:
            task = typer.prompt("The first function", default=name) if asks else name
        if points is None:
            points = typer.prompt("Points", default=5, type=int) if asks else 5
        outline = making.Outline(name=name, task=task, title=title, points=points)
        making.assert_apart(outline)
        if to is None and making.is_kit(here):
            made = making.within(outline, here)
            making.write_within(made, here)
            command = ["grader", "verify", name]
        else:
            folder = to or Path(name)
            made = {folder / path: text for path, text in making.package(outline).items()}
            making.write_package(making.package(outline), folder)
            command = ["grader", "verify", f"--exercises-from={folder}"]
    except ValueError as error:  # of the outline, or of an exercise from outside
        refuse("new", f"{error}.")
    for path in made:
        typer.echo(path)
    typer.echo(f"{task} in them is a softplus, a placeholder: write your own in its place, part by part.")
    typer.echo(f"Its grading is sound as it stands, which this proves: {shlex.join(command)}")


def verify(
    exercises: Annotated[
        list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="Which (default: all of the lesson).")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Under how many seeds the solution is graded.")] = SEEDS,
    matrix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=PATH", help="Write which check loses which mistake: html=PATH, md=PATH."
        ),
    ] = None,
    exercises_from: From = None,
    submissions: Annotated[
        Path | None,
        typer.Option(help="Instead: grade old submissions, a folder each, and say whose score has changed."),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(help="The folder with their records, NAME.json (default: beside the folders)."),
    ] = None,
    solutions: Annotated[
        Path | None, typer.Option(help="The folder with the solutions (default: solutions, there or here).")
    ] = None,
    variants: Annotated[
        Path | None,
        typer.Option(
            help="The folder with correct variants, one an exercise (default: variants, tests/variants)."
        ),
    ] = None,
) -> None:
    """Prove that exercises are graded soundly: stub, solution, known mistakes and correct variants."""
    names = named("verify", exercises or (), exercises_from or ())
    if submissions is not None:
        _replay(names, submissions, records or submissions)
    targets = [_matrix(text) for text in matrix or ()]
    homes = {} if solutions else {name: home for name, home in outside.sources().items() if name in names}
    for name, home in homes.items():
        path = home / "solutions" / f"{name}.py"
        if path.is_file():
            continue
        words = f"{name} is there without its solution ({path} is missing)"
        if exercises or exercises_from or len(names) == 1:
            refuse("verify", f"{words}; name the folder that has it by --solutions.")
        typer.echo(f"grader verify: {words}, so it is left out.", err=True)
        names.remove(name)
    folder = solutions or Path("solutions")
    if not folder.is_dir() and not homes.keys() >= set(names):
        refuse("verify", f"There is no folder {folder}; name the one with the solutions by --solutions.")
    from . import gate, proof  # here: it imports torch
    from . import matrix as kill_matrix

    places = [proof.place(name, homes.get(name, Path()), solutions, variants) for name in names]
    with _whole("verify"):
        found = proof.examine(places, seeds)
    for line in gate.report(found):
        typer.echo(line)
    for form, path in targets:
        try:
            path.write_text(kill_matrix.render(form, found.verdicts), encoding="utf-8")
        except OSError as error:
            stop("verify", f"{path} cannot be written ({(error.strerror or str(error)).lower()}).")
        typer.echo(f"{path} is written.")
    raise typer.Exit(0 if found.holds else 1)


@contextlib.contextmanager
def _whole(command: str) -> Iterator[None]:
    """Ends with 3 where one of the processes that examine exercises is lost."""
    from concurrent.futures.process import BrokenProcessPool  # here: for two commands of many

    try:
        yield
    except BrokenProcessPool:
        typer.echo(
            f"grader {command}: One of its processes was ended from outside; is memory short?", err=True
        )
        raise typer.Exit(3) from None


def _replay(names: Sequence[str], submissions: Path, records: Path) -> NoReturn:
    """Say whose score the rubrics as they are now would change, and end with 1 if there is somebody."""
    from . import replay  # here: it imports torch

    try:
        found = replay.pairs(submissions, records)
        others = broken = 0
        for difference in replay.replay(names, found):
            broken += bool(difference.broken)
            others += not difference.is_none and not difference.broken
            if not difference.is_none:
                typer.echo(difference)
    except replay.ReplayError as error:
        refuse("verify", f"{error}.")
    count = "1 submission," if len(found) == 1 else f"{len(found)} submissions,"
    tail = f" {broken} that the rubric failed on." if broken else ""
    typer.echo(f"{count} {others} of them with another result{',' if broken else '.'}{tail}")
    raise typer.Exit(3 if broken else 1 if others else 0)


def release(
    dest: Annotated[Path, typer.Argument(help="The folder of the learners' repository.")],
    exercise: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Which (repeatable; default: all that have a solution here)."),
    ] = None,
    ci: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND", help=f"With the files of a CI (repeatable): {', '.join((*CI, *APART))}."
        ),
    ] = None,
    data: Annotated[
        bool | None,
        typer.Option("--data/--no-data", help="With the MNIST files, which an installed grader has too."),
    ] = None,
    install: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REQUIREMENT",
            help="Where the grader comes from, git+https://…@TAG, or NAME @ ADDRESS for a package with exercises (repeatable;"
            " default: these versions, from a package index).",
        ),
    ] = None,
    exercises_from: From = None,
    notebooks: Annotated[
        bool | None,
        typer.Option("--notebooks/--no-notebooks", help="Exercises as notebooks instead of files."),
    ] = None,
    nbgrader: Annotated[
        bool | None,
        typer.Option("--nbgrader/--no-nbgrader", help="Notebooks with the metadata of nbgrader, version 3."),
    ] = None,
    with_solutions: Annotated[
        bool | None,
        typer.Option(
            "--with-solutions/--without-solutions",
            help="`grader solution` shows one to who has full marks for it.",
        ),
    ] = None,
    update: Annotated[
        bool,
        typer.Option(
            "--update",
            help="Into an earlier release, made as that was: show what changes, ask, and keep what was edited.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Write a learners' repository: stubs, lesson, data, what installs the grader. It is searched for answers first."""
    from . import delivery
    from .releasing import Refusal, prepare

    for kind in ci or ():
        if kind not in (*CI, *APART):
            refuse("release", f"There is no CI {kind!r}; there are: {', '.join((*CI, *APART))}.")
    names = named("release", exercise or (), exercises_from or ()) if exercise or exercises_from else None
    given = {
        "exercises": names if exercise or not update else None,
        "ci": ci,
        "install": install,
        "with_data": data,
        "with_solutions": with_solutions,
        "as_notebooks": True if nbgrader else notebooks,
        "for_nbgrader": nbgrader,
    }
    if dest.name in ("", "..") or dest.is_symlink():
        dest = Path(os.path.realpath(dest))
    if not update and not delivery.is_free(dest):
        refuse("release", f"{dest} is there already and not empty; name another folder, or add --update.")
    try:
        before = delivery.plan_of(dest) if update else Plan()
        plan = replace(before, **{name: _frozen(value) for name, value in given.items() if value is not None})
        apart = {kind: dest.with_name(f"{dest.name}-{kind}") for kind in plan.ci if kind in APART}
        for folder in () if update else apart.values():
            if not delivery.is_free(folder):
                refuse("release", f"{folder} is there already and not empty; move it away, or add --update.")
        with _whole("release"):
            ready = prepare(plan, Path.cwd(), dest, update=update, on_progress=typer.echo)
        targets = [(dest, ready.files), *((apart[kind], files) for kind, files in ready.apart.items())]
        there = [(folder, files) for folder, files in targets if update and not delivery.is_free(folder)]
        changes = {folder: delivery.compare(files, folder) for folder, files in there}
    except Refusal as error:
        for line in error.lines:
            typer.echo(line)
        stop("release", f"{error}.")
    except ValueError as error:
        refuse("release", f"{error}.")
    for finding in ready.already:
        typer.echo(f"{finding.place} was there before: {finding.what}")
    if update and not _agreed([change for found in changes.values() for change in found], yes):
        return
    try:
        for folder, files in targets:
            told = delivery.manifest(files, plan)
            if folder in changes:
                delivery.apply(changes[folder], told, folder)
            else:
                delivery.create({**files, delivery.MANIFEST: told}, folder)
    except ValueError as error:
        stop("release", f"{error}.")
    if update and all(change.kind in ("kept", "gone") for found in changes.values() for change in found):
        return
    for line in _written(dest, plan, ready):
        typer.echo(line)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _written(dest: Path, plan: Plan, ready: Ready) -> Iterator[str]:
    """What a release is, and what it needs of who made it."""
    count = len(ready.names)
    exercises = "1 exercise" if count == 1 else f"{count} exercises"
    answers = "the solutions for `grader solution`" if plan.with_solutions else "no answer found"
    if ready.already:
        answers += "; what lies there already is told above"
    yield f"{dest}: {len(ready.files)} files, {exercises}, {answers}."
    for kind in ready.apart:
        yield f"{dest.name}-{kind} has the files for {kind}; docs/ci.md says where they go."
    if indexed := [str(one) for one in ready.requirements if not one.is_address]:
        yield f"It installs {' and '.join(indexed)} from a package index; --install names another place."
    if set(ready.names) != set(rubrics.KIT):
        options = "".join(f" --exercise {name}" for name in ready.names)
        yield f"To grade it: grader grade SUBMISSION{options}"


def notebooks(
    dest: Annotated[Path, typer.Argument(help="The folder, which no learner sees.")],
    exercise: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Which (repeatable).")] = None,
    exercises_from: From = None,
) -> None:
    """Write the solutions as notebooks and run them, plots and all: for who teaches, never for learners."""
    from . import delivery, solved
    from .release import find

    names = named("notebooks", exercise or (), exercises_from or ()) if exercise or exercises_from else ()
    if not delivery.is_free(dest):
        refuse("notebooks", f"{dest} is there already and not empty; name another folder.")
    try:
        catalogue = rubrics.catalogue()
        lesson = find(Plan(exercises=tuple(names)), Path.cwd(), catalogue)
        infos = [info for info in catalogue if info.name in lesson.solutions]
        made = solved.build(infos, lesson.solutions, lesson.pages, lambda name: typer.echo(f"Running {name}"))
        delivery.create(made, dest)
    except ValueError as error:
        stop("notebooks", f"{error}.")
    count = "1 notebook" if len(infos) == 1 else f"{len(infos)} notebooks"
    typer.echo(f"{dest}: {count} with solutions.")


def _agreed(changes: Sequence[Change], yes: bool) -> bool:
    """Show what an update changes, and ask if it writes; whether it is to be done."""
    if not changes:
        typer.echo("Nothing has changed.")
        return True
    for change in changes:
        if change.kind == "changed":
            for line in change.diff():
                typer.echo(line)
    for change in changes:
        typer.echo(_become(change))
    if all(change.kind in ("kept", "gone") for change in changes):
        typer.echo("Nothing is to be written.")
        return True
    agreed = yes or typer.confirm("Write this?")
    if not agreed:
        typer.echo("Nothing was written.")
    return agreed


def _become(change: Change) -> str:
    if change.kind == "kept":
        return f"{change.path} was edited here, and stays as it is; the release has another version."
    if change.kind == "gone":
        return f"{change.path} was deleted here, and stays away."
    return f"{change.kind}: {change.path}"


def named(command: str, exercises: Sequence[str], folders: Sequence[Path]) -> list[str]:
    """The exercises that were asked for; else those of the folders that were named, or all."""
    try:
        outside.name_folders(tuple(folders))
        known = rubrics.lesson()
        found = list(
            dict.fromkeys(exercises or (name for folder in folders for name in outside.of_folder(folder)))
        )
    except outside.OutsideError as error:
        refuse(command, f"{error}.")
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            question = f" (did you mean {near[0]}?)" if near else ""
            refuse(command, f"There is no exercise {name!r}{question}; there are: {', '.join(known)}.")
    return found or list(known)


def _matrix(text: str) -> tuple[str, Path]:
    form, _, path = text.partition("=")
    if form not in ("html", "md") or not path:
        refuse("verify", f"--matrix takes html=PATH or md=PATH, not {text!r}.")
    if not Path(path).parent.is_dir():  # before minutes of work
        refuse("verify", f"{path} cannot be written: there is no folder {Path(path).parent}.")
    return form, Path(path)
