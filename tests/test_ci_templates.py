"""The files that a course copies into its CI: their steps are run as they stand, but for what they download."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT, Course

import grader_plugin

TEMPLATES = Path(grader_plugin.__file__).parent / "templates" / "ci"
SCHEMAS = Path(grader_plugin.__file__).parent / "schemas"
RELU = "import torch\n\n\ndef relu(x):\n    return x.clamp(min=0)\n"
SECRET = "twenty characters or more"
GRADER = "git+https://example.org/OWNER/KIT@COMMIT"
PINNED = "torch==2.13.0 torchvision==0.28.0"
# What hosts set beside it: a trap for whoever grades in the checkout.
TRAPS = {
    "conftest.py": "import os; os._exit(0)\n",
    "sitecustomize.py": "print('TRAPPED')\n",
    "pip.py": "print('TRAPPED')\n",
    "venv.py": "print('TRAPPED')\n",
    "grader_plugin/__init__.py": "",
    "grader_plugin/__main__.py": "print('TRAPPED')\n",
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a grading of record needs Linux")

# Stands for the installation: notes what was asked for, and makes a `grader` of the one that is tested.
PYTHON = """#!{python}
import os, sys
told = sys.argv[1:]
if told[:3] != ["-I", "-m", "venv"]:
    os.execv("{python}", ["python3", *told])
folder = os.path.join(told[3], "bin")
os.makedirs(folder)
def program(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)
    os.chmod(file.name, 0o755)
program("python", '''#!/bin/sh\\necho "python $*" >> {log}\\n''')
program("uv", '''#!/bin/sh
echo "uv $*" >> {log}
printf '#!/bin/sh\\\\nexec {python} -I -m grader_plugin "$@"\\\\n' > {where}/grader
chmod +x {where}/grader
'''.replace("{where}", os.path.realpath(folder)))
"""


class Host:
    """A machine of a CI provider: a folder for temporary files, programs on the path, a log of what was installed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "installed"
        self.temp = home / "temp"
        self.bin = home / "bin"
        self.temp.mkdir()
        self.bin.mkdir()
        self.program("python3", PYTHON.replace("{python}", sys.executable).replace("{log}", str(self.log)))

    def program(self, name: str, text: str) -> None:
        """Put a program on the path."""
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self, script: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """A script as GitHub Actions runs a step: `bash -e`."""
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GITHUB_"))
        }
        path = f"{self.bin}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=cwd,
            env={**own, "RUNNER_TEMP": str(self.temp), **environment, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )

    @property
    def installed(self) -> str:
        """What the steps asked pip and uv for."""
        return self.log.read_text("utf-8")


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    return Host(tmp_path_factory.mktemp("host"))


@pytest.fixture
def checkout(course: Course) -> Path:
    """A learner's repository: one function, and traps for whoever runs something in it."""
    return replace(course, files={"exercises/activations.py": RELU, **TRAPS}).write()


def workflow(name: str) -> Any:
    return yaml.safe_load((TEMPLATES / name).read_text("utf-8"))


def run_job(
    host: Host, checkout: Path, name: str, secrets: Mapping[str, str] | None = None
) -> Iterator[tuple[Mapping[str, Any], subprocess.CompletedProcess[str]]]:
    """The `run` steps of a workflow's only job, until one fails; steps that use an action are the host's."""
    told = workflow(name)
    (job,) = told["jobs"].values()
    context = {"runner.temp": str(host.temp), "github.repository": "a/b", "github.sha": "c"}
    context.update({f"secrets.{key}": value for key, value in (secrets or {}).items()})

    def fill(text: str) -> str:
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: context.get(found[1], ""), text)

    for number, step in enumerate(job["steps"]):
        if "run" not in step:
            continue
        output, summary = host.home / f"output-{number}", host.home / "summary.md"
        environment = {**told["env"], **step.get("env", {})}
        done = host.run(
            step["run"],
            Path(fill(step["working-directory"])),
            GITHUB_WORKSPACE=str(checkout),
            GITHUB_OUTPUT=str(output),
            GITHUB_STEP_SUMMARY=str(summary),
            CI="true",
            **{key: fill(str(value)) for key, value in environment.items()},
        )
        yield step, done
        if done.returncode:
            return
        for line in output.read_text("utf-8").splitlines() if output.exists() else ():
            key, _, value = line.partition("=")
            context[f"steps.{step['id']}.outputs.{key}"] = value


def test_plain_actions_grade_a_push(host: Host, checkout: Path) -> None:
    (_, first), (_, graded) = run_job(host, checkout, "grade.yml", {"GRADER_SECRET": SECRET})
    assert first.returncode == 0, first.stderr
    assert (
        f"uv pip install --python grader/bin/python --torch-backend cpu {GRADER} {PINNED}" in host.installed
    )
    assert graded.returncode == 1, graded.stdout + graded.stderr  # below the pass mark
    record = json.loads((host.temp / "report" / "result.json").read_text("utf-8"))
    assert (record["authoritative"], record["score"]) == (True, 5)
    assert any("conftest.py" in flag for flag in record["flags"])
    assert (host.temp / "report" / "report.html").exists()
    assert (host.home / "summary.md").read_text("utf-8").startswith("## 5 of 100 points")
    assert "::notice title=Score::5 of 100 points" in graded.stdout
    assert "TRAPPED" not in graded.stdout + graded.stderr + first.stdout
    assert SECRET not in graded.stdout + json.dumps(record)


def test_classroom_s_reporter_gets_a_step_s_result(host: Host, checkout: Path) -> None:
    *_, (step, graded) = run_job(host, checkout, "classroom.yml")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    output = next(host.home.glob("output-*")).read_text("utf-8")
    told = json.loads(base64.b64decode(output.removeprefix("result=")))
    jsonschema.validate(told, json.loads((SCHEMAS / "github_classroom.schema.json").read_text("utf-8")))
    assert sum(test["score"] for test in told["tests"]) == 5
    (job,) = workflow("classroom.yml")["jobs"].values()
    reporter = job["steps"][-1]
    assert reporter["with"]["runners"] == step["id"]
    assert reporter["env"] == {
        f"{step['id'].upper()}_RESULTS": f"${{{{ steps.{step['id']}.outputs.result }}}}"
    }


def test_without_a_grade_no_result_is_handed_to_classroom(host: Host, tmp_path: Path) -> None:
    *_, (_, graded) = run_job(host, tmp_path / "nowhere", "classroom.yml")
    assert graded.returncode == 4
    assert not list(host.home.glob("output-*"))


@pytest.mark.parametrize("name", ["grade.yml", "classroom.yml"])
def test_workflows_ask_for_little_and_pin_what_they_use(name: str) -> None:
    told = workflow(name)
    assert told["permissions"] == {"contents": "read"}
    (job,) = told["jobs"].values()
    assert "permissions" not in job
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step
        else:
            # Nothing runs in the checkout, and no secret is there but for the one step that draws by it.
            assert step["working-directory"] == "${{ runner.temp }}"
            assert "${{" not in step["run"]  # an expression within a script is text that somebody else writes
            assert set(step.get("env", {})) <= {"GRADER_SECRET"}
    assert job["steps"][0]["with"] == {"persist-credentials": False}


def test_this_repository_uses_the_first_one_itself() -> None:
    own = yaml.safe_load((ROOT / ".github" / "workflows" / "grade.yml").read_text("utf-8"))
    template = workflow("grade.yml")
    for key in template.keys() - {"env"}:
        assert own[key] == template[key]
    assert own["env"].keys() == template["env"].keys()
    assert own["env"]["SUBMISSION"] == "solutions"
    container = TEMPLATES / "devcontainer.json"
    assert (ROOT / ".devcontainer" / "devcontainer.json").read_bytes() == container.read_bytes()


def test_every_template_pins_the_kit_and_what_it_was_tried_with() -> None:
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    for path in TEMPLATES.iterdir():
        text = path.read_text("utf-8")
        assert "pytest-gradient==" not in text  # a name that anybody may have taken
        if "uv" in text:
            assert set(re.findall(r"\b(torch(?:vision)?==[\d.]+)", text)) == {
                line.strip() for line in constraints.splitlines() if line.startswith("torch")
            }, path.name


def test_classroom_50_runs_it_in_the_checkout(host: Host, checkout: Path) -> None:
    script = f"cp {TEMPLATES}/autograder.py {host.home} && python3 {host.home}/autograder.py"
    fifty = {
        "CLASSROOM": "dl", "ASSIGNMENT": "activations", "USERNAME": "ada", "OWNER": "ada", "ASSIGNMENT_TYPE": "individual",
        "SUBMISSION_TAG": "submit/2026-11-26T05-00-00Z-abc", "COMMIT_URL": "https://example.org/c",
        "RELEASE_URL": "https://example.org/r", "REVIEW_URL": "https://example.org/v",
        "GITHUB_STEP_SUMMARY": str(host.home / "summary.md"),
    }  # fmt: skip
    (checkout / "result.json").symlink_to("/nowhere/at/all")  # a learner's
    done = host.run(script, checkout, **fifty)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((checkout / "result.json").read_text("utf-8"))
    jsonschema.validate(told, json.loads((SCHEMAS / "classroom50.schema.json").read_text("utf-8")))
    assert (told["score"], told["max-score"], told["submission"]) == (5, 100, fifty["SUBMISSION_TAG"])
    assert (checkout / "release-body.md").read_text("utf-8").startswith("## 5 of 100 points")
    assert (checkout / "report.html").exists()
    assert not (host.home / "summary.md").exists()  # its runner puts the body there
    assert "TRAPPED" not in done.stdout + done.stderr
    assert f"{GRADER} {PINNED}" in host.installed


def test_classroom_50_is_told_where_there_is_no_grade(host: Host, checkout: Path) -> None:
    host.program("python3", "#!/bin/sh\nexit 7\n")
    script = f"{sys.executable} {TEMPLATES}/autograder.py"
    (checkout / "result.json").write_text('{"score": 100}')  # a student's
    assert host.run(script, checkout).returncode == 7
    assert not (checkout / "result.json").exists()


def gradescope(host: Host, checkout: Path, name: str) -> str:
    """The script with its folders on this machine."""
    text = (TEMPLATES / name).read_text("utf-8")
    assert os.access(TEMPLATES / name, os.X_OK)
    text = text.replace("/opt/grading", str(host.home / "opt"))
    return text.replace("/autograder/submission", str(checkout)).replace(
        "/autograder", str(host.home / "autograder")
    )


def test_gradescope_installs_once_and_grades_each_submission(host: Host, checkout: Path) -> None:
    host.program("apt-get", f'#!/bin/sh\necho "apt-get $*" >> {host.log}\n')
    ready = host.run(gradescope(host, checkout, "setup.sh"), host.home)
    assert ready.returncode == 0, ready.stderr
    assert "apt-get install" in host.installed
    assert f"{GRADER} {PINNED}" in host.installed
    results = host.home / "autograder" / "results" / "results.json"
    (host.home / "autograder" / "source").mkdir(parents=True)
    seeds = []
    for secret in ("", SECRET, SECRET):
        if secret:
            (host.home / "autograder" / "source" / "secret").write_text(f"{secret}\n")
        done = host.run(gradescope(host, checkout, "run_autograder"), host.home)
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(results.read_text("utf-8"))
        jsonschema.validate(told, json.loads((SCHEMAS / "gradescope.schema.json").read_text("utf-8")))
        assert told["score"] == 5
        seeds.append(re.search(r"seed (\d+)", told["output"]))
    assert len({found[1] for found in seeds if found}) == 2
    assert "TRAPPED" not in done.stdout + done.stderr


def test_gradescope_gets_no_earlier_results_where_there_is_no_grade(host: Host, checkout: Path) -> None:
    results = host.home / "autograder" / "results" / "results.json"
    results.parent.mkdir(parents=True)
    results.write_text('{"score": 100}')
    (host.home / "opt" / "grader" / "bin").mkdir(parents=True)
    program = host.home / "opt" / "grader" / "bin" / "grader"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    done = host.run(gradescope(host, checkout, "run_autograder"), host.home)
    assert done.returncode == 3
    assert not results.exists()


def test_the_dev_container_installs_what_the_readme_does() -> None:
    told = json.loads((TEMPLATES / "devcontainer.json").read_text("utf-8"))
    assert "-e ." in told["postCreateCommand"]
    assert "python -m pip install -e ." in (ROOT / "README.md").read_text("utf-8")


def test_an_installed_kit_has_all_that_it_needs() -> None:
    """What the build is told to take: each package, and MNIST, so that grading needs no network."""
    told = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for init in (ROOT / "grader_plugin").rglob("__init__.py")
    }
    named = set(re.findall(r'^    "(grader_plugin[.\w]*)",$', told, re.MULTILINE))
    assert named == packages | {"grader_plugin.data"}
    assert len(list((ROOT / "data" / "MNIST" / "raw").glob("*.gz"))) == 4
