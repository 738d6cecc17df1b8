"""``forecast show``: a forecast as it was logged."""

from __future__ import annotations

from typing import Annotated

import typer

from forecast.cli.common import (
    AsJson,
    case_root,
    entries_of,
    forecast_in,
    parse_period,
    print_json,
    print_screen,
    view_of,
)


def show(
    ctx: typer.Context,
    period: Annotated[
        str | None, typer.Argument(metavar="PERIOD", help="Default: the last forecast.")
    ] = None,
    fit: Annotated[
        bool,
        typer.Option("--fit", help="Ranges over judgements, and how the posterior was sampled."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a logged forecast again."""
    asked = parse_period(period, "PERIOD") if period is not None else None
    root = case_root(ctx)
    entries = entries_of(root)
    entry, forecast = forecast_in(entries, asked)
    if as_json:
        print_json(entry.stored)
    else:
        print_screen(view_of(root, entries, entry, forecast), fit=fit)
