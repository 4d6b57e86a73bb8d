"""From a solution to the file that a learner fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKER = re.compile(r"(?P<indent> *)# (?P<word>BEGIN|END) SOLUTION(?:: (?P<todo>\S.*))?")
NEAR_MARKER = re.compile(
    r"#.*\b(?:BEGIN|END)[\s_-]*SOL"
    r"|#\W*(?:(?:BEGIN|START|END|STOP)[\W_]+(?:THE\W+)?(?:SOL|ANSWER)\w*|SOLUTION[\W_]+(?:BEGIN|START|END|STOP))\W*$",
    re.IGNORECASE,
)


def marked(source: str) -> Iterator[tuple[int, str]]:
    """The lines between markers with their numbers, which a stub has not."""
    is_open = False
    for number, line in enumerate(source.split("\n"), start=1):
        if marker := MARKER.fullmatch(line.rstrip()):
            is_open = marker["word"] == "BEGIN"
        elif is_open:
            yield number, line


def stub(source: str) -> str:
    """Make the learner's file: each marked block becomes a TODO and `raise NotImplementedError`.

    A block stands between `# BEGIN SOLUTION` and `# END SOLUTION` at one indentation, and
    `# BEGIN SOLUTION: which sign?` gives `# TODO: which sign?`. A block at the left margin (a helper, an
    import) is left out without a trace. Raises `ValueError` with the line if markers are nested, do not pair
    up or are not spelled so: a slip here would hand out the solution.
    """
    kept: list[str] = []
    begin: re.Match[str] | None = None
    begun_at = 0
    margin_block_ended = False
    for number, line in enumerate(source.split("\n"), start=1):
        marker = MARKER.fullmatch(line.rstrip())
        if marker is None:
            if NEAR_MARKER.search(line):
                raise ValueError(f"line {number}: not a marker as it stands: {line.strip()!r}")
            if begin is None and (line.strip() or not margin_block_ended):
                kept.append(line)
                margin_block_ended = False
        elif marker["word"] == "BEGIN":
            if begin is not None:
                raise ValueError(f"line {number}: BEGIN SOLUTION inside the block of line {begun_at}")
            begin, begun_at = marker, number
        else:
            if begin is None:
                raise ValueError(f"line {number}: END SOLUTION without a BEGIN")
            if marker["indent"] != begin["indent"] or marker["todo"]:
                raise ValueError(f"line {number}: END SOLUTION does not match the BEGIN of line {begun_at}")
            if indent := begin["indent"]:
                todo = begin["todo"] or "your code here"
                kept += [f"{indent}# TODO: {todo}", f"{indent}raise NotImplementedError"]
            margin_block_ended = not indent  # the blank lines after it go as well
            begin = None
    if begin is not None:
        raise ValueError(f"line {begun_at}: BEGIN SOLUTION without an END")
    return "\n".join(kept).rstrip("\n") + "\n"
