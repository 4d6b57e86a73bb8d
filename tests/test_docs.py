"""What the documents say is so: links, commands, options, fields, snippets, numbers."""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import pytest
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

from grader_plugin import rubrics
from grader_plugin.cli import app
from grader_plugin.exercise import CheckInfo
from grader_plugin.record import environment, result_of
from grader_plugin.result import SCHEMA, ExerciseResult, Grade, Status
from solutions import activations, softmax, trainability

ROOT = Path(__file__).parents[1]
LESSON = ("activations", "softmax", "mlp", "training", "trainability")
PAGES = tuple(f"docs/lesson/{name}.md" for name in LESSON)
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/README.md",
    "docs/ci.md",
    "docs/instructors.md",
    "docs/results.md",
    "docs/security.md",
    "docs/design.md",
    "docs/misconceptions.md",
    "exercises/README.md",
    "data/README.md",
    *PAGES,
)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, language: str = "") -> list[str]:
    """The fenced blocks of a document in that language, as they would be typed."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", read(name), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(text) for _, text in found]


def commands(name: str) -> list[str]:
    return [
        line for block in blocks(name) for line in block.splitlines() if line.startswith(("python", "grader"))
    ]


def section(name: str, heading: str) -> str:
    return re.split(r"^#+ ", read(name).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(name: str, heading: str) -> set[str]:
    """The names in the first column of a section's table."""
    rows = re.findall(r"^\| (`.*?) \|", section(name, heading), re.MULTILINE)
    return {field for row in rows for field in re.findall(r"`([^`]+)`", row)}


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", read(name)):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_the_two_commands_stand_alone_in_the_readme() -> None:
    assert commands("README.md")[:2] == ["python -m pip install -e .", "python -m pytest --grade"]


def test_the_readme_has_the_options_that_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    group = done.stdout.split("grading exercises:\n", 1)[1].split("\n\n", 1)[0]
    there = set(re.findall(r"^  (--[a-z-]+)", group, re.MULTILINE))
    assert {entry.split()[0].partition("[")[0] for entry in table("README.md", "Options")} == there
    used = re.findall(r"(--(?:grade|submission)[a-z-]*)", "".join(map(read, DOCUMENTS)))
    assert set(used) <= there | {"--submissions"}  # of `grader verify`


def test_what_the_readme_selects_is_there() -> None:
    checks = [
        f"exercises/{info.file}::{check.task}::{check.name}"
        for info in rubrics.catalogue()
        for check in info.checks
    ]
    selections = [
        command.split()[-1]
        for command in commands("README.md")
        if " -k " in command or "--grade exercises/" in command
    ]
    assert len(selections) == 4
    for selection in selections:
        assert any(selection in check for check in checks), selection


def test_commands_of_grader_exist() -> None:
    for name, option in re.findall(r"`grader ([a-z]+)(?: (--[a-z]+))?`", "".join(map(read, DOCUMENTS))):
        shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
        assert shown.exit_code == 0, name
        assert option in re.sub(r"\x1b\[[0-9;]*m", "", shown.output)


def test_the_numbers_are_those_of_the_lesson() -> None:
    lesson = rubrics.catalogue()
    count = sum(len(exercise.checks) for exercise in lesson)
    for name in ("README.md", "CHANGELOG.md", "docs/results.md", "docs/design.md"):
        assert set(re.findall(r"(\d+) checks", read(name))) == {str(count)}, name
    points = [sum(check.points for check in exercise.checks) for exercise in lesson]
    assert sum(points) == 100
    assert re.findall(r"\((\d+)\)", section("CHANGELOG.md", "0.1.0 (unreleased)")) == [str(p) for p in points]
    rows = re.findall(r"^\| \[`(\w+)\.py`\].*\| (\d+) \|$", read("exercises/README.md"), re.MULTILINE)
    assert rows == [(info.name, str(most)) for info, most in zip(lesson, points, strict=True)]


INFO = CheckInfo(exercise="e", task="t", name="n", title="T", points=1)


def test_the_record_is_described_field_by_field() -> None:
    exercise = ExerciseResult(name="e", title="E", checks=(result_of(INFO, Status.NOT_RUN),))
    record = Grade(exercises=(exercise,), environment=environment(0, "none", {})).to_dict()
    assert table("docs/results.md", "The whole") == set(record)
    assert table("docs/results.md", "An exercise") == set(record["exercises"][0])
    assert table("docs/results.md", "A check") == set(record["exercises"][0]["checks"][0])
    assert table("docs/results.md", "Environment") == set(record["environment"])
    assert table("docs/results.md", "Statuses") == {status.value for status in Status}
    assert SCHEMA in read("docs/results.md")


def examples() -> list[Any]:
    return [json.loads(block) for block in blocks("docs/results.md", "json")]


def test_the_example_is_a_record() -> None:
    training, record = examples()
    assert Grade.from_dict(record).to_dict() == record
    assert {name for one in training.values() for name in one} == table("docs/results.md", "Training")


def test_the_snippet_reads_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(examples()[1]), "utf-8")
    monkeypatch.chdir(tmp_path)
    (snippet,) = blocks("docs/results.md", "python")
    exec(compile(snippet, "docs/results.md", "exec"), {})
    assert capsys.readouterr().out == "1 5 []\n"


def test_the_guide_to_an_exercise_followed_literally(tmp_path: Path) -> None:
    """Each step's file is written where it says, each command run as it stands."""
    text = section("CONTRIBUTING.md", "Add an exercise")
    steps = re.split(r"^\d\. ", text, flags=re.MULTILINE)[1:]
    assert len(steps) <= 8
    for step in steps:
        told, _, _ = step.partition("```")
        for language, block in re.findall(r"^   ```(\w*)\n(.*?)^   ```$", step, re.MULTILINE | re.DOTALL):
            body = textwrap.dedent(block)
            if language == "python":
                (path,) = re.findall(r"`(leaky/[\w/.]+\.py)`", told)
                assert (tmp_path / path).exists()  # what `grader new` made
                (tmp_path / path).write_text(body, "utf-8")
                continue
            command = shlex.split(body)
            assert command.pop(0) == "grader"
            done = subprocess.run(
                [sys.executable, "-m", "grader_plugin", *command],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    stubs = (tmp_path / "class" / "exercises" / "leaky.py").read_text("utf-8")
    assert "# TODO: which of two values does each element take?" in stubs


def test_the_layout_lists_the_modules_in_the_order_of_dependency() -> None:
    package = ROOT / "grader_plugin"
    (layout,) = blocks("docs/design.md")
    listed = re.findall(r"^(\w+)(?:\.py|/) ", layout, re.MULTILINE)
    there = {
        path.stem for path in package.glob("[!_]*") if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(listed) == there
    for path in package.rglob("*.py"):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        if own in ("__init__", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                home = path.parents[node.level - 1]
                names = [node.module] if node.module else [alias.name for alias in node.names]
                for name in names:
                    used = (home / name.replace(".", "/")).relative_to(package).parts[0]
                    assert used == own or listed.index(used) < listed.index(own), f"{own} uses {used}"


@pytest.fixture(scope="module")
def figures() -> Any:
    """The script that draws the images of the lesson's pages, as a module."""
    matplotlib.use("agg")
    spec = importlib.util.spec_from_file_location("figures", ROOT / "docs/lesson/figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_image_of_the_lesson_is_drawn_by_the_script_and_shown(figures: Any) -> None:
    images = {path.name: path.stat().st_size for path in (ROOT / "docs/lesson/images").iterdir()}
    alternatives = re.findall(r"!\[(.*?)\]\(images/(\S+)\)", "".join(map(read, PAGES)))
    shown = {name: text for text, name in alternatives}
    assert set(images) == set(figures.FIGURES) == set(shown)
    assert max(images.values()) <= 80_000
    assert min(map(len, shown.values())) > 40  # a reader who does not see the image learns what is on it


@pytest.mark.parametrize("name", ["activations.svg", "derivatives.svg", "bend.png"])
def test_an_image_is_the_same_each_time(figures: Any, tmp_path: Path, name: str) -> None:
    first = figures.save(name, tmp_path).read_bytes()
    assert figures.save(name, tmp_path).read_bytes() == first


@pytest.mark.parametrize("name", [*PAGES, "exercises/README.md"])
def test_formulas_are_written_as_code_hosts_read_them(name: str) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", read(name), flags=re.MULTILINE | re.DOTALL)
    for line in text.splitlines():
        assert line.count("$") % 2 == 0, line  # a formula that goes on in the next line stays text
        for before, formula, after in re.findall(r"(^|.)\$(.*?)\$(.|$)", line):
            assert before in ("", " ", "("), line
            assert after in ("", *" .,;:?)"), line
            assert formula == formula.strip(), line
            # Markdown would take these for its own before the formula is read.
            assert not re.search(r"[|*<>]|\\[^a-zA-Z]", formula), line


def rows(name: str, heading: str) -> list[list[str]]:
    """The tables of a section as lists of cells, without their heads."""
    lines = re.findall(r"^\| (.*) \|$", section(name, heading), re.MULTILINE)
    return [line.split(" | ") for line in lines]


SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def says(text: str, value: float) -> bool:
    """Whether a number as it is written, `2.30`, `64 %` or `3 · 10⁻⁶`, is that value to its last digit."""
    parts = re.fullmatch(r"(-?\d+)(?:\.(\d+))?(?: · 10(-?\d+))?( %)?", text.translate(SUPERSCRIPTS))
    assert parts is not None, text
    whole, decimals, exponent, percent = parts.groups()
    unit = 10.0 ** (int(exponent or 0) - len(decimals or "") - (2 if percent else 0))
    return abs(int(whole + (decimals or "")) * unit - value) <= 0.501 * unit


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("0.25", 0.2549, True),
        ("0.25", 0.256, False),
        ("−0.170", -0.16997, True),
        ("64 %", 0.6408, True),
        ("64 %", 0.65, False),
        ("3 · 10⁻⁶", 2.86e-6, True),
        ("3 · 10⁻⁶", 2.4e-6, False),
    ],
)
def test_a_written_number_is_compared_to_its_last_digit(text: str, value: float, said: bool) -> None:
    assert says(text, value) is said


def test_the_slopes_are_those_of_the_functions(figures: Any) -> None:
    table = rows("docs/lesson/activations.md", "Saturation")[1:]
    assert len(table) == 4
    for x, *slopes in table:
        point = torch.tensor([float(x)], dtype=torch.float64)
        for text, function in zip(slopes, (activations.sigmoid, activations.tanh), strict=True):
            assert says(text, figures.slopes(function, point).item()), (x, text)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (activations.gelu, r"lowest at \$x = (?P<place>.*?)\$, where it is (?P<depth>−[\d.]+)"),
        (activations.silu, r"deeper \((?P<depth>−[\d.]+) at \$x = (?P<place>.*?)\$"),
    ],
)
def test_the_lowest_points_are_those_of_the_functions(
    function: Callable[[Tensor], Tensor], sentence: str
) -> None:
    page = " ".join(read("docs/lesson/activations.md").split())
    x = torch.linspace(-3, 3, 60_001, dtype=torch.float64)
    lowest, where = function(x).min(dim=0)
    said = re.search(sentence, page)
    assert said is not None
    assert says(said["depth"], lowest.item())
    assert says(said["place"], x[where].item())
    assert f"from {said['depth']} up" in page


def textbook_sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def chosen_sigmoid(x: Tensor) -> Tensor:
    return torch.where(x >= 0, textbook_sigmoid(x), torch.exp(x) / (1 + torch.exp(x)))


def textbook_tanh(x: Tensor) -> Tensor:
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@pytest.mark.parametrize(
    ("form", "at", "value"),
    [
        (textbook_sigmoid, -1000.0, 0.0),
        (chosen_sigmoid, -1000.0, 0.0),
        (chosen_sigmoid, 1000.0, 1.0),
        (textbook_tanh, 89.0, math.nan),
    ],
)
def test_the_textbook_forms_lose_the_gradient(
    figures: Any, form: Callable[[Tensor], Tensor], at: float, value: float
) -> None:
    x = torch.tensor([at])
    assert form(x).item() == pytest.approx(value, nan_ok=True)
    assert figures.slopes(form, x).isnan().all()


def test_the_limits_of_each_dtype_are_so() -> None:
    table = rows("docs/lesson/softmax.md", "The logarithm is taken before the probability is lost")[1:]
    assert [name for name, *_ in table] == ["float16", "bfloat16", "float32", "float64"]
    for name, highest, first_nan, first_gap in table:
        dtype = getattr(torch, name)
        assert says(highest, math.log(torch.finfo(dtype).max))
        for at, is_nan in ((float(first_nan) - 1, False), (float(first_nan), True)):
            exponentials = torch.tensor([at, 0.0], dtype=dtype).exp()
            assert (exponentials / exponentials.sum()).isnan().any() == is_nan
        for gap, is_lost in ((float(first_gap) - 1, False), (float(first_gap), True)):
            assert softmax.softmax(torch.tensor([0.0, -gap], dtype=dtype)).log()[1].isinf() == is_lost


def test_the_floors_are_those_of_the_loss() -> None:
    pages = "".join(map(read, PAGES))
    certain = torch.tensor([[1e4] + [0.0] * 9])
    right, wrong = torch.tensor([0]), torch.tensor([1])
    for text, logits, target in (
        ("2.303", torch.zeros(1, 10), right),
        ("1.4612", softmax.softmax(certain), right),
        ("2.4612", softmax.softmax(certain), wrong),
        ("0.797", torch.tensor([[1.0] + [-1.0] * 9]), right),
    ):
        assert says(text, softmax.cross_entropy(logits, target).item())
        assert text in pages


def test_the_gradients_by_initialisation_are_those_of_gradient_norms(figures: Any) -> None:
    table = rows("docs/lesson/trainability.md", "Initialisation matters as much as the activation")
    names = [figures.ACTIVATIONS[name] for name in ("ReLU", "GELU", "SiLU", "Tanh", "Sigmoid")]
    assert table[0] == ["initialisation", "ReLU", "GELU", "SiLU", "tanh", "sigmoid"]
    for (label, *shares), initialisation in zip(table[1:], figures.INITIALISATIONS, strict=True):
        assert label.startswith(initialisation)
        for text, activation in zip(shares, names, strict=True):
            norms = figures.norms(activation, initialisation)
            assert says(text, norms[0] / norms[-1]), (label, text)


def test_the_saturated_shares_are_those_of_the_network(figures: Any) -> None:
    table = rows("docs/lesson/trainability.md", "Saturated units")[1:]
    assert len(table) == 4
    for bias, share, ratio in table:
        shares: list[float] = []

        def watched(x: Tensor, shares: list[float] = shares) -> Tensor:
            hidden = activations.tanh(x)
            shares.append(trainability.saturated_fraction(hidden.detach(), -1.0, 1.0))
            return hidden

        value = float(bias)
        with figures.initialised(
            nn.init.xavier_normal_, lambda tensor, value=value: nn.init.constant_(tensor, value)
        ):
            norms = trainability.gradient_norms(watched, figures.DEPTH)
        assert says(share, sum(shares) / len(shares))
        assert says(ratio, norms[0] / norms[-1])
