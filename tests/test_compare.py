"""The ladder of comparison: what is said first, what passes, and in which words."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from torch import Tensor, tensor

from grader_plugin import compare
from grader_plugin.compare import assert_close, gradient, precision_remark, second_derivative
from grader_plugin.result import CheckFailure
from grader_plugin.wire import Opaque

NAN, INF = math.nan, math.inf


def failure(actual: object, expected: Tensor, **options: object) -> CheckFailure:
    with pytest.raises(CheckFailure) as caught:
        assert_close(actual, expected, "f(x)", **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (tensor([1.0, 2.0]), tensor([1.0, 2.0])),
        (tensor([1.0 + 7e-7]), tensor([1.0])),
        (tensor([1e6 + 0.5]), tensor([1e6])),
        (tensor([NAN, INF, -INF, 0.0]), tensor([NAN, INF, -INF, -0.0])),
        (tensor(3.0), tensor(3.0)),
        (torch.empty(0, 3), torch.empty(0, 3)),
        (tensor([1, 2]), tensor([1, 2])),
        (tensor([True]), tensor([True])),
        (tensor([1.0, 2.0], requires_grad=True), tensor([1.0, 2.0])),
        (torch.ones(3, 2).t(), torch.ones(2, 3)),
        (tensor([1.0], dtype=torch.float64) + 9e-7, tensor([1.0], dtype=torch.float64)),
    ],
)
def test_what_is_close(actual: Tensor, expected: Tensor) -> None:
    assert_close(actual, expected, "f(x)")


@pytest.mark.parametrize(
    ("actual", "expected", "says"),
    [
        # Type, shape, dtype, finite, value: the first rung that does not hold is told, and it alone.
        (None, tensor([1.0]), "f(x) is None, expected a torch.Tensor"),
        (3, tensor([1.0]), "f(x) is an int, expected a torch.Tensor"),
        ([1.0], tensor([1.0]), "f(x) is a list, expected a torch.Tensor"),
        (Opaque("a numpy.ndarray"), tensor([1.0]), "f(x) is a numpy.ndarray, expected a torch.Tensor"),
        (torch.ones(1, dtype=torch.int64), torch.ones(4), "f(x) has shape (1,), expected (4,)"),
        (tensor([1.0]), torch.ones(4), "f(x) has shape (1,), expected (4,)"),
        (torch.ones(4), tensor(1.0), "f(x) has shape (4,), expected ()"),
        (torch.empty(0), torch.ones(1), "f(x) has shape (0,), expected (1,)"),
        (tensor([NAN], dtype=torch.float64), tensor([1.0]), "f(x) has dtype float64, expected float32"),
        (tensor([1]), tensor([1.0]), "f(x) has dtype int64, expected float32"),
        (tensor([9.0, NAN, INF]), tensor([1.0, 2.0, 3.0]), "f(x) is nan at index 1, expected 2"),
        (tensor([9.0, 2.0, INF]), tensor([1.0, 2.0, 3.0]), "f(x) is infinite at index 2, expected 3"),
        (tensor([NAN]), tensor([INF]), "f(x) is nan at index 0, expected inf"),
        (tensor([INF]), tensor([NAN]), "f(x) is infinite at index 0, expected nan"),
        (tensor([1.0]), tensor([NAN]), "f(x) is 1 at index 0, expected nan"),
        (tensor([1.0]), tensor([INF]), "f(x) is 1 at index 0, expected inf"),
        (tensor([-INF]), tensor([INF]), "f(x) is -inf at index 0, expected inf"),
        (tensor(1.5), tensor(1.0), "f(x) is 1.5, expected 1"),
        (
            tensor([[1.0, 2.0], [3.0, 5.0]]),
            tensor([[1.1, 2.0], [3.0, 4.0]]),
            "f(x) is 5 at index (1, 1), expected 4",
        ),
        (tensor([1, 5]), tensor([1, 2]), "f(x) is 5 at index 1, expected 2"),
        (tensor([True]), tensor([False]), "f(x) is True at index 0, expected False"),
    ],
)
def test_what_is_not(actual: object, expected: Tensor, says: str) -> None:
    assert failure(actual, expected).message == says


def test_nan_never_passes_by_comparison() -> None:
    """Not even where the tolerance is no number, or has no end."""
    for allowed in (INF, NAN, tensor([INF, NAN])):
        failure(tensor([NAN, NAN]), tensor([0.0, 0.0]), tolerance=allowed)
    failure(tensor([1.0]), tensor([2.0]), tolerance=NAN)


def test_the_worst_element_is_the_one_furthest_beyond_what_it_is_allowed() -> None:
    actual, expected = tensor([[1.0, 110.0], [0.2, 7.0]]), tensor([[1.0, 100.0], [0.1, 7.0]])
    told = failure(actual, expected, tolerance=tensor([[0.0, 10.0], [0.01, 0.0]]), hint="Why?")
    assert told.message.startswith("f(x) is 0.2 at index (1, 0), expected 0.1")
    assert told.detail.splitlines() == [
        "Mismatched elements: 1 / 4 (25.0%)",
        "Greatest absolute difference: 0.1 (up to 0.01 allowed)",
    ]
    assert told.hint == "Why?"


def test_what_the_next_lines_say_is_new() -> None:
    """No tolerance is needed to see that 54 is not 0, and none is told where nothing may differ."""
    assert failure(tensor(54.0), tensor(0.0)).detail == ""
    assert failure(tensor(NAN), tensor(0.0)).detail == ""
    near = failure(tensor(1.001), tensor(1.0), tolerance=1e-4)
    assert near.detail == "Absolute difference: 0.001 (up to 0.0001 allowed)"
    changed = failure(torch.zeros(3), tensor([0.0, 0.0, 2.0]), tolerance=0.0)
    assert changed.detail == "Mismatched elements: 1 / 3 (33.3%)"


@pytest.mark.parametrize("shape", [(7,), (2, 3, 5), (1, 4, 1)])
def test_the_worst_index_is_right_in_any_shape(shape: tuple[int, ...]) -> None:
    for place in torch.ones(shape).nonzero():
        index = tuple(place.tolist())
        actual = torch.zeros(shape)
        actual[index] = 1.0
        told = index[0] if len(index) == 1 else index
        assert f"at index {told}, expected 0" in failure(actual, torch.zeros(shape)).message


def test_the_input_of_the_worst_element_is_shown() -> None:
    x = tensor([-2.0, 0.25], requires_grad=True)
    assert (
        failure(tensor([0.0, 3.0]), tensor([0.0, 0.0]), inputs=x).message
        == "f(x) is 3 at x = 0.25, expected 0"
    )
    assert "x = -2" in failure(tensor([NAN, 3.0]), tensor([0.0, 0.0]), inputs=x).message
    # An input of another shape says nothing of an element.
    assert "index 1" in failure(tensor([0.0, 3.0]), tensor([0.0, 0.0]), inputs=torch.ones(3)).message


def test_a_line_that_is_wrong_is_shown_as_a_curve() -> None:
    x = torch.linspace(2, -2, 9, requires_grad=True)
    told = failure(x.detach().abs(), x.detach(), inputs=x)
    assert told.curve["x"] == [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0]
    assert told.curve["expected"] == told.curve["x"]
    assert told.curve["got"] == [abs(number) for number in told.curve["x"]]  # type: ignore[arg-type]
    got = x.detach().clone()
    got[0] = NAN
    assert failure(got, x.detach(), inputs=x).curve["got"][-1] is None


@pytest.mark.parametrize(
    ("actual", "expected", "inputs"),
    [
        (torch.zeros(9), torch.ones(9), None),
        (torch.zeros(9), torch.ones(9), torch.arange(8.0)),
        (torch.zeros(7), torch.ones(7), torch.arange(7.0)),
        (torch.zeros(9), torch.ones(9), torch.zeros(9)),
        (torch.zeros(3, 3), torch.ones(3, 3), torch.arange(9.0).view(3, 3)),
        (torch.zeros(9, dtype=torch.int64), torch.ones(9, dtype=torch.int64), torch.arange(9)),
        (torch.zeros(9, dtype=torch.float64), torch.ones(9), torch.arange(9.0)),
        (torch.zeros(9), torch.ones(10), torch.arange(9.0)),
    ],
    ids=["no inputs", "others", "few", "one", "a table", "whole", "dtype", "shape"],
)
def test_what_is_no_line_has_no_curve(actual: Tensor, expected: Tensor, inputs: Tensor | None) -> None:
    assert failure(actual, expected, inputs=inputs).curve == {}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_eight_units_pass_and_sixteen_do_not(dtype: torch.dtype) -> None:
    unit = max(torch.finfo(dtype).eps, 1.3e-7)  # in float64 what float32 gives is enough
    truth = tensor([0.5, 1.0, -40.0 if dtype != torch.float64 else -1.0], dtype=torch.float64)
    scale = truth.abs().clamp(min=1)
    assert_close((truth + 7 * unit * scale).to(dtype), truth, "f(x)", dtype=dtype)
    failure((truth + 20 * unit * scale).to(dtype), truth, dtype=dtype)


def test_the_numbers_differ_as_shown() -> None:
    told = failure(tensor([1.0000105]), tensor([1.0]))
    shown = told.message.split(" is ")[1].split(" at ")[0]
    assert shown != "1"


def test_float64_that_is_only_float32_is_remarked() -> None:
    truth = tensor([1.0, 2.0], dtype=torch.float64)
    assert precision_remark(truth.clone(), truth, "gelu(x)") == ""
    assert precision_remark(truth.float(), truth, "gelu(x)") == ""
    assert precision_remark(truth + 3e-8, truth, "gelu(x)").startswith(
        "gelu(x) in float64 is right to 3e-08 only"
    )
    assert precision_remark(truth[:0], truth[:0], "gelu(x)") == ""


def test_gradients_and_the_words_for_a_cut() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    (slope,) = gradient(x**3, x, name="f", again=True)
    assert slope.tolist() == [3.0, 12.0]
    assert second_derivative(slope, x, name="f")[0].tolist() == [6.0, 12.0]
    (slope,) = gradient(x**2, x, name="f", cotangent=tensor([1.0, 10.0]))
    assert slope.tolist() == [2.0, 40.0]
    with pytest.raises(CheckFailure, match="f has no gradient path back to its input"):
        gradient(x.detach() * 2, x, name="f")
    with pytest.raises(CheckFailure, match="The gradient of f cannot be differentiated again"):
        second_derivative(slope, x, name="f")


CONTRACTS = [
    (compare.like_input, torch.ones(2), None),
    (compare.like_input, torch.ones(3), "f returned shape (3,) for an input of shape (2,)"),
    (compare.like_input, torch.ones(2).double(), "f returned dtype float64 for an input of dtype float32"),
    (compare.like_input, 3, "f returned an int, expected a torch.Tensor"),
    (compare.scalar_loss, tensor(1.0), None),
    (compare.scalar_loss, torch.ones(2), "f returned shape (2,), expected one number, shape ()"),
    (compare.scalar_loss, tensor(1), "f returned dtype int64 for logits of dtype float32"),
    (compare.a_tensor, tensor(1), None),
    (compare.a_tensor, None, "f returned None, expected a torch.Tensor"),
    (compare.a_float, 1.0, None),
    (compare.a_float, 1, None),
    (compare.a_float, True, "f returned a bool, expected a float"),
    (compare.a_float, tensor(1.0), "f returned a Tensor of shape (), expected a float"),
    (compare.floats, [1.0, 2], None),
    (compare.floats, (1.0,), "f returned a tuple, expected a list of floats"),
    (compare.floats, [1.0, "2"], "Entry 1 of what f returned is a str, expected a float"),
    (compare.floats_by_name, {"a": [1.0]}, None),
    (compare.floats_by_name, {"a": 1.0}, "f, under 'a', returned a float, expected a list of floats"),
    (compare.floats_by_name, [], "f returned a list, expected a dict"),
    (compare.tensors_by_name, {"a": tensor(1.0)}, None),
    (compare.tensors_by_name, {"a": None}, "f, under 'a', returned None, expected a torch.Tensor"),
    (compare.text, "relu", None),
    (compare.text, None, "f returned None, expected a str"),
]


@pytest.mark.parametrize(("contract", "value", "says"), CONTRACTS)
def test_contracts(contract: object, value: object, says: str | None) -> None:
    if says is None:
        contract(value, "f", [torch.ones(2)])  # type: ignore[operator]
        return
    with pytest.raises(CheckFailure) as caught:
        contract(value, "f", [torch.ones(2)])  # type: ignore[operator]
    assert caught.value.message == says


def test_a_failure_imports_nothing_slow() -> None:
    code = (
        "import sys, torch\n"
        "from grader_plugin.compare import assert_close\n"
        "from grader_plugin.result import CheckFailure\n"
        "try:\n    assert_close(torch.zeros(2, 2), torch.ones(2, 2), 'f')\n"
        "except CheckFailure as error:\n    print(type(error).__name__, 'sympy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "CheckFailure False\n"
