"""The network: two layers, the activation that was given between them, raw scores at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import torch
from torch import Tensor

from ..compare import a_tensor, assert_close, gradient
from ..exercise import Exercise, Task
from ..remote import Handle, a_module
from ..result import CheckFailure
from ..submission import Submission
from ..wire import dtype_name

exercise = Exercise(
    "mlp",
    "A network of two layers",
    points=15,
    tasks=(
        Task(
            "MLP",
            a_module,
            hints=(
                "Follow a batch of shape (5, 1, 28, 28) through your network: which shape has it before fc1, after fc1, after the activation, and at the end?",
                "Count: 784 · 128 + 128 + 128 · 10 + 10 = 101,770 parameters. A layer is counted if it is an attribute of the model; one in a plain list, or made anew in forward, is not.",
                "scores = W2 · a(W1 · x + b1) + b2, with x one row of 784 an image and a the function that __init__ was given. W2 and b2 times −2 must give exactly the scores times −2.",
            ),
        ),
    ),
)

Shapes = dict[str, tuple[int, ...]]
IMAGES = 6
# Two float32 sums of 784 and 128 products differ by 1e-6 of the largest score; a wrong network by 1e-2 and more.
SCORES_DIFFER = 1e-4
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda x: x,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "square": torch.square,
}


CUT = "Does .detach(), .data, .numpy(), no_grad() or requires_grad=False stand between it and the output?"


def layer_shapes(in_features: int = 784, hidden_features: int = 128, out_features: int = 10) -> Shapes:
    """The shapes of the four parameters."""
    return {
        "fc1.weight": (hidden_features, in_features),
        "fc1.bias": (hidden_features,),
        "fc2.weight": (out_features, hidden_features),
        "fc2.bias": (out_features,),
    }


def build(submission: Submission, activation: str = "relu", sizes: dict[str, int] | None = None) -> Handle:
    """The learner's model with an activation of ours, so that theirs are not needed here."""
    model: Handle = submission.MLP(submission.make("Activation", activation), **(sizes or {}))
    return model


def layers(model: Handle, shapes: Shapes | None = None) -> dict[str, Tensor]:
    """The weights and biases of fc1 and fc2; what is missing or of another shape is said."""
    state, found = model.state(), {}
    for name, shape in (shapes or layer_shapes()).items():
        if name not in state:
            there = ", ".join(map(str, state)) or "none"
            raise CheckFailure(
                f"The model has no parameter {name} (found: {there})",
                hint="Is the layer assigned to an attribute of the model, under the name of the lesson?",
            )
        if tuple(state[name].shape) != shape:
            raise CheckFailure(
                f"{name} has shape {tuple(state[name].shape)}, expected {shape}",
                hint="Which numbers of features does nn.Linear take, and in which order?",
            )
        if state[name].dtype != torch.float32:
            raise CheckFailure(f"{name} has dtype {dtype_name(state[name].dtype)}, expected float32")
        found[name] = state[name]
    return found


def check_count(model: Handle, expected: int) -> None:
    """The parameters are those of the two layers and no others, however often each is registered."""
    parameters = model.parameters()
    count = sum(parameter.numel() for parameter in parameters.values())
    if count != expected:
        listed = "\n".join(f"{name}: {tuple(parameter.shape)}" for name, parameter in parameters.items())
        raise CheckFailure(
            f"The model has {count:,} parameters, expected {expected:,}",
            detail=listed[:2000],
            hint="Weight and bias of fc1, weight and bias of fc2: what is there beside them, or missing?",
        )


def scores(model: Handle, images: Tensor, classes: int = 10) -> Tensor:
    """What the model returns for a batch of images: float32 (N, classes)."""
    found = model(images)
    a_tensor(found, "MLP.forward", ())
    output: Tensor = found
    expected = (len(images), classes)
    if tuple(output.shape) != expected:
        raise CheckFailure(
            f"MLP.forward returned shape {tuple(output.shape)} for images of shape {tuple(images.shape)}, expected {expected}",
            hint="One row an image: what shape do the images have before fc1?",
        )
    if output.dtype != torch.float32:
        raise CheckFailure(f"MLP.forward returned dtype {dtype_name(output.dtype)}, expected float32")
    if wrong := int((~output.isfinite()).sum()):  # nan would equal the nan of what is made from it
        raise CheckFailure(
            f"MLP.forward returned nan or infinity in {wrong:,} of {output.numel():,} scores",
            hint="Which is the first of the weights, of the hidden values and of the scores that is not finite?",
        )
    return output


def reference(weights: dict[str, Tensor], images: Tensor, activation: str = "relu") -> Tensor:
    """The scores of the network with these weights, in float64."""
    w = {name: weight.double() for name, weight in weights.items()}
    hidden: Tensor = ACTIVATIONS[activation](images.double().flatten(1) @ w["fc1.weight"].T + w["fc1.bias"])
    logits: Tensor = hidden @ w["fc2.weight"].T + w["fc2.bias"]
    return logits


def near(truth: Tensor) -> float:
    """The tolerance of float32 sums of some hundred products."""
    return SCORES_DIFFER * max(1.0, float(truth.detach().abs().nan_to_num(0.0, 0.0, 0.0).max()))


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape, dtype and values."""
    return one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)


def drawn_weights() -> dict[str, Tensor]:
    """Weights and biases of ours, drawn as nn.Linear draws them.

    Not the model's own: a check would have to believe what it says of them, and zeros or one huge bias leave nothing to
    tell apart.
    """
    inputs = {"fc1": 784, "fc2": 128}
    return {
        name: torch.empty(shape).uniform_(-(inputs[name[:3]] ** -0.5), inputs[name[:3]] ** -0.5)
        for name, shape in layer_shapes().items()
    }


def multiplied(weights: dict[str, Tensor], layer: str, factor: float) -> dict[str, Tensor]:
    """The weights with those of a layer, and its biases, times a factor."""
    return {name: factor * one if name.startswith(layer) else one for name, one in weights.items()}


def give(model: Handle, weights: dict[str, Tensor]) -> None:
    """Set the weights and biases of fc1 and fc2; the same layer may be registered under other names too."""
    own = layers(model)
    state = {
        name: next((weights[known] for known, it in own.items() if same(one, it)), one)
        for name, one in model.state().items()
    }
    model.restore(state)


def like_output(submission: Submission, output: Tensor, expected: Tensor) -> Tensor:
    """The scores expected; as log-probabilities, with a remark, where the model returns those: the loss is the same."""
    if bool((output.detach().double().logsumexp(1).abs() < 1e-4).all()):
        submission.remark(
            "The output is log-probabilities: the loss takes the logarithm of softmax itself, so raw scores are enough"
        )
        return expected.log_softmax(1)
    return expected


def check_scores(submission: Submission, output: Tensor, expected: Tensor, name: str, hint: str) -> None:
    """The output is the scores expected, to float32's rounding of such sums."""
    expected = like_output(submission, output, expected)
    assert_close(output, expected, name, dtype=torch.float32, tolerance=near(expected), hint=hint)


@exercise.check(task="MLP", points=2)
def layers_are_registered(submission: Submission) -> None:
    """The model's parameters are those of fc1 and fc2: 101,770 numbers"""
    model = build(submission)
    layers(model)
    check_count(model, 101_770)


@exercise.check(task="MLP", points=1, after=layers_are_registered)
def other_sizes(submission: Submission) -> None:
    """The layers have the sizes that were asked for"""
    sizes = {"in_features": 12, "hidden_features": 7, "out_features": 3}
    model = build(submission, sizes=sizes)
    layers(model, layer_shapes(**sizes))
    scores(model, torch.rand(5, 12), 3)


def check_differ(weight: Tensor, name: str) -> None:
    """No two units of a layer begin alike."""
    kinds = len({tuple(unit) for unit in weight.tolist()})
    if kinds < len(weight):
        found = "the same" if kinds == 1 else f"only {kinds} different sets of"
        raise CheckFailure(
            f"The {len(weight)} units of {name} start with {found} weights",
            hint="If two units start alike and get the same gradient, when do they begin to differ?",
        )


def check_draws(before: Tensor, once: Tensor, twice: Tensor, what: str) -> None:
    """What was done twice left the random generator in two states; the same one means that it was seeded."""
    if torch.equal(once, twice) and not torch.equal(before, once):
        raise CheckFailure(
            f"{what} puts the random generator into the same state each time",
            hint="What else in the program draws random numbers, and what does it draw after that?",
        )


@exercise.check(task="MLP", points=1, after=layers_are_registered)
def initial_weights(submission: Submission) -> None:
    """The initial weights are random, different, and neither tiny nor huge"""
    before = submission.make("random_state")
    model = build(submission)
    once = submission.make("random_state")
    weights = layers(model)
    for name in ("fc1", "fc2"):
        weight, bias = weights[f"{name}.weight"].double(), weights[f"{name}.bias"].double()
        hidden = name == "fc1"  # an output layer may begin at zero: its units have targets of their own
        if hidden or bool(weight.any()):
            check_differ(weight, name)
        size, usual = float(weight.square().mean().sqrt()), (3 * weight.shape[1]) ** -0.5
        # In units of nn.Linear's: Xavier and He 2.2 to 2.5, N(0, 0.01) 0.2 to 0.5, rand 11 to 28, randn 20 to 48.
        if not (0.1 if hidden else 0.0) <= size / usual <= 8:
            raise CheckFailure(
                f"The weights of {name} are {size:.3g} in size (root mean square), nn.Linear makes them {usual:.2g}",
                hint=f"How large does a sum of {weight.shape[1]} such products become?",
            )
        if not abs(mean := float(weight.mean())) <= size / 2:
            raise CheckFailure(
                f"The weights of {name} are {mean:.3g} on average and {size:.3g} in size, expected about as many below 0 as above",
                hint=f"What becomes of a sum of {weight.shape[1]} such products if all have the same sign?",
            )
        # Below 0 sooner than above: 1 was a habit once, at -1 hardly a unit fires for an image.
        if not (float(bias.min()) >= -0.5 and float(bias.max()) <= 1):
            raise CheckFailure(
                f"A bias of {name} starts at {float(bias[bias.abs().argmax()]):.3g}, expected a number near 0",
                hint="For which images does a unit with such a bias fire?",
            )
    build(submission)
    check_draws(before, once, submission.make("random_state"), "Making an MLP")


def check_varied(found: Tensor) -> None:
    """Scores of different images."""
    if bool((found == found[0]).all()):
        raise CheckFailure(
            f"The scores are the same for {len(found)} different images",
            hint="Where in forward does the result depend on the images?",
        )


@exercise.check(task="MLP", points=2)
def both_input_shapes(submission: Submission) -> None:
    """Images of shape (N, 784) and (N, 1, 28, 28) give the same scores, alone and in a batch"""
    model = build(submission)
    with contextlib.suppress(CheckFailure):  # that its layers are others is another check's matter
        give(model, drawn_weights())
    images = torch.rand(IMAGES, 784)
    before = submission.make("random_state")
    flat = scores(model, images)
    check_varied(flat)
    once = submission.make("random_state")
    again = scores(model, images)
    twice = submission.make("random_state")
    assert_close(
        again,
        flat,
        "The output for the same images again",
        tolerance=near(flat),
        hint="What in forward is random?",
    )
    check_draws(before, once, twice, "A forward pass")
    square = scores(model, images.view(IMAGES, 1, 28, 28))
    hint = "Which dimensions does your forward merge, and which one has to stay?"
    assert_close(square, flat, "The output for (N, 1, 28, 28)", tolerance=near(flat), hint=hint)
    alone = torch.cat([scores(model, images[i : i + 1]) for i in range(IMAGES)])
    hint = "Should the score of one image depend on the others in its batch?"
    assert_close(alone, flat, "The output for an image alone", tolerance=near(flat), hint=hint)
    single = scores(model, images[:1].view(1, 1, 28, 28))
    hint = "Which of the two dimensions of size 1 counts the images?"
    assert_close(single, flat[:1], "The output for one image (1, 1, 28, 28)", tolerance=near(flat), hint=hint)


@exercise.check(task="MLP", points=3, after=layers_are_registered)
def raw_scores(submission: Submission) -> None:
    """The output is raw scores, not probabilities, and nothing follows fc2"""
    model, weights = build(submission), drawn_weights()
    give(model, weights)
    images = torch.rand(IMAGES, 784)
    before = scores(model, images).detach().double()
    check_varied(before)
    for dim, kind in ((1, "row"), (0, "column")):
        sums = before.sum(dim)
        if bool((before >= 0).all()) and bool(((sums - 1).abs() < 1e-4).all()):
            raise CheckFailure(
                f"The output is probabilities: no number is negative and each {kind} sums to {float(sums[0]):.4f}",
                hint="F.cross_entropy applies softmax to what it gets: what becomes of probabilities there?",
            )
    hint = "What comes after fc2, and does it turn −2 times its input into −2 times its output?"
    for factor in (-2, -1000):  # by 1000 for a bound that scores below 1 do not reach
        give(model, multiplied(weights, "fc2", factor))
        name = f"With the weight and the bias of fc2 times −{-factor}, the output"
        check_scores(submission, scores(model, images), factor * before, name, hint)
    model.fixture("mode", False)
    name = "In evaluation mode the output"
    hint = "Who asks for probabilities there, and could they be made of the scores?"
    check_scores(submission, scores(model, images), factor * before, name, hint)


@exercise.check(task="MLP", points=2, after=raw_scores)
def forward_is_two_layers(submission: Submission) -> None:
    """forward is fc2 of the activation of fc1 of the images, and no more"""
    model, weights = build(submission), drawn_weights()
    images = torch.rand(IMAGES, 1, 28, 28)
    hint = "What stands between fc1 and fc2, and are the pixels used as they come?"
    give(model, weights)
    check_scores(submission, scores(model, images), reference(weights, images), "The output", hint)
    weights = multiplied(weights, "fc1", 50)  # sums far from 0, as training may bring them
    give(model, weights)
    name = "With the weight and the bias of fc1 times 50, the output"
    check_scores(submission, scores(model, images), reference(weights, images), name, hint)


@exercise.check(task="MLP", points=2, after=forward_is_two_layers)
def activation_is_used(submission: Submission) -> None:
    """The activation that was given is the one that is used"""
    images = torch.rand(IMAGES, 784)
    # All are made before one is used: each network remembers its own.
    models = {activation: build(submission, activation) for activation in ("tanh", "identity", "square")}
    for activation, model in models.items():
        weights = drawn_weights()
        give(model, weights)
        expected = reference(weights, images, activation)
        name = f"With the activation {activation}, the output"
        hint = "Which function does forward call, and where does it come from?"
        check_scores(submission, scores(model, images), expected, name, hint)


@exercise.check(task="MLP", points=2, after=(forward_is_two_layers, activation_is_used))
def gradient_reaches_everything(submission: Submission) -> None:
    """The gradient reaches both layers and the images"""
    model = build(submission, "tanh")  # relu's kink would let float32 and float64 differ now and then
    images, cotangent = torch.rand(IMAGES, 784), torch.randn(IMAGES, 10)
    weights = drawn_weights()
    give(model, weights)
    inputs = {**weights, "the images": images}
    inputs = {name: tensor.double().requires_grad_() for name, tensor in inputs.items()}
    output = scores(model, images)
    expected = like_output(submission, output, reference(inputs, inputs["the images"], "tanh"))
    truth = dict(
        zip(inputs, torch.autograd.grad((expected * cotangent).sum(), [*inputs.values()]), strict=True)
    )
    if not output.requires_grad:
        raise CheckFailure("The output has no gradient path back to the parameters", hint=CUT)
    found = by_layer(model, model.backward(images, cotangent))
    pixels = images.clone().requires_grad_()
    (found["the images"],) = gradient(scores(model, pixels), pixels, name="The output", cotangent=cotangent)
    for name, slope in found.items():
        if slope is None:
            raise CheckFailure(f"No gradient reaches {name}", hint=CUT)
        subject, tolerance = f"The gradient of {name}", near(truth[name])
        assert_close(slope, truth[name], subject, dtype=torch.float32, tolerance=tolerance, hint=CUT)


def by_layer(model: Handle, gradients: dict[str, Tensor | None]) -> dict[str, Tensor | None]:
    """Gradients by the lesson's names, also where a layer was registered under another name first."""
    parameters = model.parameters()
    own = {
        name: next((one for one, parameter in parameters.items() if same(parameter, weight)), name)
        for name, weight in layers(model).items()
    }
    return {name: gradients.get(registered) for name, registered in own.items()}
