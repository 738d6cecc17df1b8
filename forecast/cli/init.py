"""``forecast init``: a new case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecast import clock
from forecast.case import init_case
from forecast.cli.common import flag
from forecast.errors import printable


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is not there.")],
    example: Annotated[
        bool, flag("--example", text="Copy the Syria case instead of the template.")
    ] = False,
) -> None:
    """Start a new case in a folder."""
    written = init_case(ctx.obj / folder, example, clock.today())
    for path in written:
        typer.echo(printable(str(path)))
    typer.echo("Edit them, then run `forecast check` and `forecast refresh` in that folder.")
