"""What a release installs, pinned: the kit, and the packages of exercises from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version

from .. import outside
from .plan import ReleaseError

KIT = "pytest-gradient"

# A word that neither a shell nor YAML nor TOML reads as more than a word.
_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
_VERSION = re.compile(_NAME + r"==(?P<source>[A-Za-z0-9.+!]+)")
_ADDRESS = re.compile(rf"(?:{_NAME} ?@ ?)?(?P<source>(?:git\+)?[a-z]+://[A-Za-z0-9._+:/@=&?%~#-]+)")
_COMMIT = re.compile(r"@[^/@#]+(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package, and its version or the address that it comes from."""

    name: str
    source: str
    extra: str = ""

    @property
    def is_address(self) -> bool:
        """Whether pip looks nowhere for it."""
        return "://" in self.source

    def __str__(self) -> str:
        """One word, as pip takes it."""
        return f"{self.name}{self.extra}{'@' if self.is_address else '=='}{self.source}"


def parse(text: str) -> Requirement:
    """`NAME==VERSION`, `NAME @ ADDRESS`, or the kit's address alone; raises ReleaseError for what pins nothing."""
    found = _VERSION.fullmatch(text) or _ADDRESS.fullmatch(text)
    is_pinned = found and (not found["source"].startswith("git+") or _COMMIT.search(found["source"]))
    if not found or not is_pinned:
        raise ReleaseError(
            f"--install {text!r} pins no version; write NAME==VERSION, or NAME @ git+https://…@TAG with a tag or a commit"
        )
    return Requirement(found["name"] or KIT, found["source"])


def of(exercises: Iterable[str], named: Iterable[str]) -> tuple[Requirement, ...]:
    """The kit first; what is `named` instead of the versions that are here. Raises ReleaseError for a name that is none of them."""
    others = outside.requirements()
    here = [parse(others[name]) for name in exercises if name in others]
    wanted = {_plain(one.name): one for one in (Requirement(KIT, version(KIT)), *here)}
    for one in map(parse, named):
        if _plain(one.name) not in wanted:
            raise ReleaseError(f"--install names {one.name}, and what is released needs {', '.join(wanted)}")
        wanted[_plain(one.name)] = replace(one, name=wanted[_plain(one.name)].name)
    return tuple(wanted.values())


def _plain(name: str) -> str:
    """As PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
