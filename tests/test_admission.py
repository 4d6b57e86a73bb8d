"""Which files come in, as which bytes; `test_bad_input.py` has what a learner reads of those that do not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grader_plugin.admission import SIZE_CAP, admit


def test_only_what_the_lesson_names_comes_in(tmp_path: Path) -> None:
    (tmp_path / "softmax.py").write_bytes(b"x = 1\r\n")
    (tmp_path / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "other.py").write_text("raise SystemExit")
    files = admit(tmp_path, ["softmax", "mlp"], "exercises")
    assert list(files) == ["softmax", "mlp"]
    assert files["softmax"].source == b"x = 1\r\n"
    assert files["softmax"].digest == f"sha256:{hashlib.sha256(b'x = 1' + bytes([13, 10])).hexdigest()}"
    assert (files["softmax"].trouble, files["softmax"].missing) == ("", False)
    assert (files["mlp"].source, files["mlp"].digest, files["mlp"].missing) == (None, "", True)


@pytest.mark.parametrize("size", [0, 1, SIZE_CAP, SIZE_CAP + 1])
def test_the_limit_is_met_by_the_byte(size: int, tmp_path: Path) -> None:
    (tmp_path / "softmax.py").write_bytes(b"#" * size)
    file = admit(tmp_path, ["softmax"], "exercises")["softmax"]
    if size <= SIZE_CAP:
        assert file.source == b"#" * size
    else:
        assert file.trouble == "exercises/softmax.py has 262,145 bytes, the limit is 262,144"
        assert file.source is None


def test_a_folder_that_is_a_link_is_followed(tmp_path: Path) -> None:
    """The folder is the caller's choice; only the files in it are the learner's."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "softmax.py").write_text("x = 1\n")
    (tmp_path / "exercises").symlink_to("real")
    assert admit(tmp_path / "exercises", ["softmax"], "exercises")["softmax"].source == b"x = 1\n"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert (
        admit(tmp_path / "gone", ["softmax"], "gone")["softmax"].trouble == "gone/softmax.py does not exist"
    )


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("# -*- coding: latin-1 -*-\n", "latin-1"),
        ("\n# vim: set fileencoding=cp1252 :\n", "cp1252"),
        ("#!/usr/bin/env python\n# coding: utf-7\n", "utf-7"),
        ("# coding: utf-8\n", ""),
        ("import torch\n# my decoding: see below\n", ""),  # behind a line of code it is a comment
        ('"""Softmax."""\n# encoding: one-hot targets\n', ""),
        ("\n\n# coding: latin-1\n", ""),
    ],
)
def test_an_encoding_is_one_where_python_takes_it_for_one(text: str, declared: str, tmp_path: Path) -> None:
    """PEP 263: in the first line, or in the second behind one without code."""
    (tmp_path / "softmax.py").write_text(text)
    (file,) = admit(tmp_path, ["softmax"], "exercises").values()
    assert (f"declares the encoding {declared!r}" in file.trouble) == bool(declared), file.trouble
    assert (file.source is None) == bool(declared)
