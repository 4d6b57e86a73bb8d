"""The parts of a release: what it installs, its pages and links, what an update keeps, what an interruption leaves."""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from grader_plugin import rubrics
from grader_plugin.instructor import delivery, pages, release, releasing, requirements
from grader_plugin.instructor.plan import APART, CI, Plan, ReleaseError

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")


def composed(tmp_path: Path, plan: Plan) -> dict[str, bytes]:
    catalogue = rubrics.catalogue()
    return release.compose(plan, release.find(plan, ROOT, catalogue), catalogue)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(with_data=False),
        Plan(with_data=False, as_notebooks=True),
        Plan(exercises=("softmax",), as_notebooks=True),
        Plan(exercises=("training",), with_data=False),
    ],
    ids=["all", "notebooks", "one notebook", "with what it imports"],
)
def test_every_link_of_a_release_leads_somewhere(plan: Plan, tmp_path: Path) -> None:
    files = composed(tmp_path, plan)
    texts = {path: data.decode() for path, data in files.items() if path.endswith(".md")}
    for path, data in files.items():
        if path.endswith(".ipynb"):
            cells = json.loads(data)["cells"]
            texts[path] = "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")
    found = 0
    for path, text in texts.items():
        for target in LINK.findall(text):
            if target.startswith(("http", "#")):
                continue
            found += 1
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.partition("#")[0]))
            assert to in files, (path, target)
            assert "/../" not in target.lstrip("./"), target
    assert found >= len(plan.exercises)
    assert "```math" not in "".join(text for path, text in texts.items() if path.endswith(".ipynb"))


def test_formulas_of_a_notebook_stand_between_its_own_signs() -> None:
    assert pages.for_notebook("a\n\n```math\nx^2\n```\n\nb", {}) == "a\n\n$$\nx^2\n$$\n\nb"


def test_a_link_to_what_is_not_released_is_words() -> None:
    files = ("docs/lesson/mlp.md", "exercises/mlp.ipynb", "docs/lesson/images/a.svg")
    text = "[`mlp.py`](../../exercises/mlp.py) [x](mlp.md#y) [no](training.md) ![a](images/a.svg) ![b](b.png) [w](https://w.org)"
    assert pages.relinked(text, files, "exercises") == (
        "[`mlp.ipynb`](mlp.ipynb) [x](../docs/lesson/mlp.md#y) no ![a](../docs/lesson/images/a.svg)  [w](https://w.org)"
    )


IMAGES = {
    "![a](../secret.txt)": "page.md:3: the image ../secret.txt lies outside of the page's folder",
    "![a](/etc/passwd)": "page.md:3: the image /etc/passwd lies outside of the page's folder",
    "![a](none.png)": "page.md:3: the image none.png cannot be read (no such file or directory)",
    '<img alt="x" src="../a.png">': "page.md:3: the image ../a.png lies outside",
}


@pytest.mark.parametrize("text", IMAGES)
def test_an_image_that_cannot_be_released_is_a_sentence(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# A\n\n{text}\n")
    with pytest.raises(ReleaseError) as error:
        list(pages.images(page))
    assert IMAGES[text] in str(error.value)
    page.write_bytes(b"\xff")
    with pytest.raises(ReleaseError, match="is not UTF-8"):
        list(pages.images(page))


def test_images_come_along(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.svg").write_text("<svg/>")
    (tmp_path / "page.md").write_text('![a](images/a.svg "A title") ![web](https://w.org/b.png)')
    assert list(pages.images(tmp_path / "page.md")) == [("docs/lesson/images/a.svg", b"<svg/>")]


PINS = {
    "pytest-gradient==0.1.0": "pytest-gradient==0.1.0",
    "git+https://w.org/kit@v1": "pytest-gradient@git+https://w.org/kit@v1",
    "git+ssh://git@w.org/kit.git@1f2e#subdirectory=k": "pytest-gradient@git+ssh://git@w.org/kit.git@1f2e#subdirectory=k",
    "pytest-gradient @ https://w.org/kit-0.1.0-py3-none-any.whl": "pytest-gradient@https://w.org/kit-0.1.0-py3-none-any.whl",
    "pytest_gradient @ git+https://w.org/kit@v1": "pytest-gradient@git+https://w.org/kit@v1",
    "pytest-gradient": None,
    "pytest-gradient>=0.1,<0.2": None,
    'pytest-gradient==0.1; python_version<"3.12"': None,
    "git+https://w.org/kit": None,
    "git+https://user@w.org/kit": None,
    "./dist/a.whl": None,
    "git+https://w.org/kit@v1\nx": None,
    "git+https://w.org/kit@v1; rm -rf /": None,
    "git+https://w.org/$(id)@v1": None,
}


@pytest.mark.parametrize("text", PINS)
def test_what_a_release_installs_is_pinned_and_one_word(text: str) -> None:
    if PINS[text] is None:
        with pytest.raises(ReleaseError, match="pins no version; write NAME==VERSION") as error:
            requirements.of((), [text])
        assert "\n" not in str(error.value)
    else:
        assert [str(one) for one in requirements.of((), [text])] == [PINS[text]]


def test_a_package_that_nothing_needs_is_a_sentence() -> None:
    with pytest.raises(
        ReleaseError, match="--install names other, and what is released needs pytest-gradient"
    ):
        requirements.of((), ["other==1"])


@pytest.mark.parametrize("kind", [*CI, *APART])
def test_the_files_for_a_ci_install_several_packages(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a shell, YAML, Python and TOML read them."""
    monkeypatch.setenv("GRADER_EXERCISES_FROM", str(ROOT / "examples" / "layer_norm"))
    plan = Plan(
        exercises=("layer_norm",), ci=(kind,), with_data=False,
        install=("git+https://w.org/kit@v1", "layer-norm-exercise @ https://w.org/l-1.tar.gz"),
    )  # fmt: skip
    catalogue = rubrics.catalogue()
    lesson = release.find(plan, ROOT, catalogue)
    files = release.compose(plan, lesson, catalogue)
    words = ["pytest-gradient@git+https://w.org/kit@v1", "layer-norm-exercise@https://w.org/l-1.tar.gz"]
    project = tomllib.loads(files["pyproject.toml"].decode())
    assert project["project"]["dependencies"] == words
    assert project["tool"]["pytest"]["ini_options"]["addopts"] == "--grade-exercises=layer_norm"
    if kind in CI:
        (name,) = CI[kind].values()
        assert "Copy this file" not in files[name].decode()
        told = yaml.safe_load(files[name])["env"]
        assert told["GRADER"].split() == words
        assert told["GRADER_EXERCISES"] == "layer_norm"
        return
    own = release.compose_apart(plan, lesson, kind)
    for name, data in own.items():
        if name.endswith(".py"):
            compile(data, name, "exec")
            assert f'GRADER = "{" ".join(words)}"' in data.decode()
        else:
            (tmp_path / name).write_bytes(data)
            assert subprocess.run(["bash", "-n", tmp_path / name]).returncode == 0
    if "setup.sh" in own:
        (line,) = re.findall("^GRADER=.*$", own["setup.sh"].decode(), re.MULTILINE)
        shown = subprocess.run(
            ["bash", "-c", f"{line}\nprintf '%s\\n' $GRADER"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.split() == words


def test_an_installed_kit_has_all_its_files() -> None:
    """What is not Python is listed by patterns, of which one was forgotten once."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = told["tool"]["setuptools"]["package-data"]["grader_plugin"]
    home = ROOT / "grader_plugin"
    listed = {path for pattern in patterns for path in home.glob(pattern) if path.is_file()}
    there = {
        path
        for path in home.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    }
    assert there - listed == set()
    assert {path.name for path in listed} >= {"README.md.jinja", "setup.sh", "report.html"}


FILES = {"README.md": b"# One\n", "exercises/a.py": b"raise NotImplementedError\n", "old/gone.md": b"x\n"}


def made(folder: Path) -> Path:
    delivery.create({**FILES, delivery.MANIFEST: delivery.manifest(FILES, Plan(ci=("actions",)))}, folder)
    return folder


def test_an_update_remembers_how_the_release_was_made(tmp_path: Path) -> None:
    assert delivery.plan_of(made(tmp_path / "class")) == Plan(ci=("actions",))
    (tmp_path / "class" / delivery.MANIFEST).write_text('{"files": {}, "plan": [1]}')
    with pytest.raises(ReleaseError, match="is damaged"):
        delivery.plan_of(tmp_path / "class")


def test_an_update_that_was_interrupted_takes_no_file_for_a_learner_s(tmp_path: Path) -> None:
    """It came as far as the file and not to the manifest; the next one sees that, and the one after knows the file."""
    home = made(tmp_path / "class")
    two = {**FILES, "README.md": b"# Two\n"}
    (home / "README.md").write_bytes(b"# Two\n")
    assert delivery.compare(two, home) == []
    delivery.apply([], delivery.manifest(two, Plan()), home)
    three = {**FILES, "README.md": b"# Three\n"}
    assert [change.kind for change in delivery.compare(three, home)] == ["changed"]


def test_what_was_edited_or_deleted_is_told_each_time(tmp_path: Path) -> None:
    home = made(tmp_path / "class")
    (home / "README.md").write_bytes(b"# Mine\n")
    (home / "exercises" / "a.py").unlink()
    new = {"README.md": b"# Two\n", "exercises/a.py": b"raise NotImplementedError\n"}
    for _ in range(2):
        changes = delivery.compare(new, home)
        kinds = {change.path: change.kind for change in changes}
        assert kinds.pop("old/gone.md", "removed") == "removed"
        assert kinds == {"README.md": "kept", "exercises/a.py": "gone"}
        delivery.apply(changes, delivery.manifest(new, Plan()), home)
    assert (home / "README.md").read_bytes() == b"# Mine\n"
    assert not (home / "old").exists()


def test_an_interruption_leaves_an_empty_repository_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "class"
    (home / ".git").mkdir(parents=True)
    renamed: list[Path] = []
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if target.parent == home:
            renamed.append(target)
            if len(renamed) == 3:
                raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made(home)
    assert [path.name for path in home.iterdir()] == [".git"]
    assert [path.name for path in tmp_path.iterdir()] == ["class"]
    renamed[:] = [home] * 9
    made(home)
    assert renamed[-1].name == delivery.MANIFEST


def test_the_folder_that_one_stands_in_is_filled_and_not_replaced(tmp_path: Path) -> None:
    """A shell that stands in a folder which was replaced stands nowhere."""
    home = tmp_path / "class"
    home.mkdir()
    before = home.stat().st_ino
    made(home)
    assert home.stat().st_ino == before
    assert sorted(path.name for path in home.iterdir()) == sorted(
        {*(name.split("/")[0] for name in FILES), delivery.MANIFEST}
    )


def test_at_the_place_of_an_update_answers_are_told_and_refuse_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "_verify", lambda lesson, on_progress: None)
    home = tmp_path / "class"
    (home / "exercises").mkdir(parents=True)
    (home / "exercises" / "softmax.py").write_bytes((ROOT / "solutions" / "softmax.py").read_bytes())
    ready = releasing.prepare(Plan(exercises=("softmax",)), ROOT, home, update=True)
    assert [one.place.partition(":")[0] for one in ready.already][:1] == ["exercises/softmax.py"]
    assert releasing.prepare(Plan(exercises=("softmax",)), ROOT, tmp_path / "other").already == ()


def test_a_page_may_not_answer_what_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release week by week is searched for the solutions of all weeks."""
    catalogue = rubrics.catalogue()
    lesson = release.find(Plan(exercises=("softmax",)), ROOT, catalogue)
    assert set(release.solutions(ROOT, lesson)) == set(rubrics.KIT)
