"""What a failed check can show beside its sentence: the value that came back, a curve beside the true one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from .result import Curve
from .wire import Opaque, dtype_name

WORDS_CAP = 120  # characters for a value
NAME_CAP = 24  # characters for a name in a dict
SHOWN = 3  # entries of a list or a dict
SMALL = 6  # numbers of a tensor that are shown one by one
POINTS_CAP = 64  # of a curve: as many as a terminal has room for
FEWEST = 8  # points that say more as a curve than as numbers


def describe(value: object) -> str:
    """A value that came back, in a few words: `a (175,) float32 tensor, -0.17 to 12`."""
    words = _describe(value)
    return words if len(words) <= WORDS_CAP else f"{words[: WORDS_CAP - 1]}…"


def _describe(value: object) -> str:
    if isinstance(value, Tensor):
        return _tensor(value.detach())
    if isinstance(value, (list, tuple)):
        return _sequence(value)
    if isinstance(value, dict):
        names = ", ".join(f"{_entry(name, NAME_CAP)}: …" for name in itertools.islice(value, SHOWN))
        more = ", …" if len(value) > SHOWN else ""
        return f"{{{names}{more}}}, {_count(len(value), 'entry', 'entries')}" if value else "{}"
    return _entry(value, WORDS_CAP)


def _tensor(tensor: Tensor) -> str:
    """Few numbers one by one, many by their range."""
    shape, kind = tuple(tensor.shape), dtype_name(tensor.dtype)
    if not tensor.numel():
        return f"an empty {shape} {kind} tensor"
    if not shape:
        return _entry(tensor.item(), WORDS_CAP)
    if tensor.numel() <= SMALL:
        numbers = ", ".join(_entry(number, WORDS_CAP) for number in tensor.flatten().tolist())
        return f"a {shape} {kind} tensor: {numbers}"
    return f"a {shape} {kind} tensor{_range(tensor)}"


def _range(tensor: Tensor) -> str:
    if tensor.is_complex():
        return ""
    if tensor.dtype == torch.bool:
        return f", {int(tensor.count_nonzero()):,} True"
    nothing = int(tensor.isnan().count_nonzero())
    low = high = tensor
    if nothing:  # not by a mask: the places of what it picks take eight bytes each
        low, high = (
            tensor.nan_to_num(nan=end, posinf=math.inf, neginf=-math.inf) for end in (math.inf, -math.inf)
        )
    known = nothing < tensor.numel()
    ends = [_entry(end.item(), WORDS_CAP) for end in (low.amin(), high.amax())] if known else []
    parts = [" to ".join(dict.fromkeys(ends)), f"{nothing:,} nan" if nothing else ""]
    return "".join(f", {part}" for part in parts if part)


def _sequence(value: Sequence[object]) -> str:
    """A list or a tuple by its first entries, and how many of what there are."""
    opening, closing = "[]" if isinstance(value, list) else "()"
    entries = [_entry(one, WORDS_CAP // SHOWN) for one in value[:SHOWN]]
    if len(value) <= SHOWN:
        return f"{opening}{', '.join(entries)}{',' if closing == ')' and len(value) == 1 else ''}{closing}"
    plain = all(isinstance(one, float) for one in value)
    what = _count(len(value), *(("float", "floats") if plain else ("entry", "entries")))
    return f"{opening}{', '.join([*entries[:2], '…'])}{closing}, {what}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _entry(value: object, room: int) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (float, complex)):
        return f"{value + 0.0:.4g}"  # of two zeros the plain one
    if isinstance(value, (int, str)):
        # The quotes stay, however long it is; an int of the wire has at most 19 digits.
        return repr(value if isinstance(value, int) or len(value) <= room - 2 else f"{value[: room - 3]}…")
    if isinstance(value, Opaque):
        return value.description
    described = getattr(value, "description", None)  # a handle or a figure of the worker's
    return described if isinstance(described, str) else f"a {type(value).__name__}"


def curve(
    x: Sequence[float], got: Sequence[float], expected: Sequence[float] = (), *, keep: int | None = None
) -> Curve:
    """What came out against what is right: `curves` under the names got and expected."""
    return curves(x, {"got": got, "expected": expected}, keep=keep)


def curves(x: Sequence[float], named: Mapping[str, Sequence[float]], *, keep: int | None = None) -> Curve:
    """At most 64 points in the order of x, evenly taken, the one at index `keep` among them; nan and inf are None.

    Plain data, of six digits: what a plot of some lines shows. Empty where there are too few points for one.
    """
    places = sorted((place for place in range(len(x)) if math.isfinite(x[place])), key=lambda place: x[place])
    if len({x[place] for place in places}) < FEWEST:
        return {}
    if len(places) > POINTS_CAP:
        places = _thin(places, keep)
    columns = {"x": x, **named}
    return {
        name: [_plain(numbers[place]) for place in places] if len(numbers) else []
        for name, numbers in columns.items()
    }


def _thin(places: list[int], keep: int | None) -> list[int]:
    step = (len(places) - 1) / (POINTS_CAP - 1)
    chosen = [round(number * step) for number in range(POINTS_CAP)]
    if keep in places:
        kept = places.index(keep)
        nearest = min(range(POINTS_CAP), key=lambda number: abs(chosen[number] - kept))
        chosen[nearest] = kept
    return [places[number] for number in chosen]


def _plain(number: float) -> float | None:
    return float(f"{number + 0.0:.6g}") if math.isfinite(number) else None
