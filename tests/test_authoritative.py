"""`grader grade`: nothing of a checkout runs but the lesson's files, in a worker; the score is the self-check's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import RECORD, ROOT, Course, Graded, assert_nothing_runs_in, wait_until_gone

from grader_plugin.authoritative import seed_of

GRADER = (sys.executable, "-m", "grader_plugin")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a grading of record needs Linux")


def grade(
    submission: Path,
    *args: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] = GRADER,
) -> Graded:
    """`grader grade submission *args` in `cwd`."""
    done = subprocess.run(
        [*command, "grade", str(submission), "--report", f"json={cwd / RECORD}", *args],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    path = cwd / RECORD
    record = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return Graded(cwd, done.returncode, done.stdout, done.stderr, record)


@pytest.fixture
def neutral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one who grades stands; not in the submission."""
    return tmp_path_factory.mktemp("neutral")


HALF = "def relu(x):\n    return torch.where(x > 0, x, 0.0)\n\n\ndef gelu(x):\n    return 0.5 * x * (1 + torch.tanh(0.8 * x))\n"


def test_an_honest_submission_gets_what_its_self_check_says(course: Course, neutral: Path) -> None:
    """The same statuses, words and points for each check; the record says which of the two it is."""
    stubs = {path: text for path, text in course.files.items() if path.startswith("exercises/")}
    files = {path: course.files[f"solutions/{Path(path).name}"] for path in stubs}
    files["exercises/activations.py"] = f"{files['exercises/activations.py']}\n\n{HALF}"
    files["exercises/softmax.py"] = "import torch\n\ndef softmax(:\n"
    files["exercises/trainability.py"] = stubs["exercises/trainability.py"]
    folder = replace(course, files={**files, "pytest.ini": "[pytest]\n"}).write()
    own = course.run("--grade", "--grade-report", f"json={RECORD}", folder=folder)
    ours = grade(folder, "--seed", "0", cwd=neutral)
    assert ours.status == own.status == 1, ours.stdout + ours.stderr
    assert {"passed", "failed", "todo", "blocked"} == set(ours.statuses.values())
    assert ours.checks["training::train::relu_network_converges"]["status"] == "passed"
    assert ours.record["score"] == own.record["score"]
    for name, check in own.checks.items():
        for told in ("status", "score", "message", "hint", "misconception", "where", "code"):
            assert ours.checks[name][told] == check[told], (name, told)
    assert (own.record["authoritative"], ours.record["authoritative"]) == (False, True)
    assert ours.record["files"] == own.record["files"]
    assert ours.record["environment"]["confinement"] == own.record["environment"]["confinement"]


@pytest.fixture
def quick(course: Course) -> Course:
    """A submission that is graded in two seconds: one function, four files that are not there."""
    relu = "import torch\n\n\ndef relu(x):\n    return x.clamp(min=0)\n"
    return replace(course, files={"exercises/activations.py": relu})


def test_the_seed_is_drawn_and_recorded(quick: Course, neutral: Path) -> None:
    folder = quick.write()
    drawn = [
        grade(folder, cwd=neutral, environment={"GRADER_SECRET": secret}).record["environment"]["seed"]
        for secret in ("", " ")
    ]
    assert drawn[0] != drawn[1]
    asked = grade(folder, "--seed", "7", cwd=neutral)
    assert asked.record["environment"]["seed"] == 7
    told = "Graded for the record: the same properties as in a self-check, other inputs (seed 7); the code was held by limits"
    assert told in asked.stdout.replace("\n", " ")


def test_a_secret_gives_the_same_work_the_same_inputs_and_other_work_others(
    quick: Course, neutral: Path
) -> None:
    same, other = quick.write(), quick.replace("exercises/activations.py", "(min=0)", "(min=0.0)").write()
    secret = "the secret of the course"

    def recorded(*args: str, secret: str = secret) -> int:
        done = grade(same, *args, cwd=neutral, environment={"GRADER_SECRET": secret})
        assert secret not in done.stdout + json.dumps(done.record)
        found: int = done.record["environment"]["seed"]
        return found

    first = seed_of(secret, same / "exercises")
    assert first == seed_of(f" {secret}\n", same / "exercises") == recorded()
    others = {
        seed_of("another one of a course", same / "exercises"),
        seed_of(secret, other / "exercises"),
        seed_of("\udcff" * 20, same / "exercises"),
    }
    assert len({first, *others}) == 4
    assert seed_of(" ", same / "exercises") != seed_of(" ", same / "exercises")  # none: drawn
    assert recorded("--seed", "7", secret="\udcff" * 20) == 7


@pytest.mark.parametrize("secret", ["short", "  nineteen letters   "])
def test_a_secret_that_could_be_guessed_is_refused(secret: str, quick: Course, neutral: Path) -> None:
    done = grade(quick.write(), cwd=neutral, environment={"GRADER_SECRET": secret})
    assert (done.status, done.record, done.stdout) == (4, {}, "")
    assert done.stderr == (
        "grader grade: GRADER_SECRET has fewer than 20 characters, and could be guessed from a record; take a longer one.\n"
    )


def test_places_begin_where_actions_looks_for_them(quick: Course, neutral: Path) -> None:
    wrong = quick.replace("exercises/activations.py", "(min=0)", "(max=0)")
    files = {f"week3/{path}": text for path, text in wrong.files.items()}
    home = replace(wrong, files=files).write()
    asked = ("--report", "annotations", "--exit-zero")
    done = grade(home / "week3", *asked, cwd=neutral, environment={"GITHUB_WORKSPACE": str(home)})
    assert "::error file=week3/exercises/activations.py,line=5,title=" in done.stdout
    assert "::error file=week3/exercises/softmax.py,title=" in done.stdout  # which does not exist
    plain = grade(home / "week3", *asked, cwd=neutral)
    assert "::error file=exercises/activations.py,line=5,title=" in plain.stdout


def test_what_is_no_file_is_not_replaced(quick: Course, neutral: Path) -> None:
    os.mkfifo(neutral / "pipe")
    done = grade(quick.write(), "--report", f"gradescope={neutral / 'pipe'}", cwd=neutral)
    assert done.status == 4
    assert "could not be written to" in " ".join(done.stdout.split())
    assert (neutral / "pipe").is_fifo()


def test_each_check_is_shown_when_the_course_says(quick: Course, neutral: Path) -> None:
    asked = ("--visibility", "*=after_published", "--visibility", "activations::relu::*=visible")
    grade(quick.write(), "--report", "gradescope=out.json", *asked, cwd=neutral)
    told = json.loads((neutral / "out.json").read_text("utf-8"))
    assert (told["output"], "leaderboard" in told) == ("", False)  # the score and the seed say much of it
    tests = told["tests"]
    shown = {test["name"]: test["visibility"] for test in tests}
    assert {when for name, when in shown.items() if name.startswith("relu:")} == {"visible"}
    assert {when for name, when in shown.items() if not name.startswith("relu:")} == {"after_published"}


@pytest.mark.parametrize("named", ["checkout", "folder"])
def test_the_folder_of_the_files_or_the_checkout_around_it(named: str, quick: Course, neutral: Path) -> None:
    folder = quick.write()
    done = grade(folder if named == "checkout" else folder / "exercises", cwd=neutral)
    assert done.checks["activations::relu::relu_values"]["status"] == "passed"
    assert done.checks["activations::gelu::gelu_values"]["where"] == "exercises/activations.py"
    assert done.status == 1


def test_a_link_in_the_place_of_the_folder_is_not_followed(quick: Course, neutral: Path) -> None:
    """It could lead to the solutions, or to another learner's work."""
    folder = quick.without("*").with_files({"README.md": ""}).write()
    (folder / "exercises").symlink_to(ROOT / "solutions")
    done = grade(folder, cwd=neutral)
    assert (done.status, done.record["score"], done.record["files"]) == (1, 0, {})
    assert done.checks["softmax::softmax::rows_sum_to_one"]["message"] == (
        "exercises is a link, which is not followed"
    )


def test_what_a_checkout_brings_along_does_not_run(quick: Course, neutral: Path) -> None:
    """T02, T04: configuration, start-up hooks, plugins, modules of known names."""
    mark = neutral / "mark"
    trap = f"open({str(mark)!r}, 'a').write(__name__)\n"
    traps = {
        "conftest.py": trap,
        "exercises/conftest.py": trap,
        "exercises/__init__.py": trap,
        "sitecustomize.py": trap,
        "usercustomize.py": trap,
        "evil.py": trap,
        "torch.py": trap,
        "exercises/torch.py": trap,
        "pytest.ini": "[pytest]\naddopts = -p evil\n",
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil"\n',
        "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
        "evil.pth": "import evil\n",
    }
    folder = quick.with_files(traps).write()
    outside = {
        "PYTEST_PLUGINS": "evil",
        "PYTEST_ADDOPTS": "-p evil",
        "PYTHONSTARTUP": str(folder / "evil.py"),
    }
    for cwd in (neutral, folder):
        script = (
            str(Path(sys.executable).with_name("grader")),
        )  # `-m` would look in the folder one stands in
        done = grade(folder, cwd=cwd, environment=outside, command=script)
        assert not mark.exists(), mark.read_text()
        assert done.checks["activations::relu::relu_values"]["status"] == "passed"
    noticed = [flag.partition("'")[2].partition("'")[0] for flag in done.record["flags"] if "lies in" in flag]
    assert noticed == [
        "conftest.py",
        "evil-1.dist-info",
        "evil.pth",
        "exercises/conftest.py",
        "exercises/torch.py",
        "pytest.ini",
        "sitecustomize.py",
        "torch.py",
        "usercustomize.py",
    ]


def test_a_grader_within_the_submission_refuses(quick: Course, neutral: Path) -> None:
    """Whoever can write to the grader's own code, or to a package that it imports, decides the grade."""
    within = grade(ROOT, cwd=neutral)
    assert (within.status, within.record) == (3, {})
    assert within.stderr.startswith("grader grade: the grader has ")
    assert "install the grader outside of" in within.stderr

    folder = quick.write()
    packages = folder / "packages"
    packages.mkdir()
    (packages / "platformdirs").symlink_to(Path(sys.modules["platformdirs"].__file__ or "").parent)
    path = grade(folder, cwd=neutral, environment={"PYTHONPATH": str(packages)})
    assert (path.status, path.record) == (3, {})
    assert "Python's import path has " in path.stderr
    assert path.stderr.count("\n") == 1


def test_without_full_confinement_a_run_that_requires_it_grades_nothing(
    quick: Course, tmp_path: Path
) -> None:
    folder = quick.write()
    for args, status in ((("--grade-sandbox=required",), 1), (("--grade-sandbox=off",), 1)):
        done = quick.run("--grade", f"--grade-report=json={RECORD}", *args, folder=folder)
        assert done.status == status
    assert done.record["environment"]["confinement"] == {
        "layers": ["limits"],
        "open": ["read", "write", "network", "processes", "signals"],
    }
    assert done.record["flags"][0].startswith("The graded code was not fully confined; it could read")
    old = (  # a kernel that has neither
        "from grader_plugin import interpreter\n"
        "interpreter._BOOT = interpreter._BOOT.replace('getattr(module', 'package.landlock.abi = lambda: 0; getattr(module', 1)\n"
    )
    (folder / "old.py").write_text(old)
    refused = quick.run(
        "-p", "old", "--grade", f"--grade-report=json={RECORD}", "--grade-sandbox=required", folder=folder
    )
    assert (refused.status, refused.record) == (3, {})
    parallel = quick.run(
        "-p",
        "old",
        "--grade",
        f"--grade-report=json={RECORD}",
        "--grade-sandbox=required",
        "-n2",
        folder=folder,
    )
    assert (parallel.status, parallel.record) == (3, {})
    for done in (refused, parallel):
        said = done.stdout + done.stderr
        assert "and write them, so nothing was graded." in said
        assert "Traceback" not in said
        assert "Exit" not in said


def test_a_list_of_checks_that_somebody_changed_is_not_believed(
    quick: Course, neutral: Path, tmp_path: Path
) -> None:
    """It lies in the user's cache, where what ran unconfined before could write."""
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    folder = quick.write()
    assert grade(folder, cwd=neutral, environment=cache).status == 1
    (kept,) = (tmp_path / "cache" / "pytest-gradient").glob("catalogue-*.json")
    lesson = json.loads(kept.read_text("utf-8"))
    lesson[0]["checks"][0]["points"] = 60
    kept.write_text(json.dumps(lesson), "utf-8")
    (neutral / RECORD).unlink()
    done = grade(folder, cwd=neutral, environment=cache)
    assert (done.status, done.record) == (3, {})
    assert "The list of checks in the cache directory is not that of the rubrics" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nowhere",), "There is no folder nowhere."),
        ((".", "--seed", "x"), "'x' is not a whole number from 0 to 2**63 - 1."),
        ((".", "--pass-mark", "101"), "'101' is not a percentage from 0 to 100."),
        (
            (".", "--visibility", "hidden"),
            "'hidden' is not PATTERN=WHEN, with WHEN one of: visible, hidden, after_due_date, after_published.",
        ),
        ((".", "--time-limit", "0"), "'0' is not a number of seconds above 0."),
        (
            (".", "--report", "yaml"),
            "'yaml' is not a report format; there are: json, html, github_classroom, classroom50, gradescope, step_summary, annotations, ctrf.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_value_that_cannot_be(args: tuple[str, ...], says: str, neutral: Path) -> None:
    done = subprocess.run([*GRADER, "grade", *args], cwd=neutral, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"grader grade: {says}\n")


def descendants(pid: int) -> set[int]:
    """Processes that came from it and are there now."""
    tasks = Path("/proc", str(pid), "task").glob("*/children")
    own = {int(child) for task in tasks for child in task.read_text().split()}
    return own.union(*map(descendants, own))


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_tells_what_is_known(
    sign: signal.Signals, quick: Course, neutral: Path, tmp_path: Path
) -> None:
    """Also by a job that is cancelled; no process and no file is left."""
    own = quick.replace(
        "exercises/activations.py", "(min=0)\n", "(min=0)\n\n\ndef gelu(x):\n    while True: pass\n"
    )
    folder, temporary = own.write(), tmp_path / "temporary"
    temporary.mkdir()
    handed_out = neutral / "results.json"
    command = [*GRADER, "grade", str(folder), "-v", "--report", f"json={neutral / RECORD}"]
    command += ["--exit-zero", "--report", f"gradescope={handed_out}"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command, cwd=neutral, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        printed = ""
        while "gelu_values" not in printed:  # its line begins when the check does
            printed += running.stdout.read(1)
        started = descendants(running.pid)
        running.send_signal(sign)
        printed += running.stdout.read()
    assert running.returncode == 2
    assert started
    for pid in started:
        wait_until_gone(pid)
    assert_nothing_runs_in(temporary)
    assert not handed_out.exists()  # a part is no grade
    assert "There is no gradescope report: the run was ended after" in printed
    assert "points in the checks that ran" in printed
    assert "Traceback" not in printed
    record = json.loads((neutral / RECORD).read_text())
    assert (record["status"], record["authoritative"]) == ("partial", True)


def test_a_link_that_the_one_who_grades_names_is_followed(quick: Course, neutral: Path) -> None:
    (neutral / "latest").symlink_to(quick.write() / "exercises")
    done = grade(neutral / "latest", cwd=neutral)
    assert done.checks["activations::relu::relu_values"]["status"] == "passed"


def test_an_earlier_report_is_not_taken_for_this_run_s(quick: Course, neutral: Path) -> None:
    """The learner's own, or the last one's of a class: also where the grader refuses."""
    folder = quick.write()
    for target in (neutral / RECORD, folder / RECORD):
        target.parent.mkdir(exist_ok=True)
        target.write_text('{"authoritative": true, "score": 100}')
    within = grade(ROOT, cwd=neutral)
    assert (within.status, within.record) == (3, {})
    graded = grade(folder, "--report", "json", cwd=folder)
    assert graded.record["score"] < 10


def test_no_report_goes_through_a_link_of_the_submission(quick: Course, neutral: Path) -> None:
    folder = quick.write()
    (neutral / "result.json").write_text("another one's")
    (folder / ".grader").symlink_to(neutral)
    done = subprocess.run(
        [*GRADER, "grade", ".", "--report", "json"], cwd=folder, capture_output=True, text=True
    )
    says = f"{folder / '.grader'} is a link of the submission's, which no report follows; name another file."
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"grader grade: {says}\n")
    assert (neutral / "result.json").read_text() == "another one's"
    (neutral / "latest").symlink_to(folder)  # and not by another name of the submission either
    by_link = [*GRADER, "grade", "latest", "--report", "json=latest/.grader/result.json"]
    done = subprocess.run(by_link, cwd=neutral, capture_output=True, text=True)
    assert done.returncode == 4
    assert (neutral / "result.json").read_text() == "another one's"


def test_a_run_that_ends_in_its_first_check_has_not_passed(quick: Course, neutral: Path) -> None:
    """Nothing has a result then, and pytest has seen skipped checks only."""
    folder = quick.with_files({"exercises/activations.py": "while True:\n    pass\n"}).write()
    done = grade(folder, "--time-limit", "3", cwd=neutral)
    assert (done.status, done.record["score"]) == (1, 0)


def test_what_a_run_has_no_time_for_is_not_graded_and_passes_nothing(quick: Course, neutral: Path) -> None:
    """Whoever spends the whole run's time in one check cannot be graded on the others alone."""
    slow = quick.with_files(
        {
            "exercises/activations.py": "def relu(x):\n    return x.clamp(min=0)\n\n\ndef gelu(x):\n    while True: pass\n\n\nsilu = gelu\n"
        }
    )
    done = grade(slow.write(), "--time-limit", "12", "--pass-mark", "1", cwd=neutral)
    assert done.status == 1
    assert done.record["status"] == "partial"
    assert done.checks["activations::relu::relu_values"]["status"] == "passed"
    assert done.checks["trainability::choose_activation::three_line_rule"]["status"] == "not_run"
    assert any(flag.startswith("The run was ended after its 12 s; ") for flag in done.record["flags"])


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "There is no file of the lesson in work; is it the folder that holds them?"),
        (
            ("softmax", "mlp"),
            "3 of 5 exercises have no file in work; if only the others were handed out, add --exercise softmax --exercise mlp",
        ),
    ],
)
def test_what_is_not_there_is_said_once(names: tuple[str, ...], says: str, course: Course) -> None:
    """A folder one level too high, or a lesson of which only a part was handed out, would be a silent zero."""
    files = {f"work/{name}.py": "" for name in names}
    home = replace(course, files=files or {"work/notes.txt": ""}).write()
    command = [sys.executable, "-m", "grader_plugin", "grade", "work", "--report", f"json={RECORD}"]
    subprocess.run(command, cwd=home, capture_output=True, timeout=240)
    assert json.loads((home / RECORD).read_text("utf-8"))["flags"] == [says]
