"""That exercises have been verified as they are now: a note in the cache directory, so that it need not be done again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from .. import rubrics
from ..reports import file


def is_known(names: Sequence[str], solutions: Path, variants: Path) -> bool:
    """Whether these exercises held, with these solutions and variants and this grader."""
    return _note(names, solutions, variants).exists()


def remember(names: Sequence[str], solutions: Path, variants: Path) -> None:
    """They hold; where nothing can be kept they are verified again."""
    with contextlib.suppress(OSError):
        file.write(_note(names, solutions, variants), b"")


def _note(names: Sequence[str], solutions: Path, variants: Path) -> Path:
    total = hashlib.sha256(rubrics.digest().encode())
    mine = [path for name in sorted(names) for path in sorted((variants / name).glob("*.py"))]
    for path in (*sorted(solutions.glob("*.py")), *mine):
        total.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    total.update("\0".join(sorted(names)).encode())
    return Path(platformdirs.user_cache_dir("pytest-gradient"), f"verified-{total.hexdigest()[:32]}")
