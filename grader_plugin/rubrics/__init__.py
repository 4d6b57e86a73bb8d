"""The lesson: one module an exercise, the kit's own and those from outside, and a catalogue that needs no torch."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from .. import outside
from ..exercise import Exercise, ExerciseInfo

KIT = ("activations", "softmax", "mlp", "training", "trainability")

KEPT = 16  # catalogues in the cache directory: several versions of the kit may be in use side by side


def lesson() -> tuple[str, ...]:
    """The names of all exercises, the kit's first; raises OutsideError for one from outside that takes a name of the kit's."""
    others = outside.packages()
    for name in others:
        if name in KIT or not name.isidentifier():
            why = "is the kit's own" if name in KIT else "is no identifier"
            raise outside.OutsideError(
                f"The package {others[name]} declares the exercise {name!r}, which {why}"
            )
    return (*KIT, *others)


def module(name: str) -> str:
    """The module that holds the rubric of that name."""
    package = outside.packages().get(name)
    return f"{package}.rubric" if package else f"{__name__}.{name}"


def load(name: str) -> Exercise:
    """The exercise of that name, with torch imported; raises ModuleNotFoundError for another name."""
    exercise: Exercise = importlib.import_module(module(name)).exercise
    return exercise


def digest() -> str:
    """`sha256:…` over everything that decides a verdict: the source files of the grader, and of exercises from outside."""
    total = hashlib.sha256()
    for package in (Path(__file__).parent.parent, *outside.homes()):
        for path in sorted(package.rglob("*.py")):
            total.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"


def catalogue() -> tuple[ExerciseInfo, ...]:
    """Names, titles and points of the whole lesson.

    The rubrics import torch (1 s), so what they say is kept in the cache directory under the hash of the grader's
    files; a missing or damaged entry costs that second.
    """
    path = Path(platformdirs.user_cache_dir("pytest-gradient")) / f"catalogue-{digest()[7:23]}.json"
    try:
        kept = tuple(map(ExerciseInfo.from_dict, json.loads(path.read_text(encoding="utf-8"))))
        if tuple(info.name for info in kept) == lesson():
            return kept
    except outside.OutsideError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    infos = tuple(_info(name) for name in lesson())
    _assert_apart(infos)
    _write(path, json.dumps([info.to_dict() for info in infos]))
    return infos


def chosen(lesson: tuple[ExerciseInfo, ...], names: Sequence[str]) -> tuple[ExerciseInfo, ...]:
    """Those of these names, in the lesson's order, all if there is none; raises ValueError for a name that is unknown."""
    known = [info.name for info in lesson]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"There is no exercise {unknown[0]!r}; there are: {', '.join(known)}")
    return tuple(info for info in lesson if not names or info.name in names)


def _info(name: str) -> ExerciseInfo:
    if name in KIT:
        return load(name).info
    try:
        info = load(name).info
    except Exception as error:  # an author's module may raise anything
        raise outside.OutsideError(
            f"The exercise {name} cannot be loaded from {module(name)} ({type(error).__name__}: {error}); grader verify says where"
        ) from None
    if info.name != name:
        raise outside.OutsideError(
            f"{module(name)} calls its exercise {info.name!r}, and its package declares {name!r}"
        )
    return info


def _assert_apart(infos: tuple[ExerciseInfo, ...]) -> None:
    """A function is found by its name alone, whatever file asks for it."""
    owner: dict[str, str] = {}
    for info in infos:
        for task in info.tasks:
            if owner.setdefault(task, info.name) != info.name:
                raise outside.OutsideError(
                    f"{info.name} and {owner[task]} both have a task {task!r}; rename one"
                )


def _write(path: Path, text: str) -> None:
    """Whole or not at all; a cache that cannot be written is done without."""
    temporary = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
        by_age = sorted(path.parent.glob("catalogue-*.json"), key=lambda old: old.stat().st_mtime)
        for old in by_age[:-KEPT]:
            old.unlink(missing_ok=True)
