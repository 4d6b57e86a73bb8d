"""Text of a learner's: no control character, no line end, no command to a runner gets through."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader_plugin.inert import commandless, visible, visible_lines


@given(st.text())
def test_one_line_stays_one_line_of_what_can_be_seen(text: str) -> None:
    shown = visible(text)
    assert shown.splitlines() in ([shown], [])
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    shown.encode()


@given(st.text())
def test_lines_stay_lines(text: str) -> None:
    assert visible_lines(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("é Φ ✗", "é Φ ✗"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\rc", "a\\nb\\rc"),
        ("\u202eback", "\\u202eback"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\0\x7f", "\\x00\\x7f"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def is_command(line: str) -> bool:
    """As the runner decides it: `TryParseV2` and `TryParse` of its ActionCommand."""
    second = line.lstrip()
    return bool(second.startswith("::") and "::" in second[2:]) or bool(re.search(r"##\[[^\]]*\]", line))


@given(
    st.lists(st.sampled_from([":", "#", "[", "]", " ", "error", "\n", "\t", "x"]), max_size=20).map("".join)
)
def test_no_line_is_a_command(text: str) -> None:
    for line in commandless(text).splitlines():
        assert not is_command(line), line


def test_other_text_stays_as_it_is() -> None:
    text = "softmax::softmax::rows [#1] a::b\n  | ::error::no\n# title"
    assert commandless(text) == text
    assert commandless("a ##vso[task.x]b") == "a ## vso[task.x]b"
    assert commandless("  ::error::x ##[error]y") == "  : :error::x ## [error]y"
