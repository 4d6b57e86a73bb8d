"""The submission as the package `exercises`, from bytes in memory: loaded, or replaced by names that raise."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import Any

PACKAGE = "exercises"
TEXT_CAP = 2048


class Unloadable(Exception):
    """A call met a file of the submission that cannot be loaded."""

    def __init__(self, module: str) -> None:
        super().__init__(f"{module}.py cannot be loaded")
        self.module = module


class Placeholder(type):
    """The metaclass of every name of a file that cannot be loaded: it may be imported and subclassed, not called."""

    def __call__(cls, *args: object, **kwargs: object) -> object:
        first = cls.__mro__[-2]  # a learner's class may derive from it; next to last stands `object`
        raise Unloadable(first.__module__.rpartition(".")[2])


class PlaceholderModule(ModuleType):
    """A file that cannot be loaded: any name is there, and raises when called."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(name, (), {"__module__": self.__name__})


class Source:
    """What the text of one file tells: where its functions stand and return, and which are not written yet.

    `returns` has the line of a `return` for those functions and methods ("MLP.forward") that have only one: what
    is wrong with a value can be looked for there.
    """

    def __init__(self, text: str, display: str) -> None:
        self.display = display
        self.tree = ast.parse(text, display)
        self.definitions: dict[str, int] = {}
        self.returns: dict[str, int] = {}
        self.unfinished: set[str] = set()
        self._raises: dict[int, str] = {}
        for node in _statements(self.tree.body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._read(node)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.definitions[target.id] = node.lineno
                        self.returns.pop(target.id, None)

    def _read(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.definitions[node.name] = node.lineno
        self._note_return(node.name, node)
        if isinstance(node, ast.ClassDef):
            for inherited in [known for known in self.returns if known.startswith(f"{node.name}.")]:
                del self.returns[inherited]
            for method in node.body:
                if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    self._note_return(f"{node.name}.{method.name}", method)
        for part in ast.walk(node):
            if isinstance(part, ast.Raise) and _is_todo(part):
                for line in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                    self._raises[line] = node.name
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_todo(part.body[-1]):
                self.unfinished.add(node.name)

    def _note_return(self, name: str, node: ast.stmt) -> None:
        """A function of that name replaces an earlier one, and what was known of it."""
        body = node.body if isinstance(node, ast.FunctionDef) else []
        lines = [part.lineno for part in _statements(body) if isinstance(part, ast.Return)]
        self.returns.pop(name, None)
        if len(lines) == 1:
            self.returns[name] = lines[0]

    def todo_at(self, line: int) -> str | None:
        """The function whose `raise NotImplementedError` stands in that line."""
        return self._raises.get(line)


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body in order, with those under `if`, `try`, `for` and so on, not those of functions in it."""
    todo = list(reversed(body))  # no recursion: each `elif` would be one level deeper
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inner = [*getattr(node, "body", ())]
        for branch in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            inner += branch.body
        inner += [*getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
        todo += reversed(inner)


def _is_todo(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


class Mount(MetaPathFinder, Loader):
    """The submission as the package `exercises`, from the bytes that the grader admitted.

    `files` maps a module's name to its source, or to None when it cannot be loaded (the grader knows why).
    """

    def __init__(self, files: dict[str, bytes | None], folder: str, on_event: Callable[..., None]) -> None:
        self.files = files
        self.displays = {f"{folder}/{name}.py": name for name in files}
        self.sources: dict[str, Source] = {}
        self.failures: dict[str, dict[str, Any] | None] = {}
        self._on_event = on_event

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Only the package itself and the files that the lesson names."""
        if fullname == PACKAGE:
            return ModuleSpec(fullname, self, is_package=True)
        package, _, name = fullname.rpartition(".")
        return ModuleSpec(fullname, self) if package == PACKAGE and name in self.files else None

    def create_module(self, spec: ModuleSpec) -> None:
        """The default."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file; what goes wrong is kept, and the module becomes a placeholder."""
        name = module.__name__.rpartition(".")[2]
        if module.__name__ == PACKAGE:
            return
        source = self.files[name]
        if source is None:
            self._replace(module, name, None)
            return
        module.__file__ = display = next(shown for shown, file in self.displays.items() if file == name)
        self._on_event(event="loading", module=name)
        try:
            # For inspect.getsource, which torch.jit.script asks too: there is no file of that name here.
            text = source.decode("utf-8-sig")
            linecache.cache[display] = (len(text), None, text.splitlines(keepends=True), display)
            self.sources[name] = parsed = Source(text, display)
            exec(compile(parsed.tree, display, "exec", dont_inherit=True), module.__dict__)
        except BaseException as error:  # a learner's file may raise anything, SystemExit included
            self._replace(module, name, self.describe(error))
        self._on_event(event="loaded", module=name)

    def _replace(self, module: ModuleType, name: str, failure: dict[str, Any] | None) -> None:
        self.failures[name] = failure
        for key in [key for key in vars(module) if not key.startswith("__")]:
            del vars(module)[key]
        module.__class__ = PlaceholderModule

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception of the learner's code as plain data."""
        if isinstance(error, Unloadable):
            return {"kind": "unloadable", "module": error.module}
        kind = type(error).__name__[:80]
        try:
            text = str.__str__(str(error))[:TEXT_CAP]
        except BaseException:  # `__str__` is the learner's code too
            text = "(its message is unavailable)"
        types = " ".join(base.__name__[:80] for base in type(error).__mro__)[:TEXT_CAP]
        told: dict[str, Any] = {"kind": "exception", "type": kind, "types": types, "text": text}
        if isinstance(error, SyntaxError) and error.filename in self.displays:
            told.update(file=error.filename, line=error.lineno or 1)
            told["text"] = str(error.msg)[:TEXT_CAP]
            return told
        frames = self._frames(error.__traceback__)
        if frames:
            file, line, innermost = frames[-1]
            source = self.sources.get(self.displays[file])
            told.update(file=file, line=line)
            if innermost and isinstance(error, NotImplementedError) and source:
                told["stub"] = source.todo_at(line)
        return told

    def _frames(self, traceback: TracebackType | None) -> list[tuple[str, int, bool]]:
        """The learner's frames, outermost first: file, line, whether no other frame lies below."""
        frames = []
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if file in self.displays:
                frames.append((file, traceback.tb_lineno, traceback.tb_next is None))
            traceback = traceback.tb_next
        return frames
