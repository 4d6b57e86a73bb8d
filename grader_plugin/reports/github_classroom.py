"""The results of a step for GitHub Classroom's reporter: base64 of JSON, for an environment variable.

Facts of classroom-resources/autograding-grading-reporter: one of its totals is the sum of `score`, the other the share of
tests that pass times `max_score`, so each point is a test of its own. It prints a missing `score` as NaN and a `line_no`
that is neither there nor 0 as it comes; what a learner reads of a failed test is `test_code`.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from ..result import CheckResult, Grade, Status
from .context import Context
from .handout import assert_final, cut, feedback, place_of

# An environment variable holds 131,071 bytes (Linux, MAX_ARG_STRLEN); the rest is room for its name and for others.
SIZE_CAP = 90_000
FEEDBACK_CAPS = (4000, 2000, 1000, 500, 250, 100, 0)
NAME_CAP = 120


def render(grade: Grade, context: Context) -> str:
    """The base64, on one line; raises NotFinal. Feedback is cut as far as it has to be, a point never."""
    assert_final(grade, context)
    told = [feedback(check, FEEDBACK_CAPS[0]) for check in grade.checks]
    encoded = ""
    for cap in FEEDBACK_CAPS:
        results = _results(grade, [cut(one, cap) for one in told])
        encoded = base64.b64encode(json.dumps(results).encode()).decode()
        if len(encoded) < SIZE_CAP:
            break
    return f"{encoded}\n"


def _results(grade: Grade, told: list[str]) -> dict[str, Any]:
    status = "pass" if grade.score == grade.max_score else "fail"
    tests = [test for check, one in zip(grade.checks, told, strict=True) for test in _points(check, one)]
    return {"version": 1, "status": status, "max_score": grade.max_score, "tests": tests}


def _points(check: CheckResult, told: str) -> list[dict[str, Any]]:
    """A test for each point of a check; the first one has what is said of it."""
    passed = check.status is Status.PASSED
    one = {"status": "pass" if passed else "fail", "score": int(passed), "line_no": place_of(check)[1]}
    name = f"{check.task}: {check.title}"[:NAME_CAP]
    more = [f" (point {number} of {check.max_score})" for number in range(2, check.max_score + 1)]
    return [
        {
            "name": f"{name}{which}",
            **one,
            "message": "",  # of which its reader shows nothing for a test that failed
            "test_code": told if first else "",
        }
        for first, which in zip([True, *[False] * len(more)], ["", *more], strict=True)
    ]
