"""Pages for learners as a release has them: the images that they show, and links that lead somewhere there."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Container, Iterator
from pathlib import Path

from .plan import ReleaseError

FOLDER = "docs/lesson"  # of the pages in a release

_IMAGE = re.compile(r"""!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc=["']([^"']+)["']""")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_FILE = re.compile(r"\b(exercises/\w+)\.py\b( {3})?")  # in a command, with room before what is said of it
_PROGRAM = re.compile(r"^python -m exercises\.(\w+).*\n", re.MULTILINE)
_MATH = re.compile(r"^```math\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def read(path: Path) -> str:
    """The text of a page; raises ReleaseError."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read ({(error.strerror or str(error)).lower()})") from None
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{path} is not UTF-8 (byte {error.start}); save it with that encoding") from None


def images(path: Path) -> Iterator[tuple[str, bytes]]:
    """The images that a page shows, by their paths in a release; raises ReleaseError for one that is not there, or elsewhere."""
    text = read(path)
    for found in _IMAGE.finditer(text):
        name = found[1] or found[2]
        if _is_elsewhere(name):
            continue
        place = f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
        inner = posixpath.normpath(name)
        if inner.startswith(("../", "/")) or os.path.isabs(inner):
            raise ReleaseError(
                f"{place}: the image {name} lies outside of the page's folder; put it in there"
            )
        try:
            yield posixpath.join(FOLDER, inner), (path.parent / inner).read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ReleaseError(f"{place}: the image {name} cannot be read ({reason})") from None


def relinked(text: str, files: Container[str], folder: str = FOLDER, *, of: str = FOLDER) -> str:
    """A page of one folder as it is read in another of a release: links lead to its files, those to what it does not have are words.

    Commands name its files, too, and one that runs a file as a program is left out where that is a notebook.
    """

    def link(found: re.Match[str]) -> str:
        picture, words, target = found[1], found[2], found[3]
        if _is_elsewhere(target) or target.startswith("#"):
            return found[0]
        path, hash_, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(of, path))
        notebook = f"{path.removesuffix('.py')}.ipynb"
        if path not in files and path.endswith(".py") and notebook in files:
            path, words = notebook, words.replace(".py", ".ipynb")
        if path not in files:
            return "" if picture else words
        return f"{picture}[{words}]({posixpath.relpath(path, folder)}{hash_}{anchor})"

    def named(found: re.Match[str]) -> str:
        notebook = f"{found[1]}.ipynb"
        return notebook if f"{found[1]}.py" not in files and notebook in files else found[0]

    def program(found: re.Match[str]) -> str:
        return "" if f"exercises/{found[1]}.ipynb" in files else found[0]

    return _FILE.sub(named, _PROGRAM.sub(program, _LINK.sub(link, text)))


def for_notebook(text: str, files: Container[str]) -> str:
    """A page within a notebook in `exercises/`, where formulas stand between other signs."""
    return _MATH.sub(lambda found: f"$$\n{found[1]}\n$$", relinked(text, files, "exercises"))


def _is_elsewhere(target: str) -> bool:
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", target))
