"""`result.json` for Classroom 50: its schema classroom50/result/v1, whole numbers only.

What it says of the submission comes from the environment that its runner sets (foundation50/classroom50,
cli/gh-teacher/skeleton/dotgithub/scripts/runner.py); the runner puts in the owner and who submitted.
"""

from __future__ import annotations

import json
from typing import Any

from ..result import CheckResult, Grade, Status
from .context import Context
from .handout import assert_final, feedback

SCHEMA = "classroom50/result/v1"
FEEDBACK_CAP = 2000  # for whoever reads the file; what learners see is release-body.md

# Its field, and the variable that has it.
_GIVEN = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def render(grade: Grade, context: Context) -> str:
    """The JSON; raises NotFinal. A variable that is not set leaves its field empty, which the runner then refuses."""
    assert_final(grade, context)
    given = {name: context.environment.get(variable, "") for name, variable in _GIVEN.items()}
    given["assignment_type"] = given["assignment_type"] or "individual"
    given["owner"] = given["owner"] or context.environment.get("USERNAME", "")
    given["review"] = given["review"] or given["commit"]
    result: dict[str, Any] = {
        "schema": SCHEMA,
        **given,
        "datetime": context.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": grade.score,
        "max-score": grade.max_score,
        "tests": [_test(check) for check in grade.checks],
    }
    return json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _test(check: CheckResult) -> dict[str, Any]:
    return {
        "test-name": f"{check.task}: {check.title}",
        "passed": check.status is Status.PASSED,
        "score": check.score,
        "max-score": check.max_score,
        "output": feedback(check, FEEDBACK_CAP),
    }
