"""Derived measures: one number per period, from the readings of one indicator in force on a date.

::

    read              20  24   ·   9    0   12         per full period; ·: nothing was read
    mean, over 4       ·  22  22  17.7  11   7         half of the periods at least must be read
    sum, over 2        ·  44   ·   ·    9   12         all of them
    maximum, over 2    ·  24   ·   ·    9   12         all of them
    periods-at-or-above 10, over 2
                       ·   2   ·   ·    0    1         all of them
    periods-since      0   0   ·   0    1    0         all since the last event: here, above 0
    slow-mean, half-life 1
                      20 22.7  · 12.7  5.2  8.9        half of the weight at least
    trend              mean of the last few less that of more, of log(1 + y), of a share of y itself

An average may do without some periods; what one missing period may change altogether may not, for
missing is not zero. Before the case's first period nothing is read. A count of a part of a period
is scaled to all of it. A total over several periods is spread evenly for means, sums and trends;
of a maximum, or of when something happened, it says nothing unless it is 0. What is believed at
trust 0 is not read. Results have 12 digits: as many as can matter where they are compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, assert_never

from forecast.case.types import Case, Derived, Indicator
from forecast.families import FAMILIES, Family
from forecast.readings.types import Known, Reading

_SPREADS = ("mean", "sum", "trend", "slow-mean")  # what a total, spread evenly, is right for


def derived_values(case: Case, known: Known, measure: Derived) -> list[float]:
    """A measure of each period from the case's first to the forecast period; nan where missing."""
    indicator = next(each for each in case.indicators if each.id == measure.source)
    family = FAMILIES[indicator.family]
    read = [math.nan] * (known.period - case.first + 1)
    for reading in in_use(case, known, indicator):
        if reading.span == 1 or measure.take in _SPREADS or reading.value == 0:
            for period in reading.periods:
                read[period - case.first] = reading.in_full(indicator.family)
    return measured(measure, read, family)


def in_use(case: Case, known: Known, indicator: Indicator) -> Iterator[Reading]:
    """An indicator's readings that speak, totals among them, and are believed at all."""
    for reading in (*known.speaking.values(), *known.spans):
        if reading.indicator == indicator.id and case.grades[reading.grade] > 0:
            yield reading


def measured(measure: Derived, read: Sequence[float], family: Family[Any]) -> list[float]:
    """A measure of each period of a series.

    Parameters
    ----------
    read
        Values per full period, nan where nothing was read, (T,).
    """
    over, against = measure.over or 1, measure.against or 1
    match measure.take:
        case "mean":
            found = _rolling(read, over, _mean, (over + 1) // 2)
        case "sum":
            found = _rolling(read, over, math.fsum, over)
        case "maximum":
            found = _rolling(read, over, max, over)
        case "periods-at-or-above":
            reached = [math.nan if math.isnan(x) else float(_is_event(measure, x)) for x in read]
            found = _rolling(reached, over, math.fsum, over)
        case "trend":
            scaled = [math.log1p(x) if family.scale == "log" else x for x in read]
            short = _rolling(scaled, over, _mean, (over + 1) // 2)
            long = _rolling(scaled, against, _mean, (against + 1) // 2)
            found = [a - b for a, b in zip(short, long, strict=True)]
        case "slow-mean":
            found = _slow_mean(read, measure.halflife or 1.0)
        case "periods-since":
            found = _since(_is_event(measure, x) if not math.isnan(x) else None for x in read)
        case other:
            assert_never(other)
    return [float(f"{x:.12g}") for x in found]


def _is_event(measure: Derived, value: float) -> bool:
    return value > 0 if measure.value is None else value >= measure.value


def _rolling(
    read: Sequence[float], over: int, of: Callable[[list[float]], float], needed: int
) -> list[float]:
    """A function of the last so many periods, of which so many must be read."""
    found = []
    for end in range(1, len(read) + 1):
        there = [x for x in read[max(0, end - over) : end] if not math.isnan(x)]
        found.append(of(there) if len(there) >= needed else math.nan)
    return found


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _slow_mean(read: Sequence[float], halflife: float) -> list[float]:
    """A mean in which a period weighs half as much for every half-life it is older.

    Missing where what was read has less than half of the weight that all periods, without a
    beginning, would have: in the first half-life, and after one of silence.
    """
    kept = 0.5 ** (1 / halflife)
    half = 0.5 / (1 - kept) * (1 - 1e-9)
    total = weight = 0.0
    found = []
    for value in read:
        total, weight = total * kept, weight * kept
        if not math.isnan(value):
            total, weight = total + value, weight + 1
        found.append(total / weight if weight >= half else math.nan)
    return found


def _since(events: Iterable[bool | None]) -> list[float]:
    """Periods since the last event; nan if there may have been one that was not read."""
    found, since = [], math.nan
    for event in events:
        since = math.nan if event is None else 0.0 if event else since + 1
        found.append(since)
    return found
