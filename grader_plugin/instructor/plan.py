"""What is asked for when a release is made, and that it cannot be; on its own, because every command of `grader` imports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# Of each CI: its files, and where they go in a learner's repository.
CI = {
    "actions": {"grade.yml": ".github/workflows/grade.yml"},
    "classroom": {"classroom.yml": ".github/workflows/classroom.yml"},
}
# What an instructor puts elsewhere: these files are no business of a learner's repository.
APART = {"classroom50": ("autograder.py",), "gradescope": ("setup.sh", "run_autograder")}


class ReleaseError(ValueError):
    """Nothing is written; a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is released: the names of the exercises (all, if there is none) and of a CI; `install` says what comes from elsewhere.

    `with_data` is for MNIST, `with_solutions` for what `grader solution` shows, `for_nbgrader` for notebooks with its metadata.
    """

    exercises: tuple[str, ...] = ()
    ci: tuple[str, ...] = ()
    install: tuple[str, ...] = ()
    with_data: bool = True
    with_solutions: bool = False
    as_notebooks: bool = False
    for_nbgrader: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it is kept in a release, for its update."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Plan:
        """Of what a release keeps, which may be of another version; raises TypeError for what is no plan."""
        own: dict[str, Any] = {}
        for name in (field.name for field in fields(cls) if field.name in told):
            own[name] = tuple(told[name]) if isinstance(told[name], list) else told[name]
        return cls(**own)
