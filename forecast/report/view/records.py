"""The ledger and a replay in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forecast.record import Forecast
from forecast.report.view import words
from forecast.report.view.sanitise import clean, cleaned
from forecast.report.view.types import LedgerNote, LogRow, ReplayRow, ReplayView
from forecast.report.view.why import ranked


def build_log(entries: Iterable[tuple[LedgerNote, Forecast]]) -> tuple[LogRow, ...]:
    """Return one row per ledger entry, in the order given."""
    rows = []
    for note, logged in entries:
        forecast = cleaned(logged)
        leader = ranked(forecast)[0]
        rows.append(
            LogRow(
                entry=str(note.number),
                issued=forecast.issued_day.isoformat(),
                period=str(forecast.period),
                as_of=forecast.as_of.isoformat(),
                mode=forecast.mode,
                leader=leader.name,
                probability=words.percent(leader.probability),
                fit="ok" if forecast.fit.ok else "NOT OK",
                hash=clean(note.hash)[:8],
            )
        )
    return tuple(rows)


def build_replay(forecasts: Sequence[Forecast]) -> ReplayView:
    """A replay as a table; the columns are the last forecast's scenarios.

    Parameters
    ----------
    forecasts
        At least one, of one case, in the order they are to be shown.
    """
    shown = [cleaned(forecast) for forecast in forecasts]
    columns = shown[-1].scenarios
    rows = []
    for forecast in shown:
        by_id = {scenario.id: scenario.probability for scenario in forecast.scenarios}
        leader = ranked(forecast)[0].id
        rows.append(
            ReplayRow(
                period=str(forecast.period),
                probabilities=tuple(
                    words.percent(by_id[s.id]) if s.id in by_id else "-" for s in columns
                ),
                leader=next((k for k, s in enumerate(columns) if s.id == leader), -1),
                failed=not forecast.fit.ok,
            )
        )
    return ReplayView(
        scenarios=tuple(s.name for s in columns),
        rows=tuple(rows),
        alarm=words.fits_alarm([f.fit.failures for f in shown if not f.fit.ok], len(shown)),
    )
