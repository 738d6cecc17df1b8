"""Readings and what was known of them on a date.

    Reading   one row: a value of one indicator for one period from one source, with the day it
              was published. Never edited: a correction is a new row with a later ``published``.
    Known     the vintage of one date: what a forecast as-of that date may use, and what is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from forecast.periods import Period


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of ``indicators/<id>.csv``.

    ``value`` is a count (>= 0), a level number (ordinal) or 0/1 (binary). ``days`` is how many
    days of the period (or of the whole span) it covers. ``span`` > 1: a total over that many
    periods from ``period`` on. ``line`` is the row's line in its file.
    """

    indicator: str
    period: Period
    value: float
    published: date
    source: str
    grade: str
    days: int
    span: int
    scope: str
    url: str
    note: str
    line: int

    @property
    def last_period(self) -> Period:
        """The last period the reading covers."""
        return self.period + (self.span - 1)


@dataclass(frozen=True, slots=True)
class Known:
    """What was known on ``as_of``: per indicator, period and source, the latest row published.

    ``speaking``
        one reading per indicator and period, by the indicator's source order; ``span == 1``.
    ``spans``
        totals over several periods that speak for periods no single-period reading speaks for.
    ``silent``
        readings known but not speaking: another source spoke, or the scope is another.
    ``held``
        readings already published about periods after the forecast period (or spans that end
        after it).
    """

    as_of: date
    period: Period
    speaking: dict[tuple[str, Period], Reading]
    spans: tuple[Reading, ...]
    silent: tuple[Reading, ...]
    held: tuple[Reading, ...]
