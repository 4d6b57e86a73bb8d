"""The order of the modules: each imports only what stands above it, and the edge does without torch."""

from __future__ import annotations

import ast
import fnmatch
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader_plugin

PACKAGE = Path(grader_plugin.__file__).parent

# A module imports only what stands in a line above its own. `.` is the package itself, the public door.
ORDER = [
    "result",
    "exercise",
    "config",
    "inert",
    "channel",
    "magics",
    "notebook",
    "admission",
    "apart",
    "scratch",
    "syscalls",
    "landlock",
    "seccomp",
    "confinement",
    "process",
    "patience",
    "outside",
    "interpreter",
    "spawned",
    "forked",
    "sandbox",
    "dynamo",
    "wire",
    "exhibit",
    "drawing",
    "fixtures",
    "mount",
    "worker",
    "template",
    "compare",
    "autograd",
    "mishap",
    "lesson",
    "conversation",
    "rehearsal",
    "remote",
    "submission",
    "mnist",
    "judging",
    "inquiry",
    "curves",
    "closing",
    "rubrics",
    "rubrics.evidence",
    "rubrics.*",
    "misconceptions",
    "misconceptions.*",
    "diagnosis",
    "record",
    "investigation",
    "runner",
    "reseeding",
    "event",
    "progress",
    "ledger",
    "reports.context",
    "reports",
    "reports.screen",
    "reports.plot",
    "reports.terminal",
    "reports.handout",
    "reports.chart",
    "reports.*",
    "instructor",
    "unlocked",
    "session",
    "jupyter",
    ".",
    "instructor.stub",
    "instructor.whole",
    "instructor.plan",
    "instructor.pages",
    "instructor.requirements",
    "instructor.sealed",
    "instructor.notebooks",
    "instructor.release",
    "instructor.leaks",
    "instructor.material",
    "instructor.verify",
    "instructor.pool",
    "instructor.matrix",
    "instructor.gate",
    "instructor.programs",
    "instructor.withheld",
    "instructor.traces",
    "instructor.history",
    "instructor.proof",
    "instructor.solved",
    "instructor.replay",
    "instructor.delivery",
    "instructor.releasing",
    "instructor.new",
    "telling",
    "instructor.commands",
    "watching",
    "nodes",
    "grading",
    "plugin",
    "authoritative",
    "cli",
    "__main__",
]

# Imported by pytest on every command, or by a command that answers at once.
WITHOUT_TORCH = [
    "admission",
    "apart",
    "authoritative",
    "channel",
    "cli",
    "config",
    "confinement",
    "event",
    "exercise",
    "grading",
    "ledger",
    "nodes",
    "plugin",
    "progress",
    "record",
    "result",
    "rubrics",
    "sandbox",
    "watching",
    "reports.file",
    "reports.json",
    "reports.live",
    "reports.terminal",
]


def place(module: str) -> int:
    found = [number for number, pattern in enumerate(ORDER) if fnmatch.fnmatchcase(module, pattern)]
    assert found, f"{module} has no place in the order: give it one"
    return found[0]


def modules() -> dict[str, Path]:
    """Every module by its name below the package; what courses copy from `templates` is none."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.is_relative_to(PACKAGE / "templates"):
            continue
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name or "."] = path
    return found


def imported(module: str, path: Path) -> Iterator[str]:
    """The package's modules that a module imports, anywhere in its text."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    package = [part for part in package if part]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("grader_plugin") for alias in node.names), module
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            home = ".".join(part for part in base if part)
            for alias in node.names:
                inner = ".".join(part for part in (home, alias.name) if part)
                yield inner if inner in modules() else home or "."
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] != "grader_plugin", module


@pytest.mark.parametrize("module", modules())
def test_imports_stand_above(module: str) -> None:
    for other in imported(module, modules()[module]):
        assert place(other) < place(module), f"{module} imports {other}"


def test_the_order_names_no_module_that_is_gone() -> None:
    for pattern in ORDER:
        assert fnmatch.filter(modules(), pattern), pattern


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_edge_does_without_torch() -> None:
    names = ", ".join(f"grader_plugin.{name}" for name in WITHOUT_TORCH)
    assert run(f"import sys, grader_plugin, {names}; print('torch' in sys.modules)") == "False\n"


def test_rich_is_not_for_every_start_of_pytest() -> None:
    assert run("import sys, grader_plugin.plugin; print('rich' in sys.modules)") == "False\n"


def test_every_module_can_be_imported_first() -> None:
    """No circle: each is imported in a process that has forgotten the others."""
    names = [f"grader_plugin.{name}".rstrip(".") for name in modules()]
    code = (
        "import importlib, sys\n"
        f"for name in {names}:\n"
        "    for old in [old for old in sys.modules if old.partition('.')[0] == 'grader_plugin']:\n"
        "        del sys.modules[old]\n"
        "    importlib.import_module(name)\n"
        "print('all')\n"
    )
    assert run(code) == "all\n"


def test_what_an_installation_brings_is_imported() -> None:
    told = (PACKAGE.parent / "pyproject.toml").read_text("utf-8")
    asked = re.findall(
        r'^    "([a-z][\w-]*)', told.partition("\ndependencies = [")[2].partition("\n]")[0], re.MULTILINE
    )
    texts = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    assert {"torch", "pytest", "rich"} < set(asked)
    assert set(asked) <= set(re.findall(r"^ *(?:from|import) (\w+)", texts, re.MULTILINE))


def test_only_one_module_starts_processes() -> None:
    """`interpreter` executes, `template` forks, as `confinement` tries to; the release gate has a pool of our own code.

    What `instructor.verify` unpickles it has pickled itself, from what came over the wire.
    """
    for module, path in modules().items():
        if module == "instructor.pool":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            allowed = {"pickle"} if module == "instructor.verify" else set()
            assert not ({"multiprocessing", "pickle"} & set(names)) - allowed, module
            assert "subprocess" not in names or module in (
                "interpreter",
                "forked",
                "spawned",
                "instructor.history",
                "jupyter",
            ), module
            if isinstance(node, ast.Attribute) and node.attr in ("fork", "system", "popen", "execve"):
                assert module in ("template", "confinement", "sandbox", "spawned", "authoritative"), module
