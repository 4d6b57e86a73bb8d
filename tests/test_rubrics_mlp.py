"""The rubric of the network: each known mistake loses the check that is about it."""

from __future__ import annotations

import pytest

from grader_plugin.result import Status
from grader_plugin.rubrics import load


def define(task: str = "MLP", init: str = "", forward: str = "", layers: str = "", last: str = "") -> str:
    """The class, with what follows the layers in `__init__`, another `forward`, or other layers."""
    layers = (
        layers
        or "self.fc1 = nn.Linear(in_features, hidden_features); self.fc2 = nn.Linear(hidden_features, out_features)"
    )
    forward = forward or "return self.fc2(self.activation(self.fc1(images.flatten(1))))"
    return f"""
import torch
import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        self.activation = activation
        {layers}
        {init}

    def forward(self, images):
        {forward}
"""


SCORES = "scores = self.fc2(self.activation(self.fc1(images.flatten(1)))); "

# Known mistakes by their codes; the class, and the checks that fail of those that run.
WRONG = {
    "N01 softmax": (define(forward=SCORES + "return scores.softmax(1)"), {"raw_scores"}),
    "N02 no activation": (
        define(forward="return self.fc2(self.fc1(images.flatten(1)))"),
        {"forward_is_two_layers"},
    ),
    "N03 activation on the scores": (
        define(forward=SCORES + "return self.activation(scores)"),
        {"raw_scores"},
    ),
    "N05 softmax over the batch": (
        define(forward=SCORES + "return scores.softmax(0)"),
        {"both_input_shapes", "raw_scores"},
    ),
    "N06 activation ignored": (
        define(forward="return self.fc2(torch.relu(self.fc1(images.flatten(1))))"),
        {"activation_is_used"},
    ),
    "N07 no bias": (
        define(layers="self.fc1 = nn.Linear(784, 128, bias=False); self.fc2 = nn.Linear(128, 10)"),
        {"layers_are_registered"},
    ),
    "N07 other width": (
        define(layers="self.fc1 = nn.Linear(784, 64); self.fc2 = nn.Linear(64, 10)"),
        {"layers_are_registered"},
    ),
    "N08 zero weights": (
        define(init="[nn.init.zeros_(p) for p in self.parameters()]"),
        {"initial_weights"},
    ),
    "N09 constant weights": (
        define(init="[nn.init.constant_(p, 0.01) for p in self.parameters()]"),
        {"initial_weights"},
    ),
    "N10 randn": (define(init="[nn.init.normal_(p) for p in self.parameters()]"), {"initial_weights"}),
    "N11 rand": (define(init="[nn.init.uniform_(p) for p in self.parameters()]"), {"initial_weights"}),
    "N12 large negative bias": (define(init="nn.init.constant_(self.fc1.bias, -10.0)"), {"initial_weights"}),
    "N13 hidden detached": (
        define(forward="return self.fc2(self.activation(self.fc1(images.flatten(1))).detach())"),
        {"gradient_reaches_everything"},
    ),
    "N14 layers in a list": (
        define(
            layers="self.layers = [nn.Linear(784, 128), nn.Linear(128, 10)]",
            forward="return self.layers[1](self.activation(self.layers[0](images.flatten(1))))",
        ),
        {"layers_are_registered"},
    ),
    "N15 softmax in the hidden layer": (
        define(forward="return self.fc2(self.fc1(images.flatten(1)).softmax(1))"),
        {"forward_is_two_layers"},
    ),
    "sizes ignored": (
        define(layers="self.fc1 = nn.Linear(784, 128); self.fc2 = nn.Linear(128, 10)"),
        {"other_sizes"},
    ),
    "784 in forward": (
        define(forward="return self.fc2(self.activation(self.fc1(images.reshape(-1, 784))))"),
        {"other_sizes"},
    ),
    "other names": (
        define(
            layers="self.hidden = nn.Linear(784, 128); self.out = nn.Linear(128, 10)",
            forward="return self.out(self.activation(self.hidden(images.flatten(1))))",
        ),
        {"layers_are_registered"},
    ),
    "a third layer": (
        define(
            init="self.fc3 = nn.Linear(128, 128)",
            forward="return self.fc2(self.activation(self.fc3(self.fc1(images.flatten(1)))))",
        ),
        {"layers_are_registered"},
    ),
    "not flattened": (
        define(forward="return self.fc2(self.activation(self.fc1(images)))"),
        {"both_input_shapes", "forward_is_two_layers"},
    ),
    "flattened with the batch": (
        define(forward="return self.fc2(self.activation(self.fc1(images.flatten())))"),
        {"other_sizes", "both_input_shapes", "raw_scores"},
    ),
    "centred pixels": (
        define(forward="return self.fc2(self.activation(self.fc1((images.flatten(1) - 0.1307) / 0.3081)))"),
        {"forward_is_two_layers"},
    ),
    "dropout": (
        define(forward="return self.fc2(F.dropout(self.activation(self.fc1(images.flatten(1)))))"),
        {"both_input_shapes", "raw_scores"},
    ),
    "scores in float64": (
        define(forward=SCORES + "return scores.double()"),
        {"other_sizes", "both_input_shapes", "raw_scores"},
    ),
    "X02 no return": (define(forward=SCORES), {"other_sizes", "both_input_shapes", "raw_scores"}),
    "a list of tensors": (
        define(forward=SCORES + "return [scores]"),
        {"other_sizes", "both_input_shapes", "raw_scores"},
    ),
    "X03 images detached": (
        define(forward="return self.fc2(self.activation(self.fc1(images.detach().flatten(1))))"),
        {"gradient_reaches_everything"},
    ),
    "no super().__init__()": (
        define().replace("super().__init__()", "pass"),
        {"layers_are_registered", "both_input_shapes"},
    ),
    "not a module": (
        define().replace("(nn.Module)", "").replace("super().__init__()", "pass"),
        {"layers_are_registered", "both_input_shapes"},
    ),
    "fc1 is a number": (
        define(layers="self.fc1 = 1; self.fc2 = 2", forward="return images"),
        {"layers_are_registered", "both_input_shapes"},
    ),
    "weights not trained": (
        define(init="[p.requires_grad_(False) for p in self.fc1.parameters()]"),
        {"gradient_reaches_everything"},
    ),
    "weights as buffers": (
        define(
            layers="self.fc1 = nn.Linear(784, 128); self.fc2 = nn.Linear(128, 10)",
            init="w = self.fc2.weight.data; del self.fc2.weight; self.fc2.register_buffer('weight', w)",
        ),
        {"layers_are_registered"},
    ),
    "no graph": (
        define(forward="with torch.no_grad(): return self.fc2(self.activation(self.fc1(images.flatten(1))))"),
        {"gradient_reaches_everything"},
    ),
    "weights of nan": (
        define(init="[nn.init.constant_(p, float('nan')) for p in self.parameters()]"),
        {"initial_weights", "other_sizes", "both_input_shapes", "raw_scores"},
    ),
    "a bias that drowns the rest": (
        define(
            init="nn.init.constant_(self.fc2.bias, 1e30)",
            forward="return self.fc2.bias.expand(len(images), -1)",
        ),
        {"initial_weights", "both_input_shapes", "raw_scores"},
    ),
    "the same, written later": (
        define(forward="self.fc2.bias.data.fill_(1e30); return self.fc2.bias.expand(len(images), -1)"),
        {"both_input_shapes", "raw_scores"},
    ),
    "no network at all": (
        define(
            forward="return torch.zeros(len(images), len(self.fc2.bias)) + 0 * (self.fc1.weight.sum() + self.fc2.weight.sum())\n\n"
            "    def state_dict(self, *_, **__):\n        return {k: v * 0 for k, v in nn.Module.state_dict(self).items()}"
        ),
        {"initial_weights", "both_input_shapes", "raw_scores"},
    ),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_known_mistake_loses_its_check(grading, code):
    source, expected = WRONG[code]
    results = grading("mlp", source)
    failed = {name for name, result in results.items() if result.status is Status.FAILED}
    assert failed == expected
    assert {result.status for result in results.values()} <= {Status.FAILED, Status.PASSED, Status.BLOCKED}
    assert all(results[name].message and results[name].where for name in failed)


def test_each_check_is_lost_by_a_mistake():
    checks = {check.name for check in load("mlp").info.checks}
    assert set().union(*(failed for _, failed in WRONG.values())) == checks


def test_probabilities_are_named(grading):
    result = grading("mlp", WRONG["N01 softmax"][0])["raw_scores"]
    assert result.message.startswith("The output is probabilities")
    assert "each row sums to 1.0000" in result.message


def test_log_probabilities_are_remarked(grading):
    results = grading("mlp", define(forward=SCORES + "return scores.log_softmax(1)"))
    assert {result.status for result in results.values()} == {Status.PASSED}
    assert any("log-probabilities" in remark for result in results.values() for remark in result.remarks)


MODEL = (
    "class MLP(MLP):\n    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n"
)
FORWARD = "return self.fc2(self.activation(self.fc1(images.flatten(1)))).softmax(1)"
# What is written at the end of the file, the check, the line that it shows and what came back.
SHOWN = {
    "a wrong forward": (
        f"{MODEL}\n    def forward(self, images):\n        {FORWARD}\n",
        "raw_scores",
        FORWARD,
        "a (6, 10) float32 tensor, ",
    ),
    "a layer too many": (
        f"{MODEL}        self.fc3 = nn.Linear(10, 10)\n",
        "layers_are_registered",
        "class MLP(MLP):",
        "an exercises.mlp.MLP",
    ),
    "no module": ("def MLP(*args, **kwargs):\n    return 3\n", "layers_are_registered", "return 3", "3"),
    "a forward that raises": (
        f"{MODEL}\n    def forward(self, images):\n        return images.nothing()\n",
        "both_input_shapes",
        "return images.nothing()",
        "",
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_failed_check_shows_the_line_and_what_came_back(grading, name):
    text, check, code, returned = SHOWN[name]
    result = grading("mlp", text)[check]
    assert result.status is Status.FAILED
    assert (result.code, result.returned[: len(returned) or None]) == (code, returned), result
