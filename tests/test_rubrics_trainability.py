"""The rubric of trainability: what is right keeps its points, each known mistake loses the check that is about it."""

from __future__ import annotations

import pytest

from grader_plugin.result import Status
from grader_plugin.rubrics import load

ARGUMENTS = {
    "dead_units": "hidden",
    "saturated_fraction": "hidden, low, high, tolerance=0.01",
    "gradient_norms": "activation, depth, width=64, seed=0",
    "choose_activation": "layer, architecture='mlp'",
}


def define(task: str, body: str) -> str:
    """The function with this body."""
    return (
        f"import math\nimport torch\nfrom torch import nn\n\n\ndef {task}({ARGUMENTS[task]}):\n    {body}\n"
    )


def network(
    *,
    start: str = "torch.manual_seed(seed)",
    linear: str = "nn.Linear(width, width)",
    weight: str = "nn.init.xavier_normal_(layer.weight)",
    bias: str = "nn.init.zeros_(layer.bias)",
    inputs: str = "torch.randn(128, width)",
    forward: str = "hidden = activation(layer(hidden))",
    scalar: str = "hidden.sum() / 128",
    result: str = "[layer.weight.grad.norm().item() for layer in layers]",
) -> str:
    """The body of gradient_norms, with one part of it different."""
    return f"""{start}
    layers = [{linear} for _ in range(depth)]
    for layer in layers:
        {weight}
        {bias}
    hidden = {inputs}
    for layer in layers:
        {forward}
    ({scalar}).backward()
    return {result}"""


NEAR = "near = (hidden <= low + tolerance) | (hidden >= high - tolerance); "
TABLE = """hidden = {"mlp": "relu", "cnn": "relu", "transformer": "gelu"}
    output = {"binary_output": "sigmoid", "classifier_output": "softmax", "before_cross_entropy": "none"}
    """

# Known mistakes by their codes; the body of the function, and the checks that fail of those that run.
WRONG = {
    "dead_units": {
        "D01 share of zeros": ("return (hidden == 0).float().mean(dim=0)", {"dead_for_every_sample"}),
        "D01 zero for some sample": ("return (hidden == 0).any(dim=0)", {"dead_for_every_sample"}),
        "D01 zero for most samples": (
            "return (hidden == 0).float().mean(dim=0) > 0.9",
            {"dead_for_every_sample"},
        ),
        "D02 wrong axis": ("return (hidden == 0).all(dim=1)", {"dead_for_every_sample"}),
        "alive, not dead": ("return (hidden != 0).any(dim=0)", {"dead_for_every_sample"}),
        "a small mean is called dead": (
            "return hidden.mean(dim=0) < 1e-6",
            {"dead_units_at_the_edges"},
        ),
        "one sample squeezed away": (
            "return (hidden.squeeze() == 0).all(dim=0)",
            {"dead_units_at_the_edges"},
        ),
        "standard deviation": ("return hidden.std(dim=0) == 0", {"dead_units_at_the_edges"}),
        "numbers, not bools": ("return (hidden == 0).all(dim=0).float()", {"dead_for_every_sample"}),
        "how many": ("return (hidden == 0).all(dim=0).sum().item()", {"dead_for_every_sample"}),
        "their indices": ("return (hidden == 0).all(dim=0).nonzero()", {"dead_for_every_sample"}),
        "a list": ("return (hidden == 0).all(dim=0).tolist()", {"dead_for_every_sample"}),
        "X02 no return": ("(hidden == 0).all(dim=0)", {"dead_for_every_sample"}),
    },
    "saturated_fraction": {
        "one bound only": (
            "return (hidden >= high - tolerance).float().mean().item()",
            {"saturated_share"},
        ),
        "both bounds at once": (
            "return ((hidden <= low + tolerance) & (hidden >= high - tolerance)).float().mean().item()",
            {"saturated_share"},
        ),
        "of the absolute value": (
            "return (hidden.abs() >= high - tolerance).float().mean().item()",
            {"saturated_share"},
        ),
        "D05 within the bounds": (
            "return ((hidden > low + tolerance) & (hidden < high - tolerance)).float().mean().item()",
            {"saturated_share"},
        ),
        "a share of units": (NEAR + "return near.all(dim=0).float().mean().item()", {"saturated_share"}),
        "a count": (NEAR + "return near.sum().item()", {"saturated_share"}),
        "divided by the samples": (NEAR + "return near.sum().item() / len(hidden)", {"saturated_share"}),
        "percent": (NEAR + "return 100 * near.float().mean().item()", {"saturated_share"}),
        "a tensor": (NEAR + "return near.float().mean()", {"saturated_share"}),
        "a bool": (NEAR + "return near.any().item()", {"saturated_share"}),
        "nan": ("return math.nan", {"saturated_share"}),
        "a huge int": ("return 10**18", {"saturated_share"}),
        "tolerance ignored": (
            "return ((hidden <= low + 0.01) | (hidden >= high - 0.01)).float().mean().item()",
            {"saturated_bounds"},
        ),
        "tolerance relative to the range": (
            "wide = tolerance * (high - low) / 2 if high < math.inf and low > -math.inf else tolerance; return ((hidden <= low + wide) | (hidden >= high - wide)).float().mean().item()",
            {"saturated_share"},
        ),
        "middle of infinite bounds": (
            "m = (high + low) / 2; h = (high - low) / 2; return ((hidden - m).abs() >= h - tolerance).float().mean().item()",
            {"saturated_bounds"},
        ),
        "X02 no return": (NEAR, {"saturated_share"}),
    },
    "gradient_norms": {
        "last layer first": (
            network(result="[layer.weight.grad.norm().item() for layer in reversed(layers)]"),
            {"gradient_vanishes_with_sigmoid"},
        ),
        "sum not divided": (network(scalar="hidden.sum()"), {"norms_have_the_right_size"}),
        "mean": (network(scalar="hidden.mean()"), {"norms_have_the_right_size"}),
        "default initialisation": (
            network(weight="pass"),
            {"norms_have_the_right_size"},
        ),
        "He": (network(weight="nn.init.kaiming_normal_(layer.weight)"), {"norms_have_the_right_size"}),
        "normal, unscaled": (
            network(weight="nn.init.normal_(layer.weight)"),
            {"norms_have_the_right_size"},
        ),
        "bias gradient": (
            network(result="[layer.bias.grad.norm().item() for layer in layers]"),
            {"norms_have_the_right_size"},
        ),
        "norm of the weight": (
            network(result="[layer.weight.norm().item() for layer in layers]"),
            {"norms_have_the_right_size"},
        ),
        "mean of the gradient": (
            network(result="[layer.weight.grad.abs().mean().item() for layer in layers]"),
            {"norms_have_the_right_size"},
        ),
        "squared norm": (
            network(result="[layer.weight.grad.square().sum().item() for layer in layers]"),
            {"norms_have_the_right_size"},
        ),
        "input from 0 to 1": (
            network(inputs="torch.rand(128, width)"),
            {"norms_have_the_right_size"},
        ),
        "no activation": (
            network(forward="hidden = layer(hidden)"),
            {"activation_after_each_layer"},
        ),
        "no activation after the last": (
            network(forward="hidden = layer(hidden) if layer is layers[-1] else activation(layer(hidden))"),
            {"activation_after_each_layer"},
        ),
        "activation first": (
            network(forward="hidden = layer(activation(hidden))"),
            {"norms_have_the_right_size"},
        ),
        "one layer shared": (
            network(result="[layer.weight.grad.norm().item() for layer in layers]").replace(
                "layers = [nn.Linear(width, width) for _ in range(depth)]",
                "layers = [nn.Linear(width, width)] * depth",
            ),
            {"norms_have_the_right_size"},
        ),
        "width ignored": (
            network(linear="nn.Linear(64, 64)", inputs="torch.randn(128, 64)"),
            {"norms_have_the_right_size"},
        ),
        "not seeded": (network(start="pass"), {"one_norm_a_layer"}),
        "seeded with 0": (network(start="torch.manual_seed(0)"), {"one_norm_a_layer"}),
        "a layer too few": (
            network(result="[layer.weight.grad.norm().item() for layer in layers[1:]]"),
            {"one_norm_a_layer"},
        ),
        "hidden detached": (
            network(forward="hidden = activation(layer(hidden.detach()))"),
            {"one_norm_a_layer"},
        ),
        "tensors": (network(result="[layer.weight.grad.norm() for layer in layers]"), {"one_norm_a_layer"}),
        "a tensor": (
            network(result="torch.stack([layer.weight.grad.norm() for layer in layers])"),
            {"one_norm_a_layer"},
        ),
        "zeros": ("return [0.0] * depth", {"one_norm_a_layer"}),
        "infinite": ("return [math.inf] * depth", {"one_norm_a_layer"}),
        "X02 no return": (network(result="None"), {"one_norm_a_layer"}),
    },
    "choose_activation": {
        "gelu everywhere": (
            TABLE + "return {**output, 'hidden': 'gelu'}[layer]",
            {"three_line_rule", "unknown_names_are_refused"},
        ),
        "softmax before the loss": (
            TABLE
            + "output['before_cross_entropy'] = 'softmax'; return hidden[architecture] if layer == 'hidden' else output[layer]",
            {"three_line_rule", "unknown_names_are_refused"},
        ),
        "KeyError": (
            TABLE + "return hidden[architecture] if layer == 'hidden' else output[layer]",
            {"unknown_names_are_refused"},
        ),
        "a default for the unknown": (
            TABLE
            + "return hidden.get(architecture, 'relu') if layer == 'hidden' else output.get(layer, 'relu')",
            {"unknown_names_are_refused"},
        ),
        "not named": (
            TABLE
            + """if architecture not in hidden or layer not in {"hidden", *output}:
        raise ValueError("unknown name")
    return hidden[architecture] if layer == "hidden" else output[layer]""",
            {"unknown_names_are_refused"},
        ),
        "architecture first": (
            TABLE
            + """for name, known in ((architecture, hidden), (layer, {"hidden", *output})):
        if name not in known:
            raise ValueError(name)
    return hidden[architecture] if layer == "hidden" else output[layer]""",
            {"unknown_names_are_refused"},
        ),
        "other default": (
            TABLE
            + """if layer not in {"hidden", *output}:
        raise ValueError(layer)
    if architecture not in hidden:
        raise ValueError(architecture)
    return hidden[architecture] if layer == "hidden" else output[layer]


original = choose_activation


def choose_activation(layer, architecture="transformer"):
    return original(layer, architecture)""",
            {"three_line_rule"},
        ),
        "None for none": (
            TABLE
            + "output['before_cross_entropy'] = None; return hidden[architecture] if layer == 'hidden' else output[layer]",
            {"three_line_rule", "unknown_names_are_refused"},
        ),
        "X02 no return": ("pass", {"three_line_rule", "unknown_names_are_refused"}),
    },
}
CHECKED = """if layer not in ("hidden", "binary_output", "classifier_output", "before_cross_entropy"):
        raise {error}(f"unknown layer: {{layer}}")
    if architecture not in ("mlp", "cnn", "transformer"):
        raise {error}("unknown architecture: " + architecture)
    """
RIGHT = {
    "dead_units": {
        "nothing above 0": "return ~(hidden > 0).any(dim=0)",
        "maximum": "return hidden.amax(dim=0) == 0",
        "sum": "return hidden.sum(dim=0) == 0",
        "not positive": "return torch.all(hidden <= 0, 0)",
        "counted": "return (hidden == 0).sum(dim=0) == hidden.shape[0]",
        "unit by unit": "return torch.tensor([bool((unit == 0).all()) for unit in hidden.T])",
    },
    "saturated_fraction": {
        "mean of bools": NEAR + "return near.double().mean().item()",
        "float32 mean": NEAR + "return float(near.float().mean())",
        "clamp": "return (hidden.clamp(low + tolerance, high - tolerance) == hidden).logical_not().float().mean().item()",
        "two counts": "return ((hidden <= low + tolerance).sum() + (hidden >= high - tolerance).sum()).clamp(max=hidden.numel()).item() / hidden.numel()",
        "strict": "return ((hidden < low + tolerance) | (hidden > high - tolerance)).float().mean().item()",
        "distances": "return torch.minimum(hidden - low, high - hidden).le(tolerance).float().mean().item()",
        "entry by entry": "flat = hidden.flatten().tolist(); return sum(h <= low + tolerance or h >= high - tolerance for h in flat) / len(flat)",
    },
    "gradient_norms": {
        "own generator": network(
            start="g = torch.Generator().manual_seed(seed)",
            weight="nn.init.xavier_normal_(layer.weight, generator=g)",
            inputs="torch.randn(128, width, generator=g)",
        ),
        "input first": network(
            start="torch.manual_seed(seed); x = torch.randn(128, width)",
            inputs="x",
        ),
        "scaled randn": network(weight="layer.weight.data = torch.randn(width, width) / width**0.5"),
        "no bias": network(linear="nn.Linear(width, width, bias=False)", bias="pass"),
        "mean over the batch": network(scalar="hidden.mean(dim=0).sum()"),
        "matrix products": """torch.manual_seed(seed)
    weights = [(torch.randn(width, width) / math.sqrt(width)).requires_grad_() for _ in range(depth)]
    hidden = torch.randn(128, width)
    for weight in weights:
        hidden = activation(hidden @ weight.T)
    return [float(g.norm()) for g in torch.autograd.grad(hidden.sum() / 128, weights)]""",
        "Frobenius by hand": network(
            result="[layer.weight.grad.pow(2).sum().sqrt().item() for layer in layers]"
        ),
    },
    "choose_activation": {
        "ifs": CHECKED.format(error="ValueError")
        + """if layer == "hidden":
        return "gelu" if architecture == "transformer" else "relu"
    if layer == "binary_output":
        return "sigmoid"
    return "softmax" if layer == "classifier_output" else "none\"""",
        "a ValueError of one's own": "class Unknown(ValueError):\n        pass\n    "
        + CHECKED.format(error="Unknown")
        + TABLE
        + "return hidden[architecture] if layer == 'hidden' else output[layer]",
        "match": """match layer, architecture:
        case "hidden", "mlp" | "cnn":
            return "relu"
        case "hidden", "transformer":
            return "gelu"
        case "binary_output", "mlp" | "cnn" | "transformer":
            return "sigmoid"
        case "classifier_output", "mlp" | "cnn" | "transformer":
            return "softmax"
        case "before_cross_entropy", "mlp" | "cnn" | "transformer":
            return "none"
    raise ValueError(f"{layer=} {architecture=}")""",
        "both KeyErrors turned": TABLE
        + """try:
        choices = hidden if layer == "hidden" else dict.fromkeys(hidden, output[layer])
    except KeyError:
        raise ValueError(f"{layer!r} is no layer") from None
    try:
        return choices[architecture]
    except KeyError:
        raise ValueError(f"{architecture!r} is no architecture") from None""",
        "keys of two": TABLE
        + """table = {("hidden", a): f for a, f in hidden.items()} | {(l, a): f for l, f in output.items() for a in hidden}
    if (layer, architecture) not in table:
        known = any(layer == l for l, _ in table)
        raise ValueError(repr(architecture if known else layer))
    return table[layer, architecture]""",
        "dict.get": CHECKED.format(error="ValueError")
        + TABLE
        + "return output.get(layer) or hidden.get(architecture)",
    },
}


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in WRONG.items() for code in table])
def test_a_known_mistake_loses_its_check(grading, task, code):
    body, expected = WRONG[task][code]
    results = grading("trainability", define(task, body), task=task)
    failed = {name for name, result in results.items() if result.status is Status.FAILED}
    assert failed == expected
    assert {result.status for result in results.values()} <= {Status.FAILED, Status.PASSED, Status.BLOCKED}
    assert all(results[name].message and results[name].where for name in failed)


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in RIGHT.items() for code in table])
def test_what_is_right_keeps_its_points(grading, task, code):
    results = grading("trainability", define(task, RIGHT[task][code]), task=task)
    lost = {name: result.message for name, result in results.items() if result.status is not Status.PASSED}
    assert not lost


@pytest.mark.parametrize("task", WRONG)
def test_each_check_is_lost_by_a_mistake(task):
    checks = {check.name for check in load("trainability").info.checks if check.task == task}
    assert set().union(*(failed for _, failed in WRONG[task].values())) == checks
