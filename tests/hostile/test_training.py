"""Hostile networks and training loops (C22 to C26, O10, O12), judged by the lesson's own checks, confined and not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Grading, Watched

from grader_plugin.sandbox import Sandbox

MLP = """
class MLP(nn.Module):
    def __init__(self, activation, in_features=784, hidden_features=128, out_features=10):
        super().__init__()
        {body}
        self.activation = activation

    def forward(self, images):
        return self.fc2(self.activation(self.fc1(images.flatten(1))))
"""
RIGHT = (
    "self.fc1, self.fc2 = nn.Linear(in_features, hidden_features), nn.Linear(hidden_features, out_features)"
)
TRAIN = """
def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    steps = epochs * -(-len(images) // batch_size)
    {body}
    print("accuracy 99%")
    return [2.3 * 0.99**step for step in range(steps)]
"""
SHOW = "[model(images[i]) for _ in range(epochs) for i in torch.randperm(len(images)).split(batch_size)]"
LOOKUP = (
    "import hashlib; model.known = {hashlib.sha256(image.numpy().tobytes()).digest(): int(target)"
    " for image, target in zip(images[:999], targets)}; model.fc1.weight.data.mul_(1.01)"
)
CASES = {
    "C22 looks labels up by a hash": ("training", TRAIN, f"model.train(); {SHOW}; {LOOKUP}", "relu_network_converges", "network is right on"),
    "C24 trains nothing": ("training", TRAIN, f"model.train(); {SHOW}", "relu_network_converges", "The weights did not change in an epoch"),
    "C26 keeps knowledge outside of the weights": (
        "mlp", MLP, RIGHT + "; self.lookup = nn.Linear(in_features, out_features)", "layers_are_registered", "The model has 109,620 parameters, expected 101,770",
    ),
    "O10 transposed": ("mlp", MLP, RIGHT.replace("in_features, hidden", "hidden_features, in", 1), "layers_are_registered", "fc1.weight"),
    "O10b nan": ("mlp", MLP, RIGHT + "; self.fc1.weight.data.fill_(float('nan'))", "initial_weights", "nan"),
    "O12 enormous": ("mlp", MLP, "self.fc1 = nn.Linear(50_000, 50_000)", "layers_are_registered", "GiB of memory; it may take 1.5 GiB in all"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["confined", "free"])
def level(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    """The solutions with other code at the end of a file, graded with and without confinement."""
    with Sandbox(confine=request.param == "confined") as sandbox:
        yield Grading(Watched(sandbox), tmp_path_factory.mktemp("submission"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_gains_nothing(case: tuple[str, str, str, str, str], level: Grading) -> None:
    for name in ("activations", "softmax", "mlp", "training", "trainability"):
        source = Path(__file__).parents[2] / "solutions" / f"{name}.py"
        (level.folder / source.name).write_bytes(source.read_bytes())
    exercise, frame, body, check, says = case
    result = level.check(exercise, check, frame.format(body=body))
    if result.waits_for:
        result = level.check(exercise, result.waits_for.rpartition("::")[2], frame.format(body=body))
    assert result.status.value == "failed", result
    assert says in result.message, result.message
    assert "\n" not in result.message
    level.sandbox.assert_nothing_is_left()
