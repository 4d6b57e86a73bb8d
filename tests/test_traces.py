"""Ways of leaving a solution in what learners get: each is found, with its place; what is given to them is not."""

from __future__ import annotations

import ast
import json
import py_compile
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from grader_plugin.instructor import history, programs
from grader_plugin.instructor.stub import stub
from grader_plugin.instructor.traces import search, search_history
from grader_plugin.instructor.withheld import Solution, given

TEXT = '''"""Corners."""

import torch


def helper(x):
    return x.double().mean(dim=0).float()


def soft(x):
    """log(1 + e^x)."""
    # BEGIN SOLUTION: which sum can be taken?
    largest = x.clamp(min=0)
    rest = torch.log1p(torch.exp(-x.abs()))
    return largest + rest
    # END SOLUTION


def hard(x):
    """max(x, 0)."""
    # BEGIN SOLUTION
    return torch.where(x > 0, x, torch.zeros_like(x))
    # END SOLUTION


# BEGIN SOLUTION
def spare(values, weights):
    total = (values * weights).sum(dim=-1, keepdim=True)
    return total / weights.sum()
# END SOLUTION


# BEGIN SOLUTION
def signed(x, y):
    table = {"a": (x, 1), "b": (y, 2)}
    z = -x.exp() * (x.log() + y)
    return table, z
# END SOLUTION
'''
SOLUTION = Solution("soft", TEXT)
STUB = stub(TEXT)


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def code(source: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source.splitlines(keepends=True),
        "outputs": [],
        "metadata": {},
        **more,
    }


# What is left in, the file, and the place that is told.
LEFT = {
    "as it stands": ("exercises/soft.py", TEXT, "exercises/soft.py:13"),
    "the end of a block": ("exercises/soft.py", STUB + "\n\n    return largest + rest\n", "exercises/soft.py:22"),
    "under another name": (
        "exercises/other.py",
        "import torch\n\n\ndef corner(x):\n    return torch.where(x > 0, x, torch.zeros_like(x))\n",
        "exercises/other.py:5",
    ),
    "with its names replaced": (
        "exercises/soft.py",
        "def f(t):\n    a = t.clamp(min=0)\n    b = torch.log1p(torch.exp(-t.abs()))\n    return a + b\n",
        "exercises/soft.py:2",
    ),
    "over other lines": (
        "exercises/soft.py",
        "def f(t):\n    return torch.where(\n        t > 0,\n        t,\n        torch.zeros_like(t),\n    )\n",
        "exercises/soft.py:2",
    ),
    "a helper at the margin, renamed": (
        "exercises/soft.py",
        "def mean(v, w):\n    s = (v * w).sum(dim=-1, keepdim=True)\n    return s / w.sum()\n",
        "exercises/soft.py:1",
    ),
    "commented out": ("exercises/soft.py", f"{STUB}\n# return torch.where(x > 0, x, torch.zeros_like(x))\n", "exercises/soft.py:21"),
    "commented out and renamed": (
        "exercises/soft.py",
        "x = 1\n\n# def f(t):\n#     return torch.where(t > 0, t, torch.zeros_like(t))\n",
        "exercises/soft.py:4",
    ),
    "in a docstring": (
        "exercises/soft.py",
        'def f(x):\n    """Do it.\n\n    >>> t = 1\n    >>> torch.where(t > 0, t, torch.zeros_like(t))\n    """\n',
        "exercises/soft.py:5",
    ),
    "in a page": (
        "docs/lesson/soft.md",
        "# Soft\n\n```python\na = t.clamp(min=0)\nb = torch.log1p(torch.exp(-t.abs()))\nc = a + b\n```\n",
        "docs/lesson/soft.md:4",
    ),
    "in a page's prose": ("README.md", "Write `torch.where(x > 0, x, torch.zeros_like(x))`.\n", "README.md:1"),
    "in a cell": ("soft.ipynb", notebook(code("pass"), code("def f(t):\n    return torch.where(t > 0, t, torch.zeros_like(t))")), "soft.ipynb, cell 2:2"),
    "in a cell's output": (
        "soft.ipynb",
        notebook(code("%load x", outputs=[{"output_type": "stream", "name": "stdout", "text": "..."}])),
        "soft.ipynb, cell 1",
    ),
    "in a folder of caches": ("exercises/__pycache__/soft.txt", "", "exercises/__pycache__/soft.txt"),
    "in an archive": ("data/extra.tar.gz", "", "data/extra.tar.gz"),
    "among the data": ("data/MNIST/raw/solutions.gz", "", "data/MNIST/raw/solutions.gz"),
    "an editor's copy": ("exercises/soft.py~", "", "exercises/soft.py~"),
    "the solutions themselves": ("solutions/soft.py", "", "solutions/soft.py"),
    "renamed within a sentence": ("docs/a.md", "# A\n\nWrite `torch.where(t > 0, t, torch.zeros_like(t))` there.\n", "docs/a.md:3"),
    "renamed in a list": ("docs/a.md", "- a\n- `torch.where(t > 0, t, torch.zeros_like(t))`\n", "docs/a.md:2"),
    "renamed in a table": ("docs/a.md", "| a | `torch.where(t > 0, t, torch.zeros_like(t))` |\n", "docs/a.md:1"),
    "renamed in HTML": ("docs/a.md", "A <code>torch.where(t > 0, t, torch.zeros_like(t))</code>\n", "docs/a.md:1"),
    "renamed in a comment of HTML": ("docs/a.md", "A\n<!-- torch.where(t > 0, t, torch.zeros_like(t)) -->\n", "docs/a.md:2"),
    "renamed in a quotation": ("docs/a.md", "> ```\n> torch.where(t > 0, t, torch.zeros_like(t))\n> ```\n", "docs/a.md:2"),
    "renamed behind code": ("exercises/a.py", "raise E  # torch.where(t > 0, t, torch.zeros_like(t))\n", "exercises/a.py:1"),
    "renamed in a string": ("exercises/a.py", "x = 'torch.where(t > 0, t, torch.zeros_like(t))'\n", "exercises/a.py:1"),
    "renamed in strings": ("exercises/a.py", "x = ('torch.where(t > 0, '\n 't, torch.zeros_like(t))')\n", "exercises/a.py:1"),
    "renamed in an example": (
        "exercises/a.py",
        'def f(x):\n    """Do it.\n\n    For example:\n    >>> torch.where(t > 0, t, torch.zeros_like(t))\n    and so on (if).\n    """\n',
        "exercises/a.py:5",
    ),
    "as an argument": ("exercises/a.py", "print(torch.where(t > 0, t, torch.zeros_like(t)))\n", "exercises/a.py:1"),
    "as a lambda": ("exercises/a.py", "f = lambda t: torch.where(t > 0, t, torch.zeros_like(t))\n", "exercises/a.py:1"),
    "in an assertion": ("exercises/a.py", "assert eq(f(t), torch.where(t > 0, t, torch.zeros_like(t)))\n", "exercises/a.py:1"),
    "in a file that is broken": (
        "exercises/a.py",
        "x = (\n\ndef f(t):\n    a = t.clamp(min=0)\n    b = torch.log1p(torch.exp(-t.abs()))\n    return a + b\n",
        "exercises/a.py:4",
    ),
    "as a change": ("docs/a.diff", "+    a = t.clamp(min=0)\n+    b = torch.log1p(torch.exp(-t.abs()))\n+    return a + b\n", "docs/a.diff:1"),
    "in a fence without an end": ("docs/a.md", "```\na = t.clamp(min=0)\nb = torch.log1p(torch.exp(-t.abs()))\nc = a + b\n", "docs/a.md:2"),
    "a minus in a string": ("exercises/a.py", "x = '-t.exp() * (t.log() + w)'\n", "exercises/a.py:1"),
    "a table in a string": ("exercises/a.py", "x = \"{'a': (t, 1), 'b': (w, 2)}\"\n", "exercises/a.py:1"),
    "in a string of JSON": ("docs/a.json", json.dumps({"a": [1, "torch.where(t > 0, t, torch.zeros_like(t))"]}, indent=1), "docs/a.json:4"),
    "lines in a string of JSON": ("docs/a.json", json.dumps({"a": "u = t.clamp(min=0)\nv = torch.log1p(torch.exp(-t.abs()))\nw = u + v"}), "docs/a.json:1"),
    "in a string of TOML": ("a.toml", "[a]\nb = 'torch.where(t > 0, t, torch.zeros_like(t))'\n", "a.toml:2"),
    "in an element of HTML": ("docs/a.html", "<p>A</p>\n<pre class='x'>torch.where(t &gt; 0, t, torch.zeros_like(t))</pre>\n", "docs/a.html:2"),
    "in a drawing": ("docs/a.svg", "<svg><desc>torch.where(t &gt; 0, t, torch.zeros_like(t))</desc></svg>", "docs/a.svg:1"),
    "behind a picture's first bytes": ("docs/a.gif", "GIF89a\ntorch.where(t > 0, t, torch.zeros_like(t))\n", "docs/a.gif:2"),
    "behind a mark of the byte order": ("exercises/a.py", "\ufeffx = torch.where(t > 0, t, torch.zeros_like(t))\n", "exercises/a.py:1"),
    "in a line of a function that is broken": ("exercises/a.py", "def f(t):\n    y = )\n    return torch.where(t > 0, t, torch.zeros_like(t))\n", "exercises/a.py:3"),
    "in a method beside one that is broken": (
        "exercises/a.py",
        "class A:\n    def g(self):\n        y = )\n    async def f(t):\n        a = t.clamp(min=0)\n        b = torch.log1p(torch.exp(-t.abs()))\n\n        return a + b\n",
        "exercises/a.py:5",
    ),
    "in a cell with a magic": ("soft.ipynb", notebook(code("%%time\ny = torch.where(t > 0, t, torch.zeros_like(t))")), "soft.ipynb, cell 1:2"),
    "in a cell's metadata": ("soft.ipynb", notebook(code("x", metadata={"a": "torch.where(t > 0, t, torch.zeros_like(t))"})), "soft.ipynb, metadata:1"),
    "in a sound": ("docs/a.wav", "RIFF\0\0\0\0WAVE", "docs/a.wav"),
    "in a document": ("docs/a.docx", "PK\0\0", "docs/a.docx"),
    "in another encoding": ("exercises/a.py", "r\0e\0t\0u\0r\0n\0", "exercises/a.py"),
    "as MNIST": ("data/MNIST/raw/train-images-idx3-ubyte.gz", "x", "data/MNIST/raw/train-images-idx3-ubyte.gz"),
    "in a file without an ending": ("notes", "    return torch.where(x > 0, x, torch.zeros_like(x))", "notes:1"),
}  # fmt: skip


@pytest.mark.parametrize("how", LEFT)
def test_what_is_left_in_is_found_with_its_place(how: str) -> None:
    path, text, place = LEFT[how]
    found = list(search({path: text.encode()}, [SOLUTION]))
    assert [one.place for one in found][:1] == [place], found
    assert "solution" in found[0].what


def test_what_is_compiled_is_found(tmp_path: Path) -> None:
    (tmp_path / "soft.py").write_text(TEXT)
    compiled = Path(py_compile.compile(str(tmp_path / "soft.py"), cfile=str(tmp_path / "soft.pyc")) or "")
    (found,) = search({"exercises/soft.pyc": compiled.read_bytes()}, [SOLUTION])
    assert found.place == "exercises/soft.pyc"


def test_what_git_has_kept_is_found(tmp_path: Path) -> None:
    """Also where no branch leads to it any more."""

    def git(*command: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", "-C", str(tmp_path), *who, *command], check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "soft.py").write_text(STUB)
    git("add", "-A")
    git("commit", "-qm", "stub")
    assert list(search_history(history.blobs(tmp_path), [SOLUTION])) == []
    (tmp_path / "soft.py").write_text(TEXT)
    git("commit", "-qam", "solution")
    (tmp_path / "soft.py").write_text(STUB)
    git("commit", "-qam", "stub again")
    found = next(search_history(history.blobs(tmp_path), [SOLUTION]))
    assert found.place.startswith("soft.py, ")
    assert found.place.endswith(" in git's history")
    git("reset", "-q", "--hard", "HEAD~2")
    git("reflog", "expire", "--expire=now", "--all")
    assert list(search_history(history.blobs(tmp_path), [SOLUTION]))
    (tmp_path / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(history.HistoryError, match=r"git cannot read the history of "):
        list(history.blobs(tmp_path))
    with pytest.raises(
        history.HistoryError, match=r"cannot be searched for a history \(File name too long\)"
    ):
        list(history.blobs(tmp_path / ("a" * 300)))


def test_what_learners_are_given_is_no_trace() -> None:
    """The stub itself, and all that the kit hands out."""
    assert list(search({"exercises/soft.py": STUB.encode()}, [SOLUTION])) == []
    own = [Solution(path.stem, path.read_text("utf-8")) for path in sorted((ROOT / "solutions").glob("*.py"))]
    given = [*(ROOT / "exercises").glob("*.*"), *(ROOT / "docs" / "lesson").rglob("*.md"), ROOT / "README.md"]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in given}
    assert list(search(files, own)) == []


@pytest.mark.parametrize("name", ["activations", "softmax", "mlp", "training", "trainability"])
def test_each_solution_of_the_kit_is_found_as_it_stands(name: str) -> None:
    text = (ROOT / "solutions" / f"{name}.py").read_text("utf-8")
    found = list(search({"exercises/any.py": text.encode()}, [Solution(name, text)]))
    assert 1 <= len(found) <= 3


def test_words_within_a_picture_are_read(tmp_path: Path) -> None:
    import matplotlib.figure

    for key, told in (("Source", "return torch.where(x > 0, x, torch.zeros_like(x))"), ("Title", "A curve")):
        path = tmp_path / f"{key}.png"
        matplotlib.figure.Figure().savefig(path, metadata={key: told})
        found = list(search({"docs/lesson/images/a.png": path.read_bytes()}, [SOLUTION]))
        assert len(found) == (key == "Source")


def test_what_was_found_is_quoted() -> None:
    found = list(search({"a.md": b"A `torch.where(x > 0, x, torch.zeros_like(x))`\n"}, [SOLUTION]))
    assert [one.what for one in found] == [
        "this holds a part of the solution of soft.py: torch.where(x > 0, x, torch.zeros_like(x))"
    ]
    long = "spam " * 50 + "`torch.where(a_long_name > 0, a_long_name, torch.zeros_like(a_long_name))`"
    (renamed,) = search({"a.md": long.encode()}, [SOLUTION])
    assert renamed.what.endswith("soft.py: torch.where(a_long_name > 0, a_long_name, torch.zeros_like(…")


@pytest.mark.parametrize(
    "line",
    [
        "optimizer.zero_grad()",
        "loss.backward()",
        "axes.legend()",
        "axes.grid(alpha=0.3)",
        "histories = {}",
        "return figure",
        "with torch.no_grad():\n        y = f(x)",
    ],
)
def test_a_call_as_a_manual_has_it_is_no_answer(line: str) -> None:
    text = f"def f(x):\n    # BEGIN SOLUTION\n    {line}\n    # END SOLUTION\n"
    first = line.split("\n")[0]
    page = f"Call `{first}` before each step.\n\n```python\n{first}\n```\n"
    assert list(search({"a.md": page.encode()}, [Solution("f", text)])) == []


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("`x.clamp(min=0)`", 1),
        ("`t.clamp(min=0)`", 1),
        ("`return t.clamp(min=0)`", 1),
        ("`x.square(out=y)`", 0),
        ("`t.square(out=u)`", 0),
    ],
)
def test_a_small_expression_is_an_answer_if_it_is_what_a_function_returns(page: str, count: int) -> None:
    solution = Solution(
        "f",
        "def f(x):\n    # BEGIN SOLUTION\n    y = x.square(out=y)\n    return x.clamp(min=0)\n    # END SOLUTION\n",
    )
    assert len(list(search({"a.md": f"Take {page} here.\n".encode()}, [solution]))) == count


class _Renamed(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        kept = node.id == "self" or programs._Names()._number(node.id) == node.id
        return node if kept else ast.Name(id=f"{node.id}_", ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=f"{node.arg}_")


def test_a_block_of_the_kit_is_found_renamed_wherever_it_stands() -> None:
    """Every expression between markers of at least so many nodes, its names replaced."""
    total = 0
    for path in sorted((ROOT / "solutions").glob("*.py")):
        solution = Solution(path.stem, path.read_text("utf-8"))
        tree = ast.parse(solution.text)
        marked = {
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.stmt) and isinstance(getattr(node, "value", None), ast.expr)
        }
        for node in marked:
            value = node.value  # type: ignore[attr-defined]
            if (
                programs.form([node]) not in solution.programs
                or programs.size([value]) < programs.FEWEST_NODES
            ):
                continue
            text = ast.unparse(_Renamed().visit(ast.parse(ast.unparse(value))))
            if "\n" in text:
                continue
            total += 1
            for how in ("Write `{}` there.", "# A\n\n| x | `{}` |"):
                assert list(search({"a.md": how.format(text).encode()}, [solution])), (how, text)
            for how in ("raise E  # {}", "f = lambda x: {}", "print({})", "x = {!r}"):
                assert list(search({"a.py": how.format(text).encode()}, [solution])), (how, text)
    assert total >= 40


GIVEN = {
    "nothing": ("", 0),
    "in a docstring": ('"""max(x, 0)."""', 20, '"""In short: torch.where(x > 0, x, torch.zeros_like(x))."""'),
    "in a TODO": ("# BEGIN SOLUTION\n    return torch.where", 21, "# BEGIN SOLUTION: return torch.where(x > 0, x, torch.zeros_like(x))\n    return torch.where"),
    "below": ("# BEGIN SOLUTION\ndef spare", 26, "old = lambda t: torch.where(t > 0, t, torch.zeros_like(t))\n# BEGIN SOLUTION\ndef spare"),
}  # fmt: skip


@pytest.mark.parametrize("how", GIVEN)
def test_a_solution_that_tells_its_answer_elsewhere_is_seen(how: str) -> None:
    """What stands outside of the markers is handed out, so the search takes it for given."""
    old, line, *new = GIVEN[how]
    assert not old or old in TEXT
    assert given(Solution("soft", TEXT.replace(old, new[0]) if new else TEXT)) == line


def test_no_solution_of_the_kit_tells_its_answer_elsewhere() -> None:
    for path in (ROOT / "solutions").glob("*.py"):
        assert given(Solution(path.stem, path.read_text("utf-8"))) == 0, path
