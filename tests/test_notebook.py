"""Notebooks: an exercise as cells, graded as its file would be; what is no notebook is a sentence."""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
import torch
from conftest import RECORD, ROOT, Course
from nbclient import NotebookClient

from grader_plugin import mnist, rubrics
from grader_plugin.instructor import notebooks
from grader_plugin.instructor.stub import stub
from grader_plugin.notebook import SIZE_CAP, Cell, NotebookError, join, mark, marks, read
from grader_plugin.session import cells, parts, run_without_mark

KIT = ("activations", "softmax", "mlp", "training", "trainability")
INFOS = {info.name: info for info in rubrics.catalogue()}


def built(name: str, folder: str = "exercises") -> bytes:
    text = (ROOT / folder / f"{name}.py").read_text("utf-8")
    return notebooks.build(INFOS[name], text, f"# {name}\n")


def together(files: dict[str, str]) -> bytes:
    """One notebook with the cells of all these exercises."""
    books = [json.loads(notebooks.build(INFOS[name], text, "# A page\n")) for name, text in files.items()]
    return json.dumps({**books[0], "cells": [cell for book in books for cell in book["cells"]]}).encode()


def book(*cells: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": list(cells), **more}).encode()


def cell(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}


@pytest.mark.parametrize("name", KIT)
def test_a_stub_in_cells_is_the_stub(name: str) -> None:
    data = built(name)
    made = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(made)
    assert not any(cell.get("outputs") for cell in made.cells)
    text = (ROOT / "exercises" / f"{name}.py").read_text("utf-8").replace("from .", "from exercises.")
    text = text.partition('if __name__ == "__main__"')[0]  # which a cell always is
    assert ast.dump(ast.parse(read(data, name)[name].text)) == ast.dump(ast.parse(text))
    tagged = [one for one in made.cells if "exercise" in one.metadata.get("tags", [])]
    assert len(tagged) == 1 + len(INFOS[name].tasks)
    assert read(data)[name].notes == ()
    assert built(name) == data


def to_do(*_: object) -> object:
    raise NotImplementedError


def with_reasons(*_: object, **__: object) -> object:
    raise NotImplementedError("torch has no kernel for that")


TO_DO = " is still to do: fill it in, run its cell, then this one again.\n"


@pytest.mark.parametrize(
    ("functions", "own", "says"),
    [
        ("exercises", {}, f"compare{TO_DO}"),
        ("solutions", {}, "Fastest: "),
        ("solutions", {"fastest": to_do}, f"to_do{TO_DO}"),
        ("solutions", {"compare": with_reasons}, ""),
    ],
    ids=["stubs", "solved", "all but one", "torch's own"],
)
def test_the_closing_exercise_is_the_last_cell_of_the_training(
    functions: str,
    own: dict[str, Any],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    last = {name: nbformat.reads(built(name).decode(), as_version=4).cells[-1].source for name in KIT}
    assert [name for name in KIT if not last[name].startswith("%grade ")] == ["training"]
    noise = mnist.Split(torch.randint(0, 256, (64, 28, 28), dtype=torch.uint8), torch.randint(0, 10, (64,)))
    monkeypatch.setattr(mnist, "load", lambda: (noise, noise))
    activations = importlib.import_module(f"{functions}.activations")
    monkeypatch.setitem(sys.modules, "exercises.activations", activations)
    own = {**vars(importlib.import_module(f"{functions}.training")), **own}
    with contextlib.nullcontext() if says else pytest.raises(NotImplementedError, match="no kernel"):
        exec(compile(last["training"], "cell", "exec"), own)
    assert capsys.readouterr().out.startswith(says)
    if says.startswith("Fastest"):
        assert {name: len(losses) for name, losses in own["histories"].items()} == {
            "ReLU": 3,
            "GELU": 3,
            "tanh": 3,
        }
        assert own["figure"].axes


@pytest.mark.parametrize("name", KIT)
def test_a_round_trip_through_text_loses_no_cell(name: str) -> None:
    """Where tags get lost the mark is left."""
    data = built(name)
    for form in ("py:percent", "md"):
        text = jupytext.writes(nbformat.reads(data.decode(), as_version=4), fmt=form)
        again = jupytext.reads(text, fmt=form)
        for one in again.cells:
            one.metadata.pop("tags", None)
        assert read(nbformat.writes(again).encode())[name].text == read(data, name)[name].text


def test_the_same_work_gets_the_same_result_in_both_forms(course: Course) -> None:
    """Every check of the lesson, with a mistake of each kind; only the places differ, and name cell and line."""
    files = {name: (ROOT / "solutions" / f"{name}.py").read_text("utf-8") for name in KIT}
    files["activations"] = files["activations"].replace("torch.erfc(", "torch.erf(")
    files["softmax"] = files["softmax"].replace("logits - ", "logits + ")
    files["trainability"] += "\n\ndef dead_units(hidden):\n    raise KeyError('x')\n"
    plain = replace(course, files={f"exercises/{name}.py": text for name, text in files.items()})
    cells = replace(
        course,
        files={
            f"exercises/{name}.ipynb": notebooks.build(INFOS[name], text, "") for name, text in files.items()
        },
    )
    one = plain.grade("--grade-exit-zero")
    other = cells.grade("--grade-exit-zero")
    assert one.record["score"] == other.record["score"] < 100
    shared = replace(course, files={"all of it.ipynb": together(files)})
    third = shared.grade("--submission", "all of it.ipynb", "--grade-exit-zero")
    assert third.record["score"] == one.record["score"]
    assert list(third.record["files"]) == ["all of it.ipynb"]
    for name, check in one.checks.items():
        twin = other.checks[name]
        alike = third.checks[name]["message"].replace("all of it.ipynb", "exercises/E.py")
        assert re.sub(r"exercises/\w+", "exercises/E", check["message"]) == alike
        for told in ("status", "hint", "misconception", "code", "returned", "detail"):
            assert twin[told] == check[told], (name, told)
        assert twin["message"].replace(".ipynb", ".py") == check["message"]
        assert bool(twin["where"]) == bool(check["where"])
        if check["where"]:
            path, part, line = re.fullmatch(r"(.*), part (\d+), line (\d+)", twin["where"]).groups()  # type: ignore[union-attr]
            text = (other.folder / path).read_text("utf-8")
            (source,) = [
                one.source
                for one in nbformat.reads(text, as_version=4).cells
                if (name.partition("::")[0], int(part)) in [found[:2] for found in marks(one.source)]
            ]
            assert source.splitlines()[int(line) - 1].strip() == check["code"] or not check["code"]
            told = third.checks[name]["where"]
            assert told == f"all of it.ipynb, {name.partition('::')[0]}, part {part}, line {line}"
    assert sorted(other.record["files"]) == sorted(f"{name}.ipynb" for name in KIT)


BROKEN = {
    "no JSON": (b"{", "is no notebook: its text is not JSON; open and save it in Jupyter"),
    "a list": (b"[]", "is no notebook, and version 4 is read; open and save it in a current Jupyter"),
    "nested without end": (b"[" * 100_000, "is no notebook: its text is not JSON"),
    "version 3": (
        json.dumps({"nbformat": 3, "worksheets": []}).encode(),
        "is a notebook of version 3, and version 4 is read; open and save it in a current Jupyter",
    ),
    "another language": (
        book(metadata={"kernelspec": {"language": "julia"}}),
        "is a notebook for julia, not for Python; choose a Python kernel and save it",
    ),
    "no tag": (book(cell("x = 1")), "has no cell with the tag 'exercise'; put the tag back on the cells that you write in"),
    "50 MB of outputs": (b" " * (SIZE_CAP + 1), "bytes, the limit is 4,194,304; clear its outputs"),
    "cells of no kind": (book(1, {"cell_type": "code"}, cell("x", "exercise"), metadata=3), None),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_no_notebook_is_a_sentence(how: str) -> None:
    data, says = BROKEN[how]
    if says is None:
        assert read(data, "mlp")["mlp"].text == "x\n"
        return
    with pytest.raises(NotebookError) as error:
        read(data, "mlp")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_broken_notebook_costs_its_own_checks(course: Course) -> None:
    files = {
        "exercises/activations.ipynb": BROKEN["version 3"][0],
        "exercises/softmax.ipynb": built("softmax", "solutions"),
    }
    done = replace(course, files=files).grade(
        exit_status=1, statuses={"softmax::*": "passed", "activations::*": "failed|blocked"}
    )
    message = done.checks["activations::relu::relu_values"]["message"]
    assert message.startswith("exercises/activations.ipynb is a notebook of version 3")


def test_a_file_counts_before_a_notebook(course: Course) -> None:
    right = (ROOT / "solutions" / "softmax.py").read_text("utf-8")
    files = {"exercises/softmax.py": right, "exercises/softmax.ipynb": built("softmax")}
    replace(course, files=files).grade(
        "-k", "softmax.py", "--grade-exit-zero", statuses={"softmax::*": "passed"}
    )


def solved(*names: str) -> bytes:
    return together({name: (ROOT / "solutions" / f"{name}.py").read_text("utf-8") for name in names})


def test_a_notebook_is_named_as_a_file_is(course: Course) -> None:
    """One that stands for a file of the folder, one by itself, one of its tasks; what it does not hold is not asked for."""
    files = {"exercises/softmax.ipynb": solved("softmax"), "mine (1).ipynb": solved("softmax", "mlp")}
    home = replace(course, files=files).write()
    done = course.grade("exercises/softmax.ipynb", folder=home, partial=(20, 20), exit_status=0)
    assert list(done.record["files"]) == ["softmax.ipynb"]
    assert (home / ".grader" / "progress.jsonl").exists()
    done = course.grade("mine (1).ipynb", folder=home, partial=(35, 35), exit_status=0)
    assert list(done.record["files"]) == ["mine (1).ipynb"]
    done = course.grade("mine (1).ipynb::softmax", folder=home, partial=(9, 9), exit_status=0)
    assert "mine (1).ipynb ..." in done.stdout


def test_a_notebook_beside_a_file_of_its_name_is_graded_where_it_is_named(course: Course) -> None:
    home = course.with_files({"exercises/softmax.ipynb": solved("softmax")}).write()
    course.grade("exercises/softmax.ipynb", folder=home, partial=(20, 20))
    course.grade("exercises/softmax.py", folder=home, partial=(0, 20))


def test_what_a_notebook_does_not_hold_is_not_there(course: Course) -> None:
    """As the submission it stands for the whole lesson; nothing is taken from files beside it."""
    home = course.with_files({"one.ipynb": solved("training")}).write()
    done = course.grade("--submission", "one.ipynb", folder=home, exit_status=1)
    assert done.record["max_score"] == 100
    assert done.checks["softmax::softmax::rows_sum_to_one"]["message"] == "one.ipynb has no cell of softmax"
    assert "one.ipynb has no cell of mlp" in done.stdout
    done = course.grade("one.ipynb", folder=home, exit_status=1)
    assert done.checks["softmax::softmax::softmax_values"]["status"] == "not_run"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nowhere.ipynb",), "There is no notebook 'nowhere.ipynb' in "),
        (("--submission", "nowhere.ipynb"), "There is no notebook 'nowhere.ipynb' in "),
        (("a.ipynb", "b.ipynb"), "a.ipynb is a submission of its own; grade it alone"),
    ],
)
def test_a_notebook_that_cannot_be_graded_so_is_a_sentence(
    args: tuple[str, ...], says: str, course: Course
) -> None:
    course.with_files({"a.ipynb": b"{", "b.ipynb": b"{"}).grade(*args, exit_status=4, prints=[says])


def test_a_broken_notebook_named_alone_is_a_sentence(course: Course) -> None:
    done = course.with_files({"a.ipynb": b"{"}).grade("a.ipynb", exit_status=1, score=0)
    assert done.stdout.count("a.ipynb is no notebook: its text is not JSON; open and save it in Jupyter") == 1


def test_a_notebook_is_graded_for_the_record(course: Course, tmp_path: Path) -> None:
    """Where it lies is nobody's checkout: a conftest beside it does not run, and outputs change no seed."""
    home = course.with_files({"hers.ipynb": solved("softmax"), "conftest.py": "raise SystemExit(7)"}).write()
    seeds = []
    for _ in range(2):
        command = [
            sys.executable,
            "-m",
            "grader_plugin",
            "grade",
            str(home / "hers.ipynb"),
            "--exercise",
            "softmax",
        ]
        done = subprocess.run(
            [*command, "--report", f"json={tmp_path / RECORD}"],
            cwd=tmp_path, env={**os.environ, "GRADER_SECRET": "x" * 20}, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        record = json.loads((tmp_path / RECORD).read_text("utf-8"))
        assert (record["score"], record["authoritative"], list(record["files"])) == (20, True, ["hers.ipynb"])
        seeds.append(record["environment"]["seed"])
        told = json.loads((home / "hers.ipynb").read_bytes())
        told["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "loaded"}]
        (home / "hers.ipynb").write_text(json.dumps(told), "utf-8")
    assert seeds[0] == seeds[1]


LEFT_OUT = {
    "a text": ('def f():\n    """Formula:\n    %d of them\n    !important\n    """\n', []),
    "a text in one quote": ("x = '\\\n% y'\n", []),
    "brackets": ("x = (7\n  % 2)\n", []),
    "a line that goes on": ("x = 7 \\\n  % 2\n", []),
    "a comment": ("x = 1  # it's (not\n%matplotlib inline\n", [2]),
    "a shell line with a quote": ("!echo it's\nx = 1\n", [1]),
    "a shell line that goes on": ("!pip install \\\n  numpy\nx = 1\n", [1]),
    "help": ("torch.exp?\n?torch\nx = 1\n", [1, 2]),
    "a list of files": ("files = !ls\nx = 1\n", [1]),
    "help on a call": ("f(x)?\nx[0]?\n*int*?\nx = 1\n", [1, 2, 3]),
    "a comparison": ("x != 1\ny = x != 1\nz = x % 1\n", []),
    "a cell in another language": ("%%bash\nls\n", [1]),
    "a cell that is timed": ("%%time\nx = 1\n", [1]),
    "a text that does not end": ('x = """\n%time\n', []),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_only_what_begins_a_statement_is_a_magic(what: str) -> None:
    source, lines = LEFT_OUT[what]
    made = join([Cell(source.rstrip("\n"), "cell 1")])
    assert [note.split()[3] for note in made.notes] == [str(line) for line in lines]
    kept = [line for number, line in enumerate(source.splitlines(), start=1) if number not in lines]
    assert [line for line in made.text.splitlines() if line] == [
        line for line in kept if line not in ("  numpy", "ls")
    ]


def test_notes_of_a_notebook_are_few() -> None:
    data = book(cell("%a\n" * 100, "exercise"), *[cell("x = 1")] * 100)
    notes = read(data, "mlp")["mlp"].notes
    assert len(notes) == 7
    assert notes[5:] == (
        "95 more such lines were left out",
        "cells 2, 3, 4, 5, 6, … are not for grading, and left out",
    )


@pytest.mark.parametrize("first", ["# not graded", "\n\n# Not graded: mine", "%%time\n# not graded"])
def test_a_cell_that_says_it_is_not_graded_counts_for_nothing(first: str) -> None:
    """Though it has a tag, a mark and a task: a copy to try things in has them all."""
    right = f"{mark('mlp', 1, 1)}\nb = 1"
    mine = f"{first}\n{mark('mlp', 1, 1)}\nb = 2\n\n\ndef MLP(): pass"
    made = read(book(cell(right, "exercise"), cell(mine, "exercise"), cell(mine)))["mlp"]
    assert (made.text.count("b = "), made.notes) == (1, ())
    assert parts("mlp", [right, mine]) == {1: right}
    assert run_without_mark(["MLP"], "mlp", ["", right, mine]) is None
    assert run_without_mark(["MLP"], "mlp", ["", right, "def MLP(): pass"]) == (2, "MLP")


@pytest.mark.parametrize("first", ["# not gradedness\nx = 1", "x = 1\n# not graded"])
def test_it_says_so_in_its_first_words(first: str) -> None:
    right = cell(f"{mark('mlp', 1, 1)}\nb = 1", "exercise")
    assert read(book(right, cell(first)))["mlp"].notes == ("cell 2 is not for grading, and left out",)


def test_a_cell_is_of_the_exercise_that_its_mark_names() -> None:
    """Or of that of the cell before, if it has none; a timed cell has its mark in the second line."""
    data = book(
        cell("a = 1", "exercise"),
        cell(f"%%time\n{mark('mlp', 1, 2)}\nb = 2"),
        cell("c = 3", "exercise"),
        cell(f"{mark('softmax', 1, 2)}\nd = 4"),
    )
    made = read(data, "softmax")
    assert {name: [line for line in one.text.split("\n") if "=" in line] for name, one in made.items()} == {
        "softmax": ["a = 1", "d = 4"],
        "mlp": ["b = 2", "c = 3"],
    }
    assert list(read(data)) == ["mlp", "softmax"]


def test_magics_and_stray_cells_are_left_out_and_said_to_be() -> None:
    data = book(
        cell("%matplotlib inline"),
        cell("import torch\n!pip install x\nrelu?\n", "exercise"),
        cell("print(1)"),
        cell("def relu(x):\n    %timeit x\n    return x % 2", "exercise"),
    )
    made = read(data, "activations")["activations"]
    assert made.text == "import torch\n\n\n\n\ndef relu(x):\n    pass\n    return x % 2\n"
    assert made.notes == (
        "cell 2, line 2 (!pip install x) is no Python, and was left out",
        "cell 2, line 3 (relu?) is no Python, and was left out",
        "cell 4, line 2 (%timeit x) is no Python, and was left out",
        "cell 3 is not for grading, and left out",
    )
    assert [made.place(line) for line in (1, 4, 6, 8, 99)] == [
        "cell 2, line 1",
        "",
        "cell 4, line 1",
        "cell 4, line 3",
        "",
    ]


def test_of_a_session_the_last_run_of_each_part_counts() -> None:
    history = [
        "",
        f"{mark('mlp', 1, 3)}\nimport torch",
        f"{mark('mlp', 2, 3)}\nx = 1",
        "x = 5",
        f"# of mine\r\n{mark('mlp', 2, 3)}\r\nx = 2",
    ]
    assert parts("mlp", history) == {
        1: history[1],
        2: "# of mine\n# exercise: mlp, part 2 of 3\nx = 2",
        3: None,
    }
    assert parts("softmax", history) == {}
    assert marks("# exercise: mlp, part 2 of 2\n") == [("mlp", 2, 2)]
    assert marks("# exercise: mlp, part 2") == [("mlp", 2, 2)]
    assert marks("x = 1") == []
    assert join([]).places == ()
    merged = f"{mark('mlp', 1, 2)}\nimport torch\n{mark('mlp', 2, 2)}\nx = 1"
    assert [one.source for one in cells(parts("mlp", [merged]))] == [merged]


def test_a_later_run_without_its_mark_is_not_passed_over() -> None:
    history = ["", f"{mark('softmax', 1, 1)}\ndef softmax(x): ...", "def softmax(x): return x"]
    assert run_without_mark(["softmax"], "softmax", history) == (2, "softmax")
    assert run_without_mark(["softmax"], "softmax", history[:2]) is None
    assert run_without_mark(["softmax"], "softmax", [*history, history[1]]) is None
    assert run_without_mark(["softmax"], "softmax", ["def softmax(x): return x"] * 2) == (1, "softmax")


def test_ends_of_lines_cost_no_time() -> None:
    """A pattern that may take them in two ways took a minute for sixty."""
    assert marks("\r\n" * 100_000 + "x = 1") == []
    assert read(book(cell("\r\n" * 60 + "x = 1", "exercise")), "mlp")["mlp"].text.endswith("x = 1\n")


def test_parts_that_are_missing_or_twice_are_told() -> None:
    data = book(*[cell(f"{mark('mlp', part, 4)}\nx = {part}") for part in (1, 2, 2)])
    assert read(data)["mlp"].notes == (
        "parts 3, 4 are missing",
        "part 2 is there more than once, and the last counts",
    )


def test_python_s_own_numbers_of_lines_are_told_by_cell(course: Course) -> None:
    source = f"{mark('softmax', 1, 1)}\ndef softmax(logits, dim=-1):\n    if dim:\n    return logits"
    data = book(cell("%matplotlib inline"), cell(source, "exercise"))
    done = (
        course.with_files({"exercises/softmax.ipynb": data})
        .without("exercises/softmax.py")
        .grade("-k", "softmax.ipynb")
    )
    check = done.checks["softmax::softmax::rows_sum_to_one"]
    assert check["where"] == "exercises/softmax.ipynb, part 1, line 4"
    assert "after 'if' statement on part 1, line 3" in check["message"]


def test_what_stands_for_a_place_elsewhere_is_the_notebook(course: Course) -> None:
    """Other programs know files and their lines, and no cells."""
    wrong = solved("softmax").decode().replace("logits - ", "logits + ").encode()
    home = course.with_files({"exercises/softmax.ipynb": wrong}).without("exercises/softmax.py").write()
    reports = [f"--grade-report={form}={home / form}" for form in ("annotations", "ctrf")]
    course.grade("-k", "softmax.ipynb", *reports, folder=home, exit_status=1)
    told = (home / "annotations").read_text()
    assert re.match(
        r"::error file=exercises/softmax\.ipynb,title=[^:]*::exercises/softmax\.ipynb, part \d, line \d+: ",
        told,
    )
    tests = json.loads((home / "ctrf").read_text())["results"]["tests"]
    assert {one["filePath"] for one in tests if "filePath" in one} == {"exercises/softmax.ipynb"}
    assert all("line" not in one for one in tests)


def test_in_the_exercises_one_is_sent_a_folder_up(course: Course) -> None:
    home = course.with_files({"exercises/softmax.ipynb": solved("softmax")}).write()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--grade", "softmax.ipynb"],
        cwd=home / "exercises", capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 4
    assert "run this one folder up" in done.stderr


@pytest.mark.parametrize("trip", [False, True], ids=["as it is", "through text and back"])
def test_a_release_in_notebooks_runs_from_top_to_bottom(
    trip: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a kernel: stubs, then the solutions in their cells; nothing is written to the standard error."""
    example, home = ROOT / "examples" / "layer_norm", tmp_path / "class"
    command = [
        sys.executable,
        "-m",
        "grader_plugin",
        "release",
        str(home),
        f"--exercises-from={example}",
        "--no-data",
        "--notebooks",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.setenv("GRADER_EXERCISES_FROM", str(example))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    path = home / "exercises" / "layer_norm.ipynb"
    made = nbformat.read(path, as_version=4)
    if trip:
        made = jupytext.reads(jupytext.writes(made, fmt="py:percent"), fmt="py:percent")
    (report,) = executed(made, path.parent)
    assert "Score: 0/10" in report["text/plain"]
    body = (
        (example / "solutions" / "layer_norm.py")
        .read_text("utf-8")
        .split("# BEGIN SOLUTION")[1]
        .split("# END")[0]
        .split("\n", 1)[1]
    )
    for one in made.cells:
        one.source = one.source.replace("    raise NotImplementedError", f"{body}\n%time 1 + 1\n")
    # What is run again later keeps its place in the file.
    first = next(one for one in made.cells if marks(one.source))
    made.cells.insert(-1, nbformat.v4.new_code_cell(first.source))
    (report,) = executed(made, path.parent)
    assert "Score: 10/10" in report["text/plain"]
    assert "Traceback" not in report["text/plain"]
    begin = "<p><b>layer_norm: 10 of 10 points"
    assert report["text/html"].startswith(begin)
    assert '<iframe title="Report" sandbox=""' in report["text/html"]
    assert "&lt;!doctype html&gt;" in report["text/html"]
    del made.cells[-2]
    nbformat.write(made, path)  # saved, with its outputs
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    graded = subprocess.run(
        [sys.executable, "-m", "pytest", "--grade", f"--grade-report=json={RECORD}"],
        cwd=home,
        env=own,
        capture_output=True,
        text=True,
    )
    assert graded.returncode == 0, graded.stdout
    record = subprocess.run(
        [sys.executable, "-m", "grader_plugin", "grade", str(home), "--exercise=layer_norm"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert record.returncode == 0, record.stdout + record.stderr


def executed(made: Any, folder: Path) -> list[dict[str, Any]]:
    """Run all cells in a kernel; the displayed data of the last."""
    NotebookClient(
        made, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    outputs = [output for one in made.cells if one.cell_type == "code" for output in one.outputs]
    assert not [output for output in outputs if output.get("name") == "stderr"], outputs
    return [output.data for output in made.cells[-1].outputs if output.output_type == "display_data"]


def test_an_import_finds_a_notebook_where_there_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "__init__.py").write_text("")
    (tmp_path / "exercises" / "mlp.ipynb").write_bytes(
        book(cell("class MLP:\n    kind = 'mine'", "exercise"))
    )
    code = (
        "import sys; from grader_plugin.session import Finder; from pathlib import Path\n"
        "sys.meta_path.append(Finder(Path('exercises'), []))\n"
        "from exercises.mlp import MLP; print(MLP.kind)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "mine\n", done.stderr


def test_wrong_words_are_answered_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    from types import SimpleNamespace

    from grader_plugin.jupyter import grade

    def run(line: str, *history: str) -> None:
        shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *history]))
        grade(shell, Path(), line)

    run("sofmax")
    run("softmax")
    run("softmax", f"{mark('softmax', 2, 3)}\nx = 1")
    run("softmax", "def softmax(x): ...")
    with pytest.raises(AssertionError):  # a program that judges a cell has to see it
        run("softmax --srict")
    with pytest.raises(AssertionError):
        run("softmax --strict")
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("%grade: There is no exercise 'sofmax'; there are: activations, softmax, ")
    begin = "run those that begin with '# exercise: softmax'."
    assert told[1] == told[5] == f"%grade: No cell of softmax has been run yet; {begin}"
    assert told[2] == f"%grade: Part 1, 3 of softmax has not been run yet; {begin}"
    assert told[3] == (
        "%grade: In [1] defines softmax, and lacks the line that begins with '# exercise: softmax'; put it back and run it."
    )
    assert told[4] == "%grade: There is no option '--srict'; there is --strict."


def test_an_interruption_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from types import SimpleNamespace

    from grader_plugin import jupyter

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(jupyter, "_graded", interrupted)
    history = ["", f"{mark('softmax', 1, 1)}\nx = 1"]
    shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=history))
    jupyter.grade(shell, Path(), "softmax")
    with pytest.raises(KeyboardInterrupt):  # a program that judges the cell has to see it
        jupyter.grade(shell, Path(), "softmax --strict")
    assert capsys.readouterr().out == "%grade: Interrupted, so nothing was graded.\n" * 2


def test_the_stub_s_markers_are_no_cells() -> None:
    assert notebooks.split(stub("x = 1\n")) == ["x = 1"]


def test_solutions_are_run_with_their_plots_for_who_teaches(tmp_path: Path) -> None:
    """Of the kit's own one that draws, beside one that it does without."""
    command = [
        sys.executable,
        "-m",
        "grader_plugin",
        "notebooks",
        str(tmp_path / "mine"),
        "--exercise=activations",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = nbformat.read(tmp_path / "mine" / "exercises" / "activations.ipynb", as_version=4)
    outputs = [output for one in made.cells if one.cell_type == "code" for output in one.outputs]
    assert [sorted(output.data) for output in outputs] == [
        ["image/png", "text/plain"],
        ["text/html", "text/plain"],
    ]
    assert outputs[-1].data["text/plain"].endswith("Score: 30/30")
    assert "BEGIN SOLUTION" not in json.dumps(made)
    home = tmp_path / "mine"
    assert sorted(path.name for path in (home / "exercises").iterdir()) == [
        "__init__.py",
        "activations.ipynb",
    ]
    page = next(one.source for one in made.cells if one.cell_type == "markdown")
    targets = [one for one in re.findall(r"\]\(([^)\s]+)\)", page) if not one.startswith(("http", "#"))]
    assert [one for one in targets if one.endswith((".png", ".svg"))]
    for target in targets:
        assert (home / "exercises" / target.partition("#")[0]).is_file(), target
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.endswith("mine is there already and not empty; name another folder.\n")


def test_nbgrader_is_told_which_cells_are_whose(tmp_path: Path) -> None:
    """As its schema 3 has it, for which `nbgrader validate` was run once by hand."""
    data = notebooks.build(
        INFOS["mlp"], (ROOT / "exercises" / "mlp.py").read_text("utf-8"), "", for_nbgrader=True
    )
    cells = [one for one in nbformat.reads(data.decode(), as_version=4).cells if "nbgrader" in one.metadata]
    told = [one.metadata["nbgrader"] for one in cells]
    assert [(one["solution"], one["grade"], one["locked"]) for one in told] == [(True, False, False)] * 2 + [
        (False, True, True)
    ]
    assert len({one["grade_id"] for one in told}) == len(told)
    assert {one["schema_version"] for one in told} == {3}
    assert told[-1]["points"] == 15
    assert cells[-1].source == "%grade mlp --strict"
    # It runs every cell, each time: nothing is trained below the one that it judges.
    stub = (ROOT / "exercises" / "training.py").read_text("utf-8")
    data = notebooks.build(INFOS["training"], stub, "", for_nbgrader=True)
    assert nbformat.reads(data.decode(), as_version=4).cells[-1].source == "%grade training --strict"


def test_half_of_a_character_is_a_sentence(course: Course) -> None:
    data = book(cell(f"{mark('softmax', 2, 2)}\nx = '\ud800'", "exercise"))
    done = course.with_files({"hers.ipynb": data}).grade("hers.ipynb", exit_status=1, score=0)
    assert "hers.ipynb holds half of a character (U+D800) in part 2, line 2; delete it" in done.stdout
