"""Solutions as a release brings them along for who has full marks: not to be read in passing, and no secret."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Collection, Iterator, Mapping

from .. import unlocked
from .stub import MARKER, marked


def seal(texts: Mapping[str, str], tasks: Mapping[str, Collection[str]]) -> bytes:
    """The file: each task's function or class of its exercise's solution, written so that it is not read by accident.

    Before it comes what a learner's file lacks, and it uses: helpers, constants and imports between markers.
    """
    told = {
        task: base64.b64encode(source.encode()).decode()
        for name, text in texts.items()
        for task in tasks[name]
        if (source := _whole(text, task, tasks[name]))
    }
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def _whole(text: str, task: str, tasks: Collection[str]) -> str:
    """A task's definition, after the marked parts of the file that it uses, and those that they use; without markers."""
    own = unlocked.definitions(text).get(task)
    if own is None:
        return ""
    inside = {number for number, _ in marked(text)}
    parts = [
        node
        for node in unlocked.tree(text).body
        if inside & {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
        and not set(_bound(node)) & set(tasks)
    ]
    needed: list[ast.stmt] = [own]
    for node in needed:  # it grows by what is used
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        needed += [one for one in parts if used & set(_bound(one)) and one not in needed]
    before = sorted(needed[1:], key=lambda node: node.lineno)
    source = "\n\n".join(unlocked.source(text, node) for node in (*before, own))
    return "\n".join(line for line in source.split("\n") if not MARKER.fullmatch(line.rstrip()))


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a file gives to what it makes."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    else:
        yield from (
            one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
