"""The settings: what an option's text may be, and the sentence for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader_plugin.config import ReportTarget, parse_pass_mark, parse_seed

HERE = Path("/here")


@pytest.mark.parametrize(("text", "value"), [("0", 0.0), ("100", 100.0), ("66.5", 66.5), ("1e1", 10.0)])
def test_pass_mark(text: str, value: float) -> None:
    assert parse_pass_mark(text) == value


@pytest.mark.parametrize("text", ["", "x", "-1", "100.1", "nan", "inf", "50%"])
def test_no_pass_mark(text: str) -> None:
    with pytest.raises(ValueError, match="is not a percentage from 0 to 100") as caught:
        parse_pass_mark(text)
    assert str(caught.value).startswith(repr(text))


@pytest.mark.parametrize("value", [0, 7, 2**63 - 1])
def test_seed(value: int) -> None:
    assert parse_seed(str(value)) == value


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "٣", "1_0", str(2**63), "9" * 5000])
def test_no_seed(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number from 0 to") as caught:
        parse_seed(text)
    assert str(caught.value).startswith(repr(text))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("json", HERE / ".grader/result.json"),
        ("json=a/b.json", HERE / "a/b.json"),
        ("json=/there/b.json", Path("/there/b.json")),
        ("json=a=b.json", HERE / "a=b.json"),
    ],
)
def test_report(text: str, path: Path) -> None:
    assert ReportTarget.parse(text, HERE) == ReportTarget("json", path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "xml",
            "'xml' is not a report format; there are: json, html, github_classroom, classroom50, gradescope, step_summary, annotations, ctrf",
        ),
        (
            "",
            "'' is not a report format; there are: json, html, github_classroom, classroom50, gradescope, step_summary, annotations, ctrf",
        ),
        (
            "JSON",
            "'JSON' is not a report format; there are: json, html, github_classroom, classroom50, gradescope, step_summary, annotations, ctrf",
        ),
        (
            "json=exercises/mlp.py",
            "'exercises/mlp.py' is a name of a learner's file, which no report replaces; name another",
        ),
        (
            "html=.grader/progress.jsonl",
            "'.grader/progress.jsonl' is a name of a learner's file, which no report replaces; name another",
        ),
        ("json=", "'json=' names no file after '='; leave '=' out for .grader/result.json"),
    ],
)
def test_no_report(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"report|file") as caught:
        ReportTarget.parse(text, HERE)
    assert str(caught.value) == says
