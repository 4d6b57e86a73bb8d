"""What a learner sees first: what is wrong, where, and what to think about next, before the screen scrolls."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT

from grader_plugin import misconceptions
from grader_plugin.record import assemble
from grader_plugin.reports import terminal
from grader_plugin.reports.screen import Screen
from grader_plugin.runner import Run
from grader_plugin.sandbox import Sandbox

LINES = 12  # of a screen of 24, the head of the report and what was won being the rest


@dataclass(frozen=True, slots=True)
class Mistake:
    """A function written wrong in an otherwise right file, and what the first cause has to say of it.

    `at` begins the learner's line that is to be looked at; where it is a `def`, the place alone is shown. `said` and
    `asked` are passages of the sentence and of the question; a `known` mistake has its own words before and after.
    """

    exercise: str
    function: str
    code: str
    at: str
    said: tuple[str, ...]
    asked: str = ""
    known: str = ""


LOOP = """
optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
generator = torch.Generator().manual_seed(seed)
model.train()
losses = []
for _ in range(epochs):
    {shuffle}
    for start in range(0, {end}, batch_size):
        batch = slice(start, start + batch_size)
        losses.append(train_step(model, optimizer, images[{index}], targets[{index}]))
return losses
""".strip()
STEP = """
optimizer.zero_grad()
scores = model(images)
loss = F.cross_entropy(scores, targets)
loss.backward()
optimizer.step()
return loss.item()
""".strip()

MISTAKES = {
    "relu in place": Mistake(
        "activations",
        "relu",
        "x[x < 0] = 0\nreturn x",
        "def relu(",
        ("After relu(x), x is 0 at index 0, expected -",),
        known="R06-in-place",
    ),
    "max of Python": Mistake(
        "activations",
        "relu",
        "return max(0, x)",
        "return max(0, x)",
        ("relu raised RuntimeError: Boolean value of Tensor", "is ambiguous"),
        known="R03-python-max",
    ),
    "nothing is returned": Mistake(
        "activations",
        "relu",
        "x.clamp(min=0)",
        "def relu(",
        ("relu returned None, expected a torch.Tensor",),
        "Is there a return on every path?",
    ),
    "the built-in": Mistake(
        "activations",
        "gelu",
        "y = torch.nn.functional.gelu(x)\nreturn y",
        "y = torch.nn.functional.gelu(x)",
        ("gelu calls PyTorch's own gelu",),
        "Which elementary operations is the formula made of?",
    ),
    "gelu by tanh": Mistake(
        "activations",
        "gelu",
        "inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)\nreturn 0.5 * x * (1 + torch.tanh(inner))",
        "return 0.5 * x",
        ("gelu(x) is", "at x =", ", expected"),
        known="G01-tanh-approximation",
    ),
    "a name mistyped": Mistake(
        "activations",
        "silu",
        "return x * sigmod(x)",
        "return x * sigmod(x)",
        ("silu raised NameError: name 'sigmod' is not defined",),
        "Is the name defined or imported in this file, and spelt the same there? The same: tour_names, plot_tour_curves",
    ),
    "sigmoid that overflows": Mistake(
        "activations",
        "sigmoid",
        "return 1 / (1 + torch.exp(-x))",
        "return 1 / (1 + torch.exp(-x))",
        ("The gradient of sigmoid in float32 is nan at x = -89, expected 2.2",),
        known="S01-naive",
    ),
    "tanh as a quotient": Mistake(
        "activations",
        "tanh",
        "up, down = torch.exp(x), torch.exp(-x)\nreturn (up - down) / (up + down)",
        "return (up - down) / (up + down)",
        ("tanh(x) in float32 is nan at x = 89, expected 1",),
        known="T01-naive-quotient",
    ),
    "a bracket left open": Mistake(
        "softmax",
        "softmax",
        "shifted = logits - logits.amax(dim, keepdim=True\nreturn shifted.exp()",
        "shifted = logits",
        ("Loading exercises/softmax.py raised SyntaxError: '(' was never closed",),
        "What is open, missing or too much in that line",
    ),
    "softmax without a shift": Mistake(
        "softmax",
        "softmax",
        "e = logits.exp()\nreturn e / e.sum(dim, keepdim=True)",
        "return e / e.sum(dim, keepdim=True)",
        ("softmax of [0, 10000, 1] in float32 is nan at index (0, 1), expected 1",),
        known="M01-no-shift",
    ),
    "softmax of everything at once": Mistake(
        "softmax",
        "softmax",
        "e = (logits - logits.max()).exp()\nreturn e / e.sum()",
        "return e / e.sum()",
        ("of a 3 × 3 result sums to 0.", ", expected 1"),
        known="M02-sum-over-everything",
    ),
    "one maximum for all rows": Mistake(
        "softmax",
        "softmax",
        "top = logits.max() if logits.numel() else 0\ne = (logits - top).exp()\nreturn e / e.sum(dim, keepdim=True)",
        "return e / e.sum(dim, keepdim=True)",
        ("softmax(logits, dim=0) of rows that differ by a constant only is nan at index (0, 1)",),
        known="M03-max-over-everything",
    ),
    "keepdim missing": Mistake(
        "softmax",
        "softmax",
        "e = (logits - logits.amax(dim)).exp()\nreturn e / e.sum(dim, keepdim=True)",
        "e = (logits - logits.amax(dim)).exp()",
        ("Given logits of shape (4, 7), softmax raised RuntimeError: The size of tensor a (7) must match",),
        known="M10-max-loses-dim",
    ),
    "logarithm of softmax": Mistake(
        "softmax",
        "log_softmax",
        "return softmax(logits, dim).log()",
        "return softmax(logits, dim).log()",
        ("log_softmax of a class 104.5 below the best in float32 is infinite", "expected -105"),
        known="L02-log-of-unshifted-softmax",
    ),
    "sum for mean": Mistake(
        "softmax",
        "cross_entropy",
        "return -log_softmax(logits, dim=1).gather(1, targets.unsqueeze(1)).sum()",
        "return -log_softmax(logits",
        ("cross_entropy of 4 samples with ten equal scores each is 9.21, expected 2.303",),
        known="C01-sum",
    ),
    "softmax in the network": Mistake(
        "mlp",
        "forward",
        "x = self.activation(self.fc1(images.flatten(1)))\nreturn self.fc2(x).softmax(dim=1)",
        "return self.fc2(x).softmax(dim=1)",
        ("The output is probabilities", "each row sums to 1.0000"),
        known="N01-softmax-at-the-end",
    ),
    "zero_grad missing": Mistake(
        "training",
        "train_step",
        STEP.replace("optimizer.zero_grad()\n", ""),
        "def train_step(",
        ("In a step that began with an older gradient in .grad, the change of fc1.weight is", ", expected"),
        known="K01-gradients-never-cleared",
    ),
    "softmax before cross-entropy": Mistake(
        "training",
        "train_step",
        STEP.replace("(scores", "(scores.softmax(dim=1)"),
        "return loss.item()",
        (
            "train_step returned 2.",
            "the cross-entropy of the model's softmax; of its raw output it is 2.",
        ),
        known="K09-softmax-before-the-loss",
    ),
    "last batch dropped": Mistake(
        "training",
        "train",
        LOOP.format(
            shuffle="order = torch.randperm(len(images), generator=generator)",
            end="len(images) - batch_size + 1",
            index="order[batch]",
        ),
        "return losses",
        ("train returned 4 losses for 2 epochs of 250 samples in batches of 100, expected 6",),
        known="K14-last-batch-dropped",
    ),
    "labels left behind": Mistake(
        "training",
        "train",
        LOOP.format(
            shuffle="images = images[torch.randperm(len(images), generator=generator)]",
            end="len(images)",
            index="batch",
        ),
        "return losses",
        ("Loss 0 of two epochs of 200 samples is 2.", ", expected 2."),
        known="K11c-labels-not-shuffled-in-place",
    ),
    "accuracy in percent": Mistake(
        "training",
        "accuracy",
        "with torch.no_grad():\n    right = (model(images).argmax(dim=1) == targets).sum().item()\nreturn 100 * right / len(targets)",
        "return 100 * right / len(targets)",
        ("The accuracy on 7 samples is", "expected 0."),
        known="K70-percent",
    ),
    "dead along the wrong axis": Mistake(
        "trainability",
        "dead_units",
        "return (hidden == 0).all(dim=1)",
        "return (hidden == 0).all(dim=1)",
        ("dead_units of 40 samples of 12 units has shape (40,), expected (12,)",),
        known="D02-samples-instead-of-units",
    ),
}


def first_cause(sandbox: Sandbox, folder: Path, mistake: Mistake) -> list[str]:
    """The lines of the first cause in the report of this exercise, the three long trainings left out."""
    run = Run(folder, "exercises", sandbox=sandbox)
    lesson = [exercise.info for exercise in run.exercises.values()]
    chosen = next(info for info in lesson if info.name == mistake.exercise)
    results = [run.check(chosen.name, check.name) for check in chosen.checks if not check.beside]
    grade = assemble(lesson, {result.id: result for result in results}, **run.facts)
    report = terminal.render(grade, Screen(width=80, unicode=True), full=3).splitlines()
    start = next(number for number, line in enumerate(report) if line.startswith("✗"))
    return report[start : report.index("", start)]


def wrong_file(mistake: Mistake) -> str:
    """The solution with that one function written wrong."""
    text = (ROOT / "solutions" / f"{mistake.exercise}.py").read_text("utf-8")
    start = text.index(f"def {mistake.function}(")
    begin = text.rindex("\n", 0, text.index("# BEGIN SOLUTION", start)) + 1
    end = text.index("\n", text.index("# END SOLUTION", begin))
    indent = " " * (len(text[begin:]) - len(text[begin:].lstrip()))
    body = "\n".join(indent + line for line in mistake.code.splitlines())
    return text[:begin] + body + text[end:]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_before_the_screen_scrolls(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    mistake = MISTAKES[name]
    folder = tmp_path / "exercises"
    shutil.copytree(ROOT / "solutions", folder)
    text = wrong_file(mistake)
    (folder / f"{mistake.exercise}.py").write_text(text, "utf-8")
    lines = first_cause(sandbox, folder, mistake)
    shown = " ".join(" ".join(lines[:LINES]).split())
    after = text[: text.index(f"def {mistake.function}(")].count("\n")
    number = next(
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if number > after and line.strip().startswith(mistake.at)
    )
    code = "" if mistake.at.startswith("def ") else f" {number} │ {mistake.at}"
    place = f"exercises/{mistake.exercise}.py:{number}{code}"
    asked = f"? {mistake.asked}" if mistake.asked[:1].isupper() else mistake.asked
    parts = [*mistake.said, place, asked]
    if mistake.known:
        (entry,) = (one for one in misconceptions.load(mistake.exercise) if one.id == mistake.known)
        parts = [entry.diagnosis, *mistake.said, place, f"? {entry.hint}"]
    assert re.search(".*".join(map(re.escape, parts)), shown), "\n".join(lines)
