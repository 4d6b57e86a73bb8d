"""Exercises examined where their solutions lie, and a note in the cache directory of each that holds as it is now."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import platformdirs

from .. import outside, rubrics
from ..reports import file
from . import gate

SEEDS = 5  # under which the solution has to keep its points before an exercise is known to hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An exercise, the folder with its solution, and that with the folders of variants."""

    name: str
    solutions: Path
    variants: Path


def place(name: str, home: Path, solutions: Path | None = None, variants: Path | None = None) -> Place:
    """Where its parts lie below a folder, which is a checkout of the kit or that of a package, or where it is said."""
    own = home / "variants"
    return Place(
        name=name,
        solutions=solutions or home / "solutions",
        variants=variants or (own if own.is_dir() else home / "tests" / "variants"),
    )


def examine(places: Sequence[Place], seeds: int) -> gate.Examination:
    """The exercises of each folder with its own solutions and variants; those that hold are remembered."""
    groups: dict[tuple[Path, Path], list[Place]] = {}
    for one in places:
        groups.setdefault((one.solutions, one.variants), []).append(one)
    found = [
        gate.examine([one.name for one in group], solutions, variants, seeds)
        for (solutions, variants), group in groups.items()
    ]
    sound = {verdict.material.name for each in found for verdict in each.verdicts if not verdict.findings}
    for one in places if seeds >= SEEDS else ():
        if one.name in sound:
            remember(one)
    return gate.Examination(
        verdicts=tuple(verdict for each in found for verdict in each.verdicts),
        unusable=tuple(one for each in found for one in each.unusable),
    )


def is_known(one: Place) -> bool:
    """Whether the exercise held, with this solution, these variants and this grader."""
    return _note(one).exists()


def remember(one: Place) -> None:
    """It holds; where nothing can be kept it is examined again."""
    with contextlib.suppress(OSError):
        file.write(_note(one), b"")


def _note(one: Place) -> Path:
    """Named after all that the verdict depends on; an exercise from outside depends on no other package than its own."""
    total = hashlib.sha256("\0".join((one.name, platform.python_version(), version("torch"))).encode())
    packages = [Path(rubrics.__file__).parent.parent]
    if package := outside.packages().get(one.name):
        packages += [home for home in outside.homes() if home.name == package.rpartition(".")[2]]
    files = [(path.relative_to(home), path) for home in packages for path in sorted(home.rglob("*.py"))]
    files += [(Path("solutions", path.name), path) for path in _solutions(one)]
    files += [(Path("variants", path.name), path) for path in sorted((one.variants / one.name).glob("*.py"))]
    for shown, path in files:
        text = path.read_bytes()
        total.update(f"{shown.as_posix()}\0{len(text)}\0".encode() + text)
    return Path(platformdirs.user_cache_dir("pytest-gradient"), f"verified-{total.hexdigest()[:32]}")


def _solutions(one: Place) -> list[Path]:
    """The solution, and those that it imports or uses, and they."""
    lesson, names = rubrics.lesson(), [one.name]
    for name in names:  # it grows by what is found
        path = one.solutions / f"{name}.py"
        needed = [*(_imported(path) if path.is_file() else ())]
        needed += rubrics.load(name).uses if name in lesson else ()
        names += dict.fromkeys(other for other in needed if other not in names)
    paths = (one.solutions / f"{name}.py" for name in sorted(names))
    return [path for path in paths if path.is_file()]


def _imported(path: Path) -> Iterator[str]:
    """Every word of a file's imports, of which some may be files beside it."""
    try:
        nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):
        return
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (part for alias in node.names for part in alias.name.split("."))
