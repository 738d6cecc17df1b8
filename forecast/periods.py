"""Periods: the calendar of a case.

Two words that must not be confused:

* a **period** is what a reading is *about*: an ISO week (Monday to Sunday) or a calendar month;
* a **date** is a day on which something became *known* (published, as-of, issued).

::

    period   2024-W47            2024-W48            2024-W49
           |-------------------|-------------------|----------
           Mon 18        Sun 24 Mon 25 Nov    Sun 1 Mon 2 Dec
                                                     ^
                                   as-of 2024-12-02: forecast period 2024-W48,
                                   the last one that ended before the as-of

Periods are ordered, hashable, and one apart when they are neighbours: ``p + 1``, ``q - p``.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache, total_ordering
from typing import Literal, overload

Cadence = Literal["week", "month"]

FIRST_YEAR, LAST_YEAR = 1800, 2200  # far enough from the ends of the calendar for any arithmetic

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})\Z")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EPOCH = date(1970, 1, 5)  # a Monday: week ordinals count from here
# Not the calendar module's names: those follow the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@total_ordering
class Period:
    """One period of a cadence; ``ordinal`` counts periods of that cadence since January 1970.

    No dataclass: wherever data is written or read (`forecast.kit.codec`) it is one text.
    """

    __slots__ = ("cadence", "ordinal")

    cadence: Cadence
    ordinal: int

    def __init__(self, cadence: Cadence, ordinal: int) -> None:
        object.__setattr__(self, "cadence", cadence)
        object.__setattr__(self, "ordinal", ordinal)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2024-W48`` or ``2024-11``.

        Raises
        ------
        ValueError
            If the text is no period; the message says what is wrong with it.
        """
        return _parsed(text)

    @classmethod
    def containing(cls, day: date, cadence: Cadence) -> Period:
        """Return the period a day lies in."""
        if cadence == "week":
            return cls(cadence, (day - _EPOCH).days // 7)
        return cls(cadence, (day.year - 1970) * 12 + day.month - 1)

    @classmethod
    def ended_before(cls, as_of: date, cadence: Cadence) -> Period:
        """Return the forecast period of an as-of date: the last that ended before it."""
        return cls.containing(as_of, cadence) - 1

    @property
    def first_day(self) -> date:
        """The first day, inclusive."""
        if self.cadence == "week":
            return _EPOCH + timedelta(weeks=self.ordinal)
        return date(1970 + self.ordinal // 12, self.ordinal % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day, inclusive."""
        return (self + 1).first_day - timedelta(days=1)

    @property
    def days(self) -> int:
        """Length in days: 7, or the month's 28 to 31."""
        if self.cadence == "week":
            return 7
        return calendar.monthrange(self.first_day.year, self.first_day.month)[1]

    @property
    def refresh_day(self) -> date:
        """The first day on which this period is a forecast period."""
        return (self + 1).first_day

    def label(self) -> str:
        """Return it in words: ``week 48 (25 Nov-1 Dec 2024)`` or ``November 2024``."""
        first, last = self.first_day, self.last_day
        if self.cadence == "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        start = f"{first.day}" if first.month == last.month else _day_and_month(first)
        if first.year != last.year:
            start += f" {first.year}"
        week = first.isocalendar().week
        return f"week {week} ({start}-{_day_and_month(last)} {last.year})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a period is not changed: {name}")

    def __reduce__(self) -> tuple[type[Period], tuple[Cadence, int]]:
        return Period, (self.cadence, self.ordinal)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return self.ordinal == other.ordinal and self.cadence == other.cadence

    def __lt__(self, other: Period) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return (self.cadence, self.ordinal) < (other.cadence, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.cadence, self.ordinal))

    def __repr__(self) -> str:
        return f"Period({self.cadence!r}, {self.ordinal})"

    def __str__(self) -> str:
        first = self.first_day
        if self.cadence == "month":
            return f"{first.year:04d}-{first.month:02d}"
        iso = first.isocalendar()
        return f"{iso.year:04d}-W{iso.week:02d}"

    def __add__(self, steps: int) -> Period:
        return Period(self.cadence, self.ordinal + steps)

    @overload
    def __sub__(self, other: Period) -> int: ...
    @overload
    def __sub__(self, other: int) -> Period: ...
    def __sub__(self, other: Period | int) -> int | Period:
        if isinstance(other, int):
            return Period(self.cadence, self.ordinal - other)
        if other.cadence != self.cadence:
            raise ValueError(f"{self} and {other} are periods of different cadences")
        return self.ordinal - other.ordinal


@lru_cache(4096)  # the same few are read over and over, of rows and of a ledger
def _parsed(text: str) -> Period:
    match = _WEEK.match(text) or _MONTH.match(text)
    if not match:
        raise ValueError("a period is written 2024-W48 (ISO week) or 2024-11 (month)")
    year, number = int(match[1]), int(match[2])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"years run from {FIRST_YEAR} to {LAST_YEAR}")
    if "W" in text:
        last = date(year, 12, 28).isocalendar().week  # 28 December is always in the last week
        if not 1 <= number <= last:
            raise ValueError(f"{year} has weeks W01 to W{last}")
        return Period.containing(date.fromisocalendar(year, number, 1), "week")
    if not 1 <= number <= 12:
        raise ValueError("months run from 01 to 12")
    return Period.containing(date(year, number, 1), "month")


def parse_day(text: str) -> date:
    """Read a date as it is written everywhere here, ``2024-12-02``: no other way of ISO 8601.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not _DAY.match(text):
        raise ValueError("a date is written 2024-12-02")
    return date.fromisoformat(text)


def day_label(day: date) -> str:
    """Return ``Mon 2 Dec 2024``, in English whatever the locale."""
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return f"{weekday} {_day_and_month(day)} {day.year}"


def _day_and_month(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"
