"""How a command ends that cannot do what was asked: one sentence on the standard error, and an exit status."""

from __future__ import annotations

from typing import NoReturn

import typer


def refuse(command: str, sentence: str, status: int = 2) -> NoReturn:
    """For what was asked for wrongly."""
    typer.echo(f"grader {command}: {sentence}", err=True)
    raise typer.Exit(status)


def stop(command: str, sentence: str) -> NoReturn:
    typer.echo(f"grader {command}: {sentence}", err=True)
    raise typer.Exit(1)
