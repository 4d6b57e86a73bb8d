"""Hostile files and checkouts graded for the record, by the real command: what is on disk, in the environment, in the numbers.

Asserted for each: exit status, a complete record, nothing of the submission run in the grader's process, no scratch folder left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, assert_nothing_runs_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a grading of record needs Linux")

RELU = "import torch\n\n\ndef relu(x):\n    return x.clamp(min=0)\n"
FRAME = (
    "import json, os, struct\n\n\ndef speak(*values):\n    for number in range(2, 400):\n        for value in values:\n"
    "            text = json.dumps({'number': number, 'value': value}).encode()\n"
    "            os.write(3, struct.pack('!4sII', b'GRD1', len(text), 0) + text)\n\n\n"
)


def graded(checkout: Path, tmp_path: Path) -> tuple[dict[str, Any], str]:
    """The record, and what was printed."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    out = tmp_path / "record.json"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "grader_plugin",
            "grade",
            str(checkout),
            "--seed",
            "1",
            "--report",
            f"json={out}",
        ],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(scratch), "GITHUB_OUTPUT": str(tmp_path / "output")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert "Traceback" not in told, told
    assert "INTERNALERROR" not in told, told
    assert not [line for line in told.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    record: dict[str, Any] = json.loads(out.read_text("utf-8"))
    checks = [check for exercise in record["exercises"] for check in exercise["checks"]]
    assert (len(checks), record["max_score"], record["status"]) == (79, 100, "complete")
    assert not [check for check in checks if check["status"] == "error"]
    assert_nothing_runs_in(scratch)
    assert not (tmp_path / "output").exists()
    return record, told


def message(record: dict[str, Any], task: str = "relu") -> str:
    """The first sentence about a task."""
    checks = [check for exercise in record["exercises"] for check in exercise["checks"]]
    return str(next(check["message"] for check in checks if check["task"] == task))


def linked(folder: Path) -> None:
    (folder / "exercises").symlink_to(ROOT / "solutions")


def dangling(folder: Path) -> None:
    (folder / "exercises").symlink_to("nowhere")


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "exercises")


def a_file(folder: Path) -> None:
    (folder / "exercises").write_text("")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (linked, "exercises is a link, which is not followed"),
        (dangling, "exercises is a link, which is not followed"),
        (a_pipe, "exercises cannot be opened: Not a directory"),
        (a_file, "exercises cannot be opened: Not a directory"),
    ],
    ids=["link", "dangling", "pipe", "file"],
)
def test_what_stands_in_the_place_of_the_folder(
    make: Callable[[Path], None], says: str, tmp_path: Path
) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    make(folder)
    record, _ = graded(folder, tmp_path)
    assert (record["score"], message(record)) == (0, says)


def test_what_stands_in_the_place_of_the_files(tmp_path: Path) -> None:
    """Links of both kinds, a pipe, another encoding, too much: each its sentence, and none is read."""
    home = tmp_path / "checkout" / "exercises"
    home.mkdir(parents=True)
    (home / "activations.py").symlink_to(ROOT / "solutions" / "activations.py")
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_bytes((ROOT / "solutions" / "softmax.py").read_bytes())
    os.link(elsewhere, home / "softmax.py")
    os.mkfifo(home / "mlp.py")
    (home / "training.py").write_bytes(b"# -*- coding: rot13 -*-\nqrs genva(): cnff\n")
    (home / "trainability.py").write_bytes(b"#" * 300_000)
    record, _ = graded(home.parent, tmp_path)
    assert record["files"] == {}
    assert [message(record, task) for task in ("relu", "softmax", "MLP", "train_step", "dead_units")] == [
        "exercises/activations.py is a link",
        "exercises/softmax.py has another name elsewhere (a hard link); put a copy in its place",
        "exercises/mlp.py is not a regular file",
        "exercises/training.py declares the encoding 'rot13'; save it as UTF-8 and remove that line",
        "exercises/trainability.py has 300,000 bytes, the limit is 262,144",
    ]


def test_poisoned_bytecode_is_not_looked_at(tmp_path: Path) -> None:
    """T06, T30: neither it nor anything else beside the files; the environment has nothing of the runner's."""
    home = tmp_path / "checkout" / "exercises"
    (home / "__pycache__").mkdir(parents=True)
    mark = tmp_path / "mark"
    trap = f"open({str(mark)!r}, 'w')\n"
    (home / "evil.py").write_text(trap)
    subprocess.run([sys.executable, "-m", "py_compile", "evil.py"], cwd=home, check=True)
    (compiled,) = (home / "__pycache__").glob("*.pyc")
    compiled.rename(compiled.with_name(compiled.name.replace("evil", "activations")))
    (home.parent / ".github" / "workflows").mkdir(parents=True)
    (home.parent / ".github" / "workflows" / "grade.yml").write_text("on: push\n")
    code = "import os\n\nprint(sorted(name for name in os.environ if name.startswith(('GITHUB', 'PYTEST', 'CI'))))\n"
    (home / "activations.py").write_text(
        code + RELU + "\n\ndef gelu(x):\n    return open(__import__('os').environ['GITHUB_OUTPUT'], 'a')\n"
    )
    record, _ = graded(home.parent, tmp_path)
    assert not mark.exists()
    assert message(record, "gelu") == "gelu raised KeyError: 'GITHUB_OUTPUT'"
    outputs = [check["output"] for exercise in record["exercises"] for check in exercise["checks"]]
    assert "[]\n" in outputs
    assert set(outputs) <= {"", "[]\n"}


FORGED = {
    "nothing": "None",
    "a handle": "{'handle': 7, 'type': 'x' * 999, 'module': True}",
    "a figure": "{'figure': {'dict': [['axes', {'list': [{'dict': [['title', 1]]}]}], ['legend', {'list': []}]]}, 'number': 1e400}",
    "a boolean": "True",
    "numbers": "{'list': [1e308, -1e308, 1e308]}",
    "text": "'::error file=x::\\n\\x1b[2J ##[error]y \\u202e'",
    "a bad tensor": "{'tensor': 0, 'dtype': 'float32', 'shape': [-1, 2**70]}",
}


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED)
def test_answers_in_the_place_of_the_worker(value: str, tmp_path: Path) -> None:
    """Whatever is forged, whenever it is asked for: no point, and never the grader's own failure."""
    home = tmp_path / "checkout" / "exercises"
    home.mkdir(parents=True)
    for name in ("activations", "softmax", "mlp", "training", "trainability"):
        solution = (ROOT / "solutions" / f"{name}.py").read_text("utf-8")
        (home / f"{name}.py").write_text(f"{solution}\n\n{FRAME}speak({value})\n", "utf-8")
    record, _ = graded(home.parent, tmp_path)
    assert record["score"] == 0


def test_numbers_at_the_end_of_what_there_is(tmp_path: Path) -> None:
    """Norms and losses of 1e308 or 5e-324 are wrong, and no arithmetic of ours fails on them."""
    home = tmp_path / "checkout" / "exercises"
    home.mkdir(parents=True)
    for name in ("activations", "softmax", "mlp", "training"):
        (home / f"{name}.py").write_bytes((ROOT / "solutions" / f"{name}.py").read_bytes())
    with (home / "training.py").open("a") as file:
        file.write(
            "\n\n_train = train\n\n\ndef train(*args, **kwargs):\n    return [2.3] + [1e308 for _ in _train(*args, **kwargs)[1:]]\n"
        )
    norms = "import random\n\n\ndef gradient_norms(activation, depth, width=64, seed=0):\n    random.seed(seed)\n    return [random.choice((5e-324, 1e308, 1.0)) for _ in range(depth)]\n"
    (home / "trainability.py").write_text(norms)
    record, _ = graded(home.parent, tmp_path)
    found = {check["id"]: check["message"] for one in record["exercises"] for check in one["checks"]}
    assert found["training::train::relu_network_converges"] == "Loss 1 of 469 is 1e+308"
    assert found["trainability::gradient_norms::one_norm_a_layer"].startswith("Entry ")
