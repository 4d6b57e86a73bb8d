"""The Common Test Report Format, ctrf.io: for dashboards that read the results of any test tool."""

from __future__ import annotations

import json
from typing import Any

from ..inert import commandless, visible
from ..result import CheckResult, Grade, Status
from .context import Context
from .handout import feedback, place_of

SPECIFICATION = "0.0.0"
FEEDBACK_CAP = 8000

_STATUS = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.TODO: "pending",
    Status.BLOCKED: "skipped",
    Status.NOT_RUN: "skipped",
    Status.ERROR: "other",
}


def render(grade: Grade, context: Context) -> str:
    """The JSON: a test for each check; times in milliseconds, the run's end being when the report was made."""
    tests = [_test(check) for check in grade.checks]
    stop = int(context.at.timestamp() * 1000)
    counts = {name: sum(test["status"] == name for test in tests) for name in dict.fromkeys(_STATUS.values())}
    report = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "results": {
            "tool": {"name": "pytest-gradient", "version": str(grade.environment.get("kit", ""))},
            "summary": {
                "tests": len(tests),
                **counts,
                "start": stop - sum(test["duration"] for test in tests),
                "stop": stop,
                **({} if grade.errors else {"extra": {"score": grade.score, "max_score": grade.max_score}}),
            },
            "tests": tests,
        },
    }
    return json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _test(check: CheckResult) -> dict[str, Any]:
    path, line = place_of(check)
    place = (
        {"filePath": path, "line": line} if line else {"filePath": path} if path.endswith(".ipynb") else {}
    )
    told = (
        {
            "message": commandless(visible(check.message[:FEEDBACK_CAP])),
            "trace": feedback(check, FEEDBACK_CAP),
        }
        if check.message
        else {}
    )
    return {
        "name": check.title,
        "status": _STATUS[check.status],
        "rawStatus": check.status.value,
        "duration": round(check.seconds * 1000),
        "suite": [check.exercise, check.task],
        **place,
        **told,
        "extra": {"id": check.id, "score": check.score, "max_score": check.max_score},
    }
