"""`results.json` for Gradescope, by the autograder specification at gradescope-autograders.readthedocs.io."""

from __future__ import annotations

import json
from typing import Any

from ..inert import commandless, visible
from ..result import CheckResult, Grade, Status
from .context import Context
from .handout import WORDS, assert_final, feedback, heading

FEEDBACK_CAP = 8000


def render(grade: Grade, _: Context) -> str:
    """The JSON: a test for each check, the score, and the accuracy of the networks as a leaderboard; raises NotFinal."""
    assert_final(grade)
    results: dict[str, Any] = {
        "score": grade.score,
        "output": "\n".join([heading(grade), *(f"{commandless(visible(flag))}." for flag in grade.flags)]),
        "output_format": "text",
        "tests": [_test(check) for check in grade.checks],
    }
    board = [
        {"name": f"Accuracy with {name}", "value": told["accuracy"]}
        for name, told in grade.training.items()
        if isinstance(told.get("accuracy"), float)
    ]
    if board:
        results["leaderboard"] = board
    return json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _test(check: CheckResult) -> dict[str, Any]:
    return {
        "name": f"{check.task}: {check.title}",
        "score": check.score,
        "max_score": check.max_score,
        "status": "passed" if check.status is Status.PASSED else "failed",
        "output": feedback(check, FEEDBACK_CAP) or WORDS[check.status],
        "output_format": "text",
        "visibility": "visible",
        "tags": [check.exercise, check.task],
    }
