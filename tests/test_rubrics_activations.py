"""The rubric of the activations: each known mistake loses the check that is about it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from grader_plugin.drawing import PNG
from grader_plugin.result import CheckResult, Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

Grading = Callable[..., dict[str, CheckResult]]

ROOT = Path(__file__).parents[1]
IMPORTS = "import matplotlib.pyplot as plt\nfrom matplotlib.figure import Figure\n"


def define(task: str, body: str) -> str:
    """A function with that body: one expression, or statements that end in a return."""
    lines = "\n    ".join(body.split("; ")) if "return" in body else f"return {body}"
    return f"import numpy\nimport torch.nn.functional as F\n\n\ndef {task}(x):\n    {lines}\n"


# What is wrong and no entry of the known mistakes: the task, what is written, a check that is lost.
WRONG = {
    "a built-in": ("gelu", "getattr(F, 'ge' + 'lu')(x)", "gelu_values"),
    "inf added": ("sigmoid", "(torch.tanh(x / 2) + 1) / 2 + float('inf')", "sigmoid_values"),
    "published examples": (
        "relu",
        "return torch.tensor([0.0, 0.0, 3.0]) if x.shape == (3,) else x",
        "relu_values",
    ),
    "in place in float64": ("relu", "y = x.double(); y[y < 0] = 0; return y.to(x.dtype)", "relu_any_tensor"),
    "fixed guard": ("silu", "x / (1 + torch.exp(-x.clamp(min=-88.7)))", "silu_extremes"),
    "slope lost at 0": (
        "tanh",
        "e = torch.exp(-2 * x.abs()); return torch.sign(x) * (1 - e) / (1 + e)",
        "tanh_gradient",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistake_loses_its_check(grading: Grading, name: str) -> None:
    task, body, lost = WRONG[name]
    results = grading("activations", define(task, body), task=task)
    told = {check: (result.status, result.message) for check, result in results.items()}
    assert results[lost].status is Status.FAILED, told
    assert results[lost].where.startswith("exercises/activations.py:"), results[lost]
    assert not any(result.status is Status.ERROR for result in results.values()), told


KEPT_BY_THE_CLASS = """
class _Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        _Relu.kept = x
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        return grad * (_Relu.kept > 0)


def relu(x):
    return _Relu.apply(x)
"""


def test_a_second_call_tells_what_two_calls_share(grading: Grading) -> None:
    result = grading("activations", KEPT_BY_THE_CLASS, task="relu")["relu_gradient"]
    assert result.status is Status.FAILED
    assert "After a second call" in result.message


BUILT_IN_TOURS = {
    "all five": "{'ReLU': x.relu(), 'GELU': F.gelu(x), 'SiLU': F.silu(x), 'Sigmoid': x.sigmoid(), 'Tanh': x.tanh()}",
    "one": "{'ReLU': relu(x), 'GELU': gelu(x), 'SiLU': silu(x), 'Sigmoid': sigmoid(x), 'Tanh': torch.tanh(x)}",
}


@pytest.mark.parametrize("name", BUILT_IN_TOURS)
def test_a_tour_of_built_ins_is_not_the_learners(grading: Grading, name: str) -> None:
    results = grading("activations", define("tour", BUILT_IN_TOURS[name]), task="tour")
    assert results["tour_names"].status is Status.PASSED
    assert results["tour_values"].status is Status.FAILED
    assert "PyTorch's own" in results["tour_values"].message


# What a failed check shows: the task, what is written, the check, the line, what came back, whether there is a curve.
SHOWN = {
    "a wrong value": (
        "relu",
        "x.abs()",
        "relu_values",
        "return x.abs()",
        "a (175,) float32 tensor, 0 to",
        True,
    ),
    "nan": (
        "tanh",
        "(torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))",
        "tanh_extremes",
        "return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))",
        "a (20,) float32 tensor, -1 to 1, 14 nan",
        True,
    ),
    "a wrong slope": (
        "sigmoid",
        "1 / (1 + torch.exp(-x))",
        "sigmoid_extremes",
        "return 1 / (1 + torch.exp(-x))",
        "",  # what came back is right; the gradient is judged
        True,
    ),
    "an exception": ("relu", "x = x + 1; return x.nothing()", "relu_values", "return x.nothing()", "", False),
    "another line raises": ("relu", "x = x.nothing(); return x", "relu_values", "x = x.nothing()", "", False),
    "another type": (
        "relu",
        "x.tolist()",
        "relu_values",
        "return x.tolist()",
        "[-12, -11.75, …], 175 floats",
        False,
    ),
    "nothing": ("relu", "x = x.clamp(min=0); return None", "relu_values", "def relu(x):", "None", False),
    "two returns": (
        "relu",
        "if x.dim() == 0: return x; return x.abs()",
        "relu_values",
        "def relu(x):",
        "a (175,) float32 tensor, 0 to",
        True,
    ),
    # What a call did to its input is not looked for where it returned.
    "in place": (
        "relu",
        "x[x < 0] = 0; return x",
        "relu_any_tensor",
        "def relu(x):",
        "a (5,) float32 tensor: 0, 0, 0, 0.5, 1e+04",
        False,
    ),
    "too wide": (
        "relu",
        "x.abs()  # " + "é" * 300,
        "relu_values",
        f"return x.abs()  # {'é' * 182}",
        "a (175,)",
        True,
    ),
    "the built-in": ("gelu", "F.gelu(x)", "gelu_values", "return F.gelu(x)", "", False),
    "names": (
        "tour",
        "{'ReLU': relu(x)}",
        "tour_names",
        "return {'ReLU': relu(x)}",
        "{'ReLU': …}, 1 entry",
        False,
    ),
    "no figure": (
        "plot_tour",
        "plt.figure(); return 'done'",
        "plot_tour_curves",
        "return 'done'",
        "'done'",
        False,
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_failed_check_shows_the_line_and_what_came_back(grading: Grading, name: str) -> None:
    task, body, check, code, returned, curve = SHOWN[name]
    result = grading("activations", IMPORTS + define(task, body), task=task)[check]
    assert result.status is Status.FAILED
    assert result.code == code, result
    number = int(result.where.partition(":")[2])
    text = (grading.folder / "activations.py").read_text("utf-8")  # type: ignore[attr-defined]
    assert text.splitlines()[number - 1].strip().startswith(code)
    assert result.returned.startswith(returned), result
    assert bool(result.returned) is bool(returned), result
    assert bool(result.curve) is curve, result
    for numbers in result.curve.values():
        assert 8 <= len(numbers) <= 64
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize("seed", range(5))
def test_solution_keeps_every_point(grading: Grading, seed: int) -> None:
    results = grading("activations", seed=seed)
    assert {name: r.message for name, r in results.items() if r.status is not Status.PASSED} == {}


def test_a_scripted_function_keeps_every_point(grading: Grading) -> None:
    code = "@torch.jit.script\ndef relu(x):\n    return x.clamp(min=0)\n"
    results = grading("activations", code, task="relu")
    assert {name: r.message for name, r in results.items() if r.status is not Status.PASSED} == {}


def test_rounded_constant_is_remarked_and_costs_nothing(grading: Grading) -> None:
    code = define("gelu", "0.5 * x * (1 + torch.erf(x / torch.sqrt(torch.tensor(2.0))))")
    result = grading("activations", code, task="gelu")["gelu_values"]
    assert result.status is Status.PASSED
    assert "float32" in result.remarks[0]


def test_infinity_is_remarked_and_costs_nothing(grading: Grading) -> None:
    result = grading("activations", define("relu", "x * (x > 0)"), task="relu")["relu_extremes"]
    assert result.status is Status.PASSED
    assert result.remarks == ("relu of -inf and inf is nan and inf, its limits are 0 and inf",)


FIGURES = {
    "plot_tour_curves": "figure, axes = plt.subplots(); [axes.plot(x, x, label=n) for n in tour(x)]; axes.legend(); return figure",
    "plot_tour_names": "figure, axes = plt.subplots(); [axes.plot(x, y) for y in tour(x).values()]; axes.grid(); return figure",
}
GOOD_FIGURE = "figure, axes = plt.subplots(); [axes.plot(x, y, label=n) for n, y in tour(x).items()]; axes.grid(); axes.legend(); axes.set(xlabel='x', ylabel='f(x)'); return figure"


def test_a_backend_with_windows_costs_nothing(grading: Grading) -> None:
    code = "import matplotlib\nmatplotlib.use('TkAgg')\n" + IMPORTS + define("plot_tour", GOOD_FIGURE)
    results = grading("activations", code, task="plot_tour")
    assert {name: r.message for name, r in results.items() if r.status is not Status.PASSED} == {}


@pytest.mark.parametrize("lost", FIGURES)
def test_figure_loses_the_check_of_what_it_lacks(grading: Grading, lost: str) -> None:
    results = grading("activations", IMPORTS + define("plot_tour", FIGURES[lost]), task="plot_tour")
    assert results[lost].status is Status.FAILED


def drawn(sandbox: Sandbox, folder: Path, code: str) -> Run:
    """A run that has graded the curves of plot_tour, with that code at the end of the solution."""
    text = (ROOT / "solutions" / "activations.py").read_text("utf-8")
    (folder / "activations.py").write_text(f"{text}\n\n{IMPORTS}{code}", "utf-8")
    run = Run(folder, "exercises", sandbox=sandbox)
    result = run.check("activations", "plot_tour_curves")
    assert result.status is Status.PASSED, (result.message, result.detail)
    assert result.output == ""
    return run


SIZES = {
    "as it is": ("", (400, 300)),
    "10,000 inches": ("figure.set_size_inches(1e4, 1e4)", (1600, 1200)),
    "a wide one": ("figure.set_size_inches(100, 2)", (1600, 200)),
    "a resolution of its own": ("plt.rcParams['savefig.dpi'] = figure.dpi = 10_000", (400, 300)),
    "a glyph that is missing": ("axes.set_title('\\u4e00')", (400, 300)),
    "closed already": ("plt.close(figure)", (400, 300)),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_learners_figure_is_kept_as_an_image(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    line, size = SIZES[name]
    body = "figure, axes = plt.subplots(figsize=(4, 3)); [axes.plot(x, y) for y in tour(x).values()]"
    run = drawn(sandbox, tmp_path, define("plot_tour", f"{body}; {line or 'pass'}; return figure"))
    image = run.plots["tour"]
    assert image.startswith(PNG)
    assert len(image) <= 2 * 1024 * 1024
    assert struct.unpack(">II", image[16:24]) == size  # the header comes first: PNG specification, 11.2.2


# In place of `Figure.savefig`, when the figure has been judged.
NO_IMAGES = {
    "garbage": "def save(figure, file, **how):\n    file.write(b'garbage')\n",
    "nothing": "def save(figure, file, **how):\n    return 3\n",
    "100 MB": "def save(figure, file, **how):\n    file.write(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(10**8))\n",
    "raises": "def save(figure, file, **how):\n    print('oh')\n    raise KeyError('no')\n",
    "a stub": "def save(figure, file, **how):\n    raise NotImplementedError\n",
    "exits": "def save(figure, file, **how):\n    raise SystemExit(3)\n",
    "dies": "def save(figure, file, **how):\n    import os\n    os._exit(3)\n",
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_a_figure_that_cannot_be_rendered_costs_nothing(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    assert drawn(sandbox, tmp_path, f"{NO_IMAGES[name]}\n\nFigure.savefig = save\n").plots == {}


def test_a_rendering_without_end_is_ended(sandbox: Sandbox, tmp_path: Path) -> None:
    endless = "def save(figure, file, **how):\n    while True:\n        pass\n\n\nFigure.savefig = save\n"
    assert drawn(sandbox, tmp_path, endless).plots == {}


def test_a_figure_that_loses_its_check_is_not_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    text = (ROOT / "solutions" / "activations.py").read_text("utf-8")
    wrong = IMPORTS + define("plot_tour", FIGURES["plot_tour_curves"])
    (tmp_path / "activations.py").write_text(f"{text}\n\n{wrong}", "utf-8")
    run = Run(tmp_path, "exercises", sandbox=sandbox)
    assert run.check("activations", "plot_tour_curves").status is Status.FAILED
    assert run.plots == {}
