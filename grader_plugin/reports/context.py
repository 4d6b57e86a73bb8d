"""What a report may tell beside the record: when and where it was made, what was won, the learner's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..exercise import ExerciseInfo
from ..progress import Award


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`environment` is that of the one who grades; `award` is there where XP are kept; `plots` are PNG files by name;
    `visibility` patterns of checks' ids, and when they are shown; `is_cut` says that the run was ended from outside; `root` is
    the way from where paths begin for a reader to where the places in the record do.
    """

    at: datetime = datetime(1970, 1, 1, tzinfo=timezone.utc)
    environment: Mapping[str, str] = field(default_factory=dict)
    award: Award | None = None
    lesson: Sequence[ExerciseInfo] = ()
    plots: Mapping[str, bytes] = field(default_factory=dict)
    visibility: Sequence[tuple[str, str]] = ()
    is_cut: bool = False
    root: str = ""
