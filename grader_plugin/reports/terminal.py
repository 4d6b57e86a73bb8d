"""The report on the terminal: a line an exercise, what to look at, what was won, what comes next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ..exercise import ExerciseInfo
from ..progress import Award, standing
from ..result import CheckResult, Grade, Status
from .plot import plot
from .screen import Screen

OUTPUT_LINES, OUTPUT_COLUMNS = 5, 200  # of what the learner's code printed
DETAIL_LINES = 6
BEHIND = 4  # of what blocked checks wait for

WORDS = {
    Status.FAILED: "failed",
    Status.TODO: "to do",
    Status.BLOCKED: "blocked",
    Status.ERROR: "not graded",
}
RERUN = "python -m pytest --grade --grade-seed"
SEEDS_SHOWN = LOST_SHOWN = 5
SPOKEN = {**WORDS, Status.PASSED: "passed", Status.NOT_RUN: "not graded"}


def render(
    grade: Grade,
    screen: Screen,
    *,
    full: int,
    award: Award | None = None,
    lesson: Sequence[ExerciseInfo] = (),
    plots: Sequence[str] = (),
) -> str:
    """The report of a run. `full` causes are told in full, the others in a line or two; `plots` are the saved files.

    With an `award` the report says what was won, measured against the `lesson`.
    """
    causes = find_causes(grade)
    return screen.render(
        [
            *_standing(grade, screen, verbose=full >= len(grade.checks)),
            *_exercises(grade, award, screen),
            *_errors(grade, screen),
            *_causes(causes, full, screen),
            *_blocked(grade, screen),
            *(() if causes else _remarks(grade, screen)),
            Text(),
            *_score(grade, award, lesson, screen),
            *_unlocked(award, lesson, screen),
            *(line for told in rehearsed(grade) for line in screen.paragraph(told, indent="")),
            *_fastest(grade.training, screen),
            *(screen.paragraph(f"Plots: {', '.join(plots)}", indent="") if plots else ()),
            *_next(grade, causes, award, screen),
            *(line for note in (award.notes if award else ()) for line in screen.paragraph(note, indent="")),
        ]
    )


def failure(check: CheckResult, screen: Screen) -> str:
    """One failed check alone, in full."""
    return screen.render(_cause(Cause(check), screen))


@dataclass(frozen=True, slots=True)
class Cause:
    """A failed check, others that failed for the same reason, and a failed task that its line calls.

    `whole_file`: every task of the file failed so; it does not load.
    """

    check: CheckResult
    others: tuple[CheckResult, ...] = ()
    calls: str = ""
    whole_file: bool = False


def find_causes(grade: Grade) -> tuple[Cause, ...]:
    """What to repair, root causes first: a file that does not load, else in order, what calls another failed task last."""
    failed = [check for check in grade.checks if check.status is Status.FAILED]
    same: dict[tuple[str, str], list[CheckResult]] = {}
    for check in failed:
        key = (check.misconception, "") if check.diagnosis else (check.message, check.where)
        same.setdefault(key, []).append(check)
    tasks = {exercise.name: {check.task for check in exercise.checks} for exercise in grade.exercises}

    def cause(first: CheckResult, *others: CheckResult) -> Cause:
        own = {first.task, *(check.task for check in others)}
        called = _called(first.code) & ({check.task for check in failed} - own)
        alone = first.message.startswith("Loading ")
        whole_file = own == tasks[first.exercise] and (len(own) > 1 or alone) and not first.diagnosis
        return Cause(first, others, calls=min(called, default=""), whole_file=whole_file)

    causes = [cause(*checks) for checks in same.values()]
    order = [exercise.name for exercise in grade.exercises]
    calls = {one.check.task: one.calls for one in causes if one.calls}

    def depth(task: str, seen: tuple[str, ...] = ()) -> int:
        """How many failed tasks lie one in the other below it."""
        below = calls.get(task, "")
        return 1 + depth(below, (*seen, task)) if below and task not in seen else 0

    def rank(cause: Cause) -> tuple[bool, int, int]:
        behind = depth(cause.check.task) if cause.calls else 0
        return not cause.whole_file, order.index(cause.check.exercise), behind

    return tuple(sorted(causes, key=rank))


def asked(grade: Grade, full: int) -> frozenset[str]:
    """The ids of the failed checks whose hint is seen in a report with so many causes in full."""
    told = _told(find_causes(grade), full)
    return frozenset(check.id for cause in told for check in (cause.check, *cause.others) if cause.check.hint)


def _told(causes: Sequence[Cause], full: int) -> list[Cause]:
    """As many in full as asked for; who repairs what a line calls may find that line repaired."""
    return [cause for cause in causes if full >= len(causes) or not cause.calls][:full]


def _called(code: str) -> set[str]:
    """The names that a line of code calls."""
    return set(re.findall(r"(?<![\w.])(\w+)\(", code))


def counts(checks: Sequence[CheckResult]) -> str:
    """How many checks ended in which way, those that passed left out."""
    found = [sum(check.status is status for check in checks) for status in WORDS]
    return ", ".join(f"{number} {word}" for number, word in zip(found, WORDS.values(), strict=True) if number)


def row(name: str, share: float, points: str, xp: str, rest: str, screen: Screen) -> Text:
    """A line of the board: an exercise, a bar, numbers; what does not fit is left out."""
    columns = screen.columns
    bar = 12 if columns >= 78 else 8
    line = Text(f"{name:<14}", no_wrap=True)
    if columns >= 40:
        cells = screen.bar(share, bar)
        full = cells.count(screen.plain("━"))
        line.append(cells[:full], "green").append(cells[full:], "dim")
    line.append(f"{points:>6}", "bold" if share == 1 else "")
    if columns >= 40 and xp:
        line.append(f"{xp:>8}", "cyan")
    for number, part in enumerate(rest.split(", ") if columns >= 60 and rest else ()):
        told = f", {part}" if number else f"  {part}"
        if line.cell_len + len(told) > columns:
            break
        line.append(told, "dim")
    return line


def _standing(grade: Grade, screen: Screen, *, verbose: bool) -> Iterator[Text]:
    """What the grade rests on: of a self-check only what is worth a thought, or all to who asks for all."""
    if grade.authoritative or (verbose and grade.environment):
        layers = ", ".join(grade.environment.get("confinement", {}).get("layers", ())) or "nothing"
        yield from screen.paragraph(f"{basis(grade)}; the code was held by {layers}.", "dim", indent="")
    for flag in grade.flags:
        yield from screen.paragraph(f"{flag}.", "yellow", indent="")


def basis(grade: Grade) -> str:
    """By what was judged: how a grading of record is another one than the learner's own."""
    seed = grade.environment.get("seed")
    if grade.authoritative:
        return f"Graded for the record: the same properties as in a self-check, other inputs (seed {seed})"
    return f"A self-check with the inputs of seed {seed}"


def again(grade: Grade) -> str:
    """How a learner asks what a grading of record asked; empty for a self-check, which is theirs."""
    seed = grade.environment.get("seed")
    return f"{RERUN} {seed}" if grade.authoritative and isinstance(seed, int) else ""


def rehearsed(grade: Grade) -> list[str]:
    """What other seeds said of the checks that pass, a sentence each; none if they were not asked."""
    told = grade.rehearsal
    if not told:
        return []
    count, asked = len(told["seeds"]), told.get("asked", len(told["seeds"]))
    tried = f"{count} other {'seed' if count == 1 else 'seeds'}"
    lines = [] if count == asked else [f"The rehearsal was cut: {count} of {asked} other seeds were tried."]
    found = [("does not", told["lost"]), ("made the grader fail", told["errors"])]
    for words, lost in found:
        for id, losing in list(lost.items())[:LOST_SHOWN]:
            name = id.rpartition("::")[2]
            shown = ", ".join(map(str, losing[:SEEDS_SHOWN])) + (", …" if len(losing) > SEEDS_SHOWN else "")
            lines.append(
                f"{name} passes here and {words} with {len(losing)} of {tried} ({shown}); to see it: {RERUN} {losing[0]} -k {name}"
            )
        if len(lost) > LOST_SHOWN:
            lines.append(f"So it is with {len(lost) - LOST_SHOWN} more checks.")
    if count and not any(lost for _, lost in found):
        lines.append(f"What passes here passes with {tried}, too.")
    return lines


def _exercises(grade: Grade, award: Award | None, screen: Screen) -> Iterator[Text]:
    for exercise in grade.exercises:
        shown = [check for check in exercise.checks if check.status is not Status.NOT_RUN]
        if not shown:
            continue  # not selected: nothing to say of it
        most = sum(check.max_score for check in shown)
        # Beside the points of some checks the XP of all would mislead.
        xp = f"{award.after.xp_of(exercise.name)} XP" if award and award.known and grade.complete else ""
        points = f"{exercise.score}/{most}"
        yield row(exercise.name, exercise.score / most, points, xp, counts(shown), screen)


def _errors(grade: Grade, screen: Screen) -> Iterator[Text]:
    told: dict[str, list[CheckResult]] = {}
    for check in grade.errors:
        told.setdefault(check.message, []).append(check)
    for message, (check, *others) in told.items():
        yield Text()
        yield from screen.paragraph(f"Not graded: {check.title} ({check.id})", "bold magenta", indent="")
        yield from screen.paragraph(message)
        for line in check.detail.splitlines():
            yield from screen.paragraph(line, "dim", indent="    ")
        yield from _also(others, screen)


def _causes(causes: Sequence[Cause], full: int, screen: Screen) -> Iterator[Text]:
    told = _told(causes, full)
    for cause in told:
        yield Text()
        yield from _cause(cause, screen)
    if rest := [cause for cause in causes if cause not in told]:
        yield Text()
        for cause in rest:
            place = f" ({cause.check.where})" if cause.check.where else ""
            calls = f", where {cause.calls} is called" if full and cause.calls else ""
            sentence = cause.check.diagnosis.rstrip(".") or cause.check.message
            yield from screen.paragraph(f"{sentence}{place}{calls}", first="✗ ")
            yield from _also(cause.others, screen)
        if full:
            yield from screen.paragraph("Add -v to see these in full.", "dim")


def _cause(cause: Cause, screen: Screen) -> Iterator[Text]:
    check = cause.check
    title = f"{check.title} ({_name(check)})"
    if cause.whole_file:
        kind = "" if ".ipynb" in check.where else ".py"  # a notebook may hold others that do
        title = f"{check.exercise}{kind} does not load"
    yield from screen.paragraph(title, "bold red", first="✗ ")
    if check.diagnosis:
        yield from screen.paragraph(check.diagnosis, "yellow")
    yield from screen.paragraph(check.message)
    yield from _place(check, screen)
    for line in check.detail.splitlines()[:DETAIL_LINES]:
        yield from screen.paragraph(line, "dim")
    if cause.calls:
        yield from screen.paragraph(f"That line calls {cause.calls}, which is told above.")
    if check.hint:
        yield from screen.paragraph(check.hint, "cyan", first="? ")
    if not cause.whole_file:
        yield from _also(cause.others, screen)
    lines = check.output.splitlines()
    for line in lines[:OUTPUT_LINES]:
        line = line if len(line) <= OUTPUT_COLUMNS else f"{line[:OUTPUT_COLUMNS]}…"
        yield from screen.paragraph(line, "dim", indent="    ", first="  | ")
    if len(lines) > OUTPUT_LINES:
        yield from screen.paragraph(
            f"{len(lines) - OUTPUT_LINES} more printed lines", "dim", indent="    ", first="  | "
        )
    yield from plot(check.curve, screen)


def _place(check: CheckResult, screen: Screen) -> Iterator[Text]:
    """`file:line` on its own, as editors and terminals make links of it; the learner's line; what came back."""
    if not check.where:
        return
    yield from screen.paragraph(check.where, "underline" if screen.color else "")
    if check.code and not check.code.startswith(("def ", "class ", "async def ")):
        number = re.split("[: ]", check.where)[-1]  # of `file:line`, or of `part 2, line 5`
        gutter = f"    {number} │ "
        yield from screen.paragraph(check.code, indent=" " * len(gutter), first=gutter)
    if check.returned:
        yield from screen.paragraph(check.returned, indent="      ", first="    → ")


def _also(others: Sequence[CheckResult], screen: Screen) -> Iterator[Text]:
    if others:
        names = ", ".join(_name(check) for check in others)
        yield from screen.paragraph(f"The same: {names}", "dim")


def _blocked(grade: Grade, screen: Screen) -> Iterator[Text]:
    """All that waits, in one line: nothing is to be done about it but what stands above."""
    known = {check.id: check for check in grade.checks}
    waiting = [check for check in grade.checks if check.status is Status.BLOCKED]

    def root(check: CheckResult) -> str:
        """What it waits for in the end: a check's name, or the sentence that says what is missing."""
        if check.waits_for not in known:
            return check.message
        earlier = known[check.waits_for]
        return root(earlier) if earlier.status is Status.BLOCKED else _name(earlier)

    behind = Counter(map(root, waiting))
    if behind:
        told = ", ".join(f"{reason} ({number})" for reason, number in behind.most_common(BEHIND))
        if len(behind) == 1:
            (told,) = behind
        more = f" and {len(behind) - BEHIND} more" if len(behind) > BEHIND else ""
        checks = "1 check waits" if len(waiting) == 1 else f"{len(waiting)} checks wait"
        yield Text()
        yield from screen.paragraph(f"Blocked: {checks} for {told}{more}.", "dim", indent="")


def _remarks(grade: Grade, screen: Screen) -> Iterator[Text]:
    remarks = {remark: None for check in grade.checks for remark in check.remarks}
    if remarks:
        yield Text()
        yield Text("Worth knowing (no points):")
        for remark in remarks:
            yield from screen.paragraph(remark)


def _score(
    grade: Grade, award: Award | None, lesson: Sequence[ExerciseInfo], screen: Screen
) -> Iterator[Text]:
    told = f"Score: {grade.score}/{grade.selected_max}"
    if not grade.complete:
        told += f" points in the checks that ran; the lesson has {grade.max_score}"
    if grade.errors:
        were = "1 check is" if len(grade.errors) == 1 else f"{len(grade.errors)} checks are"
        told += f"; {were} not graded, so it is not final"
    yield from screen.paragraph(told, "bold", indent="")
    if award is not None and award.known:
        won = f"+{award.xp} XP, " if award.xp else ""
        yield from screen.paragraph(
            f"{won}{award.after.xp} XP in all: {standing(award.after, lesson)}", indent=""
        )


def _unlocked(award: Award | None, lesson: Sequence[ExerciseInfo], screen: Screen) -> Iterator[Text]:
    for achievement in award.unlocked(lesson) if award and award.known else ():
        yield from screen.paragraph(f"{achievement.title}: {achievement.words}", "magenta", first="★ ")


def _fastest(training: Mapping[str, Any], screen: Screen) -> Iterator[Text]:
    """Which of the learner's own networks had the lowest mean loss."""
    means = {
        name: sum(told["losses"]) / len(told["losses"])  # not fmean, which raises where the sum is too large
        for name, told in training.items()
        if told.get("losses") and None not in told["losses"]
    }
    if len(means) > 1:
        first, *others = sorted(means, key=lambda name: means[name])
        behind = ", ".join(f"{name} {means[name]:.3f}" for name in others)
        told = f"Fastest by your own curves: {first}, mean loss {means[first]:.3f} over one epoch ({behind})"
        yield from screen.paragraph(told, indent="")


def _next(
    grade: Grade,
    causes: Sequence[Cause],
    award: Award | None,
    screen: Screen,
) -> Iterator[Text]:
    """What to do now: the first failure, or the first thing to do, or what an earlier run has not won yet."""
    check = causes[0].check if causes else _first(grade, Status.TODO)
    if check is None and award is not None and award.known:
        check = next((one for one in grade.checks if one.id not in award.after.points), None)
        if check is None and grade.training:
            file = _file(grade, "training")
            where = ", python -m exercises.training" if file.endswith(".py") else f" in {file}"
            yield from screen.paragraph(f"Next: the closing exercise{where}", indent="")
    if check is None:
        return
    of_task = [one for one in grade.checks if (one.exercise, one.task) == (check.exercise, check.task)]
    won = award.after.points if award else {}
    open_ones = [
        one for one in of_task if not one.score and not (one.status is Status.NOT_RUN and one.id in won)
    ]
    points = sum(one.max_score for one in open_ones)
    counted = f"{points} {'point' if points == 1 else 'points'}"
    place = check.where or _file(grade, check.exercise)
    told = [f"Next: {check.task} in {place}, {counted}."]
    if award is not None:  # an instructor who grades another folder is not stuck
        told.append(f"Stuck? grader hint {check.task}")
    if len(" ".join(told)) <= screen.columns:
        told = [" ".join(told)]
    for part in told:  # the command stays in one piece, to be copied
        yield from screen.paragraph(part, indent="")


def _file(grade: Grade, exercise: str) -> str:
    """The file of an exercise, or the notebook with all of them."""
    named = {name.rpartition(".")[0]: name for name in grade.files}
    for one in grade.exercises:
        if one.name != exercise:
            named.pop(one.name, None)
    together = (name for name in named.values() if name.endswith(".ipynb"))
    return named.get(exercise) or next(together, f"{exercise}.py")


def _first(grade: Grade, status: Status) -> CheckResult | None:
    return next((check for check in grade.checks if check.status is status), None)


def _name(check: CheckResult) -> str:
    return check.id.rpartition("::")[2]
