"""One-off events in words: what each is about, when it was known, and from how good a report."""

from __future__ import annotations

from forecast.periods import Period, day_label
from forecast.record import EvidenceForecast, Forecast
from forecast.report.view import words
from forecast.report.view.types import EventRow


def event_rows(forecast: Forecast) -> tuple[EventRow, ...]:
    """Return the events known by the as-of, in the record's order."""
    return tuple(
        EventRow(event.name, _known(event, forecast.period), event.url or "")
        for event in forecast.evidence
    )


def _known(event: EvidenceForecast, period: Period) -> str:
    """Return ``evidence for week 48, A1, published Sun 1 Dec 2024``, and whether it is held."""
    about = words.period_name(event.period, period)
    day = day_label(event.published)
    held = "" if event.support else "; held, it is about a later period"
    return f"evidence for {about}, {event.grade}, published {day}{held}"
