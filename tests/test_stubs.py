"""The learner's files are made from the solutions, and tell nothing of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader_plugin.instructor.stub import stub

ROOT = Path(__file__).parents[1]
REGENERATE = """python - <<END
from pathlib import Path
from grader_plugin.instructor.stub import stub
for solution in Path("solutions").glob("*.py"):
    Path("exercises", solution.name).write_text(stub(solution.read_text("utf-8")), "utf-8")
END"""
SOLUTIONS = sorted((ROOT / "solutions").glob("*.py"))


def test_exercises_are_the_stubs_of_the_solutions() -> None:
    made = {path.name: stub(path.read_text("utf-8")) for path in SOLUTIONS}
    found = {path.name: path.read_text("utf-8") for path in (ROOT / "exercises").glob("*.py")}
    differing = sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))
    assert not differing, f"Out of step: {', '.join(differing)}. In the repository's root, run\n{REGENERATE}"


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.name)
def test_every_function_of_a_stub_is_still_to_do(path: Path) -> None:
    for node in ast.walk(ast.parse(stub(path.read_text("utf-8")))):
        if isinstance(node, ast.FunctionDef):
            assert ast.get_docstring(node), node.name
            assert ast.unparse(node.body[-1]) == "raise NotImplementedError", node.name
            rest = [ast.unparse(statement) for statement in node.body[1:-1]]
            assert set(rest) <= {"import matplotlib.pyplot as plt", "super().__init__()"}, node.name


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("x = 1\n", "x = 1\n", id="nothing marked"),
        pytest.param(
            "def f(x):\n    # BEGIN SOLUTION: which sign?\n    return -x\n    # END SOLUTION\n",
            "def f(x):\n    # TODO: which sign?\n    raise NotImplementedError\n",
            id="with a question",
        ),
        pytest.param(
            "def f(x):\n    # BEGIN SOLUTION\n    y = x\n\n    return y\n    # END SOLUTION\n",
            "def f(x):\n    # TODO: your code here\n    raise NotImplementedError\n",
            id="without one",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        a = 1\n        # BEGIN SOLUTION\n        return a\n"
            "        # END SOLUTION\n",
            "class A:\n    def f(self):\n        a = 1\n        # TODO: your code here\n"
            "        raise NotImplementedError\n",
            id="in a method, after a line that stays",
        ),
        pytest.param(
            "import a\n\n\n# BEGIN SOLUTION\ndef b():\n    pass\n# END SOLUTION\n\n\ndef f():\n    pass\n",
            "import a\n\n\ndef f():\n    pass\n",
            id="a helper goes with the blank lines after it",
        ),
        pytest.param(
            "import a\n# BEGIN SOLUTION\nimport b\n# END SOLUTION\nimport c\n",
            "import a\nimport c\n",
            id="an import",
        ),
        pytest.param("a = 1\n\n\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n", "a = 1\n", id="at the end"),
        pytest.param(
            "a = 1  # the solution, end to end\n", "a = 1  # the solution, end to end\n", id="a sentence"
        ),
    ],
)
def test_stub(source: str, expected: str) -> None:
    assert stub(source) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\n# BEGIN SOLUTION\nb\n", "line 2: BEGIN SOLUTION without an END"),
        ("a\nb\n# END SOLUTION\n", "line 3: END SOLUTION without a BEGIN"),
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "line 2: BEGIN SOLUTION inside the block of line 1"),
        ("# BEGIN SOLUTION\n  # END SOLUTION\n", "line 2: END SOLUTION does not match the BEGIN of line 1"),
        (
            "# BEGIN SOLUTION\n# END SOLUTION: why\n",
            "line 2: END SOLUTION does not match the BEGIN of line 1",
        ),
        ("#BEGIN SOLUTION\n", "line 1: not a marker as it stands: '#BEGIN SOLUTION'"),
        ("x\n# Begin solution\n", "line 2: not a marker as it stands: '# Begin solution'"),
        ("f()  # BEGIN SOLUTION\n", "line 1: not a marker as it stands: 'f()  # BEGIN SOLUTION'"),
        ("# BEGIN SOLUTION\nb\n### END SOLUTION\n", "line 3: not a marker as it stands: '### END SOLUTION'"),
        ("# BEGIN SOLUTIONS\n", "line 1: not a marker as it stands: '# BEGIN SOLUTIONS'"),
        ("# BEGIN_SOLUTION\n", "line 1: not a marker as it stands: '# BEGIN_SOLUTION'"),
        ("# BEGIN SOL\n", "line 1: not a marker as it stands: '# BEGIN SOL'"),
        ("# SOLUTION BEGIN\n", "line 1: not a marker as it stands: '# SOLUTION BEGIN'"),
        ("# Start the solution:\n", "line 1: not a marker as it stands: '# Start the solution:'"),
        ("# END_ANSWER\n", "line 1: not a marker as it stands: '# END_ANSWER'"),
        (
            "# BEGIN SOLUTION which sign?\n",
            "line 1: not a marker as it stands: '# BEGIN SOLUTION which sign?'",
        ),
    ],
)
def test_a_slip_in_the_markers_names_its_line(source: str, message: str) -> None:
    with pytest.raises(ValueError, match="line") as caught:
        stub(source)
    assert str(caught.value) == message
