"""``forecast export``: the forecasts as a table, for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.common import (
    case_root,
    entries_of,
    forecast_in,
    load,
    print_exactly,
    say,
)
from forecast.cli.files import write
from forecast.cli.step import interrupt_ends_it, shown_progress
from forecast.errors import Problem, UsageError
from forecast.ledger import Entry
from forecast.ledger.table import HUB, as_csv, as_parquet, rows_of
from forecast.record import Forecast
from forecast.report.view import words


class Format(StrEnum):
    """What a table is written as."""

    HUB = "hub"
    CSV = "csv"
    PARQUET = "parquet"
    NETCDF = "netcdf"


_FILES = {Format.PARQUET: "Parquet", Format.NETCDF: "NetCDF"}  # not text


def export(
    ctx: typer.Context,
    form: Annotated[
        Format, typer.Option("--format", help="hub: the columns of a forecast hub.")
    ] = Format.HUB,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: stdout, where it is text.")
    ] = None,
) -> None:
    """Write each period's last forecast as rows, one per scenario and horizon.

    NetCDF holds instead the posterior of the last forecast, draw by draw, as ArviZ opens it; the
    other formats never sample.
    """
    to_stdout = output is None or output == Path("-")
    if form in _FILES and to_stdout:
        rule = f"must name a file: {_FILES[form]} is not text"
        hint = f"for example --output forecasts.{'nc' if form is Format.NETCDF else form}"
        raise UsageError(Problem("--output", rule, hint=hint))
    root = case_root(ctx)
    entries = entries_of(root)
    entry, forecast = forecast_in(entries)  # says what to do where there is none
    if form is Format.NETCDF and output is not None:
        write(output, _posterior(root, entry, forecast))
        return
    last = {each.period: (each, each.forecast) for each in entries}
    rows = rows_of(told for _, told in sorted(last.items()))
    if failed := [period for period, (_, told) in sorted(last.items()) if not told.fit.ok]:
        where = "no column of a hub says so" if form is Format.HUB else "see the column fit_ok"
        say(f"Fits that failed their gate: {words.period_ranges(failed, max(last))}; {where}.")
    if form is Format.PARQUET:
        data = as_parquet(rows)
    else:
        text = as_csv(rows, HUB) if form is Format.HUB else as_csv(rows)
        data = text.encode()
    if output is None or to_stdout:
        print_exactly(data.decode())
    else:
        write(output, data)


def _posterior(root: Path, entry: Entry, forecast: Forecast) -> bytes:
    """The posterior behind a forecast, as NetCDF; said where the case has changed since."""
    from forecast.refresh.tree import as_netcdf, posterior_tree

    case, readings = load(root)
    with shown_progress() as progress, interrupt_ends_it():
        tree = posterior_tree(case, readings, entry.as_of, progress)
    if failures := tree.attrs.get("failures"):
        say(words.fit_alarm([failures]))
    if tree.attrs["fingerprint"] != forecast.fingerprint:
        say(words.not_as_logged(entry.number))
    return as_netcdf(tree)
