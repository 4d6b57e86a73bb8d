"""What goes wrong in activations.py: signs, constants, overflow, lost slopes, names and curves."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..result import CheckFailure
from . import Misconceptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..remote import Function
    from ..submission import Submission

misconceptions = Misconceptions()

# What a wrong function may build on: in a learner's file these are their own.
relu, gelu, silu, sigmoid, tanh = torch.relu, F.gelu, F.silu, torch.sigmoid, torch.tanh


def tour(x: Tensor) -> dict[str, Tensor]:
    """As the lesson asks for it."""
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


# Mistakes that look the same in each of the functions are told in the same words.
CUT = "The result no longer knows that it comes from x: a step on the way leaves autograd, as detach, .data, .item() or no_grad do."
CUT_HINT = "Up to which line does your intermediate result still have requires_grad, if x has it?"
FLOAT32 = "The result is float32 whatever x is, so float64 loses digits and float16 becomes another dtype."
FLOAT32_HINT = "Which step leaves the dtype of x behind, and would the formula hold without it?"
IN_PLACE = "The result is written into x itself, so the caller's tensor is another one after the call."
IN_PLACE_HINT = "Which of your operations change the tensor they are called on, and which make a new one?"
MATH = "A function of the math module gets a whole tensor; it takes one single number."
MATH_HINT = "Which module has the same function for every element of a tensor at once?"
NUMBERS = "The backward pass is written by hand with a slope that was worked out in forward, outside the graph; it cannot be differentiated again."
NUMBERS_HINT = "What may backward compute with, if its own result is to have a graph?"
NUMPY = "The work is done by NumPy, which knows neither bfloat16 nor autograd."
NUMPY_HINT = "Which of torch's own functions does the same, and stays in the graph?"
LOOP = "A Python loop goes over the elements of x: it ends at a scalar or at rows, and its numbers are cut off from autograd."
LOOP_HINT = "Which operation does for a tensor of any shape what your loop does for one number?"
LOOP32 = "A Python loop goes over the elements of x: its numbers are cut off from autograd, and come back as float32 whatever x is."
ROWS = "A Python loop goes over the first dimension of x: a scalar has none, and of no rows nothing can be joined."
VIEW = (
    "A view asks for elements that lie side by side in memory; those of a transposed or sliced tensor do not."
)
VIEW_HINT = "Does the formula need another shape at all? If so, which method copies where view cannot?"
NOTHING = "The function ends without giving anything back, so None comes out."
NOTHING_HINT = "Is there a return on every path?"
CHAIN = "The backward pass written by hand returns the slope itself, whatever gradient comes in from the layers above."
CHAIN_HINT = "If a layer above doubles each result, what happens to the gradient, and by which argument would backward know?"
BOTH_BRANCHES = "On either side an exponential overflows in a case that is not chosen, or is mended afterwards: the values hold, and backward makes nan of inf times 0."
BOTH_BRANCHES_HINT = "Could the choice be made earlier, so that exp never sees a large positive number?"


# What tells the mistakes of a task apart: most are alike on an ordinary tensor.


def look_at(submission: Submission, function: Function, right: Callable[[Tensor], Tensor]) -> None:
    """What it does to its input, to a scalar, to columns, in other dtypes, and whether it stays in the graph."""
    x = torch.tensor([-20.0, -2.0, -0.5, 0.0, 0.7, 2.0, 3.0, 20.0])
    kept = submission.put(x)
    answer = torch.zeros(0)
    with contextlib.suppress(CheckFailure):
        answer = function(kept)
    kept.now()
    columns = x.view(2, 4).t()
    questions = [x[4], columns, x.bfloat16(), x.double()]
    if answer.shape == x.shape and torch.allclose(answer, right(x), atol=1e-5):
        # Where the numbers are wrong it is free whether they know where they come from.
        questions.append(x.clone().requires_grad_())
    for question in questions:
        with contextlib.suppress(CheckFailure):
            function(question)


@misconceptions.probe("relu")
def look_at_relu(submission: Submission) -> None:
    """As at each of the five."""
    look_at(submission, submission.relu, relu)


@misconceptions.probe("gelu")
def look_at_gelu(submission: Submission) -> None:
    """As at each of the five."""
    look_at(submission, submission.gelu, gelu)


@misconceptions.probe("silu")
def look_at_silu(submission: Submission) -> None:
    """As at each of the five."""
    look_at(submission, submission.silu, silu)


@misconceptions.probe("sigmoid")
def look_at_sigmoid(submission: Submission) -> None:
    """As at each of the five."""
    look_at(submission, submission.sigmoid, sigmoid)


@misconceptions.probe("tanh")
def look_at_tanh(submission: Submission) -> None:
    """As at each of the five."""
    look_at(submission, submission.tanh, tanh)


# relu


@misconceptions.entry(
    "R01-min-for-max",
    task="relu",
    loses="relu_values",
    diagnosis="The negative part is kept and the positive part is set to 0: the bound of 0 is on the other side.",
    hint="Which of 3 and −3 should come out as it went in?",
)
def negative_part(x: Tensor) -> Tensor:
    return x.clamp(max=0)


@misconceptions.entry(
    "R02-compared-with-one",
    task="relu",
    loses="relu_values",
    diagnosis="Whatever is smaller than 1 becomes 1: x is compared with ones.",
    hint="At which number does relu have its kink, and what is relu(0.5)?",
)
def floor_of_one(x: Tensor) -> Tensor:
    return torch.maximum(x, torch.ones_like(x))


@misconceptions.entry(
    "R03-python-max",
    task="relu",
    loses="relu_values",
    diagnosis="Python's max or if asks one yes-or-no question of the whole tensor, and a tensor of many elements has no single answer.",
    hint="Which operation decides for each element on its own?",
)
def python_max(x: Tensor) -> Tensor:
    return max(torch.zeros_like(x), x)


@misconceptions.entry(
    "R04-leaky",
    task="relu",
    loses="relu_values",
    diagnosis="A hundredth of each negative x gets through: this is leaky ReLU with slope 0.01.",
    hint="How steep is relu left of 0?",
)
def leaky(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.01 * x)


@misconceptions.entry(
    "R04b-leaky-tenth",
    task="relu",
    loses="relu_values",
    diagnosis="A tenth of each negative x gets through: this is leaky ReLU with slope 0.1.",
    hint="How steep is relu left of 0?",
)
def leaky_tenth(x: Tensor) -> Tensor:
    return torch.maximum(x, 0.1 * x)


@misconceptions.entry(
    "R05-float32-mask",
    task="relu",
    loses="relu_any_tensor",
    diagnosis="A mask or a tensor of zeros in float32 takes part, so a float16 or bfloat16 input comes back as float32.",
    hint="What dtype has each tensor that your formula makes, if x is float16?",
)
def float32_mask(x: Tensor) -> Tensor:
    return x * (x > 0).float()


@misconceptions.entry(
    "R05b-one-element-zero",
    task="relu",
    loses="relu_any_tensor",
    diagnosis="The 0 is a tensor of shape (1,), so a scalar comes back with shape (1,).",
    hint="What shape has each tensor that your formula makes, if x has no dimensions?",
)
def one_element_zero(x: Tensor) -> Tensor:
    return torch.maximum(x, torch.tensor([0.0], dtype=x.dtype))


@misconceptions.entry(
    "R06-in-place",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def clipped_in_place(x: Tensor) -> Tensor:
    x[x < 0] = 0
    return x


@misconceptions.entry(
    "R06b-in-place-behind-autograd",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def clipped_data(x: Tensor) -> Tensor:
    x.data[x < 0] = 0
    return x


@misconceptions.entry(
    "R07-mask",
    task="relu",
    loses="relu_values",
    diagnosis="Only 0 and 1 come out: this is the mask x > 0, which is the slope of relu.",
    hint="The mask says where. What should stand there?",
)
def step(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


@misconceptions.entry(
    "R08-absolute-value",
    task="relu",
    loses="relu_values",
    diagnosis="Negative numbers come back with the other sign: this is |x|.",
    hint="What should relu(−2) be?",
)
def absolute(x: Tensor) -> Tensor:
    return x.abs()


@misconceptions.entry(
    "R09-reduced",
    task="relu",
    loses="relu_values",
    diagnosis="The maximum is taken along a dimension of x, so the many elements become a few.",
    hint="Between which two numbers should the larger be found, and how many such pairs are there?",
)
def maximum_of_each(x: Tensor) -> Tensor:
    return torch.stack([torch.zeros_like(x), x]).amax(dim=-1)


@misconceptions.entry(
    "R09b-largest-element",
    task="relu",
    loses="relu_values",
    diagnosis="The largest element of x is found, one number for the whole tensor.",
    hint="How many numbers should come out if 175 go in?",
)
def largest_element(x: Tensor) -> Tensor:
    return x.max().clamp(min=0)


@misconceptions.entry(
    "R09c-dimension-for-zero",
    task="relu",
    loses="relu_values",
    diagnosis="The second argument of max is taken for a dimension, so the largest elements along it come back, with their places.",
    hint="Which function compares two tensors, element by element?",
)
def dimension_for_zero(x: Tensor) -> tuple[Tensor, Tensor]:
    return torch.max(x, 0)


@misconceptions.entry(
    "R10-softplus",
    task="relu",
    loses="relu_values",
    diagnosis="This is softplus, log(1 + exp(x)), the smooth relative of relu: at 0 it is 0.6931.",
    hint="What is relu at exactly 0?",
)
def softplus(x: Tensor) -> Tensor:
    return F.softplus(x)


@misconceptions.entry(
    "R11-relu6",
    task="relu",
    loses="relu_values",
    diagnosis="Everything above 6 comes back as 6: this is ReLU6.",
    hint="Is there a largest value that relu can take?",
)
def clipped_at_six(x: Tensor) -> Tensor:
    return x.clamp(0, 6)


@misconceptions.entry(
    "R11b-clipped-at-one",
    task="relu",
    loses="relu_values",
    diagnosis="Everything above 1 comes back as 1.",
    hint="Is there a largest value that relu can take?",
)
def clipped_at_one(x: Tensor) -> Tensor:
    return x.clamp(0, 1)


@misconceptions.entry(
    "R12-doubled-in-half",
    task="relu",
    loses="relu_extremes",
    diagnosis="The sum x + |x| is twice the answer: in float16 it is inf from 32,768 on, and half of inf is still inf.",
    hint="Could the halving come before the sum?",
)
def doubled_before_halved(x: Tensor) -> Tensor:
    return (x + x.abs()) / 2


@misconceptions.entry(
    "R12b-root-of-a-square",
    task="relu",
    loses="relu_gradient",
    diagnosis="|x| is taken as the root of x², and the slope of a root at 0 is infinite: the gradient at 0 is nan.",
    hint="What is the slope of the square root at 0, and what is it times 0?",
)
def root_of_a_square(x: Tensor) -> Tensor:
    return x / 2 + torch.sqrt(x**2) / 2


@misconceptions.entry(
    "R50-mirrored",
    task="relu",
    loses="relu_values",
    diagnosis="What comes out is relu(−x): −2 becomes 2, and 2 becomes 0.",
    hint="On which side of 0 should the numbers stay as they are?",
)
def mirrored_relu(x: Tensor) -> Tensor:
    return (-x).clamp(min=0)


@misconceptions.entry(
    "R51-negatives-left-out",
    task="relu",
    loses="relu_values",
    diagnosis="The negative elements are left out, so fewer come back than went in.",
    hint="What should stand in the place of a negative element?",
)
def negatives_left_out(x: Tensor) -> Tensor:
    return x[x > 0]


@misconceptions.entry(
    "R52-result-not-used",
    task="relu",
    loses="relu_values",
    diagnosis="Each element comes back as it was: what the operation returned is not used.",
    hint="Does your operation change x, or does it hand you something new?",
)
def result_not_used(x: Tensor) -> Tensor:
    torch.clamp(x, min=0)
    return x


@misconceptions.entry(
    "R53-elu",
    task="relu",
    loses="relu_values",
    diagnosis="Negative numbers become exp(x) − 1: this is ELU, which bends smoothly down to −1.",
    hint="What should relu(−2) be?",
)
def elu(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, torch.expm1(x.clamp(max=0)))


@misconceptions.entry(
    "R54-slope-one-everywhere",
    task="relu",
    loses="relu_gradient",
    diagnosis="The values are right, yet the slope is 1 for negative x too: the backward pass sets nothing to 0.",
    hint="Which tensor tells the backward pass where x was negative: can the output?",
)
def slope_one_everywhere(x: Tensor) -> Tensor:
    class Relu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = x.clamp(min=0)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (y,) = ctx.saved_tensors
            return torch.where(y < 0, 0, grads[0])

    y: Tensor = Relu.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "R55-number-for-a-tensor",
    task="relu",
    loses="relu_values",
    diagnosis="The plain number 0 is given to maximum, which compares two tensors.",
    hint="Which tensor has a 0 wherever x has an element, in the same dtype?",
)
def number_for_a_tensor(x: Tensor) -> Tensor:
    return torch.maximum(x, 0)  # type: ignore[arg-type]  # it is the mistake


@misconceptions.entry(
    "X03-relu-detached",
    task="relu",
    loses="relu_gradient",
    diagnosis=CUT,
    hint=CUT_HINT,
)
def detached_relu(x: Tensor) -> Tensor:
    return x.detach().clamp(min=0)


@misconceptions.entry(
    "X04-relu-numpy",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_relu(x: Tensor) -> Tensor:
    import numpy

    return torch.tensor(numpy.maximum(x.numpy(), 0))


@misconceptions.entry(
    "X05-relu-python-loop",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_relu(x: Tensor) -> Tensor:
    return torch.tensor([max(0.0, v) for v in x.tolist()], dtype=x.dtype)


@misconceptions.entry(
    "X06-relu-view",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=VIEW,
    hint=VIEW_HINT,
)
def viewed_flat(x: Tensor) -> Tensor:
    return x.view(-1).clamp(min=0).view(x.shape)


@misconceptions.entry(
    "X08-relu-float32",
    task="relu",
    loses="relu_values",
    diagnosis=FLOAT32,
    hint=FLOAT32_HINT,
)
def float32_relu(x: Tensor) -> Tensor:
    return x.float().clamp(min=0)


@misconceptions.entry(
    "R04c-leaky-fifth",
    task="relu",
    loses="relu_values",
    diagnosis="A fifth of each negative x gets through: this is leaky ReLU with slope 0.2.",
    hint="How steep is relu left of 0?",
)
def leaky_fifth(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.2 * x)


@misconceptions.entry(
    "R09d-larger-of-first-two",
    task="relu",
    loses="relu_values",
    diagnosis="The maximum is taken along a dimension of x, so the many elements become a few.",
    hint="Between which two numbers should the larger be found, and how many such pairs are there?",
)
def maximum_along_the_first(x: Tensor) -> Tensor:
    return torch.stack([torch.zeros_like(x), x], dim=-1).amax(dim=0)


@misconceptions.entry(
    "R11c-clipped-at-ten",
    task="relu",
    loses="relu_values",
    diagnosis="Everything above 10 comes back as 10.",
    hint="Is there a largest value that relu can take?",
)
def clipped_at_ten(x: Tensor) -> Tensor:
    return x.clamp(0, 10)


@misconceptions.entry(
    "R04d-leaky-twentieth",
    task="relu",
    loses="relu_values",
    diagnosis="A twentieth of each negative x gets through: this is leaky ReLU with slope 0.05.",
    hint="How steep is relu left of 0?",
)
def leaky_twentieth(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.05 * x)


@misconceptions.entry(
    "R04e-leaky-three-tenths",
    task="relu",
    loses="relu_values",
    diagnosis="Three tenths of each negative x get through: this is leaky ReLU with slope 0.3.",
    hint="How steep is relu left of 0?",
)
def leaky_three_tenths(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.3 * x)


@misconceptions.entry(
    "R11d-clipped-at-five",
    task="relu",
    loses="relu_values",
    diagnosis="Everything above 5 comes back as 5.",
    hint="Is there a largest value that relu can take?",
)
def clipped_at_five(x: Tensor) -> Tensor:
    return x.clamp(0, 5)


@misconceptions.entry(
    "X02-relu-nothing-returned",
    task="relu",
    loses="relu_values",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def relu_not_returned(x: Tensor) -> Tensor:
    x.clamp(min=0)
    return None  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "X04b-relu-numpy",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_relu_1(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.tensor(numpy.maximum(a, 0))


@misconceptions.entry(
    "X04c-relu-numpy",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_relu_2(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.from_numpy(numpy.maximum(a, 0))


@misconceptions.entry(
    "X04d-relu-numpy",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_relu_3(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.from_numpy(numpy.maximum(a, 0))


@misconceptions.entry(
    "X05b-relu-loop-in-float32",
    task="relu",
    loses="relu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_relu_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([max(0.0, v) for v in x.tolist()])


@misconceptions.entry(
    "X05c-relu-loop-of-rows",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=ROWS,
    hint=LOOP_HINT,
)
def loop_relu_of_rows(x: Tensor) -> Tensor:
    return torch.stack([v.clamp(min=0) for v in x])


@misconceptions.entry(
    "X09-relu-chain-cut",
    task="relu",
    loses="relu_gradient",
    diagnosis=CHAIN,
    hint=CHAIN_HINT,
)
def relu_without_the_chain(x: Tensor) -> Tensor:
    class Relu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            slope: Tensor = (x > 0).to(x.dtype)
            return slope

    y: Tensor = Relu.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X11-relu-asks-for-gradients",
    task="relu",
    loses="relu_any_tensor",
    diagnosis="The function has the caller's tensor ask for gradients, which it did not before.",
    hint="Who decides whether a tensor asks for gradients: the function, or who calls it?",
)
def relu_asking_for_gradients(x: Tensor) -> Tensor:
    x.requires_grad_(True)
    return x.clamp(min=0)


@misconceptions.entry(
    "X05d-relu-loop-of-elements",
    task="relu",
    loses="relu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_relu_of_elements(x: Tensor) -> Tensor:
    return torch.tensor([max(0.0, v) for v in (one.item() for one in x)], dtype=x.dtype)


@misconceptions.entry(
    "X05e-relu-loop-of-elements-in-float32",
    task="relu",
    loses="relu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_relu_of_elements_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([max(0.0, v) for v in (one.item() for one in x)])


@misconceptions.entry(
    "R09e-larger-of-first-two",
    task="relu",
    loses="relu_values",
    diagnosis="The maximum is taken along a dimension of x, so the many elements become a few.",
    hint="Between which two numbers should the larger be found, and how many such pairs are there?",
)
def maximum_along_the_first_of_x_and_zeros(x: Tensor) -> Tensor:
    return torch.stack([x, torch.zeros_like(x)], dim=-1).amax(dim=0)


@misconceptions.entry(
    "R09f-larger-of-all",
    task="relu",
    loses="relu_values",
    diagnosis="The largest element of x is found, one number for the whole tensor.",
    hint="How many numbers should come out if 175 go in?",
)
def largest_of_all(x: Tensor) -> Tensor:
    return torch.cat([x.reshape(-1), x.new_zeros(1)]).max()


@misconceptions.entry(
    "R07b-step-in-the-graph",
    task="relu",
    loses="relu_values",
    diagnosis="Only 0 and 1 come out: this is the mask x > 0, which is the slope of relu.",
    hint="The mask says where. What should stand there?",
)
def step_at_zero(x: Tensor) -> Tensor:
    return torch.heaviside(x, torch.ones((), dtype=x.dtype))


# gelu


@misconceptions.entry(
    "G01-tanh-approximation",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh; the exact form is asked for.",
    hint="Which function is Φ itself made of, without a tanh?",
)
def tanh_approximation(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@misconceptions.entry(
    "G02-quick",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate is the sigmoid of 1.702 x: this is quick GELU, off by up to 0.02.",
    hint="Which distribution does Φ belong to, and is its curve the logistic one?",
)
def quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


@misconceptions.entry(
    "G02b-quick-by-two-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate is the sigmoid of 1.7 x: this is quick GELU with a shortened constant, off by up to 0.02.",
    hint="Which distribution does Φ belong to, and is its curve the logistic one?",
)
def quick_gelu_by_two_digits(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.7 * x)


@misconceptions.entry(
    "G03-cubic-ten-times",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh, with 0.44715 for its cubic coefficient, ten times what belongs there.",
    hint="Does the exact form of Φ need a cubic term at all?",
)
def cubic_ten_times(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.44715 * x**3)))


@misconceptions.entry(
    "G04-erf-of-x",
    task="gelu",
    loses="gelu_values",
    diagnosis="In erf stands x itself, so the gate is a normal distribution that is too narrow by a factor of √2.",
    hint="Φ(1) is 0.8413. What is yours, and by what is x divided before erf?",
)
def erf_of_x(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x))


@misconceptions.entry(
    "G05-math-erf",
    task="gelu",
    loses="gelu_values",
    diagnosis=MATH,
    hint=MATH_HINT,
)
def math_erf(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + math.erf(x / math.sqrt(2)))


@misconceptions.entry(
    "G05b-torch-root-of-a-number",
    task="gelu",
    loses="gelu_values",
    diagnosis="A function of torch gets a plain Python number; it takes tensors only.",
    hint="Which module of Python has the same function for a single number?",
)
def torch_root_of_a_number(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / torch.sqrt(2)))  # type: ignore[arg-type]  # it is the mistake


@misconceptions.entry(
    "G06-clipped",
    task="gelu",
    loses="gelu_values",
    diagnosis="Nothing above 10 comes out: x or the result is clipped there.",
    hint="What should gelu(12) be, and does anything in the formula need a bound?",
)
def clipped_gelu(x: Tensor) -> Tensor:
    return (0.5 * x * (1 + torch.erf(x / math.sqrt(2)))).clamp(-10, 10)


@misconceptions.entry(
    "G07-half-missing",
    task="gelu",
    loses="gelu_values",
    diagnosis="Each value is twice what it should be: 1 + erf runs from 0 to 2, a gate from 0 to 1.",
    hint="To what does your gate rise for a large x?",
)
def half_missing(x: Tensor) -> Tensor:
    return x * (1 + torch.erf(x / math.sqrt(2)))


@misconceptions.entry(
    "G08-gate-only",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate Φ(x) itself comes out: ½ at 0, 1 far to the right.",
    hint="What is it that the gate should let through?",
)
def distribution_only(x: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


@misconceptions.entry(
    "G09-silu",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate is the logistic sigmoid: this is SiLU.",
    hint="Both gates rise from 0 to 1. Which of them is asked for here?",
)
def silu_for_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(x)


@misconceptions.entry(
    "G10-root-times",
    task="gelu",
    loses="gelu_values",
    diagnosis="Before erf, x is multiplied by √2, so the gate opens twice as fast as it should.",
    hint="Φ(1) is 0.8413, and yours is 0.9772. Should x grow or shrink on its way into erf?",
)
def root_times(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x * math.sqrt(2)))


@misconceptions.entry(
    "G11-half-for-root",
    task="gelu",
    loses="gelu_values",
    diagnosis="Before erf, x is divided by 2, so the gate opens too slowly.",
    hint="Φ(1) is 0.8413, and yours is 0.7602. By what is x divided in the definition?",
)
def half_for_root(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / 2))


@misconceptions.entry(
    "G12-cubic-missing",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh, and without its cubic term.",
    hint="Which function is Φ itself made of, without a tanh?",
)
def cubic_missing(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * x))


@misconceptions.entry(
    "G13-root-of-three-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but √2 stands there as 1.41.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_three_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / 1.41))


@misconceptions.entry(
    "G13b-root-of-four-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but √2 stands there as 1.414.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_four_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / 1.414))


@misconceptions.entry(
    "G13c-root-of-five-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but √2 stands there as 1.4142.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_five_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / 1.4142))


@misconceptions.entry(
    "G14b-one-element-root",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis="The constant √2 is a float32 tensor of shape (1,), so a scalar comes back with shape (1,), and float16 as float32.",
    hint="What could a constant be, so that it has no shape and no dtype of its own?",
)
def one_element_root(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / torch.sqrt(torch.tensor([2.0]))))


@misconceptions.entry(
    "G15-root-of-two-pi",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh, with √(2π) in the place of √(2/π).",
    hint="Which function is Φ itself made of, without a tanh and without π?",
)
def root_of_two_pi(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 * math.pi) * (x + 0.044715 * x**3)))


@misconceptions.entry(
    "G50-density",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate is the bell curve, the density of the normal distribution: it falls back to 0 on the right.",
    hint="Density or distribution function: which of them rises to 1?",
)
def density(x: Tensor) -> Tensor:
    return x * torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


@misconceptions.entry(
    "G51-erf-without-one",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate runs from −½ to ½: erf alone stands in it, without the 1.",
    hint="What should Φ(0) be, and what is erf(0)?",
)
def erf_without_one(x: Tensor) -> Tensor:
    return 0.5 * x * torch.erf(x / math.sqrt(2))


@misconceptions.entry(
    "G52-upper-tail",
    task="gelu",
    loses="gelu_values",
    diagnosis="The gate is Φ(−x): open on the left, shut on the right, as with a sign turned in erf or erfc.",
    hint="Which share of 10 should get through, and which share of −10?",
)
def upper_tail(x: Tensor) -> Tensor:
    return 0.5 * x * torch.erfc(x / math.sqrt(2))


@misconceptions.entry(
    "G53-brackets",
    task="gelu",
    loses="gelu_values",
    diagnosis="The product ½ · x is added to erf: without brackets it ends before the sum.",
    hint="What is to be multiplied by ½ · x: the 1, or the whole sum?",
)
def gelu_without_brackets(x: Tensor) -> Tensor:
    return 0.5 * x * 1 + torch.erf(x / math.sqrt(2))


@misconceptions.entry(
    "G54-detached-gate",
    task="gelu",
    loses="gelu_gradient",
    diagnosis="The values are right, and the gradient is Φ(x) alone: the gate is cut off from the graph.",
    hint="The product rule gives two terms. Which of them needs the gate to know its x?",
)
def gelu_with_detached_gate(x: Tensor) -> Tensor:
    return x * 0.5 * (1 + torch.erf(x.detach() / math.sqrt(2)))


@misconceptions.entry(
    "G55-doubled-in-half",
    task="gelu",
    loses="gelu_extremes",
    diagnosis="The product x · (1 + erf) is twice the answer: in float16 it is inf from 32,768 on, and half of inf is still inf.",
    hint="In which order could the three factors be multiplied, so that none of the products is larger than x?",
)
def gelu_halved_last(x: Tensor) -> Tensor:
    return x * (1 + torch.erf(x / math.sqrt(2))) / 2


@misconceptions.entry(
    "G56-mean-of-the-data",
    task="gelu",
    loses="gelu_values",
    diagnosis="At first x is brought to mean 0 and deviation 1 by its own elements, so each value depends on all others.",
    hint="Whose mean and deviation does the standard normal distribution have?",
)
def mean_of_the_data(x: Tensor) -> Tensor:
    z = (x - x.mean()) / x.std()
    return 0.5 * x * (1 + torch.erf(z / math.sqrt(2)))


@misconceptions.entry(
    "G57-root-outside",
    task="gelu",
    loses="gelu_values",
    diagnosis="Not x is divided by √2, but erf(x): the gate runs from 0.15 to 0.85.",
    hint="To what should the gate rise for a large x, and what stands inside the brackets of erf?",
)
def root_outside(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x) / math.sqrt(2))


@misconceptions.entry(
    "G58-in-place",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def gelu_in_place(x: Tensor) -> Tensor:
    x *= 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    return x


@misconceptions.entry(
    "G58b-in-place-behind-autograd",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def gelu_of_data(x: Tensor) -> Tensor:
    x.data.mul_(torch.erfc(-x.data / math.sqrt(2)) / 2)
    return x


@misconceptions.entry(
    "X03-gelu-detached",
    task="gelu",
    loses="gelu_gradient",
    diagnosis=CUT,
    hint=CUT_HINT,
)
def detached_gelu(x: Tensor) -> Tensor:
    with torch.no_grad():
        return 0.5 * x * torch.erfc(-x / math.sqrt(2))


@misconceptions.entry(
    "X08-gelu-float32",
    task="gelu",
    loses="gelu_values",
    diagnosis=FLOAT32,
    hint=FLOAT32_HINT,
)
def float32_gelu(x: Tensor) -> Tensor:
    x = x.float()
    return 0.5 * x * torch.erfc(-x / math.sqrt(2))


@misconceptions.entry(
    "G03b-cubic-mistyped",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh, with 0.04715 for its cubic coefficient: a digit is missing.",
    hint="Does the exact form of Φ need a cubic term at all?",
)
def cubic_mistyped(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.04715 * x**3)))


@misconceptions.entry(
    "G13d-root-of-two-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but √2 stands there as 1.4.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_two_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / 1.4))


@misconceptions.entry(
    "G13e-root-of-half-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but 1/√2 stands there as 0.707.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_a_half_in_three_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(0.707 * x))


@misconceptions.entry(
    "G03c-cubic-a-tenth",
    task="gelu",
    loses="gelu_values",
    diagnosis="This is the approximation of GELU by tanh, with 0.0044715 for its cubic coefficient, a tenth of what belongs there.",
    hint="Does the exact form of Φ need a cubic term at all?",
)
def cubic_a_tenth(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.0044715 * x**3)))


@misconceptions.entry(
    "G05c-torch-root-of-a-quotient",
    task="gelu",
    loses="gelu_values",
    diagnosis="A function of torch gets a plain Python number; it takes tensors only.",
    hint="Which module of Python has the same function for a single number?",
)
def torch_root_of_a_quotient(x: Tensor) -> Tensor:
    root = torch.sqrt(2 / math.pi)  # type: ignore[arg-type]  # it is the mistake
    return 0.5 * x * (1 + torch.tanh(root * (x + 0.044715 * x**3)))


@misconceptions.entry(
    "G06b-clipped-at-six",
    task="gelu",
    loses="gelu_values",
    diagnosis="Nothing above 6 comes out: x or the result is clipped there.",
    hint="What should gelu(12) be, and does anything in the formula need a bound?",
)
def gelu_clipped_at_six(x: Tensor) -> Tensor:
    x = x.clamp(-6, 6)
    return 0.5 * x * torch.erfc(-x / math.sqrt(2))


@misconceptions.entry(
    "X02-gelu-nothing-returned",
    task="gelu",
    loses="gelu_values",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def gelu_not_returned(x: Tensor) -> Tensor:
    0.5 * x * torch.erfc(-x / math.sqrt(2))
    return None  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "X05-gelu-python-loop",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_gelu(x: Tensor) -> Tensor:
    return torch.tensor([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()], dtype=x.dtype)


@misconceptions.entry(
    "X05b-gelu-loop-in-float32",
    task="gelu",
    loses="gelu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_gelu_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()])


@misconceptions.entry(
    "X05c-gelu-loop-of-rows",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=ROWS,
    hint=LOOP_HINT,
)
def loop_gelu_of_rows(x: Tensor) -> Tensor:
    return torch.stack([0.5 * v * torch.erfc(-v / math.sqrt(2)) for v in x])


@misconceptions.entry(
    "X06-gelu-view",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=VIEW,
    hint=VIEW_HINT,
)
def viewed_gelu(x: Tensor) -> Tensor:
    flat = x.view(-1)
    return (0.5 * flat * torch.erfc(-flat / math.sqrt(2))).view(x.shape)


@misconceptions.entry(
    "X09-gelu-chain-cut",
    task="gelu",
    loses="gelu_gradient",
    diagnosis=CHAIN,
    hint=CHAIN_HINT,
)
def gelu_without_the_chain(x: Tensor) -> Tensor:
    class Gelu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return 0.5 * x * torch.erfc(-x / math.sqrt(2))

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            slope: Tensor = 0.5 * torch.erfc(-x / math.sqrt(2)) + x * torch.exp(-x * x / 2) / math.sqrt(
                2 * math.pi
            )
            return slope

    y: Tensor = Gelu.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X05d-gelu-loop-of-elements",
    task="gelu",
    loses="gelu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_gelu_of_elements(x: Tensor) -> Tensor:
    return torch.tensor(
        [0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in (one.item() for one in x)], dtype=x.dtype
    )


@misconceptions.entry(
    "X05e-gelu-loop-of-elements-in-float32",
    task="gelu",
    loses="gelu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_gelu_of_elements_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in (one.item() for one in x)])


@misconceptions.entry(
    "G13f-half-root-of-four-digits",
    task="gelu",
    loses="gelu_values",
    diagnosis="The form is right, but 1/√2 stands there as 0.7071.",
    hint="Who could work out √2 for you, to all its digits?",
)
def root_of_a_half_in_four_digits(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(0.7071 * x))


# silu


@misconceptions.entry(
    "U01-naive-quotient",
    task="silu",
    loses="silu_extremes",
    diagnosis="The values hold, but exp(−x) is inf far to the left, in float16 from −12 on, and backward makes nan of inf times 0.",
    hint="How large can the argument of your exponential become, and could it be kept at or below 0?",
)
def naive_quotient(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x))


@misconceptions.entry(
    "U02-in-place",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def silu_in_place(x: Tensor) -> Tensor:
    x *= torch.sigmoid(x)
    return x


@misconceptions.entry(
    "U02b-in-place-behind-autograd",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def silu_of_data(x: Tensor) -> Tensor:
    x.data.mul_(torch.sigmoid(x.data))
    return x


@misconceptions.entry(
    "U03-hard-swish",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is made of straight lines, 0 left of −3 and 1 right of 3: this is hard swish.",
    hint="Is the gate of SiLU ever exactly 0 or 1?",
)
def hard_swish(x: Tensor) -> Tensor:
    return x * (x + 3).clamp(0, 6) / 6


@misconceptions.entry(
    "U04-guard-for-float32",
    task="silu",
    loses="silu_extremes",
    diagnosis="All holds in float32 and float64, but in float16 the gradient is nan at −12: nothing above 65,504 fits into it.",
    hint="What is exp(12), and is there a form in which exp never grows?",
)
def silu_guarded_for_float32(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x.clamp(min=-88.7)))


@misconceptions.entry(
    "U04b-guard-at-twenty",
    task="silu",
    loses="silu_extremes",
    diagnosis="The gate gets an x clipped at −20, so far to the left it stays open by 2e-9, and −10,000 lets −0.00002 through.",
    hint="To what should the gate fall as x goes on to the left, and is there a form without a bound?",
)
def silu_guarded_at_twenty(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x.clamp(min=-20)))


@misconceptions.entry(
    "U04c-clipped-at-500",
    task="silu",
    loses="silu_extremes",
    diagnosis="Before exp, x is clipped so far out that in float32 exp(89) is still inf: the gradient is nan at −89.",
    hint="From which number on is exp inf in float32, and in float16?",
)
def silu_clipped_at_500(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x.clamp(-500, 500)))


@misconceptions.entry(
    "U05-module-of-x",
    task="silu",
    loses="silu_values",
    diagnosis="A module comes back: x is given to its constructor as an option, and the module is never called.",
    hint="What is the formula that such a module would compute?",
)
def module_of_x(x: Tensor) -> nn.Module:
    return nn.SiLU(x)  # type: ignore[arg-type]  # it is the mistake


@misconceptions.entry(
    "U06-gate-only",
    task="silu",
    loses="silu_values",
    diagnosis="The gate itself comes out, σ(x): ½ at 0, 1 far to the right.",
    hint="What is it that the gate should let through?",
)
def sigmoid_only(x: Tensor) -> Tensor:
    return sigmoid(x)


@misconceptions.entry(
    "U07-sign-of-the-gate",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is σ(−x): open on the left, shut on the right.",
    hint="Which share of 10 should get through, and which share of −10?",
)
def mirrored_gate(x: Tensor) -> Tensor:
    return x * sigmoid(-x)


@misconceptions.entry(
    "U08-quick-gelu",
    task="silu",
    loses="silu_values",
    diagnosis="The gate gets 1.702 x: that factor belongs to quick GELU.",
    hint="At x = 1 silu is 0.7311, and yours is 0.8458. What goes into the gate?",
)
def quick_gelu_for_silu(x: Tensor) -> Tensor:
    return x * sigmoid(1.702 * x)


@misconceptions.entry(
    "U09-gelu",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is the normal distribution function: this is GELU.",
    hint="Both gates rise from 0 to 1. Which of them is asked for here?",
)
def gelu_for_silu(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


@misconceptions.entry(
    "U09b-mish",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is the tanh of softplus: this is Mish.",
    hint="At x = 0.5 silu is 0.3112, and yours is 0.3752. Which gate is asked for?",
)
def mish(x: Tensor) -> Tensor:
    return x * torch.tanh(F.softplus(x))


@misconceptions.entry(
    "U50-doubled-in-half",
    task="silu",
    loses="silu_extremes",
    diagnosis="First x is multiplied by twice the gate, then halved: in float16 that product is inf from 32,768 on, and half of inf is still inf.",
    hint="Could the gate be finished before x is multiplied by it?",
)
def silu_halved_last(x: Tensor) -> Tensor:
    return x * (torch.tanh(x / 2) + 1) / 2


@misconceptions.entry(
    "U51-quotient-of-exponentials",
    task="silu",
    loses="silu_extremes",
    diagnosis="Above and below stands exp(x): from 11 on the slope loses digits, and far to the right inf / inf is nan.",
    hint="Which form of the gate is safe on the right, and could it be chosen by the sign of x?",
)
def silu_of_exponentials(x: Tensor) -> Tensor:
    return x * (torch.exp(x) / (1 + torch.exp(x)))


@misconceptions.entry(
    "U52-tanh-gate",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is tanh, which runs from −1 to 1: silu(−10) comes out near 10.",
    hint="Between which two numbers should a gate lie?",
)
def tanh_gate(x: Tensor) -> Tensor:
    return x * tanh(x)


@misconceptions.entry(
    "U53-detached-gate",
    task="silu",
    loses="silu_gradient",
    diagnosis="The values are right, and the gradient is σ(x) alone: the gate is cut off from the graph.",
    hint="The product rule gives two terms. Which of them needs the gate to know its x?",
)
def silu_with_detached_gate(x: Tensor) -> Tensor:
    return x * sigmoid(x).detach()


@misconceptions.entry(
    "U54-sum",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is added to x: at 0 the result is ½.",
    hint="How does a gate that is shut keep x from getting through?",
)
def sum_with_the_gate(x: Tensor) -> Tensor:
    return x + sigmoid(x)


@misconceptions.entry(
    "U55-derivative",
    task="silu",
    loses="silu_values",
    diagnosis="The slope of SiLU comes out: ½ at 0, near 1 on the right.",
    hint="Autograd finds the slope. What is left for you to compute?",
)
def slope_of_silu(x: Tensor) -> Tensor:
    s = sigmoid(x)
    return s + x * s * (1 - s)


@misconceptions.entry(
    "U56-clipped-gate",
    task="silu",
    loses="silu_values",
    diagnosis="The gate gets an x clipped at ±10, so it never quite opens nor shuts: at −12 it lets −0.0005 through.",
    hint="Which part of the formula needs a bound, and would it need one if exp never saw a large number?",
)
def clipped_gate(x: Tensor) -> Tensor:
    return x * sigmoid(x.clamp(-10, 10))


@misconceptions.entry(
    "U57-where-over-both",
    task="silu",
    loses="silu_extremes",
    diagnosis=BOTH_BRANCHES,
    hint=BOTH_BRANCHES_HINT,
)
def silu_where_over_both(x: Tensor) -> Tensor:
    return x * torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


@misconceptions.entry(
    "U58-math-exp",
    task="silu",
    loses="silu_values",
    diagnosis=MATH,
    hint=MATH_HINT,
)
def silu_by_math_exp(x: Tensor) -> Tensor:
    return x / (1 + math.exp(-x))


@misconceptions.entry(
    "U59-brackets",
    task="silu",
    loses="silu_values",
    diagnosis="First x is divided by 1, then exp(−x) is added: without brackets the quotient ends before the sum.",
    hint="How much of your formula does the division reach?",
)
def silu_without_brackets(x: Tensor) -> Tensor:
    return x / 1 + torch.exp(-x)


@misconceptions.entry(
    "X03-silu-detached",
    task="silu",
    loses="silu_gradient",
    diagnosis=CUT,
    hint=CUT_HINT,
)
def detached_silu(x: Tensor) -> Tensor:
    return x.data * sigmoid(x.data)


@misconceptions.entry(
    "X07-silu-slope-as-numbers",
    task="silu",
    loses="silu_gradient",
    diagnosis=NUMBERS,
    hint=NUMBERS_HINT,
)
def silu_slope_as_numbers(x: Tensor) -> Tensor:
    class Silu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            s = sigmoid(x)
            ctx.slope = s + x * s * (1 - s)
            return x * s

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            slope: Tensor = ctx.slope
            return grads[0] * slope

    y: Tensor = Silu.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X08-silu-float32",
    task="silu",
    loses="silu_values",
    diagnosis=FLOAT32,
    hint=FLOAT32_HINT,
)
def float32_silu(x: Tensor) -> Tensor:
    return x.float() * sigmoid(x.float())


@misconceptions.entry(
    "U03b-hard-by-fifths",
    task="silu",
    loses="silu_values",
    diagnosis="The gate is made of straight lines, 0 left of −2.5 and 1 right of 2.5.",
    hint="Is the gate of SiLU ever exactly 0 or 1?",
)
def silu_hard_by_fifths(x: Tensor) -> Tensor:
    return x * (0.2 * x + 0.5).clamp(0, 1)


@misconceptions.entry(
    "U05b-module-class",
    task="silu",
    loses="silu_values",
    diagnosis="A class comes back: nothing is made of it, and it is not called.",
    hint="What is the formula that such a module would compute?",
)
def module_class(x: Tensor) -> Tensor:
    return nn.SiLU  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "U08b-twice-x",
    task="silu",
    loses="silu_values",
    diagnosis="The gate gets 2 x, so it opens twice as fast as it should.",
    hint="At x = 1 silu is 0.7311, and yours is 0.8808. What goes into the gate?",
)
def silu_of_twice_x(x: Tensor) -> Tensor:
    return x * sigmoid(2 * x)


@misconceptions.entry(
    "X02-silu-nothing-returned",
    task="silu",
    loses="silu_values",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def silu_not_returned(x: Tensor) -> Tensor:
    x * sigmoid(x)
    return None  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "X04-silu-numpy",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_silu(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.tensor(a / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04b-silu-numpy",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_silu_1(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.tensor(a / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04c-silu-numpy",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_silu_2(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.from_numpy(a / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04d-silu-numpy",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_silu_3(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.from_numpy(a / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X05-silu-python-loop",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_silu(x: Tensor) -> Tensor:
    return torch.tensor([v / (1 + math.exp(-v)) for v in x.tolist()], dtype=x.dtype)


@misconceptions.entry(
    "X05b-silu-loop-in-float32",
    task="silu",
    loses="silu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_silu_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([v / (1 + math.exp(-v)) for v in x.tolist()])


@misconceptions.entry(
    "X05c-silu-loop-of-rows",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=ROWS,
    hint=LOOP_HINT,
)
def loop_silu_of_rows(x: Tensor) -> Tensor:
    return torch.stack([v * sigmoid(v) for v in x])


@misconceptions.entry(
    "X06-silu-view",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=VIEW,
    hint=VIEW_HINT,
)
def viewed_silu(x: Tensor) -> Tensor:
    flat = x.view(-1)
    return (flat * sigmoid(flat)).view(x.shape)


@misconceptions.entry(
    "X09-silu-chain-cut",
    task="silu",
    loses="silu_gradient",
    diagnosis=CHAIN,
    hint=CHAIN_HINT,
)
def silu_without_the_chain(x: Tensor) -> Tensor:
    class Silu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x * sigmoid(x)

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            slope: Tensor = sigmoid(x) * (1 + x * (1 - sigmoid(x)))
            return slope

    y: Tensor = Silu.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X05d-silu-loop-of-elements",
    task="silu",
    loses="silu_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_silu_of_elements(x: Tensor) -> Tensor:
    return torch.tensor([v / (1 + math.exp(-v)) for v in (one.item() for one in x)], dtype=x.dtype)


@misconceptions.entry(
    "X05e-silu-loop-of-elements-in-float32",
    task="silu",
    loses="silu_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_silu_of_elements_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([v / (1 + math.exp(-v)) for v in (one.item() for one in x)])


# sigmoid


@misconceptions.entry(
    "S01-naive",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="The values hold, but exp(−x) is inf far to the left, in float16 from −12 on, and backward makes nan of inf times 0.",
    hint="On which side is this formula safe, and which one is safe on the other?",
)
def naive_sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


@misconceptions.entry(
    "S02-clipped-too-wide",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="The values hold, but in float32 the gradient is nan at −89, where exp(89) is inf; at −10,000 it is none again.",
    hint="From which number on is exp inf in float32, and in float16?",
)
def clipped_at_500(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-500, 500)))


@misconceptions.entry(
    "S02b-guard-for-float32",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="All holds in float32 and float64, but in float16 the gradient is nan at −12: nothing above 65,504 fits into it.",
    hint="What is exp(12), and is there a form in which exp never grows?",
)
def sigmoid_guarded_for_float32(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-88, 88)))


@misconceptions.entry(
    "S02c-guard-at-twenty",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="All holds in float32 and float64, but in float16 the gradient is nan at −12: nothing above 65,504 fits into it.",
    hint="What is exp(12), and is there a form in which exp never grows?",
)
def sigmoid_guarded_at_twenty(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-20, 20)))


@misconceptions.entry(
    "S02d-clipped-at-hundred",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="The values hold, but in float32 the gradient is nan at −89, where exp(89) is inf; at −10,000 it is none again.",
    hint="From which number on is exp inf in float32, and in float16?",
)
def clipped_at_100(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-100, 100)))


@misconceptions.entry(
    "S02e-clipped-at-thousand",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="The values hold, but in float32 the gradient is nan at −89, where exp(89) is inf; at −10,000 it is none again.",
    hint="From which number on is exp inf in float32, and in float16?",
)
def clipped_at_1000(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-1000, 1000)))


@misconceptions.entry(
    "S02f-guard-at-fifteen",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="Beyond ±15 x is clipped: that is too narrow in float32, where 0.0000003 is left on the left, and too wide in float16, where exp(12) is inf.",
    hint="What is exp(12), and is there a form in which exp never grows?",
)
def sigmoid_guarded_at_fifteen(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-15, 15)))


@misconceptions.entry(
    "S03-one-minus",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="Below a fraction stands exp(x): far to the right it is inf, and though the value holds there, the gradient is nan.",
    hint="How large can the argument of your exponential become, and could it be kept at or below 0?",
)
def one_minus(x: Tensor) -> Tensor:
    return 1 - 1 / (1 + torch.exp(x))


@misconceptions.entry(
    "S04-inf-over-inf",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="Above and below stands exp(x): far to the right it is inf in both places, and the value is nan.",
    hint="On which side is this formula safe, and which one is safe on the other?",
)
def inf_over_inf(x: Tensor) -> Tensor:
    return torch.exp(x) / (1 + torch.exp(x))


@misconceptions.entry(
    "S05-where-over-both",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis=BOTH_BRANCHES,
    hint=BOTH_BRANCHES_HINT,
)
def sigmoid_where_over_both(x: Tensor) -> Tensor:
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


@misconceptions.entry(
    "S06-brackets",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="1 is divided by 1 and exp(−x) is added: without brackets the quotient ends before the sum.",
    hint="How much of your formula does the division reach?",
)
def sigmoid_without_brackets(x: Tensor) -> Tensor:
    return 1 / 1 + torch.exp(-x)


@misconceptions.entry(
    "S07-sign",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The curve falls from 1 to 0: this is σ(−x).",
    hint="To what should σ rise for a large x, and what becomes of your exponential there?",
)
def falling(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(x))


@misconceptions.entry(
    "S08-clamped-result",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The result is kept between 0.0001 and 0.9999, and beyond its slope is 0.",
    hint="May σ come as near to 0 as it likes, and what keeps yours away?",
)
def clamped_result(x: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-x))).clamp(1e-4, 1 - 1e-4)


@misconceptions.entry(
    "S09-derivative",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The slope σ(x) · (1 − σ(x)) comes out: ¼ at 0, next to nothing at both ends.",
    hint="Autograd finds the slope. What is left for you to compute?",
)
def slope_of_sigmoid(x: Tensor) -> Tensor:
    s = 1 / (1 + torch.exp(-x))
    return s * (1 - s)


@misconceptions.entry(
    "S09b-derivative-of-a-result",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="What comes out is x · (1 − x): that is the slope, written for an x that is already a sigmoid.",
    hint="Autograd finds the slope. What is left for you to compute?",
)
def slope_of_a_result(x: Tensor) -> Tensor:
    return x * (1 - x)


@misconceptions.entry(
    "S10-hard",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The curve is made of straight lines, 0 left of −3 and 1 right of 3: this is the hard sigmoid.",
    hint="Is σ ever exactly 0 or 1, and which function bends it?",
)
def hard_sigmoid(x: Tensor) -> Tensor:
    return ((x + 3) / 6).clamp(0, 1)


@misconceptions.entry(
    "S10b-hard-by-fifths",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The curve is made of straight lines, 0 left of −2.5 and 1 right of 2.5: this is a hard sigmoid.",
    hint="Is σ ever exactly 0 or 1, and which function bends it?",
)
def hard_by_fifths(x: Tensor) -> Tensor:
    return (0.2 * x + 0.5).clamp(0, 1)


@misconceptions.entry(
    "S11-abs-at-zero",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis="The values are right, but at exactly 0 the slope is 0: a step on the way is flat there, as |x| is, or leaves x = 0 out.",
    hint="Follow x = 0 through your steps: which of them has slope 0 there?",
)
def abs_at_zero(x: Tensor) -> Tensor:
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1.0, e) / (1 + e)


@misconceptions.entry(
    "S11b-clamped-on-both-sides",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis="The values are right, but at exactly 0 both clamps let their slope through, and the gradient there is ½.",
    hint="Which of the two branches does x = 0 take, and could it be only one of them?",
)
def clamped_on_both_sides(x: Tensor) -> Tensor:
    above = torch.exp(x.clamp(max=0))
    return above / (above + torch.exp(-x.clamp(min=0)))


@misconceptions.entry(
    "S12-tanh-of-x",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The curve runs from 0 to 1, but it is twice as steep as it should be: this is σ(2x).",
    hint="At x = 2 σ is 0.8808. At which x does yours have that value?",
)
def tanh_of_x(x: Tensor) -> Tensor:
    return (torch.tanh(x) + 1) / 2


@misconceptions.entry(
    "S13-base-two",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The power is one of 2, not of e: the curve is too flat.",
    hint="At x = 1 σ is 0.7311, and yours is 0.6667. Which number is raised to the power?",
)
def base_two(x: Tensor) -> Tensor:
    return 1 / (1 + 2**-x)


@misconceptions.entry(
    "S14-tanh",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="This is tanh: it runs from −1 to 1, with 0 at 0.",
    hint="Between which two numbers does σ lie, and what is it at 0?",
)
def tanh_for_sigmoid(x: Tensor) -> Tensor:
    return torch.tanh(x)


@misconceptions.entry(
    "S15-clipped-input",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Beyond ±10 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should σ(−12) be, next to σ(−10)?",
)
def clipped_input(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-10, 10)))


@misconceptions.entry(
    "S50-normalised-over-the-tensor",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Each exp(x) is divided by the sum over the whole tensor: this is a softmax, and each value depends on all others.",
    hint="Should σ(0) change if another number stands beside it?",
)
def normalised_over_the_tensor(x: Tensor) -> Tensor:
    return torch.exp(x) / torch.exp(x).sum()


@misconceptions.entry(
    "S51-minus-in-the-denominator",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The denominator is 1 − exp(−x): it is 0 at x = 0, and negative to the left.",
    hint="What should σ(0) be, and what is your denominator there?",
)
def minus_in_the_denominator(x: Tensor) -> Tensor:
    return 1 / (1 - torch.exp(-x))


@misconceptions.entry(
    "S52-zero-left-out",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="One case is for x > 0, one for x < 0; x = 0 belongs to neither, and keeps the 0 that was there before.",
    hint="Which of your two cases does x = 0 take?",
)
def zero_left_out(x: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    y[x > 0] = 1 / (1 + torch.exp(-x[x > 0]))
    y[x < 0] = torch.exp(x[x < 0]) / (1 + torch.exp(x[x < 0]))
    return y


@misconceptions.entry(
    "S53-in-place",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def sigmoid_in_place(x: Tensor) -> Tensor:
    return x.neg_().exp_().add_(1).reciprocal_()


@misconceptions.entry(
    "S53c-in-place-behind-autograd",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def sigmoid_of_data(x: Tensor) -> Tensor:
    x.data.copy_((torch.tanh(x.data / 2) + 1) / 2)
    return x


@misconceptions.entry(
    "S54-backward-from-the-input",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis="The backward pass forms σ · (1 − σ) from the saved input, in the place of the saved output.",
    hint="In which of the two tensors that forward knows does σ(x) stand?",
)
def backward_from_the_input(x: Tensor) -> Tensor:
    class Sigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return (torch.tanh(x / 2) + 1) / 2

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (saved,) = ctx.saved_tensors
            slope: Tensor = saved * (1 - saved)
            return grads[0] * slope

    y: Tensor = Sigmoid.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "S55-math-exp",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis=MATH,
    hint=MATH_HINT,
)
def sigmoid_by_math_exp(x: Tensor) -> Tensor:
    return 1 / (1 + math.exp(-x)) * torch.ones_like(x)


@misconceptions.entry(
    "S56-logarithm",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The logarithm of σ comes out: all values are negative, −0.6931 at 0.",
    hint="Between which two numbers does σ lie?",
)
def logarithm_of_sigmoid(x: Tensor) -> Tensor:
    return -torch.log(1 + torch.exp(-x))


@misconceptions.entry(
    "S57-sign-forgotten",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Only |x| goes in, and the sign of x is not asked for again: σ(−2) comes out as σ(2).",
    hint="Your form holds for x = 2. Which fraction of the same exponential belongs to x = −2?",
)
def sign_of_sigmoid_forgotten(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.abs()))


@misconceptions.entry(
    "X03-sigmoid-detached",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis=CUT,
    hint=CUT_HINT,
)
def detached_sigmoid(x: Tensor) -> Tensor:
    return (torch.tanh(x.detach() / 2) + 1) / 2


@misconceptions.entry(
    "X05-sigmoid-python-loop",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_sigmoid(x: Tensor) -> Tensor:
    return torch.tensor([1 / (1 + math.exp(-v)) for v in x.tolist()], dtype=x.dtype)


@misconceptions.entry(
    "X07-sigmoid-slope-as-numbers",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis=NUMBERS,
    hint=NUMBERS_HINT,
)
def sigmoid_slope_as_numbers(x: Tensor) -> Tensor:
    class Sigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = (torch.tanh(x / 2) + 1) / 2
            ctx.slope = y * (1 - y)
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            slope: Tensor = ctx.slope
            return grads[0] * slope

    y: Tensor = Sigmoid.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X07b-sigmoid-factor-as-numbers",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis="The backward pass is written by hand, and one of its two factors is a number from forward, outside the graph: the slope is right, the slope of the slope is not.",
    hint=NUMBERS_HINT,
)
def sigmoid_factor_as_numbers(x: Tensor) -> Tensor:
    class Sigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y, rest = (1 + torch.tanh(x / 2)) / 2, (1 - torch.tanh(x / 2)) / 2
            ctx.save_for_backward(y, rest)
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            y, rest = ctx.saved_tensors
            slope: Tensor = grads[0] * y * rest
            return slope

    y: Tensor = Sigmoid.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X08-sigmoid-float32",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis=FLOAT32,
    hint=FLOAT32_HINT,
)
def float32_sigmoid(x: Tensor) -> Tensor:
    return (torch.tanh(x.float() / 2) + 1) / 2


@misconceptions.entry(
    "S08b-clamped-at-1e-3",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The result is kept between 0.001 and 0.999, and beyond its slope is 0.",
    hint="May σ come as near to 0 as it likes, and what keeps yours away?",
)
def clamped_at_1e_3(x: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-x))).clamp(1e-3, 1 - 1e-3)


@misconceptions.entry(
    "S08c-clamped-at-1e-5",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The result is kept between 0.00001 and 0.99999, and beyond its slope is 0.",
    hint="May σ come as near to 0 as it likes, and what keeps yours away?",
)
def clamped_at_1e_5(x: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-x))).clamp(1e-5, 1 - 1e-5)


@misconceptions.entry(
    "S08d-clamped-at-1e-6",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="Far out a millionth is left between the result and a limit of σ, 0 or 1 or both.",
    hint="May σ come as near to 0 as it likes, and what keeps yours away?",
)
def clamped_at_1e_6(x: Tensor) -> Tensor:
    return ((torch.tanh(x / 2) + 1) / 2).clamp(1e-6, 1 - 1e-6)


@misconceptions.entry(
    "S08e-clamped-at-1e-7",
    task="sigmoid",
    loses="sigmoid_extremes",
    diagnosis="Far out a ten-millionth is left between the result and a limit of σ, 0 or 1 or both.",
    hint="May σ come as near to 0 as it likes, and what keeps yours away?",
)
def clamped_at_1e_7(x: Tensor) -> Tensor:
    return ((torch.tanh(x / 2) + 1) / 2).clamp(1e-7, 1 - 1e-7)


@misconceptions.entry(
    "S10c-hard-by-quarters",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="The curve is made of straight lines, 0 left of −2 and 1 right of 2: it touches σ in the middle only.",
    hint="Is σ ever exactly 0 or 1, and which function bends it?",
)
def hard_by_quarters(x: Tensor) -> Tensor:
    return (0.25 * x + 0.5).clamp(0, 1)


@misconceptions.entry(
    "S15b-clipped-on-the-left",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Below −10 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should σ(−12) be, next to σ(−10)?",
)
def clipped_on_the_left(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(min=-10)))


@misconceptions.entry(
    "S15c-clipped-at-six",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Beyond ±6 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should σ(−12) be, next to σ(−6)?",
)
def clipped_at_six_before_exp(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-6, 6)))


@misconceptions.entry(
    "S15d-clipped-at-eight",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Beyond ±8 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should σ(−12) be, next to σ(−8)?",
)
def clipped_at_eight_before_exp(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-8, 8)))


@misconceptions.entry(
    "S15e-clipped-at-five",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis="Beyond ±5 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should σ(−12) be, next to σ(−5)?",
)
def clipped_at_five_before_exp(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x.clamp(-5, 5)))


@misconceptions.entry(
    "X02-sigmoid-nothing-returned",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def sigmoid_not_returned(x: Tensor) -> Tensor:
    (torch.tanh(x / 2) + 1) / 2
    return None  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "X04-sigmoid-numpy",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_sigmoid(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.tensor(1 / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04b-sigmoid-numpy",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_sigmoid_1(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.tensor(1 / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04c-sigmoid-numpy",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_sigmoid_2(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.from_numpy(1 / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X04d-sigmoid-numpy",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_sigmoid_3(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.from_numpy(1 / (1 + numpy.exp(-a)))


@misconceptions.entry(
    "X05b-sigmoid-loop-in-float32",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_sigmoid_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([1 / (1 + math.exp(-v)) for v in x.tolist()])


@misconceptions.entry(
    "X05c-sigmoid-loop-of-rows",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=ROWS,
    hint=LOOP_HINT,
)
def loop_sigmoid_of_rows(x: Tensor) -> Tensor:
    return torch.stack([(torch.tanh(v / 2) + 1) / 2 for v in x])


@misconceptions.entry(
    "X06-sigmoid-view",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=VIEW,
    hint=VIEW_HINT,
)
def viewed_sigmoid(x: Tensor) -> Tensor:
    flat = x.view(-1)
    return ((torch.tanh(flat / 2) + 1) / 2).view(x.shape)


@misconceptions.entry(
    "X09-sigmoid-chain-cut",
    task="sigmoid",
    loses="sigmoid_gradient",
    diagnosis=CHAIN,
    hint=CHAIN_HINT,
)
def sigmoid_without_the_chain(x: Tensor) -> Tensor:
    class Sigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return (torch.tanh(x / 2) + 1) / 2

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            slope: Tensor = torch.sigmoid(x) * torch.sigmoid(-x)
            return slope

    y: Tensor = Sigmoid.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "S53b-clipped-in-place",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis="The caller's tensor is clipped before exp, so it is another one after the call.",
    hint=IN_PLACE_HINT,
)
def clipped_in_place_before_exp(x: Tensor) -> Tensor:
    x.data.clamp_(-20, 20)
    return (torch.tanh(x / 2) + 1) / 2


@misconceptions.entry(
    "X05d-sigmoid-loop-of-elements",
    task="sigmoid",
    loses="sigmoid_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_sigmoid_of_elements(x: Tensor) -> Tensor:
    return torch.tensor([1 / (1 + math.exp(-v)) for v in x], dtype=x.dtype)


@misconceptions.entry(
    "X05e-sigmoid-loop-of-elements-in-float32",
    task="sigmoid",
    loses="sigmoid_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_sigmoid_of_elements_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([1 / (1 + math.exp(-v)) for v in x])


# tanh


@misconceptions.entry(
    "T01-naive-quotient",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="The exponentials stand above and below: far out one of them is inf in both places, and inf / inf is nan.",
    hint="By what could both halves of the fraction be divided, so that nothing in them grows?",
)
def quotient_of_exponentials(x: Tensor) -> Tensor:
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@misconceptions.entry(
    "T01b-sinh-over-cosh",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="Both sinh and cosh are inf far out, and inf / inf is nan.",
    hint="By what could both halves of the fraction be divided, so that nothing in them grows?",
)
def sinh_over_cosh(x: Tensor) -> Tensor:
    return torch.sinh(x) / torch.cosh(x)


@misconceptions.entry(
    "T02-exp-of-twice-x",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="Above and below stands exp(2x): in float16 it is inf from 6 on, and inf / inf is nan.",
    hint="The left side holds. What is different about the exponential there?",
)
def exp_of_twice_x(x: Tensor) -> Tensor:
    return (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)


@misconceptions.entry(
    "T02b-exp-of-minus-twice-x",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="Above and below stands exp(−2x): in float16 it is inf from −6 on, to the left, and inf / inf is nan.",
    hint="The right side holds. What is different about the exponential there?",
)
def exp_of_minus_twice_x(x: Tensor) -> Tensor:
    return (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x))


@misconceptions.entry(
    "T03-where-over-both",
    task="tanh",
    loses="tanh_extremes",
    diagnosis=BOTH_BRANCHES,
    hint=BOTH_BRANCHES_HINT,
)
def tanh_where_over_both(x: Tensor) -> Tensor:
    left, right = torch.exp(2 * x), torch.exp(-2 * x)
    return torch.where(x >= 0, (1 - right) / (1 + right), (left - 1) / (left + 1))


@misconceptions.entry(
    "T04-naive-sigmoid",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="Below a fraction stands exp(−2x): on the left it is inf, and though the value holds there, the gradient is nan.",
    hint="Does your own sigmoid hold at −1000, gradient included, and could tanh rest on it?",
)
def naive_sigmoid_of_twice_x(x: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-2 * x)) - 1


@misconceptions.entry(
    "T04b-naive-sigmoid-of-minus-x",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="Below a fraction stands exp(2x): on the right it is inf, and though the value holds there, the gradient is nan.",
    hint="How large can the argument of your exponential become, and could it be kept at or below 0?",
)
def naive_sigmoid_of_minus_twice_x(x: Tensor) -> Tensor:
    return 1 - 2 / (torch.exp(2 * x) + 1)


@misconceptions.entry(
    "T05-series",
    task="tanh",
    loses="tanh_values",
    diagnosis="This is the Taylor series with three terms: close to tanh near 0, and far from it beyond 1.",
    hint="To what does tanh come near for a large x, and can a polynomial do that?",
)
def series_of_three(x: Tensor) -> Tensor:
    return x - x**3 / 3 + 2 * x**5 / 15


@misconceptions.entry(
    "T05b-series-of-two",
    task="tanh",
    loses="tanh_values",
    diagnosis="This is the Taylor series with two terms: close to tanh near 0, and far from it beyond 1.",
    hint="To what does tanh come near for a large x, and can a polynomial do that?",
)
def series_of_two(x: Tensor) -> Tensor:
    return x - x**3 / 3


@misconceptions.entry(
    "T06-sign-at-zero",
    task="tanh",
    loses="tanh_gradient",
    diagnosis="The values are right, but at exactly 0 the sign of x is 0, or |x| has slope 0; so the slope of the result is lost there.",
    hint="What is the sign of 0 in your formula, and which slope does abs have there?",
)
def sign_at_zero(x: Tensor) -> Tensor:
    e = torch.exp(-2 * x.abs())
    return torch.sign(x) * (1 - e) / (1 + e)


@misconceptions.entry(
    "T06b-x-over-abs",
    task="tanh",
    loses="tanh_values",
    diagnosis="The sign is taken as x / |x|, and at 0 that is 0 / 0, which is nan.",
    hint="What is tanh(0), and which sign could 0 be given?",
)
def x_over_abs(x: Tensor) -> Tensor:
    e = torch.exp(-2 * x.abs())
    return x / x.abs() * (1 - e) / (1 + e)


@misconceptions.entry(
    "T07-derivative",
    task="tanh",
    loses="tanh_values",
    diagnosis="The slope 1 − tanh²(x) comes out: 1 at 0, next to nothing at both ends.",
    hint="Autograd finds the slope. What is left for you to compute?",
)
def slope_of_tanh(x: Tensor) -> Tensor:
    t = 2 * sigmoid(2 * x) - 1
    return 1 - t * t


@misconceptions.entry(
    "T08-sigmoid-of-x",
    task="tanh",
    loses="tanh_values",
    diagnosis="The sigmoid is stretched to (−1, 1), but it gets x as it is, so the curve is half as steep as it should be.",
    hint="How steep is tanh at 0, and how steep is yours?",
)
def stretched_sigmoid(x: Tensor) -> Tensor:
    return 2 * sigmoid(x) - 1


@misconceptions.entry(
    "T09-not-stretched",
    task="tanh",
    loses="tanh_values",
    diagnosis="What comes out is σ(2x): it runs from 0 to 1, with ½ at 0.",
    hint="Between which two numbers does tanh lie, and what is it at 0?",
)
def not_stretched(x: Tensor) -> Tensor:
    return sigmoid(2 * x)


@misconceptions.entry(
    "T10-hard",
    task="tanh",
    loses="tanh_values",
    diagnosis="Beyond ±1 x is clipped: this is the hard tanh, made of straight lines.",
    hint="Is tanh ever exactly 1, and what is tanh(1)?",
)
def hard_tanh(x: Tensor) -> Tensor:
    return x.clamp(-1, 1)


@misconceptions.entry(
    "T10b-softsign",
    task="tanh",
    loses="tanh_values",
    diagnosis="The divisor is 1 + |x|: this is softsign, which goes to ±1 far more slowly.",
    hint="At x = 1 tanh is 0.7616, and yours is 0.5. Which function should bend the curve?",
)
def softsign(x: Tensor) -> Tensor:
    return x / (1 + x.abs())


@misconceptions.entry(
    "T11-brackets",
    task="tanh",
    loses="tanh_values",
    diagnosis="Only the middle two of the four exponentials are divided: without brackets the quotient is between neighbours.",
    hint="What is to be divided by what: one exponential, or the whole difference?",
)
def tanh_without_brackets(x: Tensor) -> Tensor:
    return torch.exp(x) - torch.exp(-x) / torch.exp(x) + torch.exp(-x)


@misconceptions.entry(
    "T50-upside-down",
    task="tanh",
    loses="tanh_values",
    diagnosis="The fraction stands upside down: this is coth, which has no value at 0 and is never between −1 and 1.",
    hint="Which half of the fraction should be 0 at x = 0?",
)
def upside_down(x: Tensor) -> Tensor:
    return (torch.exp(x) + torch.exp(-x)) / (torch.exp(x) - torch.exp(-x))


@misconceptions.entry(
    "T51-sinh",
    task="tanh",
    loses="tanh_values",
    diagnosis="The difference of the two exponentials is divided by 2: this is sinh, which grows without bound.",
    hint="By what should the difference be divided, so that the result stays below 1?",
)
def sinh(x: Tensor) -> Tensor:
    return (torch.exp(x) - torch.exp(-x)) / 2


@misconceptions.entry(
    "T52-mirrored",
    task="tanh",
    loses="tanh_values",
    diagnosis="The curve falls from 1 to −1: this is tanh(−x).",
    hint="What sign should tanh(2) have?",
)
def mirrored_tanh(x: Tensor) -> Tensor:
    return 2 * sigmoid(-2 * x) - 1


@misconceptions.entry(
    "T53-tangent",
    task="tanh",
    loses="tanh_values",
    diagnosis="This is the tangent of the circle, sine over cosine: it repeats itself, and has poles.",
    hint="What does the h in tanh stand for, and of which function are sinh and cosh made?",
)
def tangent(x: Tensor) -> Tensor:
    return torch.tan(x)


@misconceptions.entry(
    "T54-in-place",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def tanh_in_place(x: Tensor) -> Tensor:
    return x.mul_(2).sigmoid_().mul_(2).sub_(1)


@misconceptions.entry(
    "T54b-in-place-behind-autograd",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=IN_PLACE,
    hint=IN_PLACE_HINT,
)
def tanh_of_data(x: Tensor) -> Tensor:
    x.data.copy_(2 * torch.sigmoid(2 * x.data) - 1)
    return x


@misconceptions.entry(
    "T55-not-shifted",
    task="tanh",
    loses="tanh_values",
    diagnosis="2 σ(2x) comes out: it runs from 0 to 2, with 1 at 0.",
    hint="What is tanh(0), and by how much is yours too high there?",
)
def not_shifted(x: Tensor) -> Tensor:
    return 2 * sigmoid(2 * x)


@misconceptions.entry(
    "T56-guard-for-float32",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="All holds in float32 and float64, but in float16 the result is nan at 12: nothing above 65,504 fits into it.",
    hint="What is exp(12), and is there a form in which exp never grows?",
)
def tanh_guarded_for_float32(x: Tensor) -> Tensor:
    z = x.clamp(-20, 20)
    return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))


@misconceptions.entry(
    "T57-math-exp",
    task="tanh",
    loses="tanh_values",
    diagnosis=MATH,
    hint=MATH_HINT,
)
def tanh_by_math_exp(x: Tensor) -> Tensor:
    return (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)) * torch.ones_like(x)


@misconceptions.entry(
    "T58-arctangent",
    task="tanh",
    loses="tanh_values",
    diagnosis="This is the arctangent: it rises to 1.57, and slowly.",
    hint="Between which two numbers does tanh lie?",
)
def arctangent(x: Tensor) -> Tensor:
    return torch.atan(x)


@misconceptions.entry(
    "T59-sign-forgotten",
    task="tanh",
    loses="tanh_values",
    diagnosis="Only |x| goes in, and the sign of x is not given back: tanh(−2) comes out as tanh(2).",
    hint="Your form holds for x = 2. What is different at x = −2, and what is the same?",
)
def sign_of_tanh_forgotten(x: Tensor) -> Tensor:
    e = torch.exp(-2 * x.abs())
    return (1 - e) / (1 + e)


@misconceptions.entry(
    "T61-clipped-at-five",
    task="tanh",
    loses="tanh_values",
    diagnosis="Beyond ±5 x is clipped, so the curve stops there and its slope beyond is 0.",
    hint="What should tanh(−12) be, next to tanh(−5)?",
)
def tanh_of_clipped(x: Tensor) -> Tensor:
    e = torch.exp(2 * x.clamp(-5, 5))
    return (e - 1) / (e + 1)


@misconceptions.entry(
    "X03-tanh-detached",
    task="tanh",
    loses="tanh_gradient",
    diagnosis=CUT,
    hint=CUT_HINT,
)
def detached_tanh(x: Tensor) -> Tensor:
    return (2 * sigmoid(2 * x) - 1).detach()


@misconceptions.entry(
    "X04-tanh-numpy",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_tanh(x: Tensor) -> Tensor:
    import numpy

    return torch.tensor(numpy.tanh(x.numpy()))


@misconceptions.entry(
    "X07-tanh-slope-as-numbers",
    task="tanh",
    loses="tanh_gradient",
    diagnosis=NUMBERS,
    hint=NUMBERS_HINT,
)
def tanh_slope_as_numbers(x: Tensor) -> Tensor:
    class Tanh(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = 2 * sigmoid(2 * x) - 1
            ctx.slope = 1 - y * y
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            slope: Tensor = ctx.slope
            return grads[0] * slope

    y: Tensor = Tanh.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X08-tanh-float32",
    task="tanh",
    loses="tanh_values",
    diagnosis=FLOAT32,
    hint=FLOAT32_HINT,
)
def float32_tanh(x: Tensor) -> Tensor:
    return 2 * sigmoid(2 * x.float()) - 1


@misconceptions.entry(
    "T05c-series-of-four",
    task="tanh",
    loses="tanh_values",
    diagnosis="This is the Taylor series with four terms: close to tanh near 0, and far from it beyond 1.",
    hint="To what does tanh come near for a large x, and can a polynomial do that?",
)
def series_of_four(x: Tensor) -> Tensor:
    return x - x**3 / 3 + 2 * x**5 / 15 - 17 * x**7 / 315


@misconceptions.entry(
    "T11b-brackets-above",
    task="tanh",
    loses="tanh_values",
    diagnosis="Only the second exponential is divided by the sum: the difference above the line has no brackets.",
    hint="What is to be divided by what: one exponential, or the whole difference?",
)
def difference_without_brackets(x: Tensor) -> Tensor:
    return torch.exp(x) - torch.exp(-x) / (torch.exp(x) + torch.exp(-x))


@misconceptions.entry(
    "T11c-brackets-of-twice-x",
    task="tanh",
    loses="tanh_values",
    diagnosis="Neither exp(2x) − 1 nor exp(2x) + 1 stands in brackets: only the two neighbours of the line are divided.",
    hint="What is to be divided by what: one exponential, or the whole difference?",
)
def twice_x_without_brackets(x: Tensor) -> Tensor:
    return torch.exp(2 * x) - 1 / torch.exp(2 * x) + 1


@misconceptions.entry(
    "T11d-brackets-below",
    task="tanh",
    loses="tanh_values",
    diagnosis="The difference is divided by the first exponential alone, and the second is added: the sum below needs brackets.",
    hint="In which order does Python take a quotient and a sum, and what is to stand below?",
)
def brackets_below(x: Tensor) -> Tensor:
    a, b = torch.exp(x), torch.exp(-x)
    return (a - b) / a + b


@misconceptions.entry(
    "T60-kept-from-one",
    task="tanh",
    loses="tanh_extremes",
    diagnosis="A ten-millionth is kept between the result and its limits −1 and 1, and beyond its slope is 0.",
    hint="May tanh come as near to 1 as it likes, and what would the bound protect?",
)
def kept_from_one(x: Tensor) -> Tensor:
    return (2 * sigmoid(2 * x) - 1).clamp(-1 + 1e-7, 1 - 1e-7)


@misconceptions.entry(
    "X02-tanh-nothing-returned",
    task="tanh",
    loses="tanh_values",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def tanh_not_returned(x: Tensor) -> Tensor:
    2 * sigmoid(2 * x) - 1
    return None  # type: ignore[return-value]  # it is the mistake


@misconceptions.entry(
    "X04b-tanh-numpy",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_tanh_1(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.tensor(numpy.tanh(a))


@misconceptions.entry(
    "X04c-tanh-numpy",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_tanh_2(x: Tensor) -> Tensor:
    import numpy

    a = x.numpy()
    return torch.from_numpy(numpy.tanh(a))


@misconceptions.entry(
    "X04d-tanh-numpy",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=NUMPY,
    hint=NUMPY_HINT,
)
def numpy_tanh_3(x: Tensor) -> Tensor:
    import numpy

    a = x.detach().numpy()
    return torch.from_numpy(numpy.tanh(a))


@misconceptions.entry(
    "X05-tanh-python-loop",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_tanh(x: Tensor) -> Tensor:
    return torch.tensor([math.tanh(v) for v in x.tolist()], dtype=x.dtype)


@misconceptions.entry(
    "X05b-tanh-loop-in-float32",
    task="tanh",
    loses="tanh_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_tanh_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([math.tanh(v) for v in x.tolist()])


@misconceptions.entry(
    "X05c-tanh-loop-of-rows",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=ROWS,
    hint=LOOP_HINT,
)
def loop_tanh_of_rows(x: Tensor) -> Tensor:
    return torch.stack([2 * sigmoid(2 * v) - 1 for v in x])


@misconceptions.entry(
    "X06-tanh-view",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=VIEW,
    hint=VIEW_HINT,
)
def viewed_tanh(x: Tensor) -> Tensor:
    flat = x.view(-1)
    return (2 * sigmoid(2 * flat) - 1).view(x.shape)


@misconceptions.entry(
    "X09-tanh-chain-cut",
    task="tanh",
    loses="tanh_gradient",
    diagnosis=CHAIN,
    hint=CHAIN_HINT,
)
def tanh_without_the_chain(x: Tensor) -> Tensor:
    class Tanh(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return 2 * sigmoid(2 * x) - 1

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            slope: Tensor = 4 * sigmoid(2 * x) * sigmoid(-2 * x)
            return slope

    y: Tensor = Tanh.apply(x)  # type: ignore[no-untyped-call]
    return y


@misconceptions.entry(
    "X05d-tanh-loop-of-elements",
    task="tanh",
    loses="tanh_any_tensor",
    diagnosis=LOOP,
    hint=LOOP_HINT,
)
def loop_tanh_of_elements(x: Tensor) -> Tensor:
    return torch.tensor([math.tanh(v) for v in x], dtype=x.dtype)


@misconceptions.entry(
    "X05e-tanh-loop-of-elements-in-float32",
    task="tanh",
    loses="tanh_values",
    diagnosis=LOOP32,
    hint=LOOP_HINT,
)
def loop_tanh_of_elements_in_float32(x: Tensor) -> Tensor:
    return torch.tensor([math.tanh(v) for v in x])


# tour: P50 to P59


@misconceptions.entry(
    "P50-small-letters",
    task="tour",
    loses="tour_names",
    diagnosis="The names are those of the functions, in small letters.",
    hint="How does the docstring spell the five, capitals included?",
)
def small_letters(x: Tensor) -> dict[str, Tensor]:
    return {"relu": relu(x), "gelu": gelu(x), "silu": silu(x), "sigmoid": sigmoid(x), "tanh": tanh(x)}


@misconceptions.entry(
    "P51-swish",
    task="tour",
    loses="tour_names",
    diagnosis="One of the five goes by its other name, Swish.",
    hint="How does the docstring call x·σ(x)?",
)
def swish(x: Tensor) -> dict[str, Tensor]:
    return {"ReLU": relu(x), "GELU": gelu(x), "Swish": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P52-functions-not-called",
    task="tour",
    loses="tour_names",
    diagnosis="The values are the functions themselves: none of them is called.",
    hint="What should a reader of the dictionary find: a recipe, or numbers for this x?",
)
def functions_not_called(x: Tensor) -> dict[str, Any]:
    return {"ReLU": relu, "GELU": gelu, "SiLU": silu, "Sigmoid": sigmoid, "Tanh": tanh}


@misconceptions.entry(
    "P53-list",
    task="tour",
    loses="tour_names",
    diagnosis="The five results come back in a list, without their names.",
    hint="Which type of Python finds a value by its name?",
)
def list_of_results(x: Tensor) -> list[Tensor]:
    return [relu(x), gelu(x), silu(x), sigmoid(x), tanh(x)]


@misconceptions.entry(
    "P54-silu-and-sigmoid-swapped",
    task="tour",
    loses="tour_values",
    diagnosis="SiLU and Sigmoid have each other's values.",
    hint="Which of the two is 0 at 0, and under which name does it stand?",
)
def silu_and_sigmoid_swapped(x: Tensor) -> dict[str, Tensor]:
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": sigmoid(x), "Sigmoid": silu(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P55-gelu-and-silu-swapped",
    task="tour",
    loses="tour_values",
    diagnosis="GELU and SiLU have each other's values.",
    hint="At x = 1 one of them is 0.8413, the other 0.7311. Which is which?",
)
def gelu_and_silu_swapped(x: Tensor) -> dict[str, Tensor]:
    return {"ReLU": relu(x), "GELU": silu(x), "SiLU": gelu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P56-sigmoid-and-tanh-swapped",
    task="tour",
    loses="tour_values",
    diagnosis="Sigmoid and Tanh have each other's values.",
    hint="Which of the two is 0 at 0, and under which name does it stand?",
)
def sigmoid_and_tanh_swapped(x: Tensor) -> dict[str, Tensor]:
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": tanh(x), "Tanh": sigmoid(x)}


@misconceptions.entry(
    "P57-chained",
    task="tour",
    loses="tour_values",
    diagnosis="Each function gets what the one before it returned, as the layers of a network would.",
    hint="At which points are all five asked for?",
)
def chained(x: Tensor) -> dict[str, Tensor]:
    found = {}
    functions = {"ReLU": relu, "GELU": gelu, "SiLU": silu, "Sigmoid": sigmoid, "Tanh": tanh}
    for name, function in functions.items():
        x = function(x)
        found[name] = x
    return found


@misconceptions.entry(
    "P58-points-of-its-own",
    task="tour",
    loses="tour_values",
    diagnosis="The functions are evaluated at points that tour makes itself; the x that it was given is not used.",
    hint="Where does the x come from for which a caller wants the five values?",
)
def points_of_its_own(x: Tensor) -> dict[str, Tensor]:
    x = torch.linspace(-5, 5, 100)
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P59-one-function-for-all",
    task="tour",
    loses="tour_values",
    diagnosis="The values of one function stand under all five names.",
    hint="Which function does each turn of your loop call?",
)
def one_function_for_all(x: Tensor) -> dict[str, Tensor]:
    return {name: tanh(x) for name in ("ReLU", "GELU", "SiLU", "Sigmoid", "Tanh")}


@misconceptions.entry(
    "P50b-capitals",
    task="tour",
    loses="tour_names",
    diagnosis="The names are in capitals throughout.",
    hint="How does the docstring spell the five?",
)
def capital_names(x: Tensor) -> dict[str, Tensor]:
    return {"RELU": relu(x), "GELU": gelu(x), "SILU": silu(x), "SIGMOID": sigmoid(x), "TANH": tanh(x)}


@misconceptions.entry(
    "P53b-stacked",
    task="tour",
    loses="tour_names",
    diagnosis="The five results come back as one tensor, without their names.",
    hint="Which type of Python finds a value by its name?",
)
def stacked_results(x: Tensor) -> Tensor:
    return torch.stack([relu(x), gelu(x), silu(x), sigmoid(x), tanh(x)])


@misconceptions.entry(
    "P54b-relu-and-gelu-swapped",
    task="tour",
    loses="tour_values",
    diagnosis="ReLU and GELU have each other's values.",
    hint="Which of the two is exactly 0 at −1, and under which name does it stand?",
)
def relu_and_gelu_swapped(x: Tensor) -> dict[str, Tensor]:
    return {"ReLU": gelu(x), "GELU": relu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P57b-flattened",
    task="tour",
    loses="tour_values",
    diagnosis="The results have one dimension, whatever shape x has.",
    hint="What shape has relu(x) if x has rows and columns?",
)
def flattened_first(x: Tensor) -> dict[str, Tensor]:
    x = x.reshape(-1)
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P57c-float32",
    task="tour",
    loses="tour_values",
    diagnosis="The results are float32, whatever dtype x has.",
    hint="What dtype has relu(x) if x is float64?",
)
def float32_first(x: Tensor) -> dict[str, Tensor]:
    x = x.float()
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P57d-flat-float32",
    task="tour",
    loses="tour_values",
    diagnosis="The results are float32 and have one dimension, whatever x is.",
    hint="Which shape and which dtype has relu(x), for any x?",
)
def flat_float32_first(x: Tensor) -> dict[str, Tensor]:
    x = x.float().reshape(-1)
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "P57e-clipped",
    task="tour",
    loses="tour_values",
    diagnosis="Beyond ±6 x is clipped before the functions get it.",
    hint="At which points are all five asked for?",
)
def clipped_points(x: Tensor) -> dict[str, Tensor]:
    x = x.clamp(-6, 6)
    return {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}


@misconceptions.entry(
    "X02-tour-nothing-returned",
    task="tour",
    loses="tour_names",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def tour_not_returned(x: Tensor) -> dict[str, Tensor] | None:
    found = {"ReLU": relu(x), "GELU": gelu(x), "SiLU": silu(x), "Sigmoid": sigmoid(x), "Tanh": tanh(x)}
    for y in found.values():
        y.sum()
    return None


@misconceptions.entry(
    "P53c-values-as-lists",
    task="tour",
    loses="tour_names",
    diagnosis="The values are lists of Python numbers, no tensors.",
    hint="What does each of your five functions return, and what is left to be done with it?",
)
def values_as_lists(x: Tensor) -> dict[str, list[float]]:
    functions = {"ReLU": relu, "GELU": gelu, "SiLU": silu, "Sigmoid": sigmoid, "Tanh": tanh}
    return {name: function(x).tolist() for name, function in functions.items()}


# plot_tour: P60 to P69. A Figure made by hand stays out of pyplot's list of figures, so nobody has to close it.


@misconceptions.entry(
    "P60-heights-only",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="Only the heights are given to plot, so 0, 1, 2, … stand along the horizontal axis.",
    hint="What does plot take for the horizontal axis if it is given one sequence?",
)
def heights_only(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P61-axes-exchanged",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="The two sequences are exchanged: the values lie along the horizontal axis.",
    hint="In which order does plot take its two sequences?",
)
def axes_exchanged(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(y.tolist(), x.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P62-figure-for-each",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="Each turn of the loop begins a new figure, and the last one comes back, with one curve.",
    hint="How often should a figure be made, and how often a line?",
)
def figure_for_each(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    for name, y in tour(x).items():
        figure = Figure()
        axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
        axes.plot(x.tolist(), y.tolist(), label=name)
        axes.grid()
        axes.legend()
    return figure


@misconceptions.entry(
    "P63-return-in-the-loop",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="The return stands inside the loop, so the figure comes back with its first curve only.",
    hint="How often does your loop run before the function ends?",
)
def return_in_the_loop(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
        axes.grid()
        axes.legend()
        return figure
    return figure


@misconceptions.entry(
    "P64-points-of-its-own",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="The curves are drawn over points that plot_tour makes itself; the x that it was given is not used.",
    hint="Where does the x come from for which a caller wants to see the curves?",
)
def drawn_over_points_of_its_own(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    x = torch.linspace(-5, 5, 100)
    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P65-scattered",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="The figure has points, and no lines: they are scattered, not plotted.",
    hint="Which method of an axes joins the points to a curve?",
)
def scattered(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.scatter(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P66-axes-returned",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis="The axes come back, and not the figure that holds them.",
    hint="Which of the two can be saved as an image?",
)
def axes_returned(x: Tensor) -> Axes:
    from matplotlib.figure import Figure

    axes = Figure().add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return axes


@misconceptions.entry(
    "P67-no-legend",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The figure shows no name beside a curve: there is no legend, or it was asked for before any line had a label.",
    hint="A label is given when a line is drawn. What shows it, and when may that be called?",
)
def no_legend(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    return figure


@misconceptions.entry(
    "P68-axes-without-names",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="Neither axis has a name; a title of the whole figure does not tell what lies along them.",
    hint="What would a reader want to know at the edge of the figure, below and to the left?",
)
def axes_without_names(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(title="Five activation functions")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P69-no-grid",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="Curves, legend and axes are as asked for, and there is no grid behind them.",
    hint="By which lines would a reader find the value at x = 2?",
)
def no_grid(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.legend()
    return figure


@misconceptions.entry(
    "P70-labels-shifted",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The names stand at the wrong curves: they are given in another order than the values.",
    hint="From where does each turn of your loop take the name, and from where the values?",
)
def labels_shifted(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    names = ("Tanh", "ReLU", "GELU", "SiLU", "Sigmoid")
    for name, y in zip(names, tour(x).values(), strict=True):
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P71-names-of-axes-exchanged",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The axes have each other's names.",
    hint="Along which of the two lies what goes into the functions, and along which what comes out?",
)
def names_of_axes_exchanged(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="f(x)", ylabel="x")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P71b-y-below",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The axes have each other's names.",
    hint="Along which of the two lies what goes into the functions, and along which what comes out?",
)
def y_below(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="y", ylabel="x")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P72-line-too-many",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="Beside each curve there is the line y = x under the same name.",
    hint="How often does each turn of your loop draw, and what?",
)
def line_too_many(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
        axes.plot(x.tolist(), x.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P68b-vertical-without-name",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The vertical axis has no name.",
    hint="What would a reader want to know at the left edge of the figure?",
)
def vertical_without_name(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(
        xlabel="x",
    )
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "P68c-horizontal-without-name",
    task="plot_tour",
    loses="plot_tour_names",
    diagnosis="The horizontal axis has no name.",
    hint="What would a reader want to know at the lower edge of the figure?",
)
def horizontal_without_name(x: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return figure


@misconceptions.entry(
    "X02-plot-tour-nothing-returned",
    task="plot_tour",
    loses="plot_tour_curves",
    diagnosis=NOTHING,
    hint=NOTHING_HINT,
)
def plot_tour_not_returned(x: Tensor) -> Figure | None:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot(xlabel="x", ylabel="f(x)")
    for name, y in tour(x).items():
        axes.plot(x.tolist(), y.tolist(), label=name)
    axes.grid()
    axes.legend()
    return None
