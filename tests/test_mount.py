"""What the text of a file tells: where a wrong value can be looked for."""

from __future__ import annotations

import pytest

from grader_plugin.mount import Source

RETURNS = {
    "one": ("def f(x):\n    return x\n", {"f": 2}),
    "none": ("def f(x):\n    x += 1\n", {}),
    "two": ("def f(x):\n    if x:\n        return 1\n    return 2\n", {}),
    "one, deep inside": (
        "def f(x):\n    for y in x:\n        with y:\n            try:\n                pass\n"
        "            finally:\n                return y\n",
        {"f": 7},
    ),
    "one in a match": ("def f(x):\n    match x:\n        case 1:\n            return x\n", {"f": 4}),
    "another in the else of a loop": (
        "def f(x):\n    while x:\n        return 1\n    else:\n        return 2\n",
        {},
    ),
    "another in an except": (
        "def f(x):\n    try:\n        return 1\n    except E:\n        return 2\n",
        {},
    ),
    "nested functions are others": (
        "def f(x):\n    def g():\n        return 1\n    class C:\n        def h(self):\n            return 2\n    return g\n",
        {"f": 7},
    ),
    "methods": (
        "class M:\n    def __init__(self):\n        self.x = 1\n\n    def forward(self, x):\n        return x\n",
        {"M.forward": 6},
    ),
    "defined again": ("def f(x):\n    return x\n\n\ndef f(x):\n    pass\n", {}),
    "bound again": ("def f(x):\n    return x\n\n\nf = abs\n", {}),
    "a class again": ("class M:\n    def forward(self):\n        return 1\n\n\nclass M(M):\n    pass\n", {}),
    "a coroutine": ("async def f(x):\n    return x\n", {}),
    "under a condition": ("if True:\n    def f(x):\n        return x\n", {"f": 3}),
    "over many lines": ("def f(x):\n    return (\n        x\n    )\n", {"f": 2}),
}


@pytest.mark.parametrize("name", RETURNS)
def test_the_only_return_of_a_function(name: str) -> None:
    text, returns = RETURNS[name]
    assert Source(text, "exercises/a.py").returns == returns


def test_a_thousand_branches_are_read() -> None:
    branches = "".join(f"    elif x == {number}:\n        y = {number}\n" for number in range(1000))
    text = f"def f(x):\n    if x is None:\n        y = 0\n{branches}    return y\n"
    assert Source(text, "exercises/a.py").returns == {"f": 2004}
