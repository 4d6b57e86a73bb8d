"""The command line: `grader`."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Tools around `pytest --grade`.")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pytest-gradient {version('pytest-gradient')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tools around `pytest --grade`."""


@app.command()
def data(
    download: Annotated[bool, typer.Option("--download", help="Fetch MNIST anew; needs a network.")] = False,
    folder: Annotated[Path | None, typer.Option(help="The data folder (default: the kit's data/).")] = None,
) -> None:
    """Verify the MNIST files, and fetch them anew if asked."""
    from . import mnist  # here: it imports torch, which the other commands do without

    try:
        source = folder or mnist.source_folder()
        if download:
            mnist.download(source)
        with (
            tempfile.TemporaryDirectory() as cache
        ):  # an empty one: the files are to be read, not an earlier copy
            train, test = mnist.load(source=source, cache=Path(cache))
    except mnist.MnistError as error:
        typer.echo(f"grader data: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"{source}: {len(train.labels):,} training and {len(test.labels):,} test images, checksums right"
    )
