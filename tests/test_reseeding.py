"""`--grade-rehearse N`: what passes by luck is found before a grading of record finds it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Course, Grading

from grader_plugin import rubrics
from grader_plugin.exercise import CheckInfo
from grader_plugin.reseeding import rehearse
from grader_plugin.result import Grade, Status
from grader_plugin.runner import Run

# Right or wrong by the inputs' last digits: under some seeds it passes.
BY_LUCK = """
def relu(x):
    odd = int(x.double().abs().sum().item() * 1e6) % 2
    return x.clamp(min=0) + odd
"""
VALUES = "activations::relu::relu_values"


def check(name: str) -> CheckInfo:
    return next(info for info in rubrics.load("activations").info.checks if info.name == name)


def test_what_is_found_is_what_those_seeds_say(grading: Grading) -> None:
    alone = {
        seed: grading.run("activations", BY_LUCK, seed=seed).check("activations", "relu_values").status
        for seed in range(1, 9)
    }
    assert set(alone.values()) == {Status.PASSED, Status.FAILED}
    *_, found = rehearse(
        lambda seed: grading.run("activations", BY_LUCK, seed=seed), range(1, 9), [check("relu_values")]
    )
    lost = [seed for seed, status in alone.items() if status is Status.FAILED]
    assert found == {"asked": 8, "seeds": list(range(1, 9)), "lost": {VALUES: lost}, "errors": {}}


def test_what_holds_under_every_seed_loses_nothing(grading: Grading) -> None:
    steps = list(
        rehearse(lambda seed: grading.run("activations", "", seed=seed), (5, 6), [check("relu_values")])
    )
    assert [step["seeds"] for step in steps] == [[], [5], [5, 6]]  # an interruption keeps what is known
    assert steps[-1]["lost"] == steps[-1]["errors"] == {}


def test_a_seed_that_the_time_did_not_last_for_says_nothing(grading: Grading) -> None:
    def begin(seed: int) -> Run:
        grading.run("activations", BY_LUCK)
        return Run(
            grading.folder,
            "exercises",
            sandbox=grading.sandbox,
            seed=seed,
            time_limit=60.0 if seed < 2 else 0.0,
        )

    steps = list(rehearse(begin, range(1, 9), [check("relu_values")]))
    assert [step["seeds"] for step in steps] == [[], [1]]


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_learner_is_told_which_seed_to_try(
    workers: tuple[str, ...], grading: Grading, course: Course
) -> None:
    seeds = (
        seed
        for seed in range(9)
        if grading.run("activations", BY_LUCK, seed=seed).check("activations", "relu_values").score
    )
    base = str(next(seeds))
    path = "exercises/activations.py"
    lucky = course.with_files({path: f"{course.files[path]}\n\n{BY_LUCK}"})
    done = lucky.grade(
        "-k", "relu_values", "--grade-seed", base, "--grade-rehearse", "8", *workers, exit_status=1, score=1
    )
    told = " ".join(done.stdout.split())
    (lost,) = done.record["rehearsal"]["lost"].values()
    assert f"relu_values passes here and does not with {len(lost)} of 8 other seeds (" in told
    assert f"to see it: python -m pytest --grade --grade-seed {lost[0]} -k relu_values" in told
    again = lucky.run("--grade", "--grade-seed", str(lost[0]), "-k", "relu_values", folder=done.folder)
    assert again.status == 1
    fine = course.run(
        "--grade", "--submission=solutions", "-k", "relu_values", "--grade-rehearse", "3", folder=done.folder
    )
    assert fine.status == 0
    assert "What passes here passes with 3 other seeds, too." in fine.stdout


def test_what_only_waits_for_what_is_lost_is_not_told(grading: Grading) -> None:
    checks = [check("relu_values"), check("relu_gradient")]
    *_, found = rehearse(lambda seed: grading.run("activations", BY_LUCK, seed=seed), range(1, 9), checks)
    assert VALUES in found["lost"]
    losing = set(found["lost"].get("activations::relu::relu_gradient", ()))
    assert not losing & set(found["lost"][VALUES])


def test_a_rehearsal_that_was_cut_says_so_and_is_no_success() -> None:
    from test_reports import record

    from grader_plugin.reports.terminal import rehearsed

    def cut(*seeds: int) -> Grade:
        return replace(
            record("solved"), rehearsal={"asked": 20, "seeds": list(seeds), "lost": {}, "errors": {}}
        )

    assert rehearsed(cut()) == ["The rehearsal was cut: 0 of 20 other seeds were tried."]
    assert rehearsed(cut(1)) == [
        "The rehearsal was cut: 1 of 20 other seeds were tried.",
        "What passes here passes with 1 other seed, too.",
    ]
    assert cut(1).exit_status() == 1
    assert cut(*range(20)).exit_status() == 0


def test_nothing_that_passes_nothing_to_rehearse(course: Course) -> None:
    done = course.grade("-k", "relu_values", "--grade-rehearse", "3", exit_status=1, score=0)
    assert done.record["rehearsal"] == {}


def test_the_page_is_opened_in_the_browser_of_the_system(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    done = course.run("--grade", "-k", "relu_values", "--grade-open")
    page = done.folder / ".grader" / "report.html"
    assert page.exists()
    assert seen.read_text().strip() == page.as_uri()
    monkeypatch.setenv("BROWSER", "/nowhere %s")
    monkeypatch.setenv("PATH", str(Path("/nowhere")))
    alone = course.run("--grade", "-k", "relu_values", "--grade-open")
    assert alone.status == 1
    assert "No browser was found to open it in; the link above leads there." in alone.stdout
