"""Which days a pull speaks for, and sets of days as spans.

A span is a first and a last day, both inclusive; `Days` are spans in order that do not touch.
Missing is not zero: what no span holds is missing, whatever events a file has on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from forecast.case.types import EventSource
from forecast.errors import Problem, ReadingError
from forecast.periods import FIRST_YEAR, Period

type Span = tuple[date, date]
type Days = tuple[Span, ...]

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(\d\d)\.0\.(\d{1,2})", re.ASCII)  # 23.0.10: October 2023
_MONTHS = re.compile(r"(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)", re.ASCII)  # 23.01.23.09


def covered_by(
    source: EventSource, on: date, limit: date | None, first: date | None, last: date | None
) -> Span:
    """Return the days that a pull made on a day speaks for.

    Those declared, within the months of a UCDP candidate version; without either from its first
    event to its last. Never the day of the pull, which is not over, nor a day after ``limit``.

    Raises
    ------
    ReadingError
        If that is no day at all.
    """
    months = _months(source.version) if source.kind == "ucdp" else None
    since = source.since or (months[0] if months else first)
    # Where a beginning is declared and no end, everything up to now was asked for.
    until = source.until or (months[1] if months else on if source.since else last)
    if since is None or until is None:
        rule = "must hold at least one event or declare since and until"
        raise ReadingError(Problem(source.id, rule, "none"))
    if months:
        since, until = max(since, months[0]), min(until, months[1])
    since = max(since, date(FIRST_YEAR, 1, 1))
    until = min(until, on - _DAY, limit or until)
    if until < since:
        rule = "must speak for at least one day that is over"
        raise ReadingError(Problem(source.id, rule, f"{since} to {until}"))
    return since, until


def _months(version: str) -> Span | None:
    if match := _MONTH.fullmatch(version):
        texts = [(match[1], match[2])] * 2
    elif match := _MONTHS.fullmatch(version):
        texts = [(match[1], match[2]), (match[3], match[4])]
    else:
        return None
    if not all(1 <= int(month) <= 12 for _, month in texts):
        return None
    begin, end = (Period.parse(f"20{year}-{int(month):02d}") for year, month in texts)
    return begin.first_day, end.last_day


def merged(spans: Iterable[Span]) -> Days:
    """Return the days of any of the spans."""
    days: list[Span] = []
    for since, until in sorted(spans):
        if days and since <= days[-1][1] + _DAY:
            days[-1] = days[-1][0], max(days[-1][1], until)
        else:
            days.append((since, until))
    return tuple(days)


def within(days: Days, span: Span) -> Days:
    """Return the days that lie in the span."""
    cut = ((max(since, span[0]), min(until, span[1])) for since, until in days)
    return tuple((since, until) for since, until in cut if since <= until)


def without(days: Days, spans: Iterable[Span]) -> Days:
    """Return the days that lie in none of the spans."""
    for since, until in spans:
        before = within(days, (date.min, since - _DAY))
        days = merged((*before, *within(days, (until + _DAY, date.max))))
    return days
