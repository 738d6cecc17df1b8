"""Which days a pull speaks for, and sets of days as spans.

A span is a first and a last day, both inclusive; `Days` are spans in order that do not touch.
Missing is not zero: what no span holds is missing, whatever events a file has on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from forecast.errors import Problem, ReadingError
from forecast.periods import FIRST_YEAR
from forecast.sources import EventSource, provider_of

type Span = tuple[date, date]
type Days = tuple[Span, ...]

_DAY = timedelta(days=1)


def covered_by(
    source: EventSource, on: date, limit: date | None, first: date | None, last: date | None
) -> Span:
    """The days that a pull made on a day speaks for.

    Those declared, within what its version covers; without either from its first event to its
    last. Never the day of the pull, which is not over, nor a day after ``limit``.

    Raises
    ------
    ReadingError
        If that is no day at all.
    """
    version = provider_of(source).version_days(source.version)
    since = source.since or (version[0] if version else first)
    # Where a beginning is declared and no end, everything up to now was asked for.
    until = source.until or (version[1] if version else on if source.since else last)
    if since is None or until is None:
        rule = "must hold at least one event or declare since and until"
        raise ReadingError(Problem(source.id, rule, "none"))
    if version:
        since, until = max(since, version[0]), min(until, version[1])
    since = max(since, date(FIRST_YEAR, 1, 1))
    until = min(until, on - _DAY, limit or until)
    if until < since:
        rule = "must speak for at least one day that is over"
        raise ReadingError(Problem(source.id, rule, f"{since} to {until}"))
    return since, until


def merged(spans: Iterable[Span]) -> Days:
    """The days of any of the spans."""
    days: list[Span] = []
    for since, until in sorted(spans):
        if days and since <= days[-1][1] + _DAY:
            days[-1] = days[-1][0], max(days[-1][1], until)
        else:
            days.append((since, until))
    return tuple(days)


def within(days: Days, span: Span) -> Days:
    """The days that lie in the span."""
    cut = ((max(since, span[0]), min(until, span[1])) for since, until in days)
    return tuple((since, until) for since, until in cut if since <= until)


def length(days: Days) -> int:
    """How many days they are."""
    return sum((until - since).days + 1 for since, until in days)


def without(days: Days, spans: Iterable[Span]) -> Days:
    """The days that lie in none of the spans."""
    for since, until in spans:
        before = within(days, (date.min, since - _DAY))
        days = merged((*before, *within(days, (until + _DAY, date.max))))
    return days
