"""What IPython would take for its own in a cell, and Python does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAGIC = re.compile(
    r"[ \t]*(?:[%!?]"  # %matplotlib inline, !pip install, ?torch
    r"|[\w.*]+\?{1,2}[ \t]*;?[ \t]*(?:\n|\Z)"  # torch.exp?
    r"|[^\n#'\"]*[\])]\?{1,2}[ \t]*;?[ \t]*(?:\n|\Z)"  # f(x)?
    r"|[\w.,* \t]+=[ \t]*[%!])"  # files = !ls
)
# Below %%time and its like a cell is still Python.
_OTHER = re.compile(r"\s*%%(?!(?:time|timeit|capture|prun)\b)")
# What may hold the end of a line, or of brackets, as a part of something else.
_PIECE = re.compile(
    r'''"""(?:[^\\]|\\.)*?(?:"""|\Z)|"(?:[^"\\\n]|\\.)*"?|'''
    r"""'''(?:[^\\]|\\.)*?(?:'''|\Z)|'(?:[^'\\\n]|\\.)*'?|"""
    r"#[^\n]*|\\\n|[(\[{]|[)\]}]|\n",
    re.DOTALL,
)
_TO_ITS_END = re.compile(r"(?:[^\\\n]|\\.)*\\?", re.DOTALL)  # over lines that a backslash continues


def statements(source: str) -> Iterator[range]:
    """The lines, from 0, of each statement of IPython's in a cell: all of a cell in another language.

    Only what begins a statement counts, not what stands within a text or brackets.
    """
    if _OTHER.match(source):
        yield range(source.count("\n") + 1)
        return
    position, line, depth = 0, 0, 0
    while position < len(source):
        end = position
        if depth == 0 and _MAGIC.match(source, position):
            end = _TO_ITS_END.match(source, position).end()  # type: ignore[union-attr]  # it matches nothing, too
            yield range(line, line + source.count("\n", position, end) + 1)
        else:
            while (found := _PIECE.search(source, end)) and found[0] != "\n":
                depth = max(0, depth + (found[0] in "([{") - (found[0] in ")]}"))
                end = found.end()
            end = found.start() if found else len(source)
        line += source.count("\n", position, end) + 1
        position = end + 1


def is_all(source: str) -> bool:
    """Whether a cell has nothing else, and nobody misses it."""
    return all(not line.strip() or line.lstrip()[0] in "%!#?" for line in source.split("\n"))
