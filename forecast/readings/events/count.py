"""Readings counted from vintages: values with a date, like those an analyst writes down.

Walking the pulls of a source, oldest first, a reading of a period is made on each day on which its
value or its days covered became others; of several pulls on one day the last counts. There is none
while no day of the period is covered, and a covered period without events is zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from forecast.case.types import Case, Counting, EventSource, Indicator
from forecast.case.values import ADDRESS, NOT_OPENABLE
from forecast.errors import ForecastError
from forecast.periods import Period
from forecast.readings.events import cache
from forecast.readings.events.database import failing_as, opened
from forecast.readings.events.days import Days, merged, within, without
from forecast.readings.events.life import Change, changes
from forecast.readings.events.types import Coverage, Vintage
from forecast.readings.events.vintages import find_damaged, name_of, vintages_of
from forecast.readings.types import Reading

_PAGES = {"ucdp": "https://ucdp.uu.se/", "acled": "https://acleddata.com/", "table": ""}


@dataclass(frozen=True, slots=True)
class Tally:
    """What each pull of a source changes in one counting of one indicator."""

    indicator: Indicator
    counting: Counting
    changes: Sequence[Change]


def counted_readings(case: Case) -> tuple[Reading, ...]:
    """Return all readings counted from all vintages, by indicator, source, date and period.

    Raises
    ------
    CaseError
        If a vintage is damaged.
    """
    return _counted(case).readings


def coverage(case: Case, as_of: date) -> dict[tuple[str, str], Coverage]:
    """Return what each indicator's counted sources covered as known on a date, by both ids.

    Raises
    ------
    CaseError
        If a vintage is damaged.
    """
    spans = _counted(case).spans
    return {
        (indicator.id, counting.source): _coverage(spans.get(counting.source, ()), as_of)
        for indicator in case.indicators
        for counting in indicator.counted
    }


def _coverage(pulls: Iterable[tuple[date, date, date]], as_of: date) -> Coverage:
    known = [pull for pull in pulls if pull[0] <= as_of]
    return Coverage(
        pulled=max((day for day, _, _ in known), default=None),
        days=merged((since, until) for _, since, until in known),
    )


def tallies(case: Case, source: EventSource, vintages: Sequence[Vintage]) -> list[Tally]:
    """Count what an indicator counts from a source, in one pass over its vintages, oldest first.

    Raises
    ------
    CaseError
        If a vintage is damaged.
    """
    asked = [(i, c) for i in case.indicators for c in i.counted if c.source == source.id]
    if not asked or not vintages:
        return []

    def failed(said: str) -> ForecastError:
        return find_damaged(tuple(vintages), said)

    with opened(*{vintage.path.parent for vintage in vintages}) as database, failing_as(failed):
        counted = changes(
            database,
            vintages,
            [counting for _, counting in asked],
            first=case.first.first_day,
            cadence=case.cadence,
        )
    return [Tally(*pair, some) for pair, some in zip(asked, counted, strict=True)]


def readings_of(
    case: Case, source: EventSource, tally: Tally, vintages: Sequence[Vintage]
) -> list[Reading]:
    """Return the readings that the first pulls of a tally make, by date, then period."""
    counts: dict[Period, _Count] = defaultdict(_Count)
    covered: Counter[Period] = Counter()
    told: dict[Period, tuple[float, int]] = {}
    gains = _gains(case, vintages)
    by_pull: dict[int, list[Change]] = defaultdict(list)
    for change in tally.changes:
        by_pull[change.pull].append(change)
    readings = []
    numbered = enumerate(vintages)
    for published, pulls in groupby(numbered, key=lambda pull: pull[1].known.date()):
        touched: set[Period] = set()
        for number, vintage in pulls:
            known = name_of(vintage.known)
            for change in by_pull[number]:
                counts[change.period].add(change)
                touched.add(change.period)
            covered.update(gains[number])
            touched |= gains[number].keys()
        for period in sorted(touched):
            value = counts[period].value(tally.counting)
            if covered[period] and told.get(period) != (value, covered[period]):
                told[period] = (value, covered[period])
                note = f"counted from {counts[period].events} events, pulled {known}"
                reading = _reading(source, tally, period, value, covered[period], published, note)
                readings.append(reading)
    return readings


def latest(readings: Iterable[Reading]) -> dict[Period, Reading]:
    """Return the last reading of each period."""
    return {reading.period: reading for reading in readings}


class _Count:
    """What is counted in a period as of the pulls walked so far."""

    __slots__ = ("days", "events", "total")

    def __init__(self) -> None:
        self.events, self.total, self.days = 0, Decimal(0), 0

    def add(self, change: Change) -> None:
        self.events += change.events
        self.total += change.total
        self.days += change.days

    def value(self, counting: Counting) -> float:
        measures: dict[str, int | Decimal] = {
            "events": self.events,
            "sum": self.total,
            "days": self.days,
        }
        return float(measures[counting.measure])


def _gains(case: Case, vintages: Sequence[Vintage]) -> list[Counter[Period]]:
    """Return how many days of each period every pull is the first to cover."""
    gains = []
    covered: Days = ()
    for vintage in vintages:
        span = (vintage.since, vintage.until)
        gain: Counter[Period] = Counter()
        for since, until in without(within((span,), (case.first.first_day, date.max)), covered):
            period = Period.containing(since, case.cadence)
            while period.first_day <= until:
                days = min(until, period.last_day) - max(since, period.first_day)
                gain[period] += days.days + 1
                period += 1
        gains.append(gain)
        covered = merged((*covered, span))
    return gains


def _reading(
    source: EventSource,
    tally: Tally,
    period: Period,
    value: float,
    days: int,
    published: date,
    note: str,
) -> Reading:
    url = source.at if ADDRESS.fullmatch(source.at) else _PAGES[source.kind]
    return Reading(
        indicator=tally.indicator.id,
        period=period,
        value=value,
        published=published,
        source=source.id,
        grade=tally.counting.grade,
        days=days,
        span=1,
        scope=tally.indicator.scope,
        url=url,
        note=note if url else f"{NOT_OPENABLE} {note}",
        line=0,
    )


def _counted(case: Case) -> cache.Counted:
    """Return what all vintages say, from the cache if they are those it was made from."""
    asked = {counting.source for i in case.indicators for counting in i.counted}
    sources = [source for source in case.sources if source.id in asked]
    key = cache.key_of(case, sources)
    if key is None:  # nothing was ever pulled
        return cache.Counted((), {})
    if (kept := cache.load(case, key)) is not None:
        return kept
    readings: list[Reading] = []
    spans = {}
    for source in sources:
        vintages = vintages_of(case, source.id)
        spans[source.id] = tuple((v.known.date(), v.since, v.until) for v in vintages)
        for tally in tallies(case, source, vintages):
            readings += readings_of(case, source, tally, vintages)
    counted = cache.Counted(_numbered(case, readings), spans)
    cache.save(case, key, counted)
    return counted


def _numbered(case: Case, readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Number the readings of each indicator, as lines of a file are."""
    by_indicator: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_indicator[reading.indicator].append(reading)
    return tuple(
        replace(reading, line=number)
        for indicator in case.indicators
        for number, reading in enumerate(by_indicator[indicator.id])
    )
