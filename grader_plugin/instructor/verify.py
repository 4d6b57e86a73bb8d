"""The release gate: an exercise's own stub, solution, mistakes and variants say whether its grading is sound."""

from __future__ import annotations

import ast
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import misconceptions, rubrics
from ..exercise import Misconception
from ..mount import Source
from ..result import CheckResult, Status
from ..runner import Run
from ..sandbox import Sandbox
from .leaks import leaked
from .material import Finding, Material, shown
from .stub import stub

THREADS = (1, 2)
LOST = (Status.FAILED, Status.BLOCKED)
# A program that does not know its own names is no mistake of a learner's.
_BROKEN = re.compile(r" raised (NameError|ImportError|ModuleNotFoundError|UnboundLocalError)\b.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to be graded: `kind` is stub, solution, mistake (what it loses), name (what it is called), variant.

    `name` is the id of a mistake or the name of a variant's file; `without` has mistakes that are not to be looked for.
    A mistake's answers are left in the file `answers`, for the job that names it.
    """

    exercise: str
    kind: str
    name: str = ""
    seed: int = 0
    threads: int = 1
    without: frozenset[str] = frozenset()
    answers: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job: what does not hold, how each check ended and how long it took, whether one was cut short."""

    job: Job
    findings: tuple[Finding, ...] = ()
    statuses: Mapping[str, Status] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    is_cut: bool = False


Perform = Callable[[Sequence[Job]], Iterable[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of an exercise in the end.

    `matrix` says of each mistake how the checks of its task ended, `seconds` how long each check took at most with
    the solution, `named` how many of the mistakes are recognized.
    """

    material: Material
    findings: tuple[Finding, ...]
    matrix: Mapping[str, Mapping[str, Status]]
    seconds: Mapping[str, float]
    named: int

    @property
    def caught(self) -> int:
        """How many mistakes lose the check that they name."""
        return sum(
            self.matrix.get(entry.id, {}).get(entry.loses) is Status.FAILED for entry in self.material.known
        )

    @property
    def guarded(self) -> dict[str, str]:
        """The mistakes that one check alone loses, by their ids, and that check."""
        lost = {
            id: [check for check, status in row.items() if status in LOST] for id, row in self.matrix.items()
        }
        return {id: checks[0] for id, checks in lost.items() if len(checks) == 1}


def verify(materials: Sequence[Material], perform: Perform, seeds: int) -> tuple[Verdict, ...]:
    """Examine exercises; `perform` does jobs, in any order."""
    findings = {material.name: list(read(material)) for material in materials}
    with tempfile.TemporaryDirectory() as room:
        first = [job for material in materials for job in _first(material, seeds, Path(room))]
        outcomes = list(perform(first))
        cut = {name: _cut(name, outcomes) for name in findings}
        # Only now: a mistake that hangs, or ends its process, would do so in the process that rehearses it.
        second = [
            replace(one.job, kind="name", without=cut[one.job.exercise])
            for one in outcomes
            if one.job.kind == "mistake" and not one.findings
        ]
        outcomes += perform(second)
    for outcome in outcomes:
        findings[outcome.job.exercise] += outcome.findings
    return tuple(_verdict(material, outcomes, findings[material.name]) for material in materials)


def read(material: Material) -> Iterator[Finding]:
    """What can be seen without grading anything."""
    exercise, file = material.exercise, shown(material.path)
    total = sum(check.points for check in material.checks)
    if exercise.points is None:
        yield Finding(place=_rubric(material), what=f"declare the exercise's points, such as points={total}")
    elif exercise.points != total:
        what = f"the points of the checks add up to {total}, declared are {exercise.points}; which of the two is meant?"
        yield Finding(place=_rubric(material), what=what)
    if not material.variants:
        yield Finding(place=file, what="there is no correct variant; does the rubric accept other solutions?")
    checked = {check.task for check in material.checks}
    described = _described(material.stub)
    for task in exercise.tasks:
        if task.name not in checked:
            yield Finding(place=_rubric(material), what=f"no check asks for {task.name}")
        if not task.hints:
            yield Finding(place=_rubric(material), what=f"{task.name} has no hints; give two or three")
        if task.name not in described:
            yield Finding(place=file, what=f"{task.name} has no docstring that says what it has to do")
        yield from _leaks(material, _rubric(material), f"a hint for {task.name}", *task.hints)
    names = {check.name for check in material.checks}
    tasks = {task.name for task in exercise.tasks}
    for entry in material.known:
        place = material.place(entry)
        if entry.loses not in names:
            yield Finding(place=place, what=f"{entry.id} is to lose {entry.loses!r}; there is no such check")
        if entry.task not in tasks:
            yield Finding(place=place, what=f"{entry.id} is a wrong {entry.task!r}; there is no such task")
        if not (entry.diagnosis and entry.hint):
            yield Finding(place=place, what=f"{entry.id} lacks its diagnosis or its hint")
        yield from _leaks(material, place, entry.id, entry.diagnosis, entry.hint)


def perform(material: Material, job: Job, sandbox: Sandbox) -> Outcome:
    """Grade what the job asks for, and judge how it ended."""
    with tempfile.TemporaryDirectory() as room:
        bench = _Bench(material, job, sandbox, Path(room, "exercises"))
        return {
            "stub": bench.stub,
            "solution": bench.solution,
            "mistake": bench.mistake,
            "name": bench.name,
            "variant": bench.variant,
        }[job.kind]()


class _Bench:
    """One job's submission in a folder of its own."""

    def __init__(self, material: Material, job: Job, sandbox: Sandbox, folder: Path) -> None:
        self.material = material
        self.job = job
        self._sandbox = sandbox
        self._folder = folder
        folder.mkdir()
        for path in material.solutions.glob("*.py"):
            shutil.copy(path, folder)

    def stub(self) -> Outcome:
        """Every check finds something to do."""
        for path in self._folder.glob("*.py"):
            path.write_text(stub(path.read_text("utf-8")), "utf-8")
        found = self._graded()
        findings = [
            self._finding(
                name, f"with the stub this check ends as {result.status.value}, not as todo", result
            )
            for name, result in found.items()
            if result.status is not Status.TODO
        ]
        return self._outcome(found, findings)

    def solution(self) -> Outcome:
        """Every check passes."""
        found = self._graded()
        how = (
            f"seed {self.job.seed}, {'1 thread' if self.job.threads == 1 else f'{self.job.threads} threads'}"
        )
        findings = [
            self._finding(name, f"the solution loses this check ({how})", result)
            for name, result in _lost(found).items()
        ]
        return self._outcome(found, findings)

    def mistake(self) -> Outcome:
        """The check that it names is lost; also all others of its task, for the matrix."""
        entry = self._entry()
        self._add(misconceptions.source(entry))
        names = [
            check.name
            for check in self.material.checks
            if check.name == entry.loses or (check.task == entry.task and not check.beside)
        ]
        run = self._run()
        found = {name: run.check(self.material.name, name) for name in names}
        result = found[entry.loses]
        cut = [
            check.name
            for check in self.material.checks
            if check.name in found and run.investigation.is_cut(check)
        ]
        what = ""
        if cut:
            what = f"{entry.id} gives no answer: {found[cut[0]].message}; it is left out of what follows"
        elif result.status is Status.PASSED:
            what = f"{entry.id} passes {entry.loses}, which it has to lose; on which input does it differ from the solution?"
        elif result.status is not Status.FAILED:
            what = f"with {entry.id} the check {entry.loses} ends as {result.status.value} ({result.message}); name one that it fails"
        elif broken := _BROKEN.search(result.message):
            what = f"{entry.id}{broken[0]}; is it there in a learner's file too?"
        findings = [Finding(place=self.material.place(entry), what=what)] if what else []
        if self.job.answers is not None and not findings:
            self.job.answers.write_bytes(pickle.dumps(run.investigation.answers))
        return self._outcome(found, findings, is_cut=bool(cut))

    def name(self) -> Outcome:
        """It is recognized as what it is."""
        entry = self._entry()
        self._add(misconceptions.source(entry))
        run = self._run([one for one in self.material.known if one.id not in self.job.without])
        assert self.job.answers is not None
        run.investigation.answers.update(pickle.loads(self.job.answers.read_bytes()))
        self.job.answers.unlink()
        alike = run.investigation.suspects(
            next(check for check in self.material.checks if check.name == entry.loses)
        )
        readings = {one.diagnosis for one in alike}
        if readings == {entry.diagnosis}:
            return self._outcome({}, [])
        if len(readings) == 1:
            what = f"{entry.id} is called {alike[0].id}; what would tell them apart?"
        elif alike:
            what = (
                f"{entry.id} stays unnamed: {', '.join(one.id for one in alike[:4])} answer alike and read differently; "
                "give the task a probe that tells them apart, or the same words"
            )
        else:
            what = f"{entry.id} is not recognized when {entry.loses} fails; does it answer the same twice?"
        return self._outcome({}, [Finding(place=self.material.place(entry), what=what)])

    def variant(self) -> Outcome:
        """No point is lost."""
        path = next(one for one in self.material.variants if one.name == self.job.name)
        text = path.read_text(encoding="utf-8")
        try:
            written = Source(text, shown(path)).definitions.keys()
        except SyntaxError as error:
            place = f"{shown(path)}:{error.lineno}"
            return self._outcome({}, [Finding(place=place, what=f"the variant is not Python: {error.msg}")])
        tasks = written & {task.name for task in self.material.exercise.tasks}
        if not tasks:
            what = "the variant defines no task of the exercise"
            return self._outcome({}, [Finding(place=shown(path), what=what)])
        self._add(text)
        names = [check.name for check in self.material.checks if check.task in tasks]
        found = self._graded(names)
        findings = [
            Finding(place=shown(path), what=f"the variant loses {name}: {_told(result)}")
            for name, result in _lost(found).items()
        ]
        return self._outcome(found, findings)

    def _entry(self) -> Misconception:
        return next(entry for entry in self.material.known if entry.id == self.job.name)

    def _add(self, code: str) -> None:
        with (self._folder / f"{self.material.name}.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}")

    def _run(self, known: Sequence[Misconception] = ()) -> Run:
        name = self.material.name
        lesson = {one: rubrics.load(one) for one in rubrics.KIT} if name in rubrics.KIT else {}
        return Run(
            self._folder,
            "exercises",
            sandbox=self._sandbox,
            seed=self.job.seed,
            threads=self.job.threads,
            exercises={**lesson, name: self.material.exercise},
            known=lambda exercise: known if exercise == name else (),
        )

    def _graded(self, names: Sequence[str] | None = None) -> dict[str, CheckResult]:
        run = self._run()
        wanted = [check.name for check in self.material.checks] if names is None else names
        return {name: run.check(self.material.name, name) for name in wanted}

    def _finding(self, name: str, what: str, result: CheckResult) -> Finding:
        check = next(check for check in self.material.checks if check.name == name)
        told = f": {_told(result)}" if result.message else ""
        return Finding(place=self.material.place(check), what=f"{what}{told}")

    def _outcome(
        self, found: Mapping[str, CheckResult], findings: Sequence[Finding], *, is_cut: bool = False
    ) -> Outcome:
        leaks = [
            leak
            for name, result in found.items()
            for leak in _leaks(
                self.material, self._finding(name, "", result).place, name, result.message, result.hint
            )
        ]
        return Outcome(
            job=self.job,
            findings=(*findings, *leaks),
            statuses={name: result.status for name, result in found.items()},
            seconds={name: result.seconds for name, result in found.items()},
            is_cut=is_cut,
        )


def _first(material: Material, seeds: int, room: Path) -> Iterator[Job]:
    """The longest first, so that no core is left with one of them."""
    name = material.name
    for threads in THREADS:
        yield from (Job(exercise=name, kind="solution", seed=seed, threads=threads) for seed in range(seeds))
    yield from (Job(exercise=name, kind="variant", name=path.name) for path in material.variants)
    yield Job(exercise=name, kind="stub")
    known = {check.name for check in material.checks}
    tasks = {task.name for task in material.exercise.tasks}
    for number, entry in enumerate(material.known):
        if entry.loses in known and entry.task in tasks:
            yield Job(exercise=name, kind="mistake", name=entry.id, answers=room / f"{name}-{number}")


def _cut(name: str, outcomes: Sequence[Outcome]) -> frozenset[str]:
    return frozenset(one.job.name for one in outcomes if one.is_cut and one.job.exercise == name)


def _verdict(material: Material, outcomes: Sequence[Outcome], findings: Sequence[Finding]) -> Verdict:
    own = [one for one in outcomes if one.job.exercise == material.name]
    matrix = {one.job.name: one.statuses for one in own if one.job.kind == "mistake"}
    seconds: dict[str, float] = {}
    for one in own:
        if one.job.kind == "solution":
            seconds = {name: max(took, seconds.get(name, 0.0)) for name, took in one.seconds.items()}
    unlost = [
        Finding(
            place=material.place(check),
            what=f"no known mistake loses {check.name}; add one that does, or take the check away",
        )
        for check in material.checks
        if not any(row.get(check.name) is Status.FAILED for row in matrix.values())
    ]
    order = {entry.id: matrix[entry.id] for entry in material.known if entry.id in matrix}
    named = sum(one.job.kind == "name" and not one.findings for one in own)
    unique = tuple(dict.fromkeys([*findings, *unlost]))
    return Verdict(material=material, findings=unique, matrix=order, seconds=seconds, named=named)


def _leaks(material: Material, place: str, where: str, *words: str) -> Iterator[Finding]:
    for text in words:
        if found := leaked(text, material.answers):
            yield Finding(place=place, what=f"{where} holds {found!r} of the solution: {text!r}")


def _lost(found: Mapping[str, CheckResult]) -> dict[str, CheckResult]:
    """The checks that did not pass; those that wait for one of them are left out."""
    lost = {name: result for name, result in found.items() if result.status is not Status.PASSED}
    behind = {name for name, result in lost.items() if result.waits_for.rpartition("::")[2] in lost}
    return {name: result for name, result in lost.items() if name not in behind}


def _told(result: CheckResult) -> str:
    return " ".join(part for part in (result.message, *result.detail.splitlines()) if part)


def _described(stub: str) -> set[str]:
    """The functions and classes of the stub that have a docstring."""
    nodes = (node for node in ast.parse(stub).body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    return {node.name for node in nodes if ast.get_docstring(node)}


def _rubric(material: Material) -> str:
    if not material.checks:
        return material.name
    return material.place(material.checks[0]).rpartition(":")[0]
