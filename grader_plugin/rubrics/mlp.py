"""The network: two layers, the activation that was given between them, raw scores at the end."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..compare import a_tensor, assert_close, gradient
from ..exercise import Exercise, Task
from ..result import CheckFailure
from ..submission import Handle, Submission, a_module
from ..wire import dtype_name

exercise = Exercise("mlp", "A network of two layers", tasks=(Task("MLP", a_module),))

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
            hint="Which parameters are there beside the weight and the bias of fc1 and fc2, or are not registered?",
        )


def scores(model: Handle, images: Tensor, classes: int = 10) -> Tensor:
    """What the model returns for a batch of images: float32 (N, classes)."""
    found = model(images)
    a_tensor(found, "forward", ())
    output: Tensor = found
    expected = (len(images), classes)
    if tuple(output.shape) != expected:
        raise CheckFailure(
            f"forward returned shape {tuple(output.shape)} for images of shape {tuple(images.shape)}, expected {expected}",
            hint="One row an image: what shape do the images have before fc1?",
        )
    if output.dtype != torch.float32:
        raise CheckFailure(f"forward returned dtype {dtype_name(output.dtype)}, expected float32")
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


def like_output(submission: Submission, output: Tensor, expected: Tensor) -> Tensor:
    """The scores expected; as log-probabilities, with a remark, where the model returns those: the loss is the same."""
    if bool((output.detach().double().logsumexp(1).abs() < 1e-4).all()):
        submission.remark(
            "The output is log-probabilities; the loss takes the logarithm of softmax itself, so raw scores are enough"
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
    weights = layers(model, layer_shapes(**sizes))
    images = torch.rand(5, 12)
    check_scores(
        submission,
        scores(model, images, 3),
        reference(weights, images),
        "The output of MLP(activation, 12, 7, 3)",
        "Which of the three sizes stands as a number where its name should?",
    )


@exercise.check(task="MLP", points=1, after=layers_are_registered)
def initial_weights(submission: Submission) -> None:
    """The initial weights are random, different and neither tiny nor huge"""
    weights = layers(build(submission))
    for name in ("fc1", "fc2"):
        weight, bias = weights[f"{name}.weight"].double(), weights[f"{name}.bias"].double()
        if bool((weight == weight[0]).all()):
            raise CheckFailure(
                f"All units of {name} start with the same weights",
                hint="If two units start alike and get the same gradient, when do they begin to differ?",
            )
        # In units of 1/√fan_in: nn.Linear 0.58, Xavier and He 1.3 to 1.4, N(0, 0.01) 0.11, randn 11 to 28, rand 6.5 to 16.
        size = float(weight.square().mean().sqrt()) * weight.shape[1] ** 0.5
        if not 0.05 <= size <= 5:
            raise CheckFailure(
                f"The weights of {name} are {size:.3g} / √{weight.shape[1]} in size, nn.Linear makes them 0.58 / √{weight.shape[1]}",
                hint="How large does a sum of that many products become?",
            )
        if not float(bias.abs().max()) <= 1:
            raise CheckFailure(
                f"A bias of {name} starts at {float(bias[bias.abs().argmax()]):.3g}, expected a number near 0",
                hint="Which units fire with such a bias?",
            )


@exercise.check(task="MLP", points=2)
def both_input_shapes(submission: Submission) -> None:
    """Images of shape (N, 784) and (N, 1, 28, 28) give the same scores, alone and in a batch"""
    model = build(submission)
    images = torch.rand(IMAGES, 784)
    flat = scores(model, images)
    hint = "Which dimensions does your forward merge, and which one has to stay?"
    assert_close(
        scores(model, images.view(IMAGES, 1, 28, 28)),
        flat,
        "The output for (N, 1, 28, 28)",
        tolerance=near(flat),
        hint=hint,
    )
    alone = torch.cat([scores(model, images[i : i + 1]) for i in range(IMAGES)])
    assert_close(
        alone,
        flat,
        "The output for an image alone",
        tolerance=near(flat),
        hint="Should the score of one image depend on the others in its batch?",
    )


@exercise.check(task="MLP", points=3, after=layers_are_registered)
def raw_scores(submission: Submission) -> None:
    """The output is raw scores, not probabilities, and nothing follows fc2"""
    model = build(submission)
    images = torch.rand(IMAGES, 784)
    before = scores(model, images)
    for dim, kind in ((1, "row"), (0, "column")):
        sums = before.double().sum(dim)
        if bool((before >= 0).all()) and bool(((sums - 1).abs() < 1e-4).all()):
            raise CheckFailure(
                f"The output is probabilities: no number is negative and each {kind} sums to {float(sums[0]):.4f}",
                hint="F.cross_entropy applies softmax to what it gets: what happens if it gets probabilities?",
            )
    state, weights = model.state(), layers(model)
    last = [weights["fc2.weight"], weights["fc2.bias"]]
    # The same layer may be registered under other names too.
    turned = {
        name: -2 * tensor if any(torch.equal(tensor, one) for one in last) else tensor
        for name, tensor in state.items()
    }
    model.restore(turned)
    after = scores(model, images)
    check_scores(
        submission,
        after,
        -2 * before.double(),
        "With the parameters of fc2 times −2, the output",
        "What comes after fc2 that does not turn −2 times its input into −2 times its output?",
    )


@exercise.check(task="MLP", points=2, after=raw_scores)
def forward_is_two_layers(submission: Submission) -> None:
    """forward is fc2 of the activation of fc1 of the images, and no more"""
    model = build(submission)
    images = torch.rand(IMAGES, 1, 28, 28)
    expected = reference(layers(model), images)
    check_scores(
        submission,
        scores(model, images),
        expected,
        "The output",
        "What stands between fc1 and fc2, and are the pixels used as they come?",
    )


@exercise.check(task="MLP", points=2, after=raw_scores)
def activation_is_used(submission: Submission) -> None:
    """The activation that was given is the one that is used"""
    images = torch.rand(IMAGES, 784)
    for activation in ("tanh", "square", "identity"):
        model = build(submission, activation)
        expected = reference(layers(model), images, activation)
        check_scores(
            submission,
            scores(model, images),
            expected,
            f"With the activation {activation} the output",
            "Which function does forward call, and where does it come from?",
        )


@exercise.check(task="MLP", points=2, after=raw_scores)
def gradient_reaches_everything(submission: Submission) -> None:
    """The gradient reaches both layers and the images"""
    model = build(submission, "tanh")
    images, cotangent = torch.rand(IMAGES, 784), torch.randn(IMAGES, 10)
    weights = {name: weight.double().requires_grad_() for name, weight in layers(model).items()}
    pixels = images.double().requires_grad_()
    expected = reference(weights, pixels, "tanh")
    output = scores(model, images)
    truth = torch.autograd.grad(
        (like_output(submission, output, expected) * cotangent).sum(), [*weights.values(), pixels]
    )
    found = by_layer(model, model.backward(images, cotangent))
    for name, true_slope in zip(weights, truth, strict=False):
        slope = found[name]
        if slope is None:
            raise CheckFailure(
                f"No gradient reaches {name}",
                hint="Does .detach(), .data, .numpy() or torch.no_grad() stand between it and the output?",
            )
        assert_close(
            slope, true_slope, f"The gradient of {name}", dtype=torch.float32, tolerance=near(true_slope)
        )
    images.requires_grad_()
    (slope,) = gradient(scores(model, images), images, name="The output", cotangent=cotangent)
    assert_close(
        slope, truth[-1], "The gradient of the images", dtype=torch.float32, tolerance=near(truth[-1])
    )


def by_layer(model: Handle, gradients: dict[str, Tensor | None]) -> dict[str, Tensor | None]:
    """Gradients by the lesson's names, also where a layer was registered under another name first."""
    parameters = model.parameters()
    names = {
        name: next((own for own, parameter in parameters.items() if torch.equal(parameter, weight)), name)
        for name, weight in layers(model).items()
    }
    return {name: gradients.get(own) for name, own in names.items()}
