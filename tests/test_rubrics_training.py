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


LOSS = "optimizer.zero_grad(); loss = F.cross_entropy(model(images), targets); "

# Known mistakes by their codes, and checks that they have to lose.
WRONG = {
    "K01 zero_grad missing": (
        step(
            "loss = F.cross_entropy(model(images), targets); loss.backward(); optimizer.step(); return loss.item()"
        ),
        {"old_gradients_do_not_count"},
    ),
    "K03 zero_grad after backward": (
        step(
            "loss = F.cross_entropy(model(images), targets); loss.backward(); optimizer.zero_grad(); optimizer.step(); return loss.item()"
        ),
        {"one_update"},
    ),
    "K04 step before backward": (
        step(LOSS + "optimizer.step(); loss.backward(); return loss.item()"),
        {"one_update"},
    ),
    "K06 backward missing": (step(LOSS + "optimizer.step(); return loss.item()"), {"one_update"}),
    "K07 step missing": (step(LOSS + "loss.backward(); return loss.item()"), {"one_update"}),
    "K08 step twice": (
        step(LOSS + "loss.backward(); optimizer.step(); optimizer.step(); return loss.item()"),
        {"one_update"},
    ),
    "K09 softmax before cross-entropy": (
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
    "K16 sum instead of mean": (
        step(
            "optimizer.zero_grad(); loss = F.cross_entropy(model(images), targets, reduction='sum'); loss.backward(); optimizer.step(); return loss.item()"
        ),
        {"loss_before_the_update", "one_update"},
    ),
    "K19 ascent": (
        step(LOSS + "(-loss).backward(); optimizer.step(); return loss.item()"),
        {"one_update"},
    ),
    "K21 the loss as a tensor": (
        step(LOSS + "loss.backward(); optimizer.step(); return loss"),
        {"loss_before_the_update"},
    ),
    "loss after the update": (
        step(
            LOSS + "loss.backward(); optimizer.step(); return F.cross_entropy(model(images), targets).item()"
        ),
        {"loss_before_the_update"},
    ),
    "the optimizer is not used": (
        step(
            "model.zero_grad(); loss = F.cross_entropy(model(images), targets); loss.backward(); [p.data.sub_(0.1 * p.grad) for p in model.parameters()]; return loss.item()"
        ),
        {"any_optimizer"},
    ),
    "K10 other parameters": (
        loop(optimizer="torch.optim.SGD(MLP(torch.relu).parameters(), lr=learning_rate)"),
        {"overfits_32_samples"},
    ),
    "K11 labels not shuffled": (
        loop(step="train_step(model, optimizer, images[batch], targets[start:start + batch_size])"),
        {"learns_a_new_problem"},
    ),
    "K13 no shuffle": (loop(order="torch.arange(len(images))"), {"a_new_order_each_epoch"}),
    "one order for all epochs": (
        loop(before="fixed = torch.randperm(len(images), generator=generator)", order="fixed"),
        {"a_new_order_each_epoch"},
    ),
    "the seed is not used": (
        loop(order="torch.randperm(len(images))"),
        {"same_seed_same_losses"},
    ),
    "K14 last batch dropped": (
        loop(range="range(0, len(images) - batch_size + 1, batch_size)"),
        {"one_loss_a_batch"},
    ),
    "K15 always the same batch": (loop(batch="order[:batch_size]"), {"one_loss_a_batch"}),
    "with replacement": (
        loop(order="torch.randint(len(images), (len(images),), generator=generator)"),
        {"every_sample_once"},
    ),
    "K17 another learning rate": (
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=0.1)"),
        {"overfits_32_samples"},
    ),
    "momentum": (
        loop(optimizer="torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)"),
        {"overfits_32_samples"},
    ),
    "one loss an epoch": (loop(result="losses[::len(losses) // epochs]"), {"one_loss_a_batch"}),
    "evaluation mode": (loop(first="model.eval()"), {"one_loss_a_batch"}),
    "no training mode": (loop(first="pass"), {"one_loss_a_batch"}),
    "a running mean": (
        loop(append="losses.append(loss); losses[-1] = sum(losses[-10:]) / len(losses[-10:])"),
        {"overfits_32_samples"},
    ),
    "the batch size is fixed": (loop(first="model.train(); batch_size = 128"), {"one_loss_a_batch"}),
    "one list for all calls": (
        "kept = []\n" + loop(before="losses = kept"),
        {"same_seed_same_losses", "overfits_32_samples"},
    ),
    "another seed where none is given": (
        "def compare(activations, images, targets, **settings):\n    out = {}\n    for name, a in activations.items():\n        torch.manual_seed(settings.get('seed', 42))\n        out[name] = train(MLP(a), images, targets, **settings)\n    return out\n",
        {"settings_go_to_train"},
    ),
    "K23 accuracy by batches": (
        "def accuracy(model, images, targets):\n    with torch.no_grad():\n        return float((model(images).argmax(1) == targets).sum())\n",
        {"accuracy_is_the_share"},
    ),
    "accuracy in percent": (
        "def accuracy(model, images, targets):\n    with torch.no_grad():\n        return 100 * float((model(images).argmax(1) == targets).float().mean())\n",
        {"accuracy_is_the_share"},
    ),
    "accuracy leaves evaluation mode on": (
        "def accuracy(model, images, targets):\n    model.eval()\n    with torch.no_grad():\n        return float((model(images).argmax(1) == targets).float().mean())\n",
        {"accuracy_leaves_no_trace"},
    ),
    "accuracy in training mode": (
        "def accuracy(model, images, targets):\n    with torch.no_grad():\n        return float((model(images).argmax(1) == targets).float().mean())\n",
        {"accuracy_leaves_no_trace"},
    ),
    "accuracy not restored after an exception": (
        "def accuracy(model, images, targets):\n    mode = model.training\n    model.eval()\n    with torch.no_grad():\n        share = float((model(images).argmax(1) == targets).float().mean())\n    model.train(mode)\n    return share\n",
        {"accuracy_leaves_no_trace"},
    ),
    "K27 one model for all": (
        "def compare(activations, images, targets, **settings):\n    model = MLP(torch.tanh)\n    return {name: train(model, images, targets, **settings) for name in activations}\n",
        {"the_race_is_fair"},
    ),
    "K28 another start for each": (
        "def compare(activations, images, targets, **settings):\n    return {name: train(MLP(a), images, targets, **settings) for name, a in activations.items()}\n",
        {"the_race_is_fair"},
    ),
    "settings dropped": (
        "def compare(activations, images, targets, **settings):\n    out = {}\n    for name, a in activations.items():\n        torch.manual_seed(0)\n        out[name] = train(MLP(a), images, targets)\n    return out\n",
        {"settings_go_to_train"},
    ),
    "the last value decides": (
        "def fastest(histories):\n    return min(histories, key=lambda name: histories[name][-1])\n",
        {"fastest_has_the_lowest_mean"},
    ),
    "no legend": (
        "def plot_losses(histories):\n    import matplotlib.pyplot as plt\n    figure, axes = plt.subplots()\n    for name, losses in histories.items():\n        axes.plot(losses, label=name)\n    axes.set(xlabel='step', ylabel='loss')\n    return figure\n",
        {"losses_are_drawn"},
    ),
    "smoothed only": (
        "def plot_losses(histories):\n    import matplotlib.pyplot as plt\n    figure, axes = plt.subplots()\n    for name, losses in histories.items():\n        axes.plot([sum(losses[max(0, i - 4):i + 1]) / 5 for i in range(len(losses))], label=name)\n    axes.set(xlabel='step', ylabel='loss')\n    axes.legend()\n    return figure\n",
        {"losses_are_drawn"},
    ),
}

# Other ways to be right, which must not lose a point.
RIGHT = {
    "zero_grad at the end": step(
        "optimizer.zero_grad(); loss = F.cross_entropy(model(images), targets); loss.backward(); optimizer.step(); optimizer.zero_grad(); return float(loss)"
    ),
    "gradients set to None": step(
        "[setattr(p, 'grad', None) for p in model.parameters()]; loss = nn.CrossEntropyLoss()(model(images), targets); loss.backward(); optimizer.step(); return loss.detach().item()"
    ),
    "log-softmax and nll": step(
        "optimizer.zero_grad(set_to_none=False); loss = F.nll_loss(F.log_softmax(model(images), 1), targets); loss.backward(); optimizer.step(); return loss.item()"
    ),
    "a data loader": """
from torch.utils.data import DataLoader, TensorDataset


def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    loader = DataLoader(
        TensorDataset(images, targets), batch_size=batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    model.train()
    return [train_step(model, optimizer, x, y) for _ in range(epochs) for x, y in loader]
""",
    "the global generator": loop(
        first="model.train(); torch.manual_seed(seed)", order="torch.randperm(len(images))"
    ),
    "numpy's generator": loop(
        first="model.train(); import numpy; rng = numpy.random.default_rng(seed)",
        order="torch.from_numpy(rng.permutation(len(images)))",
    ),
    "shuffled copies and split": """
def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(images.shape[0], generator=generator)
        for x, y in zip(images[order].split(batch_size), targets[order].split(batch_size)):
            losses += [train_step(model, optimizer, x, y)]
    return losses
""",
    "SGD by hand, the step inside train": """
def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images), generator=generator).split(batch_size):
            loss = F.cross_entropy(model(images[batch]), targets[batch])
            parameters = list(model.parameters())
            gradients = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for p, g in zip(parameters, gradients):
                    p -= learning_rate * g
            losses.append(float(loss.detach()))
    return losses
""",
    "an evaluation after each epoch": """
def train(model, images, targets, *, epochs=1, batch_size=128, learning_rate=0.1, seed=0):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(images), generator=generator).split(batch_size):
            losses.append(train_step(model, optimizer, images[batch], targets[batch]))
        print(epoch, accuracy(model, images, targets))
    return losses
""",
    "accuracy by one comparison": """
def accuracy(model, images, targets):
    mode = model.training
    try:
        model.eval()
        with torch.inference_mode():
            return torch.eq(model(images).max(dim=1).indices, targets).double().mean().item()
    finally:
        model.train(mode)
""",
    "the object interface of matplotlib": """
def plot_losses(histories):
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    for name, losses in histories.items():
        axes.plot(range(len(losses)), losses, label=f"{name} (final {losses[-1]:.2f})")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    figure.legend()
    return figure
""",
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


@pytest.mark.parametrize("name", RIGHT)
def test_variant_keeps_every_point(graded: Grade, name: str) -> None:
    results = graded(RIGHT[name])
    lost = {check: (r.message, r.detail) for check, r in results.items() if r.status is not Status.PASSED}
    assert lost == {}


def test_stacking_is_named_wherever_it_shows(graded: Grade) -> None:
    code, lost = WRONG["K09 softmax before cross-entropy"]
    results = graded(code, *lost, CONVERGE[0])
    for result in results.values():
        assert "cross-entropy" in result.message, result
        assert "softmax" in result.message + result.hint, result
    losses = results[CONVERGE[0]].curve["got"]
    assert all(loss is not None and loss > 1.4 for loss in losses)


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
