"""``forecast chart``: a figure for a memo."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import case_root, entries_of, forecast_of, logged
from forecast.cli.explain import movement_of
from forecast.cli.files import ending, write
from forecast.errors import LedgerError, Problem, UsageError, did_you_mean, show
from forecast.ledger import LEDGER, Entry
from forecast.report.view import build_explain

if TYPE_CHECKING:
    from forecast.report.charts.scenarios import Issued

CHARTS = ("scenarios", "waterfall", "calibration")


class Format(StrEnum):
    """How a chart is written."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def chart(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(CHARTS)}.")],
    form: Annotated[Format | None, typer.Option("--format", help="Default: png.")] = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of a waterfall; default: the one that moved most."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast.")
    ] = None,
) -> None:
    """Draw a chart and print where it is."""
    if name not in CHARTS:
        raise UsageError(
            Problem("chart", "must be a chart there is", show(name), did_you_mean(name, CHARTS))
        )
    if scenario is not None and name != "waterfall":
        raise UsageError(Problem("--scenario", "must go with the chart waterfall", show(name)))
    suffix = ending(form, output, Format, Format.PNG)
    root = case_root(ctx)
    last, forecast = logged(root)
    folder = (root / LEDGER).parent / str(last.period) / "charts"
    path = output or folder / f"{name}.{suffix}"
    if name == "calibration":
        write(path, _calibration(root, suffix))
        return
    if name == "waterfall":
        write(path, _waterfall(root, last, scenario, suffix))
        return
    from forecast.report.charts.inline import scenarios_bytes

    write(path, scenarios_bytes(forecast, series_of(entries_of(root), last), suffix))


def _calibration(root: Path, suffix: str) -> bytes:
    from forecast.cli.score import proof_of
    from forecast.report.charts.calibration import calibration_chart
    from forecast.report.charts.inline import bytes_of

    proof = proof_of(root)
    if not any(table.reliability for table in proof.tables):
        rule = "must have a forecast whose outcome is settled"
        raise LedgerError(Problem(LEDGER, rule, hint="`forecast resolve` records what held"))
    return bytes_of(lambda path: calibration_chart(proof, path), suffix)


def _waterfall(root: Path, last: Entry, scenario: str | None, suffix: str) -> bytes:
    from forecast.report.charts.inline import bytes_of
    from forecast.report.charts.waterfall import waterfall_chart

    found = movement_of(root, as_of=last.as_of.isoformat(), scenario=scenario)
    view = build_explain(found, scenario)
    return bytes_of(lambda path: waterfall_chart(view, path), suffix)


def series_of(entries: Sequence[Entry], last: Entry) -> list[Issued]:
    """Return what was said of each period, in order: the entry logged last speaks for it."""
    from forecast.report.charts.scenarios import Issued

    latest = {entry.period: entry for entry in entries if entry.period <= last.period}
    return [
        Issued(
            str(period),
            entry.as_of.isoformat(),
            {s.id: (s.probability, s.low, s.high) for s in forecast_of(entry).scenarios},
        )
        for period, entry in sorted(latest.items())
    ]
