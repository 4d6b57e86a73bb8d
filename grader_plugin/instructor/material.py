"""What an exercise is made of, for who wrote it: rubric, known mistakes, solution, stub, correct variants."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import misconceptions, rubrics
from ..exercise import CheckInfo, Exercise, Misconception
from ..outside import OutsideError
from .leaks import answers
from .stub import stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold: the file, with the line if it has one, and what to do there."""

    place: str
    what: str


class Unusable(Exception):
    """An exercise that cannot be examined, and the finding that says why."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(what)
        self.finding = Finding(place=place, what=what)


@dataclass(frozen=True)  # no slots, where texts are kept that were read once
class Material:
    """An exercise's parts: `solutions` is the folder with all of the lesson's, `variants` the files of its own."""

    exercise: Exercise
    known: tuple[Misconception, ...]
    solutions: Path
    variants: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The exercise's."""
        return self.exercise.name

    @property
    def checks(self) -> tuple[CheckInfo, ...]:
        """The exercise's, in order."""
        return self.exercise.info.checks

    @property
    def path(self) -> Path:
        """The file of the solution."""
        return self.solutions / f"{self.name}.py"

    @cached_property
    def solution(self) -> str:
        """The text of the solution."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def stub(self) -> str:
        """The text that a learner gets."""
        return stub(self.solution)

    @cached_property
    def answers(self) -> frozenset[str]:
        """What no words for a learner may hold."""
        return answers(self.solution, self.stub)

    def place(self, part: CheckInfo | Misconception) -> str:
        """`file:line` of a check or a known mistake."""
        function: Any = part.wrong if isinstance(part, Misconception) else self.exercise.function(part.name)
        return f"{shown(inspect.getsourcefile(function) or '')}:{inspect.getsourcelines(function)[1]}"


def shown(path: str | Path) -> str:
    """A path as one would write it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


def load(name: str) -> Exercise:
    """The exercise of that name; raises Unusable with the author's line where its rubric cannot be loaded."""
    try:
        module = rubrics.module(name)
    except OutsideError as error:
        raise Unusable(name, str(error)) from None
    rubric = _imported(module)
    if rubric is None:
        raise Unusable(name, "there is no rubric of that name")
    exercise: Exercise = _attribute(rubric, "exercise")
    if exercise.name != name:  # the words of `rubrics`, which says it to who releases
        what = f"{module} calls its exercise {exercise.name!r}, and its package declares {name!r}"
        raise Unusable(shown(rubric.__file__), what)
    return exercise


def gather(name: str, solutions: Path, variants: Path) -> Material:
    """The parts of an exercise; raises Unusable where one is missing or cannot be loaded."""
    exercise, mistakes = load(name), _imported(misconceptions.module(name))
    known = () if mistakes is None else tuple(_attribute(mistakes, "misconceptions").entries.values())
    material = Material(exercise, known, solutions, tuple(sorted((variants / name).glob("*.py"))))
    place = shown(material.path)
    try:
        _ = material.answers
    except OSError as error:
        raise Unusable(place, f"the solution cannot be read ({error.strerror})") from None
    except SyntaxError as error:
        raise Unusable(f"{place}:{error.lineno}", f"the solution is not Python: {error.msg}") from None
    except ValueError as error:
        raise Unusable(place, f"no stub can be made of the solution: {error}") from None
    return material


def _imported(name: str) -> Any:
    """The module of that name, None if there is none; raises Unusable with the author's line for what it raises."""
    package, _, last = name.rpartition(".")
    try:
        return importlib.import_module(name)
    except Exception as error:  # an author's module may raise anything
        if isinstance(error, ModuleNotFoundError) and error.name == name:
            return None
        home: Any = sys.modules.get(package)
        place = _place(error, Path(*home.__path__, f"{last}.py")) if home else package
        raise Unusable(place, f"it cannot be loaded: {type(error).__name__}: {error}") from None


def _attribute(module: Any, name: str) -> Any:
    if not hasattr(module, name):
        raise Unusable(shown(module.__file__), f"it has no {name!r}; begin it as the kit's own modules do")
    return getattr(module, name)


def _place(error: Exception, file: Path) -> str:
    """The innermost line of that file which led to the error."""
    if isinstance(error, SyntaxError):
        return f"{shown(error.filename or file)}:{error.lineno}"
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f"{shown(file)}:{lines[-1]}" if lines else shown(file)
