"""The release gate as a command: exercises in, lines and a yes or no out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .material import Finding, Material, Unusable, gather
from .pool import Pool
from .verify import Verdict, verify

SHOWN = 20  # findings of an exercise; more of them mostly have one cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What became of each exercise: its verdict, or why it could not be examined."""

    verdicts: tuple[Verdict, ...]
    unusable: tuple[tuple[str, Finding], ...]

    @property
    def holds(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.unusable and not any(verdict.findings for verdict in self.verdicts)


def examine(names: Sequence[str], solutions: Path, variants: Path, seeds: int) -> Examination:
    """Examine the exercises of these names, with a progress bar where a person sees it."""
    materials: list[Material] = []
    unusable: list[tuple[str, Finding]] = []
    for name in names:
        try:
            materials.append(gather(name, solutions, variants))
        except Unusable as error:
            unusable.append((name, error.finding))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("verifying", total=None)

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        with Pool(solutions, variants, show) as pool:
            verdicts = verify(materials, pool.perform, seeds)
    return Examination(verdicts=verdicts, unusable=tuple(unusable))


def report(found: Examination) -> Iterator[str]:
    """The lines that say it."""
    for verdict in found.verdicts:
        yield _summary(verdict)
    for verdict in found.verdicts:
        alone = verdict.guarded
        if alone:
            are, them = ("mistake is", "it") if len(alone) == 1 else ("mistakes are", "them")
            yield (
                f"{verdict.material.name}: {len(alone)} {are} seen by one check alone, which is fine; "
                f"--matrix md=PATH marks {them}"
            )
    for name, finding in found.unusable:
        yield f"{name:<14}cannot be examined"
        yield from _told(finding)
    for verdict in found.verdicts:
        for finding in verdict.findings[:SHOWN]:
            yield from _told(finding)
        if len(verdict.findings) > SHOWN:
            yield f"{verdict.material.name}: {len(verdict.findings) - SHOWN} more findings"


def _summary(verdict: Verdict) -> str:
    material, known = verdict.material, len(verdict.material.known)
    slowest = max(verdict.seconds, key=lambda name: verdict.seconds[name], default="")
    time = f", slowest {slowest} {verdict.seconds[slowest]:.2f} s" if slowest else ""
    found = len(verdict.findings)
    end = "holds" if not found else "1 finding" if found == 1 else f"{found} findings"
    return (
        f"{material.name:<14}{end}: {len(material.checks)} checks{time}; {verdict.caught} of {known} mistakes caught, "
        f"{verdict.named} named; {len(material.variants)} {'variant' if len(material.variants) == 1 else 'variants'}"
    )


def _told(finding: Finding) -> Iterator[str]:
    yield finding.place
    yield f"    {finding.what}"
