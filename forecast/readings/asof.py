"""What was known on a date, and which of it speaks.

A replay, a backtest and today's refresh differ in the as-of alone. The rules, in order::

    readings ── published after the as-of ──────────────────────> do not exist
       │
       ├── of each claim (indicator, period, source, span, scope) all but the
       │   latest published ──────────────────────────────────────> replaced
       ├── all of a claim of which the latest is a withdrawal ────> nowhere
       ├── of another scope than the indicator's ─────────────────> silent
       ├── about a period after the forecast period, or a span
       │   that ends after it ────────────────────────────────────> pending
       ├── single-period: the first source, in the indicator's order,
       │   that has one for the period ───────────────────────────> speaking
       │   the other sources ─────────────────────────────────────> silent
       └── spans: if a single-period reading speaks for any period
           inside (whatever its source) the total would count that
           period twice ──────────────────────────────────────────> silent
           of spans that overlap, the first source's, then the
           latest published, then the earliest period, then the
           shorter ───────────────────────────────────────────────> spans
           the others ────────────────────────────────────────────> silent

A replaced row neither speaks nor is shown: it is history, from which delay and revision are
learned. Every other row published by the as-of is in exactly one of the lists. A correction
that is *held back* by the as-of leaves the older row in force, as it was on that day. A span is
used whole or not at all: what is left of a total once one of its periods is known otherwise is
not what the source said. What a source has withdrawn is not known, nor what it said before: the
next source speaks. As-of a day before that, nothing was withdrawn.

One-off events follow the same rule (`evidence_known`)::

    evidence ── published after the as-of ──────────────> does not exist
       ├── about a period after the forecast period ────> pending
       └── the others ──────────────────────────────────> known

`rates` is what was known of an indicator as a series, `due` what is missing of the forecast period,
`usual_cells` the next row as it usually comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from forecast.case.types import Case, Evidence, Indicator
from forecast.periods import Period
from forecast.readings.resolutions import possible_as_of
from forecast.readings.row import COLUMNS
from forecast.readings.types import Known, Reading


@dataclass(frozen=True, slots=True)
class Due:
    """An indicator without a reading, single or in a total, for the forecast period.

    ``since`` is the first of the unbroken run of periods without one, up to ``period``, the
    forecast period. ``overdue``: ``due_days`` have passed since that first one ended.
    """

    indicator: Indicator
    period: Period
    since: Period
    overdue: bool


def known_as_of(case: Case, readings: Iterable[Reading], as_of: date) -> Known:
    """What was known of readings and outcomes on a date, by the rules above."""
    forecast_period = Period.ended_before(as_of, case.cadence)
    rank = _source_rank(case)
    published = [r for r in readings if r.published <= as_of]
    latest = _latest(published)
    withdrawn = {r.claim for r in latest if r.withdrawn}
    published = [r for r in published if r.claim not in withdrawn and not r.withdrawn]
    known = _in_order(case, rank, (r for r in latest if r.claim not in withdrawn))
    scope = {indicator.id: indicator.scope for indicator in case.indicators}
    here = [r for r in known if r.scope == scope[r.indicator]]
    held = [r for r in here if r.last_period > forecast_period]
    usable = [r for r in here if r.last_period <= forecast_period]

    speaking: dict[tuple[str, Period], Reading] = {}
    for reading in usable:  # in source order within a period: the first one speaks
        if reading.span == 1:
            speaking.setdefault((reading.indicator, reading.period), reading)
    spans = _spans((r for r in usable if r.span > 1), rank, speaking)
    heard = {*speaking.values(), *spans, *held}
    return Known(
        as_of=as_of,
        period=forecast_period,
        speaking=speaking,
        spans=tuple(_in_order(case, rank, spans)),
        silent=tuple(r for r in known if r not in heard),
        held=tuple(held),
        replaced=tuple(_in_order(case, rank, set(published).difference(known))),
        possible=possible_as_of(case, as_of, forecast_period),
    )


def due(case: Case, readings: Iterable[Reading], as_of: date) -> list[Due]:
    """The indicators that have no reading for the forecast period yet, in order.

    Before the case's first period has ended nothing is due.
    """
    return due_of(case, known_as_of(case, readings, as_of))


def due_of(case: Case, known: Known) -> list[Due]:
    """The same of what is known; the one definition of due and overdue."""
    heard = set(known.speaking)
    heard.update((span.indicator, period) for span in known.spans for period in span.periods)
    waiting = []
    for indicator in case.indicators:
        since = known.period + 1
        while since > case.first and (indicator.id, since - 1) not in heard:
            since -= 1
        if since <= known.period:
            overdue = known.as_of >= since.last_day + timedelta(days=indicator.due_days)
            waiting.append(Due(indicator, known.period, since, overdue))
    return waiting


type _Rank = Callable[[Reading], int]


def _source_rank(case: Case) -> _Rank:
    places = {(i.id, source): n for i in case.indicators for n, source in enumerate(i.sources)}
    return lambda reading: places[reading.indicator, reading.source]


def _in_order(case: Case, rank: _Rank, readings: Iterable[Reading]) -> list[Reading]:
    place = {indicator.id: number for number, indicator in enumerate(case.indicators)}
    return sorted(
        readings,
        key=lambda r: (place[r.indicator], r.period, rank(r), r.span, r.scope, r.published, r.line),
    )


def _latest(readings: Iterable[Reading]) -> list[Reading]:
    latest: dict[tuple[str, Period, str, int, str], Reading] = {}
    for reading in readings:
        other = latest.setdefault(reading.claim, reading)
        if (reading.published, reading.line) > (other.published, other.line):
            latest[reading.claim] = reading
    return list(latest.values())


def _spans(
    totals: Iterable[Reading], rank: _Rank, spoken_for: Iterable[tuple[str, Period]]
) -> list[Reading]:
    """Choose among totals, given in order: the sort below keeps it where source and date agree."""
    taken = set(spoken_for)
    chosen = []
    for total in sorted(totals, key=lambda r: (rank(r), -r.published.toordinal())):
        covered = {(total.indicator, period) for period in total.periods}
        if taken.isdisjoint(covered):
            taken |= covered
            chosen.append(total)
    return chosen


def evidence_known(case: Case, as_of: date, period: Period) -> tuple[Evidence, ...]:
    """The items known on a date about periods up to the forecast period.

    In order of their period, then id.
    """
    known = (e for e in case.evidence if e.published <= as_of and e.period <= period)
    return tuple(sorted(known, key=lambda item: (item.period, item.id)))


def rates(indicator: Indicator, known: Known, periods: Iterable[Period]) -> list[float | None]:
    """Return what was read of each period, None where nothing was.

    A count of a part of a period is scaled to all of it, and a total spread evenly over its
    periods; a level is a level, however many days it was seen.
    """
    value: dict[Period, float] = {}
    for total in known.spans:
        if total.indicator == indicator.id:
            value |= dict.fromkeys(total.periods, total.in_full(indicator.family))
    for (name, period), reading in known.speaking.items():
        if name == indicator.id:
            value[period] = reading.in_full(indicator.family)
    return [value.get(period) for period in periods]


def usual_cells(case: Case, known: Known, indicator: Indicator) -> dict[str, str]:
    """The cells of a row for the period after the forecast period, but for its value.

    Of the whole period, by the first source, at its usual grade, published on the next refresh day.
    """
    period = known.period + 1
    given = {
        "period": str(period),
        "published": period.refresh_day.isoformat(),
        "source": indicator.sources[0],
        "grade": _usual_grade(case, known, indicator.id),
        "scope": indicator.scope,
        "note": "not openable: supposed",
    }
    return {column: given.get(column, "") for column in COLUMNS}


def _usual_grade(case: Case, known: Known, indicator: str) -> str:
    """The grade that most readings of an indicator have, the later ones of as many.

    Of an indicator without readings the grade that the case trusts most.
    """
    rows = [r for r in (*known.speaking.values(), *known.spans) if r.indicator == indicator]
    if not rows:
        return max(case.grades, key=lambda grade: case.grades[grade])
    times = Counter(reading.grade for reading in rows)
    return max(rows, key=lambda reading: (times[reading.grade], reading.period)).grade
