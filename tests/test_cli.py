"""The command `grader`."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader_plugin import mnist
from grader_plugin.cli import app

DATA = Path(__file__).parents[1] / "data"


def run(*args: str) -> Result:
    return CliRunner().invoke(app, args)


def test_version() -> None:
    assert run("--version").stdout == f"pytest-gradient {version('pytest-gradient')}\n"


def test_no_command_shows_the_help() -> None:
    assert "data" in run().output


def test_data_reads_the_files_themselves() -> None:
    result = run("data", "--folder", str(DATA))
    assert result.exit_code == 0
    assert "60,000 training and 10,000 test images" in result.stdout


def test_data_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """Also when an earlier copy of good data lies in the cache."""
    result = run("data", "--folder", str(tmp_path / "nothing"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("grader data: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_download_without_a_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path) -> None:
        raise mnist.MnistError(f"MNIST could not be fetched into {source}: there is no network")

    monkeypatch.setattr(mnist, "download", fail)
    result = run("data", "--download", "--folder", str(tmp_path))
    assert result.exit_code == 1
    assert "no network" in result.stderr
