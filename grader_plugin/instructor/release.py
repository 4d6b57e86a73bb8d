"""A learner's repository, from solutions: what is in it, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .. import outside, rubrics, unlocked
from ..exercise import ExerciseInfo
from . import notebooks, pages, requirements, sealed
from .plan import APART, CI, Plan, ReleaseError
from .stub import stub

TEMPLATES = Path(__file__).parents[1] / "templates"
_IMPORT = re.compile(r"^from \.(\w+) import", re.MULTILINE)
_PINNED = re.compile(r"git\+https://example\.org/OWNER/KIT@COMMIT")
_TO_COPY = re.compile(r" Copy this file to [^;]*;(?:\n#)?")


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
        if name not in known:
            raise ReleaseError(
                f"The exercise {name} is neither of the kit nor installed; name its folder with --exercises-from"
            )
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


def solutions(kit: Path, lesson: Lesson) -> dict[str, Path]:
    """All solutions at hand, also those that are not released: an answer to what comes next week is one."""
    others = {
        path.stem: path for path in sorted((kit / "solutions").glob("*.py")) if path.stem in rubrics.KIT
    }
    return {**others, **lesson.solutions}


def compose(plan: Plan, lesson: Lesson, catalogue: Sequence[ExerciseInfo]) -> dict[str, bytes]:
    """The files, by their paths in the learner's repository; raises ReleaseError."""
    wanted = requirements.of(lesson.solutions, plan.install)
    infos = [info for info in catalogue if info.name in lesson.solutions]
    is_whole = {*rubrics.KIT} <= {*lesson.solutions}
    title = "Activation functions" if is_whole else " and ".join(info.title for info in infos[:2])
    told = {
        "title": title,
        "exercises": [_told(info, plan) for info in infos],
        "points": sum(check.points for info in infos for check in info.checks),
        "pages": set(lesson.pages),
        "training": "training" in lesson.solutions,
        "notebooks": plan.as_notebooks,
        "solutions": plan.with_solutions,
        "requirements": [
            str(replace(wanted[0], extra="[notebooks]" if plan.as_notebooks else "")),
            *map(str, wanted[1:]),
        ],
        "chosen": ",".join(lesson.solutions),
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
    files[".devcontainer/devcontainer.json"] = (TEMPLATES / "ci" / "devcontainer.json").read_bytes()
    for kind in plan.ci:
        for name, target in CI.get(kind, {}).items():
            files[target] = _TO_COPY.sub("", _ready(name, wanted, lesson.solutions)).encode()
    if plan.with_solutions:
        texts = {name: path.read_text("utf-8") for name, path in lesson.solutions.items()}
        files[unlocked.FILE] = sealed.seal(texts, {info.name: info.tasks for info in infos})
    if plan.with_data and "training" in lesson.solutions:
        files.update(_data(lesson.kit))
    return dict(sorted({**files, **_texts(plan, lesson, infos, is_whole, files)}.items()))


def _texts(
    plan: Plan, lesson: Lesson, infos: Sequence[ExerciseInfo], is_whole: bool, others: Iterable[str]
) -> dict[str, bytes]:
    """Exercises and pages, whose links lead to each other and to the `others`."""
    kind = "ipynb" if plan.as_notebooks else "py"
    stubs = {name: _stub(path) for name, path in lesson.solutions.items()}
    texts = {name: pages.read(page) for name, page in lesson.pages.items()}
    files = {f"exercises/{name}.{kind}": text for name, text in stubs.items()}
    for page in lesson.pages.values():
        files.update(pages.images(page))
    names = {*others, *files, *(f"{pages.FOLDER}/{name}.md" for name in texts), "exercises/README.md"}
    for name, text in texts.items():
        files[f"{pages.FOLDER}/{name}.md"] = pages.relinked(text, names).encode()
    for info in infos if plan.as_notebooks else ():
        shown = pages.for_notebook(texts.get(info.name, ""), names)
        files[f"exercises/{info.name}.ipynb"] = notebooks.build(
            info, stubs[info.name].decode(), shown, for_nbgrader=plan.for_nbgrader
        )
    overview = lesson.kit / "exercises" / "README.md"
    text = "# Exercises\n\nWhat to do, and in which order: [README](../README.md).\n"
    if is_whole and overview.is_file():
        text = pages.relinked(pages.read(overview), names, "exercises", of="exercises")
    files["exercises/README.md"] = text.encode()
    return files


def compose_apart(plan: Plan, lesson: Lesson, kind: str) -> dict[str, bytes]:
    """The files for a CI that has them elsewhere than in a learner's repository."""
    wanted = requirements.of(lesson.solutions, plan.install)
    return {name: _ready(name, wanted, lesson.solutions).encode() for name in APART[kind]}


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
        whole = path.read_text("utf-8")
        text = stub(whole)
        if text.rstrip() == whole.rstrip():
            raise ReleaseError(
                f"{path} has no marker, so all of it would be handed out; put # BEGIN SOLUTION in"
            )
        compile(text, str(path), "exec")
    except ReleaseError:
        raise
    except SyntaxError as error:
        raise ReleaseError(f"{path}:{error.lineno}: the solution is not Python ({error.msg})") from None
    except ValueError as error:
        raise ReleaseError(f"{path}: no stub can be made of the solution, {error}") from None
    return text.encode()


def _data(kit: Path) -> Iterator[tuple[str, bytes]]:
    here = kit / "data"
    folder = here if here.is_dir() else Path(__file__).parents[1] / "data"
    for path in sorted((folder / "MNIST" / "raw").glob("*-ubyte.gz")):
        yield f"data/MNIST/raw/{path.name}", path.read_bytes()
    if (folder / "README.md").is_file():
        yield "data/README.md", (folder / "README.md").read_bytes()


def _ready(name: str, wanted: Sequence[requirements.Requirement], exercises: Iterable[str]) -> str:
    """A file for CI, with what it installs, and what the lesson consists of."""
    text = _PINNED.sub(lambda _: " ".join(map(str, wanted)), (TEMPLATES / "ci" / name).read_text("utf-8"))
    text = re.sub(" +# the kit as you keep it, at a commit", "", text)
    names = " ".join(exercises)
    behind = {
        r"^  GRADER: .*$": f'  GRADER_EXERCISES: "{names}"',
        r"^GRADER = .*$": f'os.environ["GRADER_EXERCISES"] = "{names}"',
        r"^cd /opt/grading$": f'export GRADER_EXERCISES="{names}"',
    }
    for line, more in behind.items():
        text = re.sub(line, lambda found, more=more: f"{found[0]}\n{more}", text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
    return text
