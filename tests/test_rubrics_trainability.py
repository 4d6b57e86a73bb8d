"""The rubric of trainability: each known mistake loses the check that is about it."""

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


@pytest.mark.parametrize(("task", "code"), [(task, code) for task, table in WRONG.items() for code in table])
def test_a_known_mistake_loses_its_check(grading, task, code):
    body, expected = WRONG[task][code]
    results = grading("trainability", define(task, body), task=task)
    failed = {name for name, result in results.items() if result.status is Status.FAILED}
    assert failed == expected
    assert {result.status for result in results.values()} <= {Status.FAILED, Status.PASSED, Status.BLOCKED}
    assert all(results[name].message and results[name].where for name in failed)


@pytest.mark.parametrize("task", WRONG)
def test_each_check_is_lost_by_a_mistake(task):
    checks = {check.name for check in load("trainability").info.checks if check.task == task}
    assert set().union(*(failed for _, failed in WRONG[task].values())) == checks
