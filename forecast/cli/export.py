"""``forecast export``: the forecasts as a table, for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.common import case_root, entries_of, forecast_of, logged, print_exactly
from forecast.cli.files import write
from forecast.errors import Problem, UsageError
from forecast.ledger.table import HUB, as_csv, as_parquet, rows_of


class Format(StrEnum):
    """What a table is written as."""

    HUB = "hub"
    CSV = "csv"
    PARQUET = "parquet"


def export(
    ctx: typer.Context,
    form: Annotated[
        Format, typer.Option("--format", help="hub: the columns of a forecast hub.")
    ] = Format.HUB,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: stdout; Parquet needs a file.")
    ] = None,
) -> None:
    """Write each period's last forecast as rows, one per scenario and horizon."""
    to_stdout = output is None or output == Path("-")
    if form is Format.PARQUET and to_stdout:
        rule = "must name a file: Parquet is not text"
        raise UsageError(Problem("--output", rule, hint="for example --output forecasts.parquet"))
    root = case_root(ctx)
    logged(root)  # says what to do where there is none
    last = {entry.period: entry for entry in entries_of(root)}
    rows = rows_of((entry, forecast_of(entry)) for _, entry in sorted(last.items()))
    if form is Format.PARQUET:
        data = as_parquet(rows)
    else:
        text = as_csv(rows, HUB) if form is Format.HUB else as_csv(rows)
        data = text.encode()
    if output is None or to_stdout:
        print_exactly(data.decode())
    else:
        write(output, data)
