"""What a failed check can show: any value in a few words, any curve as plain data of a bounded size."""

from __future__ import annotations

import json
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import tensor

from grader_plugin.exhibit import FEWEST, POINTS_CAP, WORDS_CAP, curve, describe
from grader_plugin.wire import Opaque

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (True, "True"),
        (5, "5"),
        (0.5, "0.5"),
        (-0.0082071, "-0.008207"),
        (-0.0, "0"),
        (NAN, "nan"),
        (2 - 1j, "2-1j"),
        ("relu", "'relu'"),
        ("a\x1b\nb", r"'a\x1b\nb'"),
        (b"abc", "a bytes"),
        ([], "[]"),
        ((), "()"),
        ((1.0,), "(1,)"),
        ([2.31, "a", None], "[2.31, 'a', None]"),
        ([2.3101, 2.28] * 200, "[2.31, 2.28, …], 400 floats"),
        ([1, 2, 3, 4], "[1, 2, …], 4 entries"),
        ([[1.0], {"a": 1}], "[a list, a dict]"),
        ({}, "{}"),
        ({"ReLU": tensor([1.0])}, "{'ReLU': …}, 1 entry"),
        (dict.fromkeys("abcde", 0.5), "{'a': …, 'b': …, 'c': …, …}, 5 entries"),
        (Opaque("a numpy.ndarray"), "a numpy.ndarray"),
        (tensor(-0.0082071), "-0.008207"),
        (tensor(True), "True"),
        (tensor([1.0, 0.25]), "a (2,) float32 tensor: 1, 0.25"),
        (tensor([[True], [False]]), "a (2, 1) bool tensor: True, False"),
        (torch.empty(0, 3), "an empty (0, 3) float32 tensor"),
        (torch.linspace(-0.17, 12, 175), "a (175,) float32 tensor, -0.17 to 12"),
        (torch.zeros(4, 10, dtype=torch.float16), "a (4, 10) float16 tensor, 0"),
        (torch.arange(10).bfloat16(), "a (10,) bfloat16 tensor, 0 to 9"),
        (torch.arange(10, dtype=torch.uint8), "a (10,) uint8 tensor, 0 to 9"),
        (torch.arange(9) > 3, "a (9,) bool tensor, 5 True"),
        (tensor([NAN, INF, *[0.0] * 8]), "a (10,) float32 tensor, 0 to inf, 1 nan"),
        (torch.full((7,), NAN), "a (7,) float32 tensor, 7 nan"),
        (torch.zeros(7, dtype=torch.complex64), "a (7,) complex64 tensor"),
        (tensor([1.0, 2.0], requires_grad=True), "a (2,) float32 tensor: 1, 2"),
    ],
)
def test_a_value_in_words(value: object, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**5,
        ["\N{SNOWMAN}" * 1000] * 3,
        {"n" * 1000: 1, ("a",): 2, 3: 4},
        torch.zeros((1,) * 60),
        [2**62] * 9,
        Opaque("a " + "b" * 199),
    ],
    ids=lambda value: type(value).__name__,
)
def test_words_are_few_whatever_it_is(value: object) -> None:
    assert 0 < len(describe(value)) <= WORDS_CAP


def test_a_curve_stands_in_the_order_of_x_and_says_null_for_no_number() -> None:
    x = [3.0, -1.0, 2.0, 0.5, 7.0, 6.0, 5.0, INF, 4.0]
    told = curve(x, [*x[:4], NAN, INF, -INF, 1.0, -0.0], [value + 0.123456789 for value in x])
    assert told["x"] == [-1.0, 0.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert told["got"] == [-1.0, 0.5, 2.0, 3.0, 0.0, None, None, None]
    assert told["expected"][0] == -0.876543
    assert "-0.0" not in json.dumps(told, allow_nan=False)


def test_without_a_reference_nothing_is_expected() -> None:
    assert curve(range(8), [1.0] * 8)["expected"] == []


@pytest.mark.parametrize("x", [[], [1.0] * 100, [*range(FEWEST - 1), NAN, INF]])
def test_few_points_make_no_curve(x: list[float]) -> None:
    assert curve(x, x, x) == {}


@settings(deadline=None)
@given(st.lists(st.floats(width=32), min_size=8, max_size=400, unique=True), st.data())
def test_a_curve_is_small_and_plain_and_keeps_the_point_that_is_spoken_of(
    x: list[float], data: st.DataObject
) -> None:
    keep = data.draw(st.integers(0, len(x) - 1))
    got = [float(place) for place in range(len(x))]
    told = curve(x, got, got, keep=keep)
    finite = sum(map(math.isfinite, x))
    if not told:
        assert finite < FEWEST
        return
    json.dumps(told, allow_nan=False)
    assert {len(numbers) for numbers in told.values()} == {min(finite, POINTS_CAP)}
    assert told["x"] == sorted(told["x"])  # type: ignore[type-var]
    assert len(set(told["got"])) == len(told["got"])
    assert not math.isfinite(x[keep]) or float(keep) in told["got"]
