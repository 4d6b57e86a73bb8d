"""`results.json` for Gradescope, by the autograder specification at gradescope-autograders.readthedocs.io."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from ..inert import commandless, visible
from ..result import CheckResult, Grade, Status
from . import terminal
from .context import Context
from .handout import assert_final, feedback, heading

FEEDBACK_CAP = 8000


def render(grade: Grade, context: Context) -> str:
    """The JSON: a test for each check, the score, and the accuracy of the networks as a leaderboard; raises NotFinal."""
    assert_final(grade, context)
    is_hiding = any(_when(check, context) != "visible" for check in grade.checks)
    results: dict[str, Any] = {
        "score": grade.score,
        "output": "\n".join([] if is_hiding else _told(grade)),
        "output_format": "text",
        "tests": [_test(check, context) for check in grade.checks],
    }
    board = [
        {"name": f"Accuracy with {name}", "value": told["accuracy"]}
        for name, told in grade.training.items()
        if isinstance(told.get("accuracy"), float)
    ]
    if board and not is_hiding:
        results["leaderboard"] = board
    return json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _told(grade: Grade) -> list[str]:
    """The score and the inputs' seed, which say much of what a course may want to hide, and what was noticed."""
    return [heading(grade), *(f"{commandless(visible(flag))}." for flag in grade.flags)]


def _when(check: CheckResult, context: Context) -> str:
    fitting = (when for pattern, when in reversed(context.visibility) if fnmatchcase(check.id, pattern))
    return next(fitting, "visible")


def _test(check: CheckResult, context: Context) -> dict[str, Any]:
    return {
        "name": f"{check.task}: {check.title}",
        "score": check.score,
        "max_score": check.max_score,
        "status": "passed" if check.status is Status.PASSED else "failed",
        "output": feedback(check, FEEDBACK_CAP) or terminal.SPOKEN[check.status],
        "output_format": "text",
        "visibility": _when(check, context),
        "tags": [check.exercise, check.task],
    }
