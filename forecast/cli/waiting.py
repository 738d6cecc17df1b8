"""What waits for the analyst: readings due, outcomes, and what the last forecast lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from forecast.case import Case
from forecast.periods import Period
from forecast.readings import Due, Reading, due, known_as_of, outcome_drafts, possible_as_of
from forecast.record import Forecast
from forecast.report.view import words

_RUNS = 3  # runs of periods that are named, the latest


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


def outcome_line(
    case: Case, readings: Sequence[Reading], forecast_of: Iterable[Period], as_of: date
) -> str:
    """Past periods that wait for an outcome, and how much of the record can be scored.

    And of how many that wait the outcome follows from the readings, by ``holds_when``.

    Empty before the first period has ended, and if nothing waits.

    Parameters
    ----------
    forecast_of
        Forecast periods on record.
    """
    last = Period.ended_before(as_of, case.cadence)
    ended = [case.first + n for n in range(last - case.first + 1)]
    possible = possible_as_of(case, as_of, last)
    settled = {period for period, left in possible.items() if len(left) == 1}
    waiting = [period for period in ended if period not in settled]
    if not waiting:
        return ""
    runs = _runs(waiting)
    more = f" and {len(runs) - _RUNS} more runs" if len(runs) > _RUNS else ""
    text = f"Waiting for an outcome: {', '.join(runs[-_RUNS:])}{more} "
    text += f"({len(waiting)} of {words.counted(len(ended), case.cadence)})."
    if any(scenario.holds_when for scenario in case.scenarios):
        drafts = outcome_drafts(case, known_as_of(case, readings, as_of), waiting)
        follows = [draft.period for draft in drafts if len(draft.possible) == 1]
        text += f" By holds_when {len(follows)} of them can be settled"
        text += f": `forecast resolve {_runs(follows)[-1]}`." if follows else "."
    if recorded := {*forecast_of}:
        made = words.counted(len(recorded), case.cadence)
        text += f" Of {made} on record {len(recorded & settled)} can be scored."
    return text


def _runs(periods: Sequence[Period]) -> list[str]:
    """Runs of neighbouring periods, as `forecast resolve` takes them."""
    runs: list[tuple[Period, Period]] = []
    for period in periods:
        first = runs.pop()[0] if runs and runs[-1][1] + 1 == period else period
        runs.append((first, period))
    return [str(first) if first == end else f"{first}..{end}" for first, end in runs]


def news_line(case: Case, readings: Sequence[Reading], last: Forecast, as_of: date) -> str:
    """Return what the last forecast does not know; empty if there is nothing of the kind.

    Readings published since, or another number of usable ones at its own as-of: a changed value
    is not noticed, for that the model's own fingerprint would be needed. And outcomes of periods
    up to its own.
    """
    then = last.as_of
    newer = sum(then < reading.published <= as_of for reading in readings)
    known = known_as_of(case, readings, then)
    outcomes = {outcome.period: {*outcome.possible} for outcome in last.outcomes}
    now = possible_as_of(case, as_of, Period.ended_before(as_of, case.cadence))
    if newer:
        news = f"{words.counted(newer, 'reading')} published since {words.day_month_year(then)}"
    elif len(known.speaking) + len(known.spans) != last.readings_used:
        news = "Readings recorded since"
    elif changed := [p for p in {*outcomes, *now} if outcomes.get(p) != now.get(p)]:
        news = f"What is known of the outcome of {words.counted(len(changed), case.cadence)} is"
    else:
        return ""
    return f"{news} not in this forecast: run `forecast refresh`."
