"""The record as JSON: the one file that other programs read; `docs/results.md` fixes it."""

from __future__ import annotations

import json

from ..result import Grade
from .context import Context


def render(grade: Grade, _: Context) -> str:
    """The record, indented, with a final newline."""
    return json.dumps(grade.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
