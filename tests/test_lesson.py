"""Where a sentence points to, as text of the file that was admitted."""

from __future__ import annotations

import pytest

from grader_plugin.admission import Admitted
from grader_plugin.lesson import CODE_CAP, Lesson

TEXT = f"\ufeffimport torch\r\nx = '\u2028\x0c'\r\n\tdef f(x):  \r\n{'y' * 1000}\n".encode()
LESSON = Lesson(
    {},
    {"mlp": Admitted(TEXT, "c:/my: folder/mlp.py"), "softmax": Admitted(None, "s", "is a link")},
    "c:/my: folder",
)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("c:/my: folder/mlp.py:1", "import torch"),
        ("c:/my: folder/mlp.py:2", "x = '\u2028\x0c'"),
        ("c:/my: folder/mlp.py:3", "def f(x):"),
        ("c:/my: folder/mlp.py:4", "y" * CODE_CAP),
        ("c:/my: folder/mlp.py:5", ""),
        ("c:/my: folder/mlp.py:6", ""),
        ("c:/my: folder/mlp.py:0", ""),
        ("c:/my: folder/mlp.py:-1", ""),
        ("c:/my: folder/mlp.py:\N{ARABIC-INDIC DIGIT ONE}", ""),
        (f"c:/my: folder/mlp.py:{'9' * 5000}", ""),
        ("c:/my: folder/mlp.py", ""),
        ("c:/my: folder/softmax.py:1", ""),
        ("elsewhere/mlp.py:1", ""),
        ("", ""),
    ],
)
def test_the_line_that_a_place_names(where: str, code: str) -> None:
    assert LESSON.code(where) == code
