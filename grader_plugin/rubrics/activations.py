"""Activations: five curves, their slopes, and how far out they hold."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..compare import (
    assert_close,
    gradient,
    gradient_tolerance,
    like_input,
    precision_remark,
    second_derivative,
    tensors_by_name,
)
from ..drawing import Axes, Drawing, Line
from ..exercise import Exercise, Task
from ..remote import Function, a_figure
from ..result import CheckFailure
from ..submission import Submission

exercise = Exercise(
    "activations",
    "Five activation functions",
    points=30,
    tasks=(
        Task(
            "relu",
            like_input,
            frozenset({"aten::relu", "aten::relu_"}),
            hints=(
                "Of the numbers 0.5, −2 and 3 in one tensor: which come out as they went in, and what takes the place of the other?",
                "Each element is decided on its own, into a new tensor of the same shape and dtype. Python's max and if ask one question of a whole tensor: which operation asks every element?",
                "relu(x) is x for x > 0, else 0. Take a form in which no number on the way is larger than |x|: 2 · 40000 is already beyond float16.",
            ),
        ),
        Task(
            "gelu",
            like_input,
            frozenset({"aten::gelu", "aten::gelu_"}),
            hints=(
                "What is Φ(0), and what does Φ(x) come near to far to the left and far to the right? So what must gelu be at 0, at 10 and at −10?",
                "Try x = 1 by hand: erf(1/√2) = 0.6827, the half of 1.6827 is 0.8413, and times x it stays 0.8413. Which of your own numbers on the way is the first to differ?",
                "½ · x · (1 + erf(x/√2)), with √2 a plain Python number in every dtype. Left of −5, 1 + erf loses its digits; erfc(−x/√2) is the same number without a sum.",
            ),
        ),
        Task(
            "silu",
            like_input,
            frozenset({"aten::silu", "aten::silu_"}),
            hints=(
                "silu is x times a gate between 0 and 1. Is the gate open or shut at x = 10 and at x = −10, and what comes out there?",
                "At x = 1 the gate is 0.7311; a gate of 0.2689 has the wrong sign in it. If values are right and the gradient is nan at −1000, which exponential has become inf on the way?",
                "The slope is σ(x) + x · σ(x) · (1 − σ(x)). Nothing in it overflows if σ holds at 1000 and at −1000, so finish sigmoid first and let silu rest on it.",
            ),
        ),
        Task(
            "sigmoid",
            like_input,
            frozenset({"aten::sigmoid", "aten::sigmoid_"}),
            hints=(
                "Of the two formulas in the docstring, which one is safe at x = 1000, which one at x = −1000, and what does exp become in the other one?",
                "Call e^(−|x|) small. At x = 2 it is 0.1353, and σ(2) = 1 / 1.1353 = 0.8808. Which fraction made of the same number gives σ(−2) = 0.1192?",
                "With s = e^(−|x|), σ is 1 / (1 + s) on the right, s / (1 + s) on the left. Choose between x and −x before exp, not between results after it; abs has slope 0 at 0 and loses the ¼.",
            ),
        ),
        Task(
            "tanh",
            like_input,
            frozenset({"aten::tanh", "aten::tanh_"}),
            hints=(
                "At x = 100, which of the two exponentials is too large to hold, and which is next to nothing? And at x = −100?",
                "For x = 1, divide above and below by e: (1 − e^(−2)) / (1 + e^(−2)) = 0.8647 / 1.1353 = 0.7616. What do both halves become for x = −1, with the same e^(−2) in them?",
                "With s = e^(−2|x|), tanh is (1 − s) / (1 + s) with the sign of x. A sign that is 0 at 0 takes the slope 1 with it, and so does abs; near 0, expm1 keeps the digits that 1 − s loses.",
            ),
        ),
        Task(
            "tour",
            tensors_by_name,
            hints=(
                "A dictionary has keys and values: which of the two are the five names, and is each spelt as the docstring has it, capitals included?",
                "Try x = 2: the five values are 2, 1.9545, 1.7616, 0.8808 and 0.9640, in the order of the names. Which of yours stands under a name that is not its own?",
            ),
        ),
        Task(
            "plot_tour",
            a_figure,
            needs="matplotlib.pyplot",
            hints=(
                "What would a reader look up in this figure: which numbers lie along the horizontal axis, and from which functions of yours do the heights come?",
                "A curve gets its label when it is drawn, yet legend, grid and the names of the axes each have to be asked for. Which of these does your figure still lack?",
                "One loop over the names and values of your tour draws five lines over the same x. What goes back at the end is the figure, not the axes and not None.",
            ),
        ),
    ),
)

NAMES = ("ReLU", "GELU", "SiLU", "Sigmoid", "Tanh")
# Names that an axis cannot have: what goes in lies along the horizontal one.
INPUTS = ("x", "input", "inputs", "inputx")
OUTPUTS = ("y", "f(x)", "y=f(x)", "output", "outputs")
HALF = (torch.float16, torch.bfloat16)
BACKWARD = (
    "The value is right, and on the way back inf · 0 is nan: which step is inf at that x, even if torch.where "
    "does not choose it?"
)
# Right forms are exact there; an epsilon of 1e-7 is not seen within the rounding of float32.
END_TOLERANCE = 2e-8
Reference = Callable[[Tensor], Tensor]


def line() -> Tensor:
    """Inputs from -12 to 12, float64: a grid with 0, the powers of ten around it, and random points."""
    tiny = torch.tensor([10.0**-k for k in (1, 2, 4, 8, 16, 30)], dtype=torch.float64)
    grid = torch.linspace(-12, 12, 97, dtype=torch.float64)
    zeros = torch.tensor([0.0, -0.0], dtype=torch.float64)
    return torch.cat([grid, zeros, tiny, -tiny, 3 * torch.randn(64, dtype=torch.float64)])


def check_values(submission: Submission, function: Function, reference: Reference, hint: str) -> None:
    """float32 and float64 values on the line, against the truth in float64."""
    for dtype in (torch.float32, torch.float64):
        x = line().to(dtype)
        truth, name = reference(x.double()), f"{function.task.name}(x)"
        answer = function(x)
        assert_close(answer, truth, name, dtype=dtype, inputs=x, hint=hint)
        submission.remark(precision_remark(answer, truth, name))
    near = x.abs() <= 4  # where the five differ
    submission.show(x[near].tolist(), {function.task.name: answer[near].tolist()})


def check_any_tensor(submission: Submission, function: Function, reference: Reference) -> None:
    """Every shape, layout and dtype; the input is still what it was afterwards."""
    name = function.task.name
    noise = torch.randn(2, 3, 4, 5)
    shapes = {
        "a scalar": noise[0, 0, 0, 0],
        "an empty tensor": torch.empty(0, 3),
        "a 1-D tensor": noise[0, 0, 0],
        "a 3-D tensor": noise[0],
        "a tensor of shape (1, 3, 1)": noise[:1, :, :1, 0],
        "a 4-D tensor": noise,
        "a transposed tensor": noise[0, 0].t(),
        "every second column": noise[0, 0, :, ::2],
    }
    for kind, x in shapes.items():
        assert_close(function(x), reference(x.double()), f"{name} of {kind}", dtype=x.dtype)
    for dtype in (*HALF, torch.float64):
        x = (3 * torch.randn(50)).to(dtype)
        assert_close(function(x), reference(x.double()), f"{name} of {dtype} values", dtype=dtype, inputs=x)
    for dtype in (torch.float32, torch.float64):
        check_input_left_alone(submission, function, dtype)


def check_input_left_alone(submission: Submission, function: Function, dtype: torch.dtype) -> None:
    """The caller's tensor has its values still, those far out as well, and asks for gradients no more than before."""
    name = function.task.name
    x = torch.tensor([-1e4, -0.5, 0.0, 0.5, 1e4], dtype=dtype)
    kept = submission.put(x)
    function(kept)
    hint = "Which operation writes into the tensor it was given?"
    assert_close(kept.now(), x, f"After {name}(x), x", tolerance=0.0, hint=hint)
    if kept.handle.attribute("requires_grad"):
        raise CheckFailure(
            f"After {name}(x), x asks for gradients; it did not before",
            hint="Who decides whether a tensor asks for gradients: the function, or who calls it?",
        )


def check_gradient(function: Function, reference: Reference, at_zero: float, hint: str) -> None:
    """The slope on the line and at exactly 0, and the slope of the slope."""
    name = function.task.name
    for dtype in (torch.float32, torch.float64):
        x = line().to(dtype).requires_grad_()
        x64 = x.detach().double().requires_grad_()
        (slope,) = gradient(function(x), x, name=name, again=True)
        (truth,) = torch.autograd.grad(reference(x64).sum(), x64, create_graph=True)
        zero = x.detach() == 0
        tolerance = gradient_tolerance(truth, dtype)
        check_slope_at_zero(slope[zero], at_zero, tolerance[zero], name)
        assert_close(
            slope, truth, f"The gradient of {name}", dtype=dtype, tolerance=tolerance, inputs=x, hint=hint
        )
    away = x.detach()[x.detach().abs() > 1e-3].requires_grad_()
    away64 = away.detach().clone().requires_grad_()
    (slope,) = gradient(function(away), away, name=name, again=True)
    (bend,) = second_derivative(slope, away, name=name)
    (truth,) = torch.autograd.grad(reference(away64).sum(), away64, create_graph=True)
    (truth,) = torch.autograd.grad(truth.sum(), away64)
    assert_close(
        bend,
        truth,
        f"The second derivative of {name}",
        tolerance=gradient_tolerance(truth, away.dtype),
        inputs=away,
    )
    check_chain(function, reference)


def check_chain(function: Function, reference: Reference) -> None:
    """Backward passes on what comes from above, and of two calls each keeps what is its own."""
    name = function.task.name
    x = torch.linspace(-3, 3, 12).view(4, 3).requires_grad_()
    weights = torch.tensor([2.0, -3.0, 0.5])
    x64 = x.detach().double().requires_grad_()
    (slope,) = torch.autograd.grad(reference(x64).sum(), x64)
    (found,) = gradient(function(x), x, name=name, cotangent=weights)
    assert_close(
        found,
        slope * weights,
        f"The gradient of a weighted {name}(x)",
        dtype=x.dtype,
        tolerance=4 * gradient_tolerance(slope, x.dtype),
        inputs=x,
        hint="What does backward get from the layers above, and what becomes of it in yours?",
    )
    first = function(x)
    function(1 - x.detach())
    (found,) = gradient(first, x, name=name)
    assert_close(
        found,
        slope,
        f"After a second call, the gradient of the first {name}(x)",
        dtype=x.dtype,
        tolerance=gradient_tolerance(slope, x.dtype),
        inputs=x,
        hint="Where does backward look for what forward kept, and who else writes there?",
    )


def check_slope_at_zero(slopes: Tensor, truth: float, tolerance: Tensor, name: str) -> None:
    """The gradient at exactly 0, where a form by cases or by abs may lose it."""
    wrong = slopes[~((slopes - truth).abs() <= tolerance)]
    if len(wrong):
        found = float(wrong[0].detach())
        hint = (
            "Which step of yours has slope 0 there?"
            if found == 0
            else "Which branches does x = 0 take, forward and backward?"
        )
        raise CheckFailure(f"The gradient of {name} at exactly 0 is {found:g}, expected {truth:g}", hint=hint)


def check_extremes(submission: Submission, function: Function, reference: Reference, hint: str) -> None:
    """Values and gradients far out: ±10 to ±10,000 in float32 and float64, to ±60,000 in float16."""
    name = function.task.name
    for dtype, far in (
        (torch.float32, 1e4),
        (torch.float64, 1e4),
        (torch.float16, 6e4),
        (torch.bfloat16, 1e4),
    ):
        sizes = torch.tensor([12.0, 20.0, 50.0, 89.0, 95.0, 100.0, 400.0, 750.0, 1000.0, far])
        x = torch.cat([sizes, -sizes]).to(dtype).requires_grad_()
        x64 = x.detach().double().requires_grad_()
        y, truth = function(x), reference(x64)
        kind = str(dtype).removeprefix("torch.")
        assert_close(y, truth, f"{name}(x) in {kind}", dtype=dtype, inputs=x, hint=hint)
        (slope,) = gradient(y, x, name=name)
        (true_slope,) = torch.autograd.grad(truth.sum(), x64)
        assert_close(
            slope,
            true_slope,
            f"The gradient of {name} in {kind}",
            dtype=dtype,
            inputs=x,
            hint=BACKWARD if bool(slope.isnan().any()) else hint,
            tolerance=gradient_tolerance(true_slope, dtype),
        )
    with contextlib.suppress(CheckFailure):  # some right forms refuse them
        remark_infinities(submission, function)


def check_ends(function: Function, reference: Reference) -> None:
    """How near it comes to its limits; beyond 400 all right forms are there, whatever precision their constants have."""
    x = torch.tensor([-1e4, -1000.0, -400.0, 400.0, 1000.0, 1e4], dtype=torch.float64)
    assert_close(
        function(x),
        reference(x),
        f"{function.task.name}(x) in float64",
        tolerance=END_TOLERANCE,
        inputs=x,
        hint="How near may the result come to its limits, and what keeps yours away from them?",
    )


def remark_infinities(submission: Submission, function: Function) -> None:
    """What happens at ±inf and nan is worth knowing and costs nothing: F.gelu(-inf) itself is nan."""
    name = function.task.name
    low, high, nothing = function(torch.tensor([-float("inf"), float("inf"), float("nan")])).tolist()
    ends = {"relu": (0.0, float("inf")), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(name)
    if ends and (low, high) != ends:
        submission.remark(
            f"{name} of -inf and inf is {low:g} and {high:g}, its limits are {ends[0]:g} and {ends[1]:g}"
        )
    if nothing == nothing:
        submission.remark(f"{name} of nan is {nothing:g}: a nan that is swallowed here is hard to find later")


@exercise.check(task="relu", points=1)
def relu_values(submission: Submission) -> None:
    """relu keeps the positive part and zeroes the rest"""
    check_values(submission, submission.relu, torch.relu, "What should relu(3) and relu(-3) be?")


@exercise.check(task="relu", points=1, after=relu_values)
def relu_any_tensor(submission: Submission) -> None:
    """relu gives back the shape and dtype it got, and leaves its input alone"""
    check_any_tensor(submission, submission.relu, torch.relu)


@exercise.check(task="relu", points=2, after=relu_values)
def relu_gradient(submission: Submission) -> None:
    """relu passes the gradient where x is positive, and nowhere else"""
    x = torch.cat([line().float(), torch.tensor([-6e4, -1e4, 1e4, 6e4])]).requires_grad_()
    (slope,) = gradient(submission.relu(x), x, name="relu")
    at_zero = slope[x.detach() == 0]
    if not bool(
        ((at_zero == 0) | (at_zero == 0.5) | (at_zero == 1)).all()
    ):  # clamp gives 1, maximum ½, where 0
        raise CheckFailure(
            f"The gradient of relu at exactly 0 is {float(at_zero[0]):g}, expected 0, ½ or 1",
            hint="Which of the two branches does x = 0 take?",
        )
    away = x.detach() != 0
    truth = (x.detach() > 0).to(x.dtype)
    assert_close(
        slope[away],
        truth[away],
        "The gradient of relu",
        inputs=x.detach()[away],
        tolerance=0.0,
        hint="How steep is relu left of 0, and right of it?",
    )
    check_chain(submission.relu, torch.relu)


@exercise.check(task="relu", points=1, after=relu_values)
def relu_extremes(submission: Submission) -> None:
    """relu holds at ±10,000, and at ±60,000 in half precision"""
    hint = "Which intermediate result is larger than the answer?"
    check_extremes(submission, submission.relu, torch.relu, hint)


@exercise.check(task="gelu", points=1)
def gelu_values(submission: Submission) -> None:
    """gelu is x times the normal distribution function of x, exactly"""
    hint = "Φ(2) = 0.9772, so gelu(2) = 1.9545: which number or which form in yours differs?"
    check_values(submission, submission.gelu, F.gelu, hint)


@exercise.check(task="gelu", points=1, after=gelu_values)
def gelu_any_tensor(submission: Submission) -> None:
    """gelu gives back the shape and dtype it got, and leaves its input alone"""
    check_any_tensor(submission, submission.gelu, F.gelu)


@exercise.check(task="gelu", points=2, after=gelu_values)
def gelu_gradient(submission: Submission) -> None:
    """gelu has the right gradient everywhere, and one that can be differentiated again"""
    check_gradient(
        submission.gelu, F.gelu, 0.5, "The product rule gives two terms: is x part of the graph in both?"
    )


@exercise.check(task="gelu", points=1, after=gelu_values)
def gelu_extremes(submission: Submission) -> None:
    """gelu and its gradient hold at ±10,000, and at ±60,000 in half precision"""
    check_extremes(
        submission, submission.gelu, F.gelu, "What does each factor become for a very large or very small x?"
    )


@exercise.check(task="silu", points=1)
def silu_values(submission: Submission) -> None:
    """silu is x times the sigmoid of x"""
    check_values(submission, submission.silu, F.silu, "silu(1) = 0.7311: which gate, and of what?")


@exercise.check(task="silu", points=1, after=silu_values)
def silu_any_tensor(submission: Submission) -> None:
    """silu gives back the shape and dtype it got, and leaves its input alone"""
    check_any_tensor(submission, submission.silu, F.silu)


@exercise.check(task="silu", points=1, after=silu_values)
def silu_gradient(submission: Submission) -> None:
    """silu has the right gradient everywhere, and one that can be differentiated again"""
    check_gradient(
        submission.silu, F.silu, 0.5, "The product rule gives two terms: is x part of the graph in both?"
    )


@exercise.check(task="silu", points=2, after=silu_values)
def silu_extremes(submission: Submission) -> None:
    """silu and its gradient hold at ±10,000, and at ±60,000 in half precision"""
    check_extremes(
        submission,
        submission.silu,
        F.silu,
        "What does the exponential become at x = -1000, and what is inf times 0 in the backward pass?",
    )


@exercise.check(task="sigmoid", points=1)
def sigmoid_values(submission: Submission) -> None:
    """sigmoid maps the line onto (0, 1), with ½ at 0"""
    check_values(
        submission, submission.sigmoid, torch.sigmoid, "What is sigmoid(0), and to what does it rise?"
    )


@exercise.check(task="sigmoid", points=1, after=sigmoid_values)
def sigmoid_any_tensor(submission: Submission) -> None:
    """sigmoid gives back the shape and dtype it got, and leaves its input alone"""
    check_any_tensor(submission, submission.sigmoid, torch.sigmoid)


@exercise.check(task="sigmoid", points=1, after=sigmoid_values)
def sigmoid_gradient(submission: Submission) -> None:
    """sigmoid has slope ¼ at exactly 0, and the right gradient everywhere"""
    check_gradient(
        submission.sigmoid, torch.sigmoid, 0.25, "The slope is σ(x)·(1 − σ(x)): where is yours another?"
    )


@exercise.check(task="sigmoid", points=2, after=sigmoid_values)
def sigmoid_extremes(submission: Submission) -> None:
    """sigmoid and its gradient hold at ±10,000, and at ±60,000 in half precision"""
    hint = "What does each exponential become at x = -1000 and at x = 1000?"
    check_extremes(submission, submission.sigmoid, torch.sigmoid, hint)
    check_ends(submission.sigmoid, torch.sigmoid)


@exercise.check(task="tanh", points=1)
def tanh_values(submission: Submission) -> None:
    """tanh maps the line onto (-1, 1), with 0 at 0"""
    check_values(submission, submission.tanh, torch.tanh, "What is tanh(0), and how steep is it there?")


@exercise.check(task="tanh", points=1, after=tanh_values)
def tanh_any_tensor(submission: Submission) -> None:
    """tanh gives back the shape and dtype it got, and leaves its input alone"""
    check_any_tensor(submission, submission.tanh, torch.tanh)


@exercise.check(task="tanh", points=1, after=tanh_values)
def tanh_gradient(submission: Submission) -> None:
    """tanh has slope 1 at exactly 0, and the right gradient everywhere"""
    check_gradient(submission.tanh, torch.tanh, 1.0, "The slope is 1 − tanh²(x): where is yours another?")


@exercise.check(task="tanh", points=2, after=tanh_values)
def tanh_extremes(submission: Submission) -> None:
    """tanh and its gradient hold at ±10,000, and at ±60,000 in half precision"""
    hint = "What are the two exponentials at x = 100, and what is inf divided by inf?"
    check_extremes(submission, submission.tanh, torch.tanh, hint)
    check_ends(submission.tanh, torch.tanh)


def own_values(submission: Submission, x: Tensor) -> dict[str, Tensor]:
    """The learner's own five functions of x, by the names of the tour."""
    return {name: getattr(submission, name.lower())(x) for name in NAMES}


@exercise.check(task="tour", points=1)
def tour_names(submission: Submission) -> None:
    """tour names all five: ReLU, GELU, SiLU, Sigmoid, Tanh"""
    found = submission.tour(torch.linspace(-3, 3, 7))
    if set(found) != set(NAMES):
        raise CheckFailure(
            f"tour returned the names {', '.join(map(str, found)) or 'of nothing'}; expected {', '.join(NAMES)}",
            hint="Are all five there, spelt like that?",
        )


@exercise.check(task="tour", points=1, after=tour_names)
def tour_values(submission: Submission) -> None:
    """tour returns what your own five functions return"""
    points = torch.cat(
        [torch.linspace(-4, 4, 33), torch.tensor([-100.0, -12.0, 12.0, 100.0]), torch.randn(8)]
    )
    # Their own first: what comes after tour can be made to fit what tour returned.
    own = [(x, own_values(submission, x)) for x in (points, torch.randn(3, 4, dtype=torch.float64))]
    for x, expected in own:
        found = submission.tour(x)
        for name, values in expected.items():
            assert_close(
                found.get(name),
                values,
                f"tour(x)[{name!r}]",
                tolerance=1e-6,
                inputs=x,
                hint=f"Does that entry come from your {name.lower()} of the same x?",
            )
    check_tour_of_own(submission, points)


def check_tour_of_own(submission: Submission, x: Tensor) -> None:
    """PyTorch's five are not the learner's; a built-in that one of theirs rests on is theirs to use."""
    five = [getattr(submission, name.lower()) for name in NAMES]
    forbidden = five[1].task.forbids | five[2].task.forbids  # no other activation rests on GELU or SiLU
    with contextlib.suppress(CheckFailure):
        every = frozenset().union(*(function.task.forbids for function in five))
        for function in five:
            watched(function, every)(x)
        forbidden = every
    watched(submission.tour, forbidden)(x)


def watched(function: Function, forbids: frozenset[str]) -> Function:
    """The function, not to call these operators either."""
    return replace(function, task=replace(function.task, forbids=function.task.forbids | forbids))


@exercise.check(task="plot_tour", points=2)
def plot_tour_curves(submission: Submission) -> None:
    """plot_tour draws your five curves against x"""
    x = torch.linspace(-4, 4, 41)
    own = own_values(submission, x)
    figure = submission.plot_tour(x)
    drawn = [one for axes in figure.axes for one in axes.lines]
    for name, values in own.items():
        if not any(shows(one, x, values) for one in drawn):
            raise CheckFailure(
                f"None of the {len(drawn)} lines drawn is {name.lower()}(x) against x",
                hint="Which values are on the horizontal axis, and which on the vertical?",
            )
    submission.keep("tour", lambda: figure)


@exercise.check(task="plot_tour", points=1, after=plot_tour_curves)
def plot_tour_names(submission: Submission) -> None:
    """plot_tour names every curve and both axes, and has a grid"""
    x = torch.linspace(-4, 4, 41)
    own = own_values(submission, x)
    figure = submission.plot_tour(x)
    used = [axes for axes in figure.axes if axes.lines]
    for number, axes in enumerate(used, start=1):
        check_axes_named(axes, f"Axes {number}" if len(used) > 1 else "The axes")
        if not axes.grid:
            raise CheckFailure(f"Axes {number} have no grid", hint="Which method of an axes draws one?")
    titled = len(used) == len(NAMES) and all(
        any(name.lower() in axes.title.lower() for axes in used) for name in NAMES
    )
    legend = [text for axes in used for text in axes.legend] + list(figure.legend)
    for name in NAMES:
        if not titled and not any(name.lower() in text.lower() for text in legend):
            raise CheckFailure(
                f"{name} is not in the legend",
                hint="A legend shows the label that each line was drawn with.",
            )
    for text, one in named_lines(figure, used, titled=titled):
        check_name(text, [name for name, values in own.items() if shows(one, x, values)])


def named_lines(figure: Drawing, used: Sequence[Axes], *, titled: bool) -> Iterator[tuple[str, Line]]:
    """Each line with what a reader takes for its name: its label, its place in a legend of as many, its axes' title."""
    number = 0
    everywhere = sum(len(axes.lines) for axes in used)
    for axes in used:
        for place, one in enumerate(axes.lines):
            if not one.label.startswith("_"):  # so matplotlib calls a line that was drawn without a label
                yield one.label, one
            elif len(axes.legend) == len(axes.lines):
                yield axes.legend[place], one
            elif len(figure.legend) == everywhere:
                yield figure.legend[number], one
            elif titled and len(axes.lines) == 1:
                yield axes.title, one
            number += 1


def check_name(text: str, shown: Sequence[str]) -> None:
    """No curve goes by another's name alone, and no line that is none of the five by exactly one of theirs."""
    named = [name for name in NAMES if name.lower() in text.lower()]
    if shown and named and not set(shown) & set(named):
        raise CheckFailure(
            f"The curve of {shown[0].lower()} is named {text!r}",
            hint="Do names and curves go together one by one, in the order in which they were drawn?",
        )
    if not shown and text.strip().lower() in [name.lower() for name in named]:
        raise CheckFailure(
            f"A line named {text!r} is not {text.strip().lower()}(x) against x",
            hint="How many lines does your figure have, and from where does each get its heights?",
        )


def check_axes_named(axes: Axes, name: str) -> None:
    """Both axes carry a name, and not each other's."""
    for label, which, others in (
        (axes.xlabel, "horizontal", OUTPUTS),
        (axes.ylabel, "vertical", INPUTS),
    ):
        if not label.strip():
            raise CheckFailure(
                f"{name} have no name on the {which} axis", hint="What would a reader want to know there?"
            )
        if "".join(label.lower().split()).replace("$", "") in others:
            raise CheckFailure(
                f"{name} have {label!r} as the name of the {which} axis",
                hint="Along which of the two lies what goes into the functions, and along which what comes out?",
            )


def shows(one: Line, x: Tensor, values: Tensor) -> bool:
    """Whether the line is these values against x."""
    return same(one.x, x) and same(one.y, values)


def same(drawn: list[float], values: Tensor) -> bool:
    """Whether a line's points are these values, to plotting precision."""
    return len(drawn) == values.numel() and bool(
        torch.allclose(torch.tensor(drawn), values.double().float(), atol=1e-5, equal_nan=True)
    )
