"""A new exercise that already runs: a softplus to begin with, whose parts an author replaces one by one."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from .. import rubrics
from ..reports import file
from .stub import stub

LEAST_POINTS = 3  # one for each of the three checks
_KIT = re.compile(r"^KIT = \((.*)\)$", re.MULTILINE)


class NewError(ValueError):
    """No exercise can be made so; a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an author says of a new exercise: the file's name, its first function, the title, the points."""

    name: str
    task: str
    title: str
    points: int = 5

    def __post_init__(self) -> None:
        for what, word in (("exercise", self.name), ("function", self.task)):
            if not (word.isidentifier() and word.isascii()) or keyword.iskeyword(word):
                raise NewError(f"{word!r} is no name for a Python {what}; use letters, digits and _")
        if not self.title.strip() or '"' in self.title or not self.title.isprintable():
            raise NewError(f"{self.title!r} is no title; write a line without double quotes")
        if self.points < LEAST_POINTS:
            raise NewError(f"{self.points} points are too few for three checks; give {LEAST_POINTS} or more")


def package(outline: Outline) -> dict[Path, str]:
    """The files of a package of its own, by their paths in its folder."""
    home = f"{outline.name}_exercise"
    made = _Templates(outline, kit="grader_plugin.", mistakes="grader_plugin.misconceptions", package=home)
    return {
        Path("pyproject.toml"): made("pyproject.toml"),
        Path("README.md"): made("README.md"),
        Path(home, "__init__.py"): f'"""{outline.title}: an exercise for pytest-gradient."""\n',
        Path(home, "rubric.py"): made("rubric.py"),
        Path(home, "misconceptions.py"): made("misconceptions.py"),
        Path("solutions", f"{outline.name}.py"): made("solution.py"),
        Path("variants", outline.name, "larger_of_the_two.py"): made("variant.py"),
        Path("docs", f"{outline.name}.md"): made("page.md"),
    }


def within(outline: Outline, kit: Path) -> dict[Path, str]:
    """The files within a checkout of the kit, the list of its exercises among them."""
    made = _Templates(outline, kit="..", mistakes=".", package="")
    solution = made("solution.py")
    names = Path("grader_plugin", "rubrics", "__init__.py")
    text = (kit / names).read_text("utf-8")
    listed = _KIT.sub(lambda found: f'KIT = ({found[1].rstrip(", ")}, "{outline.name}")', text, count=1)
    return {
        names: listed,
        Path("grader_plugin", "rubrics", f"{outline.name}.py"): made("rubric.py"),
        Path("grader_plugin", "misconceptions", f"{outline.name}.py"): made("misconceptions.py"),
        Path("solutions", f"{outline.name}.py"): solution,
        Path("exercises", f"{outline.name}.py"): stub(solution),
        Path("tests", "variants", outline.name, "larger_of_the_two.py"): made("variant.py"),
        Path("docs", "lesson", f"{outline.name}.md"): made("page.md"),
    }


def is_kit(folder: Path) -> bool:
    """Whether the folder is a checkout of the kit."""
    return (folder / "grader_plugin" / "rubrics" / "__init__.py").is_file()


def assert_free(outline: Outline) -> None:
    """Raises NewError where the lesson has an exercise or a function of that name."""
    for info in rubrics.catalogue():
        if outline.name == info.name:
            raise NewError(f"There is an exercise {outline.name!r} already; take another name")
        if outline.task in info.tasks:
            raise NewError(
                f"{info.name} has a function {outline.task!r} already; take another name with --task"
            )


def write_package(files: Mapping[Path, str], folder: Path) -> None:
    """All of them or none: beside the folder, then renamed; raises NewError where there is something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NewError(f"{folder} is there already and not empty; name another folder with --to")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            for path, text in files.items():
                (room / path).parent.mkdir(parents=True, exist_ok=True)
                (room / path).write_text(text, encoding="utf-8")
            room.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            room.rename(folder)
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise NewError(f"{folder} cannot be written ({(error.strerror or str(error)).lower()})") from None


def write_within(files: Mapping[Path, str], kit: Path) -> None:
    """New files, and the list of exercises last; raises NewError, and then nothing is changed."""
    new = [path for path in files if not (kit / path).exists()]
    if taken := [path for path in files if path not in new and path.name != "__init__.py"]:
        raise NewError(f"{taken[0]} is there already; take another name")
    try:
        for path, text in sorted(files.items(), key=lambda item: item[0] not in new):
            file.write(kit / path, text.encode())
    except OSError as error:
        for path in new:
            (kit / path).unlink(missing_ok=True)
        raise NewError(f"{path} cannot be written ({(error.strerror or str(error)).lower()})") from None


class _Templates:
    """The kit's templates, filled in for one exercise."""

    def __init__(self, outline: Outline, **more: str) -> None:
        self._told = {
            "name": outline.name,
            "task": outline.task,
            "title": outline.title,
            "points": outline.points,
            "version": version("pytest-gradient"),
            **more,
        }
        self._environment = Environment(
            loader=PackageLoader("grader_plugin", "templates/new"),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,  # Python, TOML and Markdown of an author's own
        )

    def __call__(self, name: str) -> str:
        return self._environment.get_template(f"{name}.jinja").render(self._told)
