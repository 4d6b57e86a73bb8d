"""A learner's repository, from solutions: what is in it, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .. import outside, rubrics, unlocked
from ..exercise import ExerciseInfo
from . import notebooks
from .stub import stub

TEMPLATES = Path(__file__).parents[1] / "templates"
# Of each CI: its files, and where they go in a learner's repository.
CI = {
    "actions": {"grade.yml": ".github/workflows/grade.yml"},
    "classroom": {"classroom.yml": ".github/workflows/classroom.yml"},
}
# What an instructor puts elsewhere: these files are no business of a learner's repository.
APART = {"classroom50": ("autograder.py",), "gradescope": ("setup.sh", "run_autograder")}
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_IMPORT = re.compile(r"^from \.(\w+) import", re.MULTILINE)
_PINNED = re.compile(r"git\+https://example\.org/OWNER/KIT@COMMIT")


class ReleaseError(ValueError):
    """Nothing is released; a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is released: the names of the exercises, of a CI, what installs the grader, whether MNIST comes along."""

    exercises: tuple[str, ...] = ()
    ci: tuple[str, ...] = ()
    grader: str = ""
    with_data: bool = True
    with_solutions: bool = False
    as_notebooks: bool = False
    for_nbgrader: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Where the parts of the exercises lie: the solution and the page of each, and the folder of the kit."""

    solutions: Mapping[str, Path]
    pages: Mapping[str, Path]
    kit: Path


def find(plan: Plan, kit: Path, catalogue: Sequence[ExerciseInfo]) -> Lesson:
    """The parts of the exercises of the plan, and of those that they import or use; raises ReleaseError.

    `kit` is a checkout of the kit, or the folder that has the solutions.
    """
    folders = dict.fromkeys(rubrics.KIT, kit) | outside_folders()
    known = {info.name: info for info in catalogue}
    names = list(plan.exercises or (name for name in known if _solution(folders, kit, name).is_file()))
    if not names:
        raise ReleaseError(f"There is no solution in {kit / 'solutions'}; run this in a checkout of the kit")
    for name in names:  # it grows by what is imported
        path = _solution(folders, kit, name)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ReleaseError(f"{path} cannot be read ({reason})") from None
        needed = (*_IMPORT.findall(text), *known[name].uses)
        names += dict.fromkeys(one for one in needed if one in known and one not in names)
    ordered = [name for name in known if name in names]
    pages = {name: _page(folders.get(name, kit), kit, name) for name in ordered}
    return Lesson(
        solutions={name: _solution(folders, kit, name) for name in ordered},
        pages={name: page for name, page in pages.items() if page is not None},
        kit=kit,
    )


def compose(plan: Plan, lesson: Lesson, catalogue: Sequence[ExerciseInfo]) -> dict[str, bytes]:
    """The files, by their paths in the learner's repository; raises ReleaseError."""
    wanted = _requirements(plan, lesson)
    infos = [info for info in catalogue if info.name in lesson.solutions]
    is_whole = len(infos) == len(catalogue)
    chosen = "" if is_whole else ",".join(lesson.solutions)
    title = "Activation functions" if set(lesson.solutions) <= set(rubrics.KIT) else infos[0].title
    told = {
        "title": title,
        "exercises": [_told(info, plan) for info in infos],
        "points": sum(check.points for info in infos for check in info.checks),
        "pages": set(lesson.pages),
        "training": "training" in lesson.solutions,
        "notebooks": plan.as_notebooks,
        "requirements": [_required(one) for one in wanted],
        "chosen": chosen,
    }
    environment = Environment(
        loader=PackageLoader("grader_plugin", "templates/release"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    files = {
        name: environment.get_template(f"{template}.jinja").render(told).encode()
        for name, template in (
            ("README.md", "README.md"),
            ("pyproject.toml", "pyproject.toml"),
            (".gitattributes", "gitattributes"),
            (".gitignore", "gitignore"),
        )
    }
    files["exercises/__init__.py"] = (
        f'"""{title}, in this order: {", ".join(lesson.solutions)}."""\n'.encode()
    )
    told_of = {info.name: info for info in infos}
    for name, path in lesson.solutions.items():
        text = _stub(path)
        if plan.as_notebooks:
            page = lesson.pages[name].read_text("utf-8") if name in lesson.pages else ""
            files[f"exercises/{name}.ipynb"] = notebooks.build(
                told_of[name], text.decode(), page, for_nbgrader=plan.for_nbgrader
            )
        else:
            files[f"exercises/{name}.py"] = text
    files.update(_pages(lesson))
    files["exercises/README.md"] = b"# Exercises\n\nWhat to do, and in which order: [README](../README.md).\n"
    if is_whole and not plan.as_notebooks and (overview := lesson.kit / "exercises" / "README.md").is_file():
        files["exercises/README.md"] = overview.read_bytes()
    files[".devcontainer/devcontainer.json"] = (TEMPLATES / "ci" / "devcontainer.json").read_bytes()
    for kind in plan.ci:
        for name, target in CI.get(kind, {}).items():
            files[target] = _ready(name, wanted, chosen)
    if plan.with_solutions:
        texts = {name: path.read_text("utf-8") for name, path in lesson.solutions.items()}
        files[unlocked.FILE] = unlocked.sealed(texts, {info.name: info.tasks for info in infos})
    if plan.with_data:
        files.update(_data(lesson.kit))
    return dict(sorted(files.items()))


def compose_apart(
    plan: Plan, lesson: Lesson, catalogue: Sequence[ExerciseInfo], kind: str
) -> dict[str, bytes]:
    """The files for a CI that has them elsewhere than in a learner's repository."""
    chosen = "" if len(lesson.solutions) == len(catalogue) else ",".join(lesson.solutions)
    wanted = _requirements(plan, lesson)
    return {name: _ready(name, wanted, chosen) for name in APART[kind]}


def outside_folders() -> dict[str, Path]:
    """The folder of each exercise from outside, in which `solutions/` and `docs/` lie."""
    return outside.sources()


def _solution(folders: Mapping[str, Path], kit: Path, name: str) -> Path:
    return folders.get(name, kit) / "solutions" / f"{name}.py"


def _page(folder: Path, kit: Path, name: str) -> Path | None:
    known = (kit / "docs" / "lesson" / f"{name}.md", folder / "docs" / f"{name}.md")
    return next((path for path in known if path.is_file()), None)


def _told(info: ExerciseInfo, plan: Plan) -> dict[str, Any]:
    points = sum(check.points for check in info.checks)
    suffix = "ipynb" if plan.as_notebooks else "py"
    file = f"{info.name}.{suffix}"
    return {"name": info.name, "title": info.title, "file": file, "tasks": info.tasks, "points": points}


def _stub(path: Path) -> bytes:
    try:
        text = stub(path.read_text("utf-8"))
        compile(text, str(path), "exec")
    except SyntaxError as error:
        raise ReleaseError(f"{path}:{error.lineno}: the solution is not Python ({error.msg})") from None
    except ValueError as error:
        raise ReleaseError(f"{path}: no stub can be made of the solution, {error}") from None
    return text.encode()


def _pages(lesson: Lesson) -> Iterator[tuple[str, bytes]]:
    """The pages, and the images that they show."""
    for name, path in lesson.pages.items():
        text = path.read_text("utf-8")
        yield f"docs/lesson/{name}.md", text.encode()
        for image in _IMAGE.findall(text):
            if (path.parent / image).is_file():
                yield str(PurePosixPath("docs/lesson", image)), (path.parent / image).read_bytes()


def _data(kit: Path) -> Iterator[tuple[str, bytes]]:
    here = kit / "data"
    folder = here if here.is_dir() else Path(__file__).parents[1] / "data"
    for path in sorted((folder / "MNIST" / "raw").glob("*-ubyte.gz")):
        yield f"data/MNIST/raw/{path.name}", path.read_bytes()
    if (folder / "README.md").is_file():
        yield "data/README.md", (folder / "README.md").read_bytes()


def _requirements(plan: Plan, lesson: Lesson) -> list[str]:
    """What grades, as pip is asked for it: the kit, and the packages of exercises from outside."""
    others = outside.requirements()
    kit = plan.grader or f"pytest-gradient=={version('pytest-gradient')}"
    return [kit, *dict.fromkeys(others[name] for name in lesson.solutions if name in others)]


def _required(requirement: str) -> str:
    """As a dependency is written: an address needs the name before it."""
    return f"pytest-gradient @ {requirement}" if "://" in requirement else requirement


def _ready(name: str, wanted: Sequence[str], chosen: str) -> bytes:
    """A file for CI, with what it installs, and what the lesson consists of if that is not all."""
    text = _PINNED.sub(lambda _: " ".join(wanted), (TEMPLATES / "ci" / name).read_text("utf-8"))
    names = chosen.replace(",", " ")
    behind = {
        r"^  GRADER: .*$": f'  GRADER_EXERCISES: "{names}"',
        r"^GRADER = .*$": f'os.environ["GRADER_EXERCISES"] = "{names}"',
        r"^cd /opt/grading$": f'export GRADER_EXERCISES="{names}"',
    }
    for line, more in behind.items() if chosen else ():
        text = re.sub(line, lambda found, more=more: f"{found[0]}\n{more}", text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
    return text.encode()
