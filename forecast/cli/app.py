"""The verbs, in the order and groups of the help."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.add import add
from forecast.cli.chart import chart
from forecast.cli.check import check
from forecast.cli.collect import collect
from forecast.cli.common import flag
from forecast.cli.explain import explain
from forecast.cli.export import export
from forecast.cli.home import home
from forecast.cli.init import init
from forecast.cli.log import log
from forecast.cli.memo import memo
from forecast.cli.priors import priors
from forecast.cli.pull import pull
from forecast.cli.refresh import refresh
from forecast.cli.replay import replay
from forecast.cli.resolve import resolve
from forecast.cli.score import score
from forecast.cli.show import show
from forecast.cli.watch import watch
from forecast.cli.what_if import what_if

PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Monday": (add, refresh, watch, memo, chart),
    "Questions": (explain, what_if, collect, priors),
    "Record": (show, replay, resolve, score, log, export),
    "Case": (init, check, pull),
}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for panel, verbs in PANELS.items():
    for verb in verbs:
        app.command(rich_help_panel=panel)(verb)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"watchlist-forecast {version('watchlist-forecast')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Option(
            "-C", metavar="DIR", show_default="here", help="The case: there or in a folder above."
        ),
    ] = Path(),
    _show_version: Annotated[
        bool,
        flag("--version", text="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Weekly scenario probabilities from a watch list.

    Without a verb: the last forecast and what is due.
    """
    ctx.obj = folder
    if ctx.invoked_subcommand is None:
        home(ctx)
