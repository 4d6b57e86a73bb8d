"""The plugin's options and exit statuses, each value that cannot be answered in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Course

ONE = ("-q", "-k", "relu_values")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--grade-seed", "x"), "argument --grade-seed: 'x' is not a whole number from 0 to 2**63 - 1"),
        (("--grade-seed=-1",), "argument --grade-seed: '-1' is not a whole number from 0 to 2**63 - 1"),
        (("--grade-pass-mark", "101"), "argument --grade-pass-mark: '101' is not a percentage from 0 to 100"),
        (
            ("--grade-report", "yaml"),
            "argument --grade-report: 'yaml' is not a report format; there are: json, html, github_classroom, classroom50, gradescope, step_summary, annotations, ctrf",
        ),
        (
            ("--grade-rehearse", "0"),
            "argument --grade-rehearse: '0' is not a whole number from 1 to 1000",
        ),
        (
            ("--grade-visibility", "*=never"),
            "argument --grade-visibility: '*=never' is not PATTERN=WHEN, with WHEN one of: visible, hidden, after_due_date, after_published",
        ),
        (
            ("--grade-visibility", "trainig::*=hidden"),
            "--grade-visibility: 'trainig::*' fits no check; they are named like activations::relu::relu_values",
        ),
        (("--submission", "nowhere"), "There is no folder 'nowhere' in "),
        (("--submission", "pytest.ini"), "There is no folder 'pytest.ini' in "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_value_that_cannot_be(args: tuple[str, ...], says: str, course: Course) -> None:
    done = course.grade(*args, exit_status=pytest.ExitCode.USAGE_ERROR)
    told = [line for line in done.stderr.splitlines() if says in line]
    assert len(told) == 1, done.stderr


def test_no_exercises_folder(course: Course) -> None:
    done = course.without("exercises/*").grade(exit_status=pytest.ExitCode.USAGE_ERROR)
    assert "There is no folder 'exercises' in " in done.stderr
    assert "name it with --submission DIR" in done.stderr


def test_stubs_are_to_do(course: Course) -> None:
    """What a learner sees first: all to do, nothing of it an error."""
    done = course.grade(exit_status=1, score=0, statuses={"*": "todo"})
    assert done.record["status"] == "complete"
    assert done.record["authoritative"] is False
    assert sorted(done.record["files"]) == [
        f"{name}.py" for name in ("activations", "mlp", "softmax", "trainability", "training")
    ]
    assert "Next: relu in activations.py, 5 points." in done.stdout


def test_a_folder_without_the_files_loses_every_check(course: Course) -> None:
    bare = course.without("exercises/*").with_files({"exercises/Softmax.py": "", "exercises/README.md": ""})
    done = bare.grade("--grade-exit-zero", exit_status=0, score=0, statuses={"*": "failed|blocked"})
    assert (
        done.checks["softmax::softmax::rows_sum_to_one"]["message"] == "exercises/softmax.py does not exist"
    )
    assert done.record["files"] == {}


def test_the_pass_mark_is_a_share_of_what_ran(course: Course) -> None:
    right = course.replace(
        "exercises/activations.py",
        "    # TODO: what becomes of 3, and what of -3?\n",
        "    return x.clamp(min=0)\n",
    )
    two = ("-q", "-k", "relu_values or gelu_values", "--grade-seed", "7")
    reached = right.grade(*two, "--grade-pass-mark", "50", exit_status=0, score=1, partial=(1, 2))
    assert reached.record["environment"]["seed"] == 7
    assert reached.record["environment"]["isolation"] == "per-check"
    right.grade(*two, "--grade-pass-mark", "50.1", folder=reached.folder, exit_status=1, score=1)


def test_the_graders_own_failure_is_no_zero(course: Course) -> None:
    """A check that breaks is an error: exit status 3, no word against the learner."""
    breaks = """
def pytest_collection_finish(session):
    from grader_plugin.rubrics.activations import exercise

    def broken(submission):
        raise ZeroDivisionError("a slip of the grader's")

    exercise._checks["relu_values"] = (exercise._checks["relu_values"][0], broken)
"""
    done = course.with_files({"conftest.py": breaks}).run(
        "--grade", "--grade-exit-zero", "--submission=solutions", "--grade-report=json=record.json", *ONE
    )
    assert done.status == pytest.ExitCode.INTERNAL_ERROR
    assert done.statuses["activations::relu::relu_values"] == "error"
    assert "The grader failed on this check (ZeroDivisionError: a slip of the grader's)" in done.stdout
    assert "1 not graded" in done.stdout


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_submission_is_relative_to_where_one_stands(where: str, course: Course, tmp_path: Path) -> None:
    solution = course.files["solutions/activations.py"]
    if where == "inside":  # of a folder below the one that holds pytest.ini
        folder = course.with_files({"team/hand-in/activations.py": solution}).write()
        done = course.grade("--rootdir", str(folder), "--submission", "hand-in", *ONE, folder=folder / "team")
        ran = folder / "team"
    else:
        folder = course.write()
        other = tmp_path / "elsewhere"
        other.mkdir()
        (other / "activations.py").write_bytes(str(solution).encode())
        done = course.grade("--submission", "../elsewhere", *ONE, folder=folder)
        ran = folder
    assert done.folder == ran
    assert done.status == 0
    assert done.statuses["activations::relu::relu_values"] == "passed"


def test_no_room_for_a_scratch_folder_is_one_sentence(course: Course) -> None:
    full = "import tempfile\n\n\ndef mkdtemp(*_, **__):\n    raise OSError(28, 'No space left on device')\n\n\ntempfile.mkdtemp = mkdtemp\n"
    done = course.with_files({"full.py": full}).run("-p", "full", "-p", "no:cacheprovider", "--grade", *ONE)
    assert done.status == 4
    assert (
        "No scratch folder can be made ([Errno 28] No space left on device); is the disk full?" in done.stderr
    )
    assert "Traceback" not in done.stdout + done.stderr


def test_a_report_that_cannot_be_written_is_told_after_the_grade(course: Course) -> None:
    paths = (
        "pytest.ini/record.json",
        "exercises",
        "/proc/record.json",
    )  # below a file, a folder, nobody's place
    reports = [f"--grade-report=json={path}" for path in paths]
    done = course.grade(*reports, *ONE, "--submission=solutions", exit_status=4, score=1)
    assert "Score: 1/1 points in the checks that ran" in done.stdout
    told = [
        line
        for line in done.stdout.splitlines()
        if line.startswith("The json report could not be written to ")
    ]
    assert len(told) == len(paths)
    for path, line in zip(paths, told, strict=True):
        assert path in line
        assert line.endswith("; name another file with --grade-report json=PATH")
    assert {path.name for path in done.folder.rglob(".*")} <= {".pytest_cache", ".gitignore"}


def test_a_report_goes_where_it_is_told_and_leaves_nothing_beside(course: Course) -> None:
    done = course.run(
        "--grade", "--grade-report", "json", "--grade-report=json=new/folder/r.json", "-k", "no_such"
    )
    written = [done.folder / ".grader/result.json", done.folder / "new/folder/r.json"]
    assert written[0].read_text() == written[1].read_text()
    for path in written:
        assert list(path.parent.iterdir()) == [path]


def test_a_sandbox_that_cannot_confine_is_the_graders_failure(course: Course) -> None:
    """Every check says so, the record is whole, and nobody gets a zero for it."""
    broken = (
        "from grader_plugin import interpreter\n\n"
        'refuse = "package.seccomp.restrict = lambda *_: (_ for _ in ()).throw(OSError(1))\\n"\n'
        "interpreter._BOOT = interpreter._BOOT.replace('getattr(module, told', refuse + 'getattr(module, told')\n"
    )
    done = course.with_files({"broken.py": broken}).run(
        "-p", "broken", "-p", "no:cacheprovider", "--grade", "--grade-report=json=record.json", *ONE
    )
    assert done.status == pytest.ExitCode.INTERNAL_ERROR
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert done.statuses["activations::relu::relu_values"] == "error"
    assert done.record["environment"]["confinement"]["layers"] == []
    assert "The worker could not be confined, though this kernel can do that" in done.stdout
