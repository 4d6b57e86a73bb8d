"""One format a module, each a pure function of the record and of its context; `config.REPORT_FORMATS` names them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..result import Grade
    from .context import Context


def render(format: str, grade: Grade, context: Context) -> str:
    """The report in that format; raises `handout.NotFinal` where a program would take it for a score and it is none."""
    module = importlib.import_module(
        f".{format}", __name__
    )  # here: templates and rich are not for every start
    text: str = module.render(grade, context)
    return text
