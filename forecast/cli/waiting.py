"""What waits for the analyst: readings that are due, and readings the last forecast lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forecast.case import Case
from forecast.periods import Period
from forecast.readings import Due, Reading, due, known_as_of
from forecast.record import Forecast
from forecast.report.view import words


def due_line(case: Case, readings: Sequence[Reading], as_of: date) -> str:
    """Return which indicators have no reading for the forecast period of an as-of."""
    period = Period.ended_before(as_of, case.cadence)
    if period < case.first:
        return f"Nothing is due before {words.period_name(case.first)} has ended."
    waiting = due(case, readings, as_of)
    if not waiting:
        return f"Nothing is due: every indicator is read for {words.period_name(period)}."
    return f"Due for {words.period_name(period)}: {', '.join(_since(case, d) for d in waiting)}."


def _since(case: Case, waiting: Due) -> str:
    notes = ["overdue"] if waiting.overdue else []
    if waiting.since == case.first:
        notes.append("none yet")
    elif waiting.since < waiting.period:
        notes.append(f"none since {waiting.since - 1}")
    return waiting.indicator.name + (f" ({', '.join(notes)})" if notes else "")


def news_line(case: Case, readings: Sequence[Reading], last: Forecast, as_of: date) -> str:
    """Return what the last forecast does not know; empty if there is nothing of the kind.

    Readings published since, or another number of usable ones at its own as-of: a changed value
    is not noticed, for that the model's own fingerprint would be needed.
    """
    then = last.as_of
    newer = sum(then < reading.published <= as_of for reading in readings)
    known = known_as_of(case, readings, then)
    if newer:
        news = f"{words.counted(newer, 'reading')} published since {words.day_month_year(then)}"
    elif len(known.speaking) + len(known.spans) != last.readings_used:
        news = "Readings recorded since"
    else:
        return ""
    return f"{news} not in this forecast: run `forecast refresh`."
