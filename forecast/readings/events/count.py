"""Readings counted from vintages: values with a date, like those an analyst writes down.

Walking the pulls of a source, oldest first, a reading of a period is made on each day on which its
value or its days covered became others; of several pulls on one day the last counts. There is none
while no day of the period is covered, and a covered period without events is zero. What is no
longer known (a number was taken back, a day's row is gone) is withdrawn: a reading without value.

They are cached in the user's cache folder, to save time, and counted anew when a definition, a
vintage or this package is another.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from forecast import sources as providers
from forecast.case.types import Case, Counting, Indicator
from forecast.case.values import ADDRESS, NOT_OPENABLE
from forecast.errors import ForecastError
from forecast.kit.cache import Cache, sources_digest
from forecast.periods import Period
from forecast.readings.events.database import failing_as, opened
from forecast.readings.events.days import Days, Span, merged, within, without
from forecast.readings.events.life import Change, Counted, Lives, Past
from forecast.readings.events.types import Coverage, Vintage
from forecast.readings.events.vintages import find_damaged, list_files, name_of, vintages_of
from forecast.readings.types import Reading
from forecast.sources import EventSource, provider_of


@dataclass(frozen=True, slots=True)
class Tally:
    """What each pull of a source changes in one counting of one indicator, and each day before."""

    indicator: Indicator
    counting: Counting
    counted: Counted
    pasts: Sequence[Past]


def counted_readings(case: Case) -> tuple[Reading, ...]:
    """All readings counted from all vintages, by indicator, source, date and period.

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
        (indicator.id, counting.source): _coverage(
            spans.get((indicator.id, counting.source), ()), as_of
        )
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
        lives = Lives(
            database,
            source,
            vintages,
            [counting for _, counting in asked],
            first=case.first.first_day,
            cadence=case.cadence,
        )
        pasts = lives.pasts()
        return [
            Tally(indicator, counting, lives.of(number, counting), pasts)
            for number, (indicator, counting) in enumerate(asked)
        ]


def readings_of(
    case: Case, source: EventSource, tally: Tally, vintages: Sequence[Vintage]
) -> list[Reading]:
    """The readings that the first pulls of a tally make, by date, then period.

    Those of its history come first, if the first pull is among them.
    """
    if not vintages:
        return []
    in_force: _InForce = {}
    readings = []
    pulled = [name_of(vintage.known) for vintage in vintages]
    walks: list[tuple[list[tuple[date, Span | None]], Sequence[Change], list[str]]] = [
        (
            [(past.day, past.span) for past in tally.pasts],
            tally.counted.history,
            [f"by dates of publication, pulled {pulled[0]}"] * len(tally.pasts),
        ),
        (
            [(vintage.day, (vintage.since, vintage.until)) for vintage in vintages],
            tally.counted.pulls,
            [f"pulled {name}" for name in pulled],
        ),
    ]
    for steps, changes, notes in walks:
        for published, key, count, value, days, number in _walk(
            case, tally, steps, changes, in_force
        ):
            note = f"counted from {count.events} events, {notes[number]}"
            if math.isnan(value):
                note = f"no longer known from {count.events} events, {notes[number]}"
            elif count.apart:
                note += f"; {count.apart} more may lie in it and are left out"
            readings.append(_reading(source, tally, key, value, days, published, note))
    return readings


type _Key = tuple[Period, int]  # of a count: the first period, and how many
type _InForce = dict[_Key, tuple[float, int]]  # as long as it is known


def _walk(
    case: Case,
    tally: Tally,
    steps: Sequence[tuple[date, Span | None]],
    changes: Iterable[Change],
    in_force: _InForce,
) -> Iterator[tuple[date, _Key, _Count, float, int, int]]:
    """Yield what becomes another count on each day, with value, days and the day's last step.

    The value is nan of what is no longer known.
    """
    how = tally.counted
    counts: dict[_Key, _Count] = defaultdict(_Count)
    covered: Counter[Period] = Counter()
    gains = _gains(case, [span for _, span in steps])
    by_step: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_step[change.step].append(change)
    for published, of_day in groupby(enumerate(steps), key=lambda step: step[1][0]):
        touched: set[_Key] = set()
        number = 0
        for number, _ in of_day:
            for change in by_step[number]:
                key = change.period, change.span
                counts[key].add(change)
                touched.add(key)
                if how.day_rows:
                    covered[change.period] += change.days
            if not how.day_rows:
                covered.update(gains[number])
                gained = gains[number]
                touched |= {key for key in counts if how.totals and _lies_in(key, gained)}
                touched |= {(period, 1) for period in gained}
        for key in sorted(touched):
            first, span = key
            if how.totals and span == 1:
                continue
            value = counts[key].value(tally.counting)
            days = sum(covered[first + step] for step in range(span))
            if value is None or not days:
                if key in in_force:
                    _, days = in_force.pop(key)
                    yield published, key, counts[key], math.nan, days, number
            elif in_force.get(key) != (value, days):
                in_force[key] = (value, days)
                yield published, key, counts[key], value, days, number


def _lies_in(key: _Key, periods: Iterable[Period]) -> bool:
    first, span = key
    return any(first <= period < first + span for period in periods)


def latest(readings: Iterable[Reading]) -> dict[tuple[Period, int], Reading]:
    """The last reading of each period, or of each span of them."""
    return {(reading.period, reading.span): reading for reading in readings}


class _Count:
    """What is counted in a period as of the steps walked so far."""

    __slots__ = ("apart", "days", "events", "total", "unknown")

    def __init__(self) -> None:
        self.events, self.total, self.days = 0, Decimal(0), 0
        self.unknown, self.apart = 0, 0

    def add(self, change: Change) -> None:
        self.events += change.events
        self.total += change.total
        self.days += change.days
        self.unknown += change.unknown
        self.apart += change.apart

    def value(self, counting: Counting) -> float | None:
        """What is counted; None where it is not known.

        A sum with a number missing is not known, nor is a zero beside events that may lie in it.
        """
        if self.unknown or (self.apart and not self.events):
            return None
        measures: dict[str, int | Decimal] = {
            "events": self.events,
            "sum": self.total,
            "days": self.days,
        }
        return float(measures[counting.measure])


def _gains(case: Case, spans: Sequence[Span | None]) -> list[Counter[Period]]:
    """How many days of each period every step is the first to cover."""
    gains = []
    covered: Days = ()
    for span in spans:
        gain: Counter[Period] = Counter()
        if span is not None:
            for since, until in without(within((span,), (case.first.first_day, date.max)), covered):
                period = Period.containing(since, case.cadence)
                while period.first_day <= until:
                    days = min(until, period.last_day) - max(since, period.first_day)
                    gain[period] += days.days + 1
                    period += 1
            covered = merged((*covered, span))
        gains.append(gain)
    return gains


def _reading(
    source: EventSource,
    tally: Tally,
    key: _Key,
    value: float,
    days: int,
    published: date,
    note: str,
) -> Reading:
    url = source.at if ADDRESS.fullmatch(source.at) else provider_of(source).page
    return Reading(
        indicator=tally.indicator.id,
        period=key[0],
        value=value,
        published=published,
        source=source.id,
        grade=tally.counting.grade,
        days=days,
        span=key[1],
        scope=tally.indicator.scope,
        url=url,
        note=note if url else f"{NOT_OPENABLE} {note}",
        line=0,
    )


def _counted(case: Case) -> CountedReadings:
    """Return what all vintages say, from the cache if they are those it was made from."""
    asked = {counting.source for i in case.indicators for counting in i.counted}
    sources = [source for source in case.sources if source.id in asked]
    key = key_of(case, sources)
    if key is None:  # nothing was ever pulled
        return CountedReadings((), {})
    if (kept := CACHE.load(key)) is not None:
        return kept
    readings: list[Reading] = []
    spans = {}
    for source in sources:
        vintages = vintages_of(case, source.id)
        for tally in tallies(case, source, vintages):
            spans[tally.indicator.id, source.id] = _spans(tally, vintages)
            readings += readings_of(case, source, tally, vintages)
    counted = CountedReadings(_numbered(case, readings), spans)
    CACHE.save(counted, key)
    return counted


def _spans(tally: Tally, vintages: Sequence[Vintage]) -> tuple[tuple[date, date, date], ...]:
    """The days that were covered, each span after the day on which that became known."""
    if tally.counted.day_rows:
        past = ((tally.pasts[step].day, day, day) for step, day in tally.counted.past_days)
        return (*past, *((vintages[step].day, day, day) for step, day in tally.counted.days))
    past = ((past.day, *past.span) for past in tally.pasts if past.span)
    return (*past, *((vintage.day, vintage.since, vintage.until) for vintage in vintages))


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


@dataclass(frozen=True, slots=True)
class CountedReadings:
    """All counted readings; of each indicator and source, when which days became covered."""

    readings: tuple[Reading, ...]
    spans: dict[tuple[str, str], tuple[tuple[date, date, date], ...]]


CACHE = Cache[CountedReadings]("counted", CountedReadings, most=32)


def key_of(case: Case, sources: Sequence[EventSource]) -> str | None:
    """The hash of what `CountedReadings` follow from; None if these sources have no vintages."""
    files = [
        (source.id, str(path), *_stamp(path))
        for source in sources
        for path in list_files(case, source.id)
    ]
    if not files:
        return None
    indicators = [(i.id, i.scope, i.counted) for i in case.indicators]
    defined = (case.cadence, case.first, list(sources), indicators)
    code = (
        sources_digest(Path(__file__).parent),
        sources_digest(Path(providers.__file__).parent),
        version("duckdb"),
    )
    return hashlib.sha256(repr((code, defined, files)).encode()).hexdigest()


def _stamp(path: Path) -> tuple[int, int]:
    """Return size and time of a file; a link that leads nowhere is for the reader to refuse."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
