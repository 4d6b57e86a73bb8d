"""Solutions that a release brings along for who has full marks: not to be read in passing, and no secret."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

FILE = ".grader-solutions.json"
_MARKER = re.compile(r"^ *# (BEGIN|END) SOLUTION.*\n", re.MULTILINE)
_MARKED = re.compile(r"^ *# (BEGIN|END) SOLUTION")


def sealed(texts: Mapping[str, str], tasks: Mapping[str, Collection[str]]) -> bytes:
    """The file: each task's function or class of its exercise's solution, written so that it is not read by accident.

    Before it comes what a learner's file lacks, and it uses: helpers, constants and imports between markers.
    """
    told = {
        task: base64.b64encode(_MARKER.sub("", source).encode()).decode()
        for name, text in texts.items()
        for task in tasks[name]
        if (source := _whole(text, task, tasks[name]))
    }
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def opened(folder: Path, task: str) -> str:
    """The solution of a task in a learner's folder; empty where the release has none, or the file is damaged."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        return base64.b64decode(told[task], validate=True).decode()
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def definition(text: str, name: str) -> str:
    """The source of a function or class at the top of a file; empty if it is not there, or the file is no Python."""
    node = _definitions(text).get(name)
    return _source(text, node) if node else ""


def without_docstrings(text: str, own: str) -> str:
    """A solution without those docstrings that stand in the learner's own as well."""
    known = {
        ast.get_docstring(node)
        for node in ast.walk(_tree(own))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    lines = text.splitlines(keepends=True)
    for node in ast.walk(_tree(text)):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or len(node.body) < 2:
            continue
        words, after = node.body[:2]
        if (told := ast.get_docstring(node)) is None or told not in known or words.lineno == node.lineno:
            continue
        for number in range(words.lineno - 1, min(words.end_lineno or 0, after.lineno - 1)):
            lines[number] = ""
    return "".join(lines)


def _whole(text: str, task: str, tasks: Collection[str]) -> str:
    """A task's definition, after the marked parts of the file that it uses, and those that they use."""
    own = _definitions(text).get(task)
    if own is None:
        return ""
    parts = [
        node for node in _tree(text).body if _is_marked(text, node) and not set(_bound(node)) & set(tasks)
    ]
    needed: list[ast.stmt] = [own]
    for node in needed:  # it grows by what is used
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        needed += [one for one in parts if used & set(_bound(one)) and one not in needed]
    before = sorted(needed[1:], key=lambda node: node.lineno)
    return "\n\n".join(_source(text, node) for node in (*before, own))


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


def _is_marked(text: str, node: ast.stmt) -> bool:
    """Whether it stands between markers, or has some within."""
    lines = text.split("\n")
    begun = [found[1] for line in lines[: node.lineno - 1] if (found := _MARKED.match(line))]
    within = any(_MARKED.match(line) for line in lines[node.lineno - 1 : node.end_lineno])
    return within or begun[-1:] == ["BEGIN"]


def _source(text: str, node: ast.stmt) -> str:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno]) + "\n"


def _definitions(text: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Those at the top of a file; of one name the last, which is the one that counts."""
    return {node.name: node for node in _tree(text).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])
