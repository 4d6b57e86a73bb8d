"""An exercise as a notebook: its page, its stub in cells, and a cell that grades it."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import Any

import nbformat
import nbformat.v4

from ..exercise import ExerciseInfo
from ..notebook import APART, TAG, mark

_v4: Any = nbformat.v4
# What `python -m exercises.training` is for files.
_CLOSING = f"""\
{APART}
from exercises.activations import gelu, relu, tanh
from grader_plugin import mnist
from grader_plugin.closing import to_do_told

data, _ = mnist.load()
images = data.images.unsqueeze(1).float() / 255
with to_do_told():
    histories = compare({{"ReLU": relu, "GELU": gelu, "tanh": tanh}}, images, data.labels, epochs=3)
    figure = plot_losses(histories)
    print("Fastest:", fastest(histories))"""
_RELATIVE = re.compile(r"^from \.(\w*) import", re.MULTILINE)


def build(info: ExerciseInfo, stub: str, page: str, shown: str = "", *, for_nbgrader: bool = False) -> bytes:
    """The notebook of an exercise, from its stub and the page that learners read; raises SyntaxError for a stub that is none.

    `shown` is run below the exercise's cells, and the closing exercise at the end, where the stub is that program too.
    With `for_nbgrader` the cells say to that program which are written in, and that the last one is worth the points; it runs
    all cells each time it grades, so that nothing is trained below.
    """
    cells = [_v4.new_markdown_cell(page, id=f"{info.name}-page")] if page else []
    cells.append(_v4.new_code_cell("%load_ext grader_plugin", id=f"{info.name}-begin"))
    parts = split(stub)
    for number, part in enumerate(parts, start=1):
        own = _RELATIVE.sub(r"from exercises.\1 import", part)
        source = f"{mark(info.name, number, len(parts))}\n{own}"
        cell = _v4.new_code_cell(source, id=f"{info.name}-{number}", metadata={"tags": [TAG]})
        if for_nbgrader:
            cell.metadata["nbgrader"] = _nbgrader(f"{info.name}-{number}", is_solution=True)
        cells.append(cell)
    if shown:
        cells.append(_v4.new_code_cell(f"{APART}\n{shown}", id=f"{info.name}-shown"))
    cells.append(
        _v4.new_markdown_cell(
            "Run the cells above, then this one. It grades what you have run last.", id=f"{info.name}-end"
        )
    )
    grading = _v4.new_code_cell(f"%grade {info.name}", id=f"{info.name}-grade")
    if for_nbgrader:
        points = sum(check.points for check in info.checks)
        grading.source += " --strict"
        grading.metadata["nbgrader"] = _nbgrader(f"{info.name}-grade", is_solution=False, points=points)
    cells.append(grading)
    if "from grader_plugin.closing import run" in stub and not for_nbgrader:
        told = "## The closing exercise\n\nThree networks with your own functions, on the whole of MNIST: a minute or two."
        cells.append(_v4.new_markdown_cell(told, id=f"{info.name}-closing"))
        cells.append(_v4.new_code_cell(_CLOSING, id=f"{info.name}-race"))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = _v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    nbformat.validate(book)
    return (str(_v4.writes(book)) + "\n").encode()


def _nbgrader(name: str, *, is_solution: bool, points: int = 0) -> dict[str, Any]:
    """The metadata of a cell, by nbgrader's schema 3: written in by learners, or judged by whether it raises."""
    told = {
        "schema_version": 3,
        "grade_id": name,
        "solution": is_solution,
        "grade": bool(points),
        "locked": not is_solution,
        "task": False,
    }
    return {**told, "points": points} if points else told


def split(stub: str) -> list[str]:
    """The parts of a stub: what stands before the first function, then each function or class with what leads to it.

    What a file does when it is run as a program is left out: a cell always is.
    """
    tree = ast.parse(stub)
    lines = stub.split("\n")  # as Python counts them
    if tree.body and isinstance(tree.body[-1], ast.If) and "__name__" in ast.unparse(tree.body[-1].test):
        lines = lines[: tree.body.pop().lineno - 1]
    starts = [
        min([node.lineno, *(one.lineno for one in node.decorator_list)])
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ]
    ends = [0, *(start - 1 for start in starts), len(lines)]
    parts = ["\n".join(lines[begin:end]).strip("\n") for begin, end in pairwise(ends)]
    return [part for part in parts if part]
