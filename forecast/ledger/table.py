"""Forecasts as a table: one row per scenario and horizon, for other tools and for scoring hubs.

The names are those of a hub's model output (hubverse): a *task* is one ``origin_date`` and
``horizon``, its ``value`` over the ``output_type_id`` of type ``pmf`` sum to 1. Dates are last days
of periods, so that a horizon is always ``target_end_date`` minus ``origin_date``; horizon 0 is the
forecast period itself. Numbers are as logged, unrounded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from forecast.ledger.entries import Entry
from forecast.record import Forecast

if TYPE_CHECKING:
    import pandas as pd

HUB = (
    "as_of",
    "origin_date",
    "horizon",
    "target_end_date",
    "target",
    "output_type",
    "output_type_id",
    "value",
)
TARGET = "scenario"
_FORMULA = tuple("=+-@\t\r")  # what a spreadsheet takes a cell for a formula by


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario at one horizon. ``low`` to ``change`` are known of horizon 0 only.

    ``ever_within`` is the probability that the scenario holds in any of the ``horizon`` periods.
    """

    as_of: str
    origin_date: str
    horizon: int
    target_end_date: str
    target: str
    output_type: str
    output_type_id: str
    value: float
    low: float | None
    high: float | None
    change: float | None
    ever_within: float | None
    scenario: str
    case: str
    period: str
    target_period: str
    mode: str
    issued: str
    entry: int | None
    entry_hash: str
    fingerprint: str
    fit_ok: bool


COLUMNS = tuple(field.name for field in fields(Row))


def rows_of(logged: Iterable[tuple[Entry | None, Forecast]]) -> list[Row]:
    """Rows of forecasts, in order: by horizon, then as the case orders its scenarios.

    A forecast that is not logged has no entry.
    """
    return [row for entry, forecast in logged for row in _rows(entry, forecast)]


def _rows(entry: Entry | None, forecast: Forecast) -> Iterable[Row]:
    period = forecast.period
    for horizon in (0, *sorted(map(int, forecast.scenarios[0].horizons))):
        for s in forecast.scenarios:
            now = horizon == 0
            yield Row(
                as_of=forecast.as_of.isoformat(),
                origin_date=period.last_day.isoformat(),
                horizon=horizon,
                target_end_date=(period + horizon).last_day.isoformat(),
                target=TARGET,
                output_type="pmf",
                output_type_id=s.id,
                value=s.probability if now else s.horizons[str(horizon)],
                low=s.low if now else None,
                high=s.high if now else None,
                change=s.change if now else None,
                ever_within=s.ever_within.get(str(horizon)),
                scenario=s.name,
                case=forecast.case,
                period=str(period),
                target_period=str(period + horizon),
                mode=forecast.mode,
                issued=forecast.issued.isoformat(),
                entry=entry.number if entry else None,
                entry_hash=entry.hash if entry else "",
                fingerprint=forecast.fingerprint,
                fit_ok=forecast.fit.ok,
            )


def as_csv(rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> str:
    """Return rows as CSV; an apostrophe before text that a spreadsheet would run as a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    places = [COLUMNS.index(name) for name in columns]
    for row in rows:
        values = astuple(row)
        writer.writerow([_cell(values[place]) for place in places])
    return file.getvalue()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return repr(value)
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return value


def as_parquet(rows: Sequence[Row]) -> bytes:
    """Return rows as Parquet, dates as dates."""
    file = io.BytesIO()
    frame_of(rows).to_parquet(file, index=False)
    return file.getvalue()


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows as a data frame, dates as dates."""
    import pandas as pd

    frame = pd.DataFrame([astuple(row) for row in rows], columns=list(COLUMNS))
    for name in ("as_of", "origin_date", "target_end_date"):
        frame[name] = pd.to_datetime(frame[name]).dt.date
    for name in ("low", "high", "change", "ever_within"):
        frame[name] = frame[name].astype("float64")
    return frame
