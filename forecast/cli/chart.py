"""``forecast chart``: a figure for a memo."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import case_root, entries_of, forecast_of, logged
from forecast.errors import (
    CaseError,
    LedgerError,
    Problem,
    UsageError,
    did_you_mean,
    printable,
    show,
)
from forecast.ledger import LEDGER, Entry
from forecast.readings.files import replace_file

if TYPE_CHECKING:
    from forecast.report.charts.scenarios import Issued

CHARTS = ("scenarios", "calibration")


class Format(StrEnum):
    """How a chart is written."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def chart(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(CHARTS)}.")],
    form: Annotated[Format | None, typer.Option("--format", help="Default: png.")] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Default: beside the forecast.")
    ] = None,
) -> None:
    """Draw a chart and print where it is."""
    if name not in CHARTS:
        raise UsageError(
            Problem("chart", "must be a chart there is", show(name), did_you_mean(name, CHARTS))
        )
    ending = _ending(form, output)
    root = case_root(ctx)
    last, forecast = logged(root)
    folder = (root / LEDGER).parent / str(last.period) / "charts"
    path = output or folder / f"{name}.{ending}"
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(scratch) / f"{name}.{ending}"
        if name == "calibration":
            _calibration(root, drawn)
        else:
            from forecast.report.charts.scenarios import scenarios_chart

            scenarios_chart(forecast, _series(entries_of(root), last), drawn)
        write(path, drawn.read_bytes())


def _calibration(root: Path, path: Path) -> None:
    from forecast.cli.score import proof_of
    from forecast.report.charts.calibration import calibration_chart

    proof = proof_of(root)
    if not any(table.reliability for table in proof.tables):
        rule = "must have a forecast whose outcome is settled"
        raise LedgerError(Problem(LEDGER, rule, hint="`forecast resolve` records what held"))
    calibration_chart(proof, path)


def write(path: Path, data: bytes) -> None:
    """Put a generated file in its place, whole, and print where that is.

    Raises
    ------
    CaseError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        hint = error.strerror or ""
        raise CaseError(Problem(printable(str(path)), "must be writable", hint=hint)) from None
    typer.echo(printable(str(path)))


def _ending(form: Format | None, output: Path | None) -> str:
    """Return the format as a file's ending; of a file that is named, its own."""
    if output is None:
        return form or Format.PNG
    ending = output.suffix.removeprefix(".")
    if ending not in (list(Format) if form is None else [form]):
        rule = f"must end in .{form or ', .'.join(Format)}"
        raise UsageError(Problem("--output", rule, show(output.name)))
    return ending


def _series(entries: Sequence[Entry], last: Entry) -> list[Issued]:
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
