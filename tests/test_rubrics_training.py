"""The rubric of training: what is right keeps its points, each known mistake loses the check that is about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader_plugin.drawing import PNG
from grader_plugin.result import CheckResult, Status
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
CONVERGE = ("relu_network_converges", "gelu_network_converges", "tanh_network_converges")

Grade = Callable[..., dict[str, CheckResult]]


@pytest.fixture
def graded(sandbox: Sandbox, tmp_path: Path) -> Grade:
    """Grade training.py with other code at its end, beside the other solutions; the long checks only by name."""

    def grade(code: str, *names: str, seed: int = 0) -> dict[str, CheckResult]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(ROOT / "solutions", folder)
        with (folder / "training.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}")
        run = Run(folder, "exercises", sandbox=sandbox, seed=seed)
        names = names or tuple(
            info.name for info in run.exercises["training"].info.checks if info.name not in CONVERGE
        )
        return {name: run.check("training", name) for name in names}

    return grade


def step(body: str) -> str:
    """A `train_step` with that body, a statement a line."""
    lines = "\n    ".join(body.split("; "))
    return f"def train_step(model, optimizer, images, targets):\n    {lines}\n"


def loop(order: str = "torch.randperm(len(images), generator=generator)", **parts: str) -> str:
    """A `train` put together from parts."""
    part = {
        "optimizer": "torch.optim.SGD(model.parameters(), lr=learning_rate)",
        "before": "pass",
        "first": "model.train()",
        "range": "range(0, len(images), batch_size)",
        "batch": "order[start:start + batch_size]",
        "step": "train_step(model, optimizer, images[batch], targets[batch])",
        "append": "losses.append(loss)",
        "result": "losses",
        **parts,
    }
    return f"""
def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = {part["optimizer"]}
    generator = torch.Generator().manual_seed(seed)
    {part["first"]}
    losses = []
    {part["before"]}
    for epoch in range(epochs):
        order = {order}
        for start in {part["range"]}:
            batch = {part["batch"]}
            loss = {part["step"]}
            {part["append"]}
    return {part["result"]}
"""


def measured(body: str) -> str:
    """An `accuracy` with that body, a statement a line, which finds the right ones as `share`."""
    lines = "\n    ".join(body.split("; "))
    return f"def accuracy(model, images, targets):\n    {lines}\n    return share.float().mean().item()\n"


def plotted(line: str) -> str:
    """A `plot_losses` that draws each network so."""
    return f"""
def plot_losses(histories):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    for name, losses in histories.items():
        {line}
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    return figure
"""


LOSS = "optimizer.zero_grad(); loss = F.cross_entropy(model(images), targets); "

# Mistakes that are in no list of known ones, and checks that they have to lose.
WRONG = {
    "backward is missing": (step(LOSS + "optimizer.step(); return loss.item()"), {"one_update"}),
    "softmax before cross-entropy": (
        step(
            "optimizer.zero_grad(); loss = F.cross_entropy(model(images).softmax(1), targets); loss.backward(); optimizer.step(); return loss.item()"
        ),
        {
            "loss_before_the_update",
            "logits_go_into_the_loss",
            "learns_a_new_problem",
            "overfits_32_samples",
        },
    ),
    "the optimizer is not used": (
        step(
            "model.zero_grad(); loss = F.cross_entropy(model(images), targets); loss.backward(); [p.data.sub_(0.1 * p.grad) for p in model.parameters()]; return loss.item()"
        ),
        {"any_optimizer"},
    ),
    "one dimension too few for one image": (
        step(
            "optimizer.zero_grad(); loss = F.cross_entropy(model(images).squeeze(), targets); loss.backward(); optimizer.step(); return loss.item()"
        ),
        {"loss_before_the_update"},
    ),
    "each element of the gradient is clipped": (
        step(
            LOSS
            + "loss.backward(); nn.utils.clip_grad_value_(model.parameters(), 0.5); optimizer.step(); return loss.item()"
        ),
        {"one_update"},
    ),
    "one loss an epoch": (loop(result="losses[::len(losses) // epochs]"), {"one_loss_a_batch"}),
    "evaluation mode": (loop(first="model.eval()"), {"one_loss_a_batch"}),
    "a mean of the last ten": (
        loop(append="losses.append(loss); losses[-1] = sum(losses[-10:]) / len(losses[-10:])"),
        {"overfits_32_samples", "same_seed_same_losses"},
    ),
    "one list for all calls": (
        "kept = []\n" + loop(before="losses = kept"),
        {"same_seed_same_losses"},
    ),
    "momentum after the second step": (
        loop(
            append="losses.append(loss); len(losses) == 2 and optimizer.param_groups[0].update(momentum=0.9)"
        ),
        {"overfits_32_samples", "same_seed_same_losses"},
    ),
    "a smaller learning rate in the second epoch": (
        loop(
            step="train_step(model, optimizer, images[batch], targets[batch])", append="losses.append(loss)"
        ).replace("order = ", "optimizer.param_groups[0]['lr'] = learning_rate / (1 + epoch); order = "),
        {"overfits_32_samples", "same_seed_same_losses"},
    ),
    "a seed of a hundred": (
        loop().replace("manual_seed(seed)", "manual_seed(seed % 100)"),
        {"a_new_order_each_epoch"},
    ),
    "the order turned round": (
        loop(
            before="fixed = torch.randperm(len(images), generator=generator)",
            order="fixed if epoch % 2 else fixed.flip(0)",
        ),
        {"a_new_order_each_epoch"},
    ),
    "targets shuffled in place": (
        loop(order="targets.copy_(targets[torch.randperm(len(images), generator=generator)])"),
        {"same_seed_same_losses"},
    ),
    "accuracy without gradients from then on": (
        measured("torch.set_grad_enabled(False); share = (model(images).argmax(1) == targets)"),
        {"accuracy_leaves_no_trace"},
    ),
    "accuracy writes into the images": (
        measured(
            "with torch.no_grad(): share = (model(images.add_(1e-6)).argmax(1) == targets)",
        ),
        {"accuracy_leaves_no_trace"},
    ),
    "a line that cannot be seen": (
        plotted("axes.plot(losses, label=name, linestyle='none')"),
        {"losses_are_drawn"},
    ),
    "steps from the right": (
        plotted("axes.plot(range(len(losses), 0, -1), losses, label=name)"),
        {"losses_are_drawn"},
    ),
    "a colour for each known name": (
        plotted("axes.plot(losses, label=name, color={'ReLU': 'r', 'GELU': 'g', 'Tanh': 'b'}[name])"),
        {"losses_are_drawn"},
    ),
    "three colours": (
        plotted("axes.plot(losses, label=name, color='rgb'[list(histories).index(name)])"),
        {"losses_are_drawn"},
    ),
    "names in order of the alphabet": (
        "def fastest(histories):\n"
        "    finite = {n: h for n, h in sorted(histories.items()) if all(map(math.isfinite, h))}\n"
        "    steps = min(map(len, finite.values()), default=0)\n"
        "    if not steps:\n        raise ValueError\n"
        "    return min(finite, key=lambda n: sum(finite[n][:steps]))\n",
        {"fastest_has_the_lowest_mean"},
    ),
    "fastest that knows the curves of its check": (
        "def fastest(histories):\n"
        "    known = {'slow': 'quick', 'late': 'early', 'long': 'short', 'first': 'first', 'b': 'b', 'two': 'one', 'even': 'spread',"
        " 'broken': 'sound', 'sound': 'sound', 'diverged': 'down'}\n"
        "    first = next(iter(histories), '')\n"
        "    if not any(all(map(math.isfinite, h)) and h for h in histories.values()):\n        raise ValueError\n"
        "    if not all(histories.values()):\n        raise ValueError\n"
        "    return 'long' if len(histories.get('long', ())) == 4 else known.get(first, first)\n",
        {"fastest_has_the_lowest_mean"},
    ),
    "class means written into the weights, and losses from nowhere": (
        "def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):\n"
        "    with torch.no_grad():\n"
        "        x = images.flatten(1)\n"
        "        centre = x.mean(0)\n"
        "        for name in range(10):\n"
        "            own = x[targets == name]\n"
        "            if len(own):\n"
        "                model.fc1.weight[name] = own.mean(0) - centre\n"
        "                model.fc1.bias[name] = -(own.mean(0) @ (own.mean(0) - centre)) / 2\n"
        "        model.fc2.weight.copy_(torch.eye(10, model.fc2.weight.shape[1]) * 50)\n"
        "    return [0.0] * (epochs * -(-len(images) // batch_size))\n",
        {"one_loss_a_batch"},
    ),
    "notes of millions of images": (
        "def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):\n"
        "    count = epochs * -(-len(images) // batch_size)\n"
        "    model.seen, model.graphs, model.modes = [torch.zeros(400_000, dtype=torch.bool)] * count, [True] * count, [True] * count\n"
        "    return [2.3] * count\n",
        {"one_loss_a_batch"},
    ),
    "accuracy that knows how many samples its check has": (
        "def accuracy(model, images, targets):\n    return math.ceil(0.6 * len(images)) / len(images)\n",
        {"accuracy_is_the_share"},
    ),
    "accuracy not restored after an exception, without a graph": (
        measured(
            "mode = model.training; model.eval(); share = (model(images).argmax(1) == targets); model.train(mode)"
        ),
        {"accuracy_leaves_no_trace"},
    ),
}


@pytest.mark.parametrize("seed", range(3))
def test_solution_keeps_every_point(graded: Grade, seed: int) -> None:
    results = graded("", seed=seed)
    assert {name: r.message for name, r in results.items() if r.status is not Status.PASSED} == {}


@pytest.mark.parametrize("name", WRONG)
def test_mistake_loses_its_check(graded: Grade, name: str) -> None:
    code, lost = WRONG[name]
    results = graded(code, *lost)
    told = {check: (result.status, result.message) for check, result in results.items()}
    assert all(result.status is Status.FAILED for result in results.values()), told
    assert all(result.message and result.where for result in results.values())


def test_stacking_is_named_wherever_it_shows(graded: Grade) -> None:
    code, lost = WRONG["softmax before cross-entropy"]
    results = graded(code, *lost, CONVERGE[0])
    for result in results.values():
        assert "cross-entropy" in result.message, result
        assert "softmax" in result.message + result.hint + result.diagnosis, result
    losses = results[CONVERGE[0]].curve["got"]
    assert all(loss is not None and loss > 1.4 for loss in losses)


FIRST_WRONG = {
    "0: each loss has a little more": (loop(append="losses.append(loss + 0.01)"), 0, "which images"),
    "0: labels of others": (
        loop(step="train_step(model, optimizer, images[batch], targets[batch.roll(1)])"),
        0,
        "which targets",
    ),
    "1: another learning rate": (
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=0.1)"),
        1,
        "the first step do",
    ),
    "1: only the last layer": (
        loop(optimizer="torch.optim.SGD(list(model.parameters())[-2:], lr=learning_rate)"),
        1,
        "the first step do",
    ),
    "2: momentum": (
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.5)"),
        2,
        "leave behind",
    ),
    "401: a schedule": (
        loop(
            append="losses.append(loss); optimizer.param_groups[0]['lr'] = 0.05 if len(losses) < 400 else 0.01"
        ),
        401,
        "changes from step to step",
    ),
}


@pytest.mark.parametrize("name", FIRST_WRONG)
def test_the_first_loss_that_differs_is_told(graded: Grade, name: str) -> None:
    code, index, question = FIRST_WRONG[name]
    result = graded(code, "overfits_32_samples")["overfits_32_samples"]
    assert result.message.startswith(f"Loss {index} of 480 steps")
    assert question in result.hint or result.misconception  # a known mistake has a question of its own
    assert "softmax" not in result.message + result.diagnosis


@pytest.mark.parametrize(
    "code",
    [
        loop(optimizer="torch.optim.SGD(list(model.parameters())[-2:], lr=learning_rate)"),
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=learning_rate / 5)"),
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=learning_rate / 20)"),
    ],
)
def test_a_slow_network_is_not_told_of_softmax(graded: Grade, code: str) -> None:
    results = graded(code, "learns_a_new_problem", "overfits_32_samples", CONVERGE[0])
    assert results["overfits_32_samples"].status is Status.FAILED
    for result in results.values():
        assert "softmax" not in result.message + result.hint + result.diagnosis, result
        assert "1.46" not in result.message, result


def test_network_that_is_not_trained_is_not_believed(graded: Grade) -> None:
    """Good losses alone are worth nothing: the weights decide."""
    code = "def train(model, images, targets, **settings):\n    return [2.3] + [0.3] * (-(-len(images) // 128) - 1)\n"
    result = graded(code, CONVERGE[0])[CONVERGE[0]]
    assert result.status is not Status.PASSED


def test_curve_with_nan_is_told_and_recorded_as_null(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    shutil.copytree(ROOT / "solutions", folder)
    with (folder / "training.py").open("a", encoding="utf-8") as file:
        file.write(loop(result="[*losses[:-1], math.nan]"))
    run = Run(folder, "exercises", sandbox=sandbox)
    result = run.check("training", CONVERGE[0])
    assert result.status is Status.FAILED
    assert "Loss 468 of 469 is nan" in result.message
    assert run.training["relu"]["losses"][-1] is None
    assert result.curve["expected"] == []
    assert (result.curve["x"][0], result.curve["x"][-1], len(result.curve["x"])) == (0.0, 468.0, 64)
    assert [number is None for number in result.curve["got"]] == [False] * 63 + [True]
    assert result.returned.endswith(", 469 floats")
    assert result.code.startswith("def train(")  # what is judged is what became of the weights too


def test_weights_that_stay_show_a_curve_that_goes_nowhere(graded: Grade) -> None:
    code = step("return F.cross_entropy(model(images), targets).item()")
    result = graded(code, CONVERGE[0])[CONVERGE[0]]
    assert result.message == "The weights did not change in an epoch"
    assert min(loss for loss in result.curve["got"] if loss is not None) > 2


CURVES = {
    name: {"losses": [2.3 / (1 + step / 50) for step in range(469)]} for name in ("relu", "gelu", "tanh")
}


def raced(sandbox: Sandbox, folder: Path, code: str = "", **told: dict[str, object]) -> Run:
    """A run that knows those curves and has graded plot_losses."""
    (folder / "mlp.py").write_text((ROOT / "solutions" / "mlp.py").read_text("utf-8"), "utf-8")
    text = (ROOT / "solutions" / "training.py").read_text("utf-8")
    (folder / "training.py").write_text(f"{text}\n\n{code}", "utf-8")
    run = Run(folder, "exercises", sandbox=sandbox)
    run.training.update(told)
    result = run.check("training", "losses_are_drawn")
    assert result.status is Status.PASSED, (result.message, result.detail)
    return run


def test_the_race_that_was_run_is_drawn(sandbox: Sandbox, tmp_path: Path) -> None:
    whole = raced(sandbox, tmp_path, **CURVES)
    assert whole.plots["losses"].startswith(PNG)
    diverged = {"losses": [*CURVES["tanh"]["losses"][:-9], *[None] * 9]}
    other = raced(sandbox, tmp_path, **{**CURVES, "tanh": diverged})
    assert other.plots["losses"] not in (b"", whole.plots["losses"])


def test_the_names_and_losses_of_the_race_are_the_runs_own(sandbox: Sandbox, tmp_path: Path) -> None:
    code = """
drawn = plot_losses


def plot_losses(histories):
    if len(next(iter(histories.values()))) > 400:
        print(*histories, *(f"{losses[-1]:.3f}" for losses in histories.values()))
    return drawn(histories)
"""
    curves = {**CURVES, "gelu": {"losses": [*CURVES["gelu"]["losses"][:-1], None]}}
    run = raced(sandbox, tmp_path, code, **curves)
    output = run.check("training", "losses_are_drawn").output
    assert output == "ReLU GELU tanh 0.222 nan 0.222\n"


@pytest.mark.parametrize("missing", ["relu", "gelu", "tanh"])
def test_without_all_three_networks_nothing_is_drawn(sandbox: Sandbox, tmp_path: Path, missing: str) -> None:
    told = {name: curve for name, curve in CURVES.items() if name != missing}
    assert raced(sandbox, tmp_path, **told).plots == {}


AT_469_STEPS = {
    "raises": "raise KeyError('long')",
    "is a stub": "raise NotImplementedError",
    "returns nothing": "return None",
    "ends the process": "import os; os._exit(0)",
    "does not end": "while True: pass",
}


@pytest.mark.parametrize("name", AT_469_STEPS)
def test_a_race_that_cannot_be_drawn_costs_nothing(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    code = f"""
drawn = plot_losses


def plot_losses(histories):
    if len(next(iter(histories.values()))) == 469:
        {AT_469_STEPS[name]}
    return drawn(histories)
"""
    assert raced(sandbox, tmp_path, code, **CURVES).plots == {}


def test_another_tasks_stub_blocks_and_is_named(graded: Grade) -> None:
    code = step("raise NotImplementedError")
    results = graded(code, "one_update", "one_loss_a_batch")
    assert results["one_update"].status is Status.TODO
    assert results["one_loss_a_batch"].status is Status.BLOCKED
    assert "train_step" in results["one_loss_a_batch"].message
