"""How an answer is held against the truth: a ladder of type, shape, dtype, finite, value, in PyTorch's words.

`torch.testing.assert_close` would import sympy at its first failure (0.5 s) and takes a tensor subclass's word for
its own comparison; this ladder does neither. The references are float64, the tolerances a multiple of the dtype's
rounding unit: measured over correct variants, the worst needs less than half of what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from .exhibit import curve
from .result import CheckFailure, Curve
from .wire import Opaque, dtype_name

Tolerance = Tensor | float

# Over 40 public implementations the worst correct one is off by 4.4 eps (silu, |x| < 8), 0.15 eps·|x| beyond.
VALUE_EPS = 8.0
# Gradients: 6 eps in float32, 13 in float64 (silu at 30).
GRADIENT_EPS = 16.0
# A float64 error from here to FLOAT32_BAND is a constant or an intermediate in float32: remarked, not failed.
FLOAT64_ENOUGH = 1e-12
FLOAT32_BAND = 1e-6
# One number that is further off than so many tolerances is wrong to the eye: the tolerance says nothing then.
CLOSE = 1000.0


def eps(dtype: torch.dtype) -> float:
    """The distance from 1 to the next number of a floating dtype."""
    return float(torch.finfo(dtype).eps)


def value_tolerance(expected: Tensor, dtype: torch.dtype, units: float = VALUE_EPS) -> Tensor:
    """`units` eps, absolute below 1 and relative above: near 0 and in the tails correct forms differ relatively."""
    scale = torch.nan_to_num(expected.detach().double().abs(), nan=1.0, posinf=1.0, neginf=1.0).clamp(min=1.0)
    relative = max(units * eps(dtype), FLOAT32_BAND if dtype == torch.float64 else 0.0)
    return relative * scale


def gradient_tolerance(expected: Tensor, dtype: torch.dtype) -> Tensor:
    """As for values, twice as wide: a chain of two roundings."""
    return value_tolerance(expected, dtype, GRADIENT_EPS)


def assert_close(
    actual: Tensor,
    expected: Tensor,
    name: str,
    *,
    dtype: torch.dtype | None = None,
    tolerance: Tolerance | None = None,
    inputs: Tensor | None = None,
    hint: str = "",
) -> None:
    """Raise CheckFailure unless `actual` is what `expected` says, elementwise within `tolerance` (absolute).

    `name` is the subject of the sentence ("gelu(x)"). `dtype` is what the answer must have when the reference is
    float64. `inputs`, of the same shape, are shown beside the worst element, and with one dimension they make a
    curve. Where the reference is inf or nan the answer must be the same.
    """
    wanted = expected.dtype if dtype is None else dtype
    if not isinstance(actual, Tensor):
        raise CheckFailure(f"{name} is {_kind(actual)}, expected a torch.Tensor", hint=hint)
    if actual.shape != expected.shape:
        raise CheckFailure(
            f"{name} has shape {tuple(actual.shape)}, expected {tuple(expected.shape)}", hint=hint
        )
    if actual.dtype != wanted:
        raise CheckFailure(
            f"{name} has dtype {dtype_name(actual.dtype)}, expected {dtype_name(wanted)}", hint=hint
        )
    if not actual.numel():
        return
    if not (actual.is_floating_point() or actual.is_complex()):
        _assert_equal(actual, expected, name, hint)
        return
    got, truth = actual.detach().double(), expected.detach().double()
    _assert_finite(got, truth, name, inputs, hint)
    error = torch.where(got == truth, 0.0, (got - truth).abs())
    error = torch.where(got.isnan() & truth.isnan(), 0.0, error)
    allowed = (
        value_tolerance(truth, wanted)
        if tolerance is None
        else torch.as_tensor(tolerance, dtype=torch.float64)
    )
    good = error <= allowed  # never `not (error > allowed)`: nan would pass
    if bool(good.all()):
        return
    worst = _worst(error, allowed.expand_as(error))
    shown, wanted_number = _numbers(float(got[worst]), float(truth[worst]))
    message = f"{name} is {shown}{_place(worst, got, inputs)}, expected {wanted_number}"
    detail = _difference(good, float(error[worst]), float(allowed.expand_as(error)[worst]))
    raise CheckFailure(message, detail=detail, hint=hint, curve=_curve(got, truth, inputs, worst))


def precision_remark(actual: Tensor, expected: Tensor, name: str) -> str:
    """A remark if float64 values are only as good as float32, else empty."""
    if actual.dtype != torch.float64 or not actual.numel():
        return ""
    error = float((actual.detach() - expected).abs().nan_to_num(0.0).max())
    if error <= FLOAT64_ENOUGH * max(1.0, float(expected.abs().max())):
        return ""
    return f"{name} in float64 is right to {error:.1g} only: is a constant or a step of it in float32?"


def gradient(
    output: Tensor, *inputs: Tensor, name: str, cotangent: Tensor | None = None, again: bool = False
) -> tuple[Tensor, ...]:
    """`torch.autograd.grad`, with a sentence for a graph that is cut. `again`: to be differentiated once more."""
    if not output.requires_grad:
        raise CheckFailure(
            f"{name} has no gradient path back to its input",
            hint="Does .item(), .detach(), .data, .numpy() or torch.tensor(...) stand between the input and the result?",
        )
    # As one scalar: `grad_outputs` would have torch import sympy (0.3 s) to compare shapes.
    scalar = output.sum() if cotangent is None else (output * cotangent).sum()
    return torch.autograd.grad(scalar, inputs, create_graph=again)


def second_derivative(gradients: Tensor, *inputs: Tensor, name: str) -> tuple[Tensor, ...]:
    """The gradient of a gradient taken with `again=True`."""
    if not gradients.requires_grad:
        raise CheckFailure(
            f"The gradient of {name} cannot be differentiated again",
            hint="Is the backward pass written by hand, with numbers kept instead of tensors?",
        )
    return torch.autograd.grad(gradients.sum(), inputs)


# Contracts: what every return value of a task must be, before a check looks at its numbers.

NO_RETURN = "Is there a return on every path?"
UNFINISHED = "Which step makes that, and which one is still missing after it?"
WHICH_DTYPE = "Which tensor of yours has a dtype of its own, whatever the input has?"


def like_input(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A tensor of the first argument's shape and dtype."""
    given = arguments[0]
    tensor = _tensor(value, name)
    if tensor.shape != given.shape:
        raise CheckFailure(
            f"{name} returned shape {tuple(tensor.shape)} for an input of shape {tuple(given.shape)}",
            hint="Which step drops, adds or joins a dimension?",
        )
    if tensor.dtype != given.dtype:
        raise CheckFailure(
            f"{name} returned dtype {dtype_name(tensor.dtype)} for an input of dtype {dtype_name(given.dtype)}",
            hint=WHICH_DTYPE,
        )


def scalar_loss(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A tensor without dimensions, of the first argument's dtype."""
    tensor = _tensor(value, name)
    if tensor.dim():
        raise CheckFailure(
            f"{name} returned shape {tuple(tensor.shape)}, expected one number, shape ()",
            hint="The loss of a batch is one number: what is missing after the loss of each sample?",
        )
    if tensor.dtype != arguments[0].dtype:
        raise CheckFailure(
            f"{name} returned dtype {dtype_name(tensor.dtype)} for logits of dtype {dtype_name(arguments[0].dtype)}",
            hint=WHICH_DTYPE,
        )


def a_tensor(value: object, name: str, arguments: Sequence[Any]) -> None:
    """Any tensor."""
    _tensor(value, name)


def a_float(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A Python float."""
    _a_number(value, f"{name} returned")


def floats(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A list of Python floats."""
    _expect(isinstance(value, list), value, name, "a list of floats")
    assert isinstance(value, list)
    for index, number in enumerate(value):
        _a_number(number, f"Entry {index} of what {name} returned is")


def floats_by_name(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A dict from names to lists of floats."""
    for key, numbers in _dict(value, name).items():
        floats(numbers, f"{name}, under {key!r},", arguments)


def tensors_by_name(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A dict from names to tensors."""
    for key, tensor in _dict(value, name).items():
        _tensor(tensor, f"{name}, under {key!r},")


def text(value: object, name: str, arguments: Sequence[Any]) -> None:
    """A string."""
    _expect(isinstance(value, str), value, name, "a str")


def _dict(value: object, name: str) -> Mapping[Any, Any]:
    _expect(isinstance(value, dict), value, name, "a dict")
    assert isinstance(value, dict)
    return value


def _tensor(value: object, name: str) -> Tensor:
    _expect(isinstance(value, Tensor), value, name, "a torch.Tensor")
    assert isinstance(value, Tensor)
    return value


def _a_number(value: object, told: str) -> None:
    """`told` begins the sentence, up to what came back."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return
    hint = NO_RETURN if value is None else UNFINISHED
    if isinstance(value, Tensor):
        hint = "Which method of a one-element tensor gives a Python number?"
    raise CheckFailure(f"{told} {_kind(value)}, expected a float", hint=hint)


def _expect(fits: bool, value: object, name: str, expected: str) -> None:
    if not fits:
        hint = NO_RETURN if value is None else UNFINISHED
        raise CheckFailure(f"{name} returned {_kind(value)}, expected {expected}", hint=hint)


def _kind(value: object) -> str:
    """What came back, in words."""
    if value is None:
        return "None"
    if isinstance(value, Tensor):
        return f"a Tensor of shape {tuple(value.shape)}"
    if isinstance(value, Opaque):
        return value.description
    described = getattr(value, "description", None)  # a handle or a figure of the worker's
    if isinstance(described, str):
        return described
    article = "an" if type(value).__name__[:1] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def _difference(good: Tensor, error: float, limit: float) -> str:
    """What the sentence leaves open: how many elements are wrong, and the tolerance where it decides."""
    lines = []
    if good.dim():
        share = 100 * float((~good).float().mean())
        lines.append(f"Mismatched elements: {int((~good).sum())} / {good.numel()} ({share:.1f}%)")
    if limit and (good.dim() or error < CLOSE * limit):
        kind = "Greatest absolute" if good.dim() else "Absolute"
        lines.append(f"{kind} difference: {error:.3g} (up to {limit:.1g} allowed)")
    return "\n".join(lines)


def _assert_equal(actual: Tensor, expected: Tensor, name: str, hint: str) -> None:
    wrong = actual != expected
    if bool(wrong.any()):
        worst = tuple(int(index) for index in wrong.nonzero()[0])
        raise CheckFailure(
            f"{name} is {actual[worst].item()}{_place(worst, actual, None)}, expected {expected[worst].item()}",
            detail=f"Mismatched elements: {int(wrong.sum())} / {actual.numel()}",
            hint=hint,
        )


def _assert_finite(got: Tensor, truth: Tensor, name: str, inputs: Tensor | None, hint: str) -> None:
    for is_kind, word in ((torch.isnan, "nan"), (torch.isinf, "infinite")):
        wrong = is_kind(got) & ~is_kind(truth)
        if bool(wrong.any()):
            first = tuple(int(index) for index in wrong.nonzero()[0])
            count = int(wrong.sum())
            detail = f"{count} of {got.numel()} values {'is' if count == 1 else 'are'} {word}"
            raise CheckFailure(
                f"{name} is {word}{_place(first, got, inputs)}, expected {float(truth[first]):.5g}",
                detail=detail if got.dim() else "",
                hint=hint,
                curve=_curve(got, truth, inputs, first),
            )


def _curve(got: Tensor, truth: Tensor, inputs: Tensor | None, worst: tuple[int, ...]) -> Curve:
    """Both over the inputs, if those are points on a line."""
    if inputs is None or got.dim() != 1 or inputs.shape != got.shape:
        return {}
    x: list[float] = inputs.detach().double().tolist()
    return curve(x, got.tolist(), truth.tolist(), keep=worst[0])


def _worst(error: Tensor, allowed: Tensor) -> tuple[int, ...]:
    excess = torch.nan_to_num(error - allowed, nan=math.inf)
    place, index = int(excess.argmax()), list[int]()
    for size in reversed(error.shape):  # torch.unravel_index imports sympy
        place, step = divmod(place, size)
        index.insert(0, step)
    return tuple(index)


def _place(index: tuple[int, ...], values: Tensor, inputs: Tensor | None) -> str:
    if inputs is not None and inputs.shape == values.shape:
        return f" at x = {float(inputs.detach()[index]):.6g}"
    if len(index) == 1:
        return f" at index {index[0]}"
    return f" at index {index}" if index else ""


def _numbers(got: float, truth: float) -> tuple[str, str]:
    """Both numbers with as many digits as their difference needs, four at least."""
    error = abs(got - truth)
    if not (math.isfinite(error) and error):
        return f"{got:.4g}", f"{truth:.4g}"
    digits = min(16, max(4, 2 + math.ceil(math.log10(max(abs(got), abs(truth)) / error))))
    return f"{got:.{digits}g}", f"{truth:.{digits}g}"
