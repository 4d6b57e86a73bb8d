"""The report as a page: one file that asks nothing of the network, for a learner to read and to keep."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..inert import commandless, visible_lines
from ..progress import ACHIEVEMENTS, standing
from ..result import CheckResult, ExerciseResult, Grade, Status
from . import terminal
from .chart import Chart, chart
from .context import Context
from .handout import points

TEXT_CAP = 70_000  # of a text on the page; the longest of a record of ours, what was printed, has 64 KiB
CURVE_HEIGHT, ERROR_HEIGHT = 230, 160
FARTHEST = 100.0  # x beyond: of a line from 10,000 to the left one sees a step and nothing of what is wrong

# What is drawn of an exercise's checks that passed: title, what lies across, what upwards, whether in powers of ten.
CURVES = {
    "activations": ("Your activation functions", "x", "value", False),
    "trainability": ("The gradient on its way back: its norm by layer", "layer", "norm", True),
}

# What the learner's own figures show, by their names.
FIGURES = {
    "tour": "Your five activation functions, as your plot_tour draws them",
    "losses": "Loss curves, as your plot_losses draws them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An exercise: its checks, those that did not pass first, and how many of them ended in which way."""

    exercise: ExerciseResult
    counts: str

    @property
    def groups(self) -> tuple[tuple[CheckResult, ...], tuple[CheckResult, ...]]:
        """What did not pass, what passed."""
        settled = (Status.PASSED, Status.NOT_RUN)
        rest = tuple(check for check in self.exercise.checks if check.status not in settled)
        return rest, tuple(check for check in self.exercise.checks if check.status is Status.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A cause to repair, with the plots that say more than its numbers."""

    cause: terminal.Cause
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Medal:
    """An achievement: what it is for, how far it is, whether it is reached."""

    title: str
    words: str
    count: int
    goal: int
    is_reached: bool


def render(grade: Grade, context: Context) -> str:
    """The page."""
    award = context.award if context.award and context.award.known else None
    template = _environment().get_template("report.html")
    failures = [
        Failure(cause=cause, charts=tuple(_charts(cause.check))) for cause in terminal.find_causes(grade)
    ]
    page = template.render(
        grade=grade,
        percent=100 * grade.score // grade.max_score if grade.max_score else 0,
        sections=[Section(exercise=one, counts=terminal.counts(one.checks)) for one in grade.exercises],
        failures=failures,
        errors=grade.errors,
        shown={failure.cause.check.id for failure in failures},
        remarks=list(dict.fromkeys(remark for check in grade.checks for remark in check.remarks)),
        award=award,
        standing=standing(award.after, context.lesson) if award else "",
        medals=tuple(_medals(context)) if award else (),
        charts=[one for one in (_losses(grade.training), *map(_curves, grade.exercises)) if one],
        networks={name: told for name, told in grade.training.items() if told.get("accuracy") is not None},
        figures=[
            (FIGURES.get(name, name), base64.b64encode(image).decode())
            for name, image in sorted(context.plots.items())
        ],
        words=terminal.SPOKEN,
        basis=terminal.basis(grade),
        points=points(grade),
        again=terminal.again(grade),
        rehearsed=terminal.rehearsed(grade),
        layers=", ".join(grade.environment.get("confinement", {}).get("layers", ())),
    )
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None, "the template has its style in one element"
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    return page.replace("STYLE-DIGEST", digest, 1)


def anchor(check: CheckResult) -> str:
    """What a link to a check ends in."""
    return check.id.replace("::", ".")


def _harmless(value: Any) -> Any:
    """Text of a learner's turns no writing round; what the template made itself stays as it is."""
    return commandless(visible_lines(value[:TEXT_CAP])) if type(value) is str else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("grader_plugin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    made.filters["anchor"] = anchor
    return made


def _charts(check: CheckResult) -> Iterator[Chart]:
    """Got against expected, and the difference below it; or losses over steps."""
    known, got = _known(check.curve.get("x", [])), check.curve.get("got", [])
    expected = check.curve.get("expected", [])
    if expected and max(map(abs, known), default=0.0) > FARTHEST:
        return
    if not expected:
        if one := chart("Your losses", {"loss": (known, got)}, across="step", up="loss", height=CURVE_HEIGHT):
            yield one
        return
    both = {"expected": (known, expected), "yours": (known, got)}
    error = [None if a is None or b is None else a - b for a, b in zip(got, expected, strict=True)]
    charts = [
        chart("Yours against expected", both, across="x", up="", height=CURVE_HEIGHT),
        chart("Difference", {"yours − expected": (known, error)}, across="x", up="", height=ERROR_HEIGHT),
    ]
    if _is_fine(error, expected):
        charts.reverse()
    yield from (one for one in charts if one)


def _is_fine(error: Sequence[float | None], expected: Sequence[float | None]) -> bool:
    """Whether the two curves look like one: then the difference is what there is to see."""
    errors = [abs(number) for number in error if number is not None]
    heights = [number for number in expected if number is not None]
    return bool(errors and heights) and max(errors) < (max(heights) - min(heights)) / 50


def _losses(training: Mapping[str, Any]) -> Chart | None:
    curves = {
        name: (range(len(told["losses"])), told["losses"])
        for name, told in training.items()
        if told.get("losses")
    }
    return chart("Losses of your networks", curves, across="step", up="loss") if curves else None


def _curves(exercise: ExerciseResult) -> Chart | None:
    """What the checks that passed show of the learner's own functions."""
    title, across, up, in_powers = CURVES.get(exercise.name, (exercise.title, "x", "", False))
    curves = {
        name: (x, y)
        for check in exercise.checks
        if check.status is Status.PASSED and (x := _known(check.curve.get("x", [])))
        for name, y in check.curve.items()
        if name != "x"
    }
    return chart(title, curves, across=across, up=up, in_powers=in_powers) if curves else None


def _known(x: Sequence[float | None]) -> Sequence[float]:
    """Inputs, all of which have to be numbers."""
    known = [number for number in x if number is not None]
    return known if len(known) == len(x) else []


def _medals(context: Context) -> Iterator[Medal]:
    assert context.award is not None
    for one in ACHIEVEMENTS:
        count, goal = one.count(context.award.after, context.lesson)
        reached = one.reached(context.award.after, context.lesson)
        yield Medal(title=one.title, words=one.words, count=count, goal=goal, is_reached=reached)
