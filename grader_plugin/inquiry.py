"""A learner's functions asked outside the grader: what goes wrong is a sentence, and the next one is asked."""

from __future__ import annotations

import importlib
import reprlib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any


class Odd(Exception):
    """What a function returned, and what was expected: the end of a sentence that begins with the function."""

    def __init__(self, returned: Any, expected: str) -> None:
        words = " ".join(reprlib.repr(returned).split())  # the repr of a tensor has lines
        super().__init__(f"returned {words}, expected {expected}")


class Inquiry:
    """Gathers `troubles`, and what is `waiting` for the stubs that were met, by the stub's place."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._troubles: dict[str, str] = {}
        self.waiting: dict[str, list[str]] = {}

    @property
    def troubles(self) -> list[str]:
        """A sentence for each cause, however often it was met."""
        return list(self._troubles.values())

    @contextmanager
    def about(self, exercise: str, function: str, of: str = "", part: str = "") -> Iterator[None]:
        """Ends quietly whatever happens inside. A stub is no trouble if a `part` of the whole can wait for it."""
        place = f"{self._package}/{exercise}.py"
        label = f"{function} of {of}" if of else function
        look = f"`python -m pytest --grade -k {function}` looks at it alone."
        try:
            yield
        except Odd as odd:
            self._troubles.setdefault(f"{function} {odd}", f"{label} in {place} {odd}; {look}")
        except Exception as error:  # a learner's code may raise anything, and the rest is still worth showing
            stub = stub_in(error, self._package)
            if stub and part:
                self.waiting.setdefault(stub, []).append(part)
            elif stub:
                self._troubles.setdefault(stub, to_do(stub))
            else:
                where = _line_in(error, self._package)
                what = f"{type(error).__name__} ({' '.join(str(error).split())[:200]})"
                label = f"{label} in {place}" if where is None else label
                at = "" if where is None else f" at {where}"
                self._troubles.setdefault(f"{what}{at}", f"{label} ended in {what}{at}; {look}")


def share(returned: Any) -> float:
    if not isinstance(returned, (int, float)) or not 0 <= returned <= 1:
        raise Odd(returned, "a share from 0 to 1")
    return returned


def floats(returned: Any, count: int) -> list[float]:
    try:
        numbers = [float(number) for number in returned]
    except (TypeError, ValueError, RuntimeError):  # the last one: a tensor of many numbers
        raise Odd(returned, f"{count} floats") from None
    if len(numbers) != count:
        raise Odd(returned, f"{count} floats and not {len(numbers)}")
    return numbers


def to_do(place: str) -> str:
    return f"{place} is still to do: fill it in, then run this again."


def stub_in(error: BaseException, package: str) -> str | None:
    """The learner's function whose stub raised, and its file; None if something else raised."""
    frame, _ = list(traceback.walk_tb(error.__traceback__))[-1]
    file = Path(frame.f_code.co_filename)
    if not isinstance(error, NotImplementedError) or file.parent.resolve() != _folder(package):
        return None
    return f"{qualified_name(frame)} in {package}/{file.name}"


def qualified_name(frame: FrameType) -> str:
    """Of the function that a frame is of."""
    code = frame.f_code
    return str(getattr(code, "co_qualname", code.co_name))  # co_qualname, with the class, is Python 3.11's


def _line_in(error: BaseException, package: str) -> str | None:
    """The last line of the learner's that the traceback goes through."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        file = Path(frame.f_code.co_filename)
        if file.parent.resolve() == _folder(package):
            return f"{package}/{file.name}:{line}"
    return None


def _folder(package: str) -> Path:
    return Path(importlib.import_module(package).__path__[0]).resolve()
