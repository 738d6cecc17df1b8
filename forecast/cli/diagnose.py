"""``forecast diagnose``: whether a forecast's draws and its model can be trusted, on one sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.chart import Format, missing_letters_said
from forecast.cli.common import case_root, entries_of, forecast_in, load, say
from forecast.cli.files import ending, write
from forecast.cli.step import interrupt_ends_it, shown_progress
from forecast.ledger import LEDGER
from forecast.report.view import words


def diagnose(
    ctx: typer.Context,
    form: Annotated[Format | None, typer.Option("--format", help="Default: png.")] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast's charts.")
    ] = None,
) -> None:
    """Draw the diagnostics of the last forecast on one sheet and print where it is.

    Do the chains agree (ranks)? Are there draws enough (effective sample size)? Are readings as
    the model expects them (LOO-PIT)? What does the result hang on (power-scaling sensitivity)?
    They are the four ways in which a forecast can be wrong before the world has its say; traces
    and energies show less of the first two, and ArviZ draws them of what `forecast export
    --format netcdf` writes.
    """
    from forecast.refresh.diagnosis import diagnosis_of
    from forecast.refresh.tree import posterior_tree
    from forecast.report.charts.diagnose import diagnose_sheet
    from forecast.report.charts.inline import bytes_of

    suffix = ending(form, output, Format, Format.PNG)
    root = case_root(ctx)
    entry, forecast = forecast_in(entries_of(root))
    case, readings = load(root)
    with shown_progress() as progress, interrupt_ends_it():
        tree = posterior_tree(case, readings, entry.as_of, progress)
        updated = tree.attrs["method"] == "update"
        anchor = date.fromisoformat(tree.attrs["anchor"])
        fit = posterior_tree(case, readings, anchor, progress) if updated else tree
        found = diagnosis_of(tree, fit)
    if tree.attrs["fingerprint"] != forecast.fingerprint:
        say(words.not_as_logged(entry.number))
    folder = (root / LEDGER).parent / str(entry.period) / "charts"
    path = output or folder / f"diagnose.{suffix}"
    with missing_letters_said():
        data = bytes_of(lambda place: diagnose_sheet(found, place), suffix)
    write(path, data)
