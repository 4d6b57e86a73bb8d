"""Exercises that are no part of the kit: what installed packages declare, and what folders do that are named."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:  # pytest brings it along there
    import tomli as tomllib

GROUP = "grader_plugin.exercises"  # of entry points: the exercise's name, and the package with its rubric
FROM = "GRADER_EXERCISES_FROM"  # folders of such packages that need not be installed, for this process and those it starts


class OutsideError(ValueError):
    """An exercise from outside cannot be used; a sentence that says why."""


def packages() -> Mapping[str, str]:
    """The package of each exercise from outside, by its name; raises OutsideError."""
    return _packages(os.environ.get(FROM, ""))


def name_folders(folders: tuple[Path, ...]) -> None:
    """Have this process, and those that it starts, look for exercises in these folders too; raises OutsideError."""
    known = os.environ.get(FROM, "").split(os.pathsep)
    named = [str(folder.resolve()) for folder in folders]
    for folder in named:
        _of_folder(Path(folder))
    os.environ[FROM] = os.pathsep.join(dict.fromkeys(filter(None, [*known, *named])))


def of_folder(folder: Path) -> tuple[str, ...]:
    """The names of the exercises that a folder declares; raises OutsideError."""
    return tuple(_of_folder(folder.resolve()))


def homes() -> list[Path]:
    """The folders of the packages, which hold what no learner's code is to read; raises OutsideError."""
    return sorted({_home(package) for package in packages().values()})


def sources() -> dict[str, Path]:
    """The folder of each exercise in which its `solutions/` would lie: the one that was named, else where its package is found.

    Raises OutsideError. A package that was installed from a wheel has none there.
    """
    found = {name: _home(package).parent for name, package in packages().items()}
    for folder in filter(None, os.environ.get(FROM, "").split(os.pathsep)):
        found.update(dict.fromkeys(_of_folder(Path(folder)), Path(folder)))
    return found


def requirements() -> dict[str, str]:
    """What installs the package of each exercise, pinned, by the exercise's name; raises OutsideError."""
    found = {}
    for folder in filter(None, os.environ.get(FROM, "").split(os.pathsep)):
        project = _told(Path(folder)).get("project", {})
        for name, package in _of_folder(Path(folder)).items():
            found[name] = f"{project.get('name', package)}=={project.get('version', '0')}"
    for point in entry_points(group=GROUP):
        if point.dist:
            found.setdefault(point.name, f"{point.dist.name}=={point.dist.version}")
    return found


def named_in(project: Path) -> tuple[str, ...]:
    """The exercises that the lesson in this folder consists of, as its pyproject.toml has pytest told; none if it says nothing."""
    try:
        told: Any = _told(project)
    except OutsideError:
        return ()
    for key in ("tool", "pytest", "ini_options", "addopts"):
        told = told.get(key) if isinstance(told, dict) else None
    words = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    found = [str(word).partition("--grade-exercises=")[2] for word in words]
    return tuple(name for names in found for name in names.split(",") if name)


def import_path() -> list[str]:
    """The folders in which the packages are found, and what declares them, where they are installed; raises OutsideError."""
    declared = [str(point.dist.locate_file("")) for point in entry_points(group=GROUP) if point.dist]
    return list(dict.fromkeys([*declared, *(str(home.parent) for home in homes())]))


@lru_cache
def _packages(named: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for folder in filter(None, named.split(os.pathsep)):
        found.update(_of_folder(Path(folder)))
        if folder not in sys.path:
            sys.path.append(folder)  # at the end: nothing there takes the place of what is installed
    for point in entry_points(group=GROUP):
        if found.setdefault(point.name, point.value) != point.value:
            raise OutsideError(
                f"Two packages declare the exercise {point.name!r}: {found[point.name]} and {point.value}; uninstall one"
            )
    owner: dict[str, str] = {}
    for name, package in found.items():
        if owner.setdefault(package, name) != name:
            raise OutsideError(
                f"The package {package} declares two exercises, {owner[package]!r} and {name!r}, and has one rubric; "
                "make a package for each"
            )
    return MappingProxyType({name: found[name] for name in sorted(found)})


def _of_folder(folder: Path) -> dict[str, str]:
    found = dict(_declared(_told(folder)))
    if not found:
        path = folder / "pyproject.toml"
        raise OutsideError(f'{path} declares no exercise; is there [project.entry-points."{GROUP}"]?')
    return found


def _told(folder: Path) -> dict[str, Any]:
    path = folder / "pyproject.toml"
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OutsideError(
            f"{folder} is no folder of exercises: its pyproject.toml cannot be read ({error.strerror})"
        ) from None
    except ValueError as error:
        raise OutsideError(f"{path} is not TOML: {error}") from None
    return told


def _declared(told: Any) -> Iterator[tuple[str, str]]:
    for key in ("project", "entry-points", GROUP):
        told = told.get(key) if isinstance(told, dict) else None
    yield from ((name, str(package)) for name, package in (told or {}).items())


def _home(package: str) -> Path:
    try:
        spec = importlib.util.find_spec(package)
    except ImportError:
        spec = None
    if spec is None or spec.origin is None:
        raise OutsideError(f"The package {package}, which declares an exercise, cannot be found")
    return Path(spec.origin).parent
