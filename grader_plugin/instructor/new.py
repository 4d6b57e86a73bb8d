"""A new exercise that already runs: a softplus to begin with, whose parts an author replaces one by one."""

from __future__ import annotations

import ast
import contextlib
import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from .. import rubrics
from ..exercise import ExerciseInfo
from ..reports import file
from . import whole
from .stub import stub

LEAST_POINTS = 3  # one for each of the three checks
LONGEST = 40  # letters of a name: a file's name has 255 bytes, and a check's, a folder's, a package's are made of it
LIST = Path("grader_plugin", "rubrics", "__init__.py")  # of the kit's exercises
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TASK = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What an exercise's file would take the place of, in pytest, beside it, or in the text that it begins with.
_RESERVED = frozenset(
    {
        "conftest",
        "exercises",
        "grader",
        "grader_plugin",
        "matplotlib",
        "numpy",
        "pytest",
        "setup",
        "solutions",
    }
    | {"tests", "torch", "torchvision"}
)
_IMPORTED = frozenset(
    {"Exercise", "F", "Submission", "Task", "Tensor", "annotations", "assert_close", "exercise"}
)


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
        assert_name(self.name)
        if not _TASK.fullmatch(self.task) or len(self.task) > LONGEST or keyword.iskeyword(self.task):
            raise NewError(
                f"{_cut(self.task)!r} is no name for a function here; use up to {LONGEST} letters, digits and _, a letter first"
            )
        if self.task in _RESERVED | _IMPORTED or self.task in _asked_of_a_submission():
            raise NewError(
                f"A check could not ask for a function {self.task!r}, which is taken; name another"
            )
        if not self.title.strip() or {'"', "\\"} & set(self.title) or not self.title.isprintable():
            raise NewError(
                f"{self.title!r} is no title; write one line without double quotes and backslashes"
            )
        if self.points < LEAST_POINTS:
            raise NewError(f"{self.points} points are too few for three checks; give {LEAST_POINTS} or more")

    @property
    def checks(self) -> tuple[str, ...]:
        """The names of its checks."""
        return tuple(f"{self.task}_{what}" for what in ("values", "gradient", "far_out"))


def assert_name(name: str) -> None:
    """Raises NewError for what cannot be an exercise's, whatever the lesson has."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(name):
        raise NewError(
            f"{_cut(name)!r} is no name for an exercise; use up to {LONGEST} small letters, digits and _, a letter first"
        )
    if name in _RESERVED or name in sys.stdlib_module_names:
        raise NewError(f"{name!r} is a module's name already; take another name")


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
    try:
        listed = _listed((kit / LIST).read_text("utf-8"), outline.name)
    except (OSError, UnicodeDecodeError) as error:
        raise NewError(f"{LIST} cannot be read ({error})") from None
    return {
        LIST: listed,
        Path("grader_plugin", "rubrics", f"{outline.name}.py"): made("rubric.py"),
        Path("grader_plugin", "misconceptions", f"{outline.name}.py"): made("misconceptions.py"),
        Path("solutions", f"{outline.name}.py"): solution,
        Path("exercises", f"{outline.name}.py"): stub(solution),
        Path("tests", "variants", outline.name, "larger_of_the_two.py"): made("variant.py"),
        Path("docs", "lesson", f"{outline.name}.md"): made("page.md"),
    }


def is_kit(folder: Path) -> bool:
    """Whether the folder is a checkout of the kit."""
    return (folder / LIST).is_file()


def assert_free(name: str) -> None:
    """Raises NewError where the lesson has an exercise of that name, or one of its names holds it."""
    lesson = rubrics.catalogue()
    for info in lesson:
        if name == info.name:
            raise NewError(f"There is an exercise {name!r} already; take another name")
        if name in info.tasks:
            raise NewError(f"{info.name} has a function {name!r} already; take another name")
    for info in lesson:
        for other in (f"exercises/{info.name}.py", *_names(info)):  # as pytest names them
            if name in other.lower():
                raise NewError(f"{_selects(name, other, info.name)}; take another name")
        if info.name in name:
            raise NewError(f"{_selects(info.name, name, 'the new exercise')}; take another name")


def assert_apart(outline: Outline) -> None:
    """Raises NewError where the lesson has a function of that name, or its name holds that of another exercise."""
    lesson = rubrics.catalogue()
    for info in lesson:
        taken = outline.task if outline.task in info.tasks else None
        taken = taken or next((name for name in outline.checks if name in _names(info)), None)
        if taken:
            raise NewError(f"{info.name} has a function {taken!r} already; take another name with --task")
    for info in lesson:
        if info.name in outline.task.lower():
            raise NewError(
                f"{_selects(info.name, outline.task, 'the new exercise')}; take another name with --task"
            )


def write_package(files: Mapping[Path, str], folder: Path) -> None:
    """All of them or none: beside what is there, then renamed; raises NewError where there is something."""
    try:
        is_there = folder.exists()
        if is_there and (not folder.is_dir() or any(folder.iterdir())):
            raise NewError(f"{folder} is there already and not empty; name another folder with --to")
        whole.place({path.as_posix(): text.encode() for path, text in files.items()}, folder)
    except OSError as error:
        raise NewError(f"{folder} cannot be written ({(error.strerror or str(error)).lower()})") from None


def write_within(files: Mapping[Path, str], kit: Path) -> None:
    """New files, and the list of exercises last; raises NewError, and then nothing is changed."""
    new = [path for path in files if path != LIST]
    path = LIST
    try:
        if taken := [path for path in new if (kit / path).exists()]:
            raise NewError(f"{taken[0]} is there already; take another name")
        before = (kit / LIST).read_bytes()
        made = [folder for path in new for folder in whole.missing((kit / path).parent)]
        with whole.undone([*(kit / path for path in new), *made]):
            for path in new:
                file.write(kit / path, files[path].encode())
            path = LIST
            try:
                file.write(kit / LIST, files[LIST].encode())
            except BaseException:  # Ctrl-C too; it is raised again once the list is as it was
                (kit / LIST).write_bytes(before)
                raise
    except OSError as error:
        raise NewError(f"{path} cannot be written ({(error.strerror or str(error)).lower()})") from None


def _listed(text: str, name: str) -> str:
    """The list of the kit's exercises with one more, however its lines are broken; raises NewError."""
    with contextlib.suppress(SyntaxError):
        for node in ast.parse(text).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if (
                isinstance(target, ast.Name)
                and target.id == "KIT"
                and isinstance(value, ast.Tuple)
                and value.elts
            ):
                last, lines = value.elts[-1], text.splitlines(keepends=True)
                assert last.end_lineno is not None
                line = lines[last.end_lineno - 1].encode()
                wrapped = value.end_lineno != value.lineno
                between = f",\n{' ' * last.col_offset}" if wrapped else ", "
                lines[last.end_lineno - 1] = (
                    line[: last.end_col_offset].decode()
                    + f'{between}"{name}"'
                    + line[last.end_col_offset :].decode()
                )
                return "".join(lines)
    raise NewError(f"{LIST} has no tuple KIT to which {name!r} could be added; write its exercises there")


def _asked_of_a_submission() -> frozenset[str]:
    """The names that a check's `submission` has of its own, read without torch."""
    tree = ast.parse((Path(__file__).parents[1] / "submission.py").read_text("utf-8"))
    (own,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Submission")
    methods = {node.name for node in own.body if isinstance(node, ast.FunctionDef)}
    return frozenset(
        methods
        | {
            node.attr
            for node in ast.walk(own)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        }
    )


def _names(info: ExerciseInfo) -> tuple[str, ...]:
    return (*info.tasks, *(check.name for check in info.checks))


def _selects(inner: str, outer: str, owner: str) -> str:
    return f"`-k {inner}` would select {outer} of {owner} as well"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}…"


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
