"""The solutions keep the contracts that their docstrings state, at the extremes too."""

from __future__ import annotations

import doctest
import importlib
import math
from collections.abc import Callable, Iterator
from itertools import chain

import matplotlib
import pytest
import torch
from torch import Tensor, nn

from solutions import activations, mlp, softmax, trainability, training

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
SMOOTH = ["gelu", "silu", "sigmoid", "tanh"]
TRUTH: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    # PyTorch's own adds 1 to an erf near −1 in the left tail; this form does not.
    "gelu": lambda x: x * torch.special.ndtr(x),
    "silu": nn.functional.silu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def gradient(function: Callable[[Tensor], Tensor], x: Tensor, weights: Tensor | float = 1.0) -> Tensor:
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad((function(x) * weights).sum(), x)[0]


@pytest.mark.parametrize("name", ["activations", "softmax", "mlp", "training", "trainability"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"solutions.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


# Tolerances: 8 eps · max(1, |truth|) for values, 16 eps · max(1, |truth|) for gradients.
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", TRUTH)
def test_activation_against_float64(name: str, dtype: torch.dtype) -> None:
    function, eps = getattr(activations, name), torch.finfo(dtype).eps
    far = 60_000.0 if dtype == torch.float16 else 10_000.0
    tails = [1e-6, 12, 20, 30, 50, 80, 89, 95, 100, 710, 1000, far]
    points = [*torch.linspace(-12, 12, 401).tolist(), *tails, *(-tail for tail in tails)]
    if name != "relu":
        points += [0.0, -0.0]
    x = torch.tensor(points, dtype=torch.float64).to(dtype)
    before = x.clone()

    y, slope = function(x), gradient(function, x)
    truth, true_slope = TRUTH[name](x.double()), gradient(TRUTH[name], x.double())

    assert y.dtype == slope.dtype == dtype
    assert x.equal(before)
    assert ((y.double() - truth).abs() <= 8 * eps * truth.abs().clamp(min=1)).all()
    assert ((slope.double() - true_slope).abs() <= 16 * eps * true_slope.abs().clamp(min=1)).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    ("name", "slopes"),
    [("relu", {0.0, 0.5, 1.0}), ("gelu", {0.5}), ("silu", {0.5}), ("sigmoid", {0.25}), ("tanh", {1.0})],
)
def test_slope_at_exactly_zero(name: str, slopes: set[float], dtype: torch.dtype) -> None:
    for zero in (0.0, -0.0):
        assert gradient(getattr(activations, name), torch.tensor(zero, dtype=dtype)).item() in slopes


@pytest.mark.parametrize("name", TRUTH)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4, 5)])
def test_activation_keeps_the_shape(name: str, shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    assert getattr(activations, name)(x).shape == x.shape
    turned = torch.randn(3, 4).T
    torch.testing.assert_close(getattr(activations, name)(turned), TRUTH[name](turned))


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("x", [[0.0], [-40.0, -3.0, -1.0, 0.5, 2.0, 40.0]])
def test_second_derivative(name: str, x: list[float]) -> None:
    points = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(getattr(activations, name), points)
    assert torch.autograd.gradgradcheck(getattr(activations, name), points)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("scale", [1.0, 100.0, 10_000.0])
@pytest.mark.parametrize(
    ("shape", "dim"), [((7, 10), -1), ((7, 10), 0), ((3, 3), 1), ((4, 5, 6), 1), ((9,), 0)]
)
def test_softmax_and_its_logarithm(
    shape: tuple[int, ...], dim: int, scale: float, dtype: torch.dtype
) -> None:
    logits = (torch.randn(shape, dtype=torch.float64).clamp(-3, 3) * scale).to(dtype)
    if len(shape) > 1:
        logits[0] -= scale  # a level of its own
        logits[1].view(-1)[2] = -math.inf  # masked
    finite = logits.isfinite()
    eps, size = torch.finfo(dtype).eps, max(1.0, logits[finite].abs().max().item())
    weights = torch.rand(shape, dtype=torch.float64).to(dtype)

    p, truth = softmax.softmax(logits, dim), torch.softmax(logits.double(), dim)
    assert p.dtype == dtype
    assert ((p.double() - truth).abs() <= 8 * eps + eps * (8 + size) * truth).all()
    assert (p[~finite] == 0).all()
    slope = gradient(lambda z: softmax.softmax(z, dim), logits, weights).double()
    true_slope = gradient(lambda z: torch.softmax(z, dim), logits.double(), weights.double())
    assert ((slope - true_slope).abs() <= eps * (16 + size)).all()

    log_p, truth = softmax.log_softmax(logits, dim), torch.log_softmax(logits.double(), dim)
    inside = truth.abs() <= torch.finfo(dtype).max  # beyond the range of float16 there is nothing to compare
    assert log_p.dtype == dtype
    assert ((log_p.double() - truth)[inside].abs() <= 4 * eps * size).all()
    assert (log_p[~finite] == -math.inf).all()
    slope = gradient(lambda z: softmax.log_softmax(z, dim)[inside], logits, weights[inside]).double()
    true_slope = gradient(
        lambda z: torch.log_softmax(z, dim)[inside], logits.double(), weights[inside].double()
    )
    assert ((slope - true_slope).abs() <= eps * (16 + size) * shape[dim]).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("scale", [1.0, 100.0, 1000.0])
@pytest.mark.parametrize("samples", [1, 64])
def test_cross_entropy(samples: int, scale: float, dtype: torch.dtype) -> None:
    logits = (torch.randn(samples, 10) * scale).to(dtype)
    logits[0, 3] = -math.inf  # masked, and not the target
    targets = torch.randint(4, 10, (samples,))
    eps, size = torch.finfo(dtype).eps, max(1.0, logits[logits.isfinite()].abs().max().item())

    loss = softmax.cross_entropy(logits, targets)
    truth = nn.functional.cross_entropy(logits.double(), targets)
    assert loss.dtype == dtype
    assert loss.shape == ()
    assert abs(loss.double() - truth) <= 4 * eps * size
    slope = gradient(lambda z: softmax.cross_entropy(z, targets), logits).double()
    p_minus_onehot = logits.double().softmax(1) - nn.functional.one_hot(targets, 10)
    assert ((slope - p_minus_onehot / samples).abs() <= eps * (16 + size) / samples).all()


def test_softmax_family_second_derivative() -> None:
    z, targets = torch.randn(4, 5, dtype=torch.float64, requires_grad=True), torch.tensor([0, 1, 4, 2])
    for function in (softmax.softmax, softmax.log_softmax, lambda z: softmax.cross_entropy(z, targets)):
        assert torch.autograd.gradcheck(function, z)
        assert torch.autograd.gradgradcheck(function, z)


def test_softmax_of_nothing_and_of_one_number() -> None:
    assert softmax.softmax(torch.zeros(0, 3)).shape == (0, 3)
    assert softmax.softmax(torch.tensor(5.0)) == 1


def test_mlp() -> None:
    model, images = mlp.MLP(activations.tanh), torch.rand(3, 1, 28, 28)
    assert {name: tuple(p.shape) for name, p in model.named_parameters()} == {
        "fc1.weight": (128, 784),
        "fc1.bias": (128,),
        "fc2.weight": (10, 128),
        "fc2.bias": (10,),
    }
    expected = torch.tanh(images.flatten(1) @ model.fc1.weight.T + model.fc1.bias) @ model.fc2.weight.T
    torch.testing.assert_close(model(images), expected + model.fc2.bias)
    assert model(images).equal(model(images.flatten(1)))
    assert mlp.MLP(torch.relu, 6, 5, 4)(torch.rand(2, 6)).shape == (2, 4)


@pytest.fixture
def data() -> tuple[Tensor, Tensor]:
    return torch.rand(100, 1, 28, 28), torch.randint(0, 10, (100,))


def test_train_step_is_one_step_of_gradient_descent(data: tuple[Tensor, Tensor]) -> None:
    images, targets = data
    model = mlp.MLP(torch.relu)
    loss = nn.functional.cross_entropy(model(images), targets)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    expected = [p.detach() - 0.1 * g for p, g in zip(model.parameters(), gradients, strict=True)]
    for p in model.parameters():
        p.grad = torch.full_like(p, 1000.0)  # left from before
    returned = training.train_step(model, torch.optim.SGD(model.parameters(), lr=0.1), images, targets)
    assert type(returned) is float
    assert returned == loss.item()
    torch.testing.assert_close([p.detach() for p in model.parameters()], expected)


def test_train_visits_every_sample_once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    images, targets = torch.arange(10.0).reshape(10, 1), torch.arange(10)
    batches: list[list[int]] = []

    def train_step(model: nn.Module, optimizer: torch.optim.SGD, images: Tensor, targets: Tensor) -> float:
        assert model.training
        assert optimizer.param_groups[0]["lr"] == 0.5
        assert optimizer.param_groups[0]["momentum"] == 0
        assert images.flatten().tolist() == targets.tolist()
        batches.append(targets.tolist())
        return float(len(batches))

    monkeypatch.setattr(training, "train_step", train_step)
    model = nn.Linear(1, 10).eval()
    random_state = torch.get_rng_state()
    losses = training.train(model, images, targets, epochs=2, batch_size=4, learning_rate=0.5, seed=3)
    assert losses == [1, 2, 3, 4, 5, 6]
    assert [len(batch) for batch in batches] == [4, 4, 2, 4, 4, 2]
    first, second = [*chain(*batches[:3])], [*chain(*batches[3:])]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert torch.get_rng_state().equal(random_state)


def test_seed_decides_the_losses(data: tuple[Tensor, Tensor]) -> None:
    def losses(seed: int) -> list[float]:
        torch.manual_seed(0)
        return training.train(mlp.MLP(torch.relu), *data, epochs=2, batch_size=32, seed=seed)

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert losses(1)[0] == pytest.approx(math.log(10), abs=0.3)
    assert training.train(mlp.MLP(torch.relu), data[0][:0], data[1][:0]) == []


def test_training_overfits_a_few_samples() -> None:
    images, targets = torch.randn(32, 784), torch.randint(0, 10, (32,))
    model = mlp.MLP(activations.gelu)
    losses = training.train(model, images, targets, epochs=100, batch_size=32)
    assert losses[-1] < 0.1
    assert training.accuracy(model, images, targets) == 1.0


def test_accuracy_leaves_everything_as_it_was(data: tuple[Tensor, Tensor]) -> None:
    class Noted(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            assert not self.training
            assert not torch.is_grad_enabled()
            return nn.functional.one_hot(images[:, 0].long(), 10).float()

    answers = torch.randint(0, 10, (2500, 1))
    targets = torch.where(torch.arange(2500) < 1000, answers[:, 0], (answers[:, 0] + 1) % 10)
    random_state = torch.get_rng_state()
    for mode in (True, False):
        model = Noted().train(mode)
        assert training.accuracy(model, answers, targets) == 0.4
        assert model.training is mode
    assert torch.get_rng_state().equal(random_state)


def test_accuracy_restores_the_mode_when_the_model_raises() -> None:
    model = nn.Linear(3, 10)
    with pytest.raises(RuntimeError, match="shapes"):
        training.accuracy(model, torch.rand(5, 4), torch.zeros(5, dtype=torch.int64))
    assert model.training


def test_compare_gives_every_network_the_same_start(data: tuple[Tensor, Tensor]) -> None:
    racers = {"one": activations.relu, "two": activations.tanh, "three": activations.relu}
    histories = training.compare(racers, *data, batch_size=32, epochs=2, seed=5)
    assert list(histories) == ["one", "two", "three"]
    assert histories["one"] == histories["three"] != histories["two"]
    torch.manual_seed(5)
    alone = training.train(mlp.MLP(activations.relu), *data, batch_size=32, epochs=2, seed=5)
    assert histories["one"] == alone
    assert training.compare({"one": torch.relu}, *data) == training.compare(
        {"one": torch.relu}, *data, seed=0
    )


@pytest.mark.parametrize(
    ("histories", "name"),
    [
        ({"a": [2.0, 1.0], "b": [2.0, 0.5]}, "b"),
        ({"a": [2.0, 1.0], "b": [2.0, 0.5], "c": [0.1, math.nan]}, "b"),
        ({"a": [math.inf], "b": [2.0, 0.5], "c": [1.0, 0.9]}, "c"),  # a curve that is out does not cut
        ({"a": [3.0, 0.0, 0.0], "b": [2.0, 2.0]}, "a"),
        ({"a": [1.0, 3.0], "b": [3.0, 1.0]}, "a"),
        ({"b": [3.0, 1.0], "a": [1.0, 3.0]}, "b"),
        ({"a": [0.1, 0.2, 0.3], "b": [0.3, 0.2, 0.1]}, "a"),  # equal, if not to a running sum
    ],
)
def test_fastest(histories: dict[str, list[float]], name: str) -> None:
    assert training.fastest(histories) == name


@pytest.mark.parametrize(
    "histories", [{}, {"a": []}, {"a": [1.0], "b": []}, {"a": [math.nan], "b": [-math.inf]}]
)
def test_fastest_of_nothing(histories: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="No steps to compare"):
        training.fastest(histories)


@pytest.fixture
def _headless() -> Iterator[None]:
    matplotlib.use("agg")
    yield
    importlib.import_module("matplotlib.pyplot").close("all")


@pytest.mark.usefixtures("_headless")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_plot_tour(dtype: torch.dtype) -> None:
    x = torch.linspace(-3, 3, 50, dtype=dtype)
    [axes] = activations.plot_tour(x.clone().requires_grad_()).axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    curves = activations.tour(x)
    assert list(lines) == list(curves) == ["ReLU", "GELU", "SiLU", "Sigmoid", "Tanh"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(curves)
    for name, line in lines.items():
        assert list(line.get_xdata()) == x.tolist()
        assert list(line.get_ydata()) == curves[name].tolist()
    assert axes.get_xlabel() == "x"
    assert axes.get_ylabel() == "f(x)"
    assert axes.get_xgridlines()[0].get_visible()


@pytest.mark.usefixtures("_headless")
def test_plot_losses() -> None:
    histories = {
        "relu": [3.0, 2.0, 1.0],
        "tanh": [1.0 + 1 / step for step in range(1, 60)],
        "odd": [math.nan],
    }
    figure = training.plot_losses(histories)
    [axes] = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    for name, losses in histories.items():
        assert list(lines[name].get_ydata()) == pytest.approx(losses, nan_ok=True)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(histories)
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    [smoothed] = [line for label, line in lines.items() if label not in histories]
    middle = list(smoothed.get_xdata()).index(30)
    assert smoothed.get_ydata()[middle] == pytest.approx(sum(histories["tanh"][18:43]) / 25)
    figure.canvas.draw()  # no warning while it is drawn


def test_dead_units() -> None:
    dead = trainability.dead_units(torch.tensor([[0.0, 0.0, 1.0, -0.0], [0.0, 2.0, 3.0, 0.0]]))
    assert dead.dtype == torch.bool
    assert dead.tolist() == [True, False, False, True]
    assert trainability.dead_units(torch.tensor([[0.0, 1e-30]])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("low", "high", "tolerance", "share"),
    [
        (-1, 1, 0.01, 0.5),
        (0, 1, 0.01, 0.75),
        (-math.inf, 1, 0.01, 0.25),
        (-math.inf, math.inf, 0.01, 0.0),
        (-1, 1, 1.5, 1.0),
    ],
)
def test_saturated_fraction(low: float, high: float, tolerance: float, share: float) -> None:
    hidden = torch.tensor([[-0.995, 0.995], [0.005, 0.5]])
    result = trainability.saturated_fraction(hidden, low, high, tolerance)
    assert type(result) is float
    assert result == share


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("relu", 0.03, 6), ("gelu", 0.03, 6), ("silu", 0.03, 6), ("tanh", 0.03, 6), ("sigmoid", 0.0, 1e-9)],
)
def test_gradient_norms_vanish_for_sigmoid_alone(name: str, low: float, high: float) -> None:
    norms = trainability.gradient_norms(getattr(activations, name), 20)
    assert len(norms) == 20
    assert norms == trainability.gradient_norms(getattr(activations, name), 20)
    assert norms != trainability.gradient_norms(getattr(activations, name), 20, seed=1)
    assert low < norms[0] / norms[-1] < high


@pytest.mark.parametrize(
    ("layer", "architecture", "name"),
    [
        ("hidden", "mlp", "relu"),
        ("hidden", "cnn", "relu"),
        ("hidden", "transformer", "gelu"),
        *[("binary_output", architecture, "sigmoid") for architecture in ("mlp", "cnn", "transformer")],
        *[("classifier_output", architecture, "softmax") for architecture in ("mlp", "cnn", "transformer")],
        *[("before_cross_entropy", architecture, "none") for architecture in ("mlp", "cnn", "transformer")],
    ],
)
def test_choose_activation(layer: str, architecture: str, name: str) -> None:
    assert trainability.choose_activation(layer, architecture) == name


@pytest.mark.parametrize(
    ("layer", "architecture", "named"),
    [("output", "mlp", "output"), ("hidden", "rnn", "rnn"), ("softmax", "rnn", "softmax"), ("", "mlp", "''")],
)
def test_choose_activation_refuses_any_other_string(layer: str, architecture: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        trainability.choose_activation(layer, architecture)
