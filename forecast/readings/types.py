"""Readings and what was known of them on a date.

Reading   one row: a value of one indicator for one period from one source, with the day it
          was published. Never edited: a correction is a new row, and so is a withdrawal.
Known     the vintage of one date: what a forecast as-of that date may use, and what is held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

from forecast.families import FAMILIES
from forecast.periods import Period

VINTAGES = "indicators/vintages"  # of a case, what was pulled: <source>/<known>.parquet


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of ``indicators/<id>.csv``.

    ``value`` is one of its indicator's family; nan of a row by which the source withdraws what it
    said before. ``days`` is how many days of the period (or of the whole
    span) it covers. ``span`` > 1: a total over that many
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
    def withdrawn(self) -> bool:
        """Whether from ``published`` on the source no longer says anything of it."""
        return math.isnan(self.value)

    @property
    def last_period(self) -> Period:
        """The last period the reading covers."""
        return self.period + (self.span - 1)

    @property
    def periods(self) -> tuple[Period, ...]:
        """All periods the reading covers, in order."""
        return tuple(self.period + step for step in range(self.span))

    def in_full(self, family: str) -> float:
        """Return it for one full period: a part of an amount scaled up, a total spread evenly.

        What does not add up is what it is, however few days it rests on.
        """
        if not FAMILIES[family].adds_up:
            return self.value
        return self.value * self.full_days / self.days / self.span

    @property
    def full_days(self) -> int:
        """Days there are in what it is about, of which ``days`` are covered."""
        return sum(period.days for period in self.periods)

    @property
    def claim(self) -> tuple[str, Period, str, int, str]:
        """What the reading is about and who says it: a later one of the same claim replaces it."""
        return (self.indicator, self.period, self.source, self.span, self.scope)


@dataclass(frozen=True, slots=True)
class Known:
    """What was known on ``as_of``: every row published by then, each in one place.

    ``period`` is the forecast period. Every tuple and the order of ``speaking`` follow the case's
    indicators, then periods, then the indicator's sources.

    ``speaking``
        one reading per indicator and period, by the indicator's source order; ``span == 1``.
    ``spans``
        totals over several periods, for periods no single-period reading speaks for; those of one
        indicator do not overlap.
    ``silent``
        readings known but not speaking: another source or a finer reading spoke, or the scope is
        another.
    ``held``
        readings of the indicator's scope, already published, about periods after the forecast
        period (or spans that end after it).
    ``replaced``
        rows that a later one of the same claim (`Reading.claim`) had replaced by then, in order
        of publication: nothing speaks from them, delay and revision are learned from them.

    Of a claim that its source has withdrawn by then there is no row in any of them.

    ``possible`` are the scenarios that known outcomes leave possible, by period, where they rule
    some out.
    """

    as_of: date
    period: Period
    speaking: dict[tuple[str, Period], Reading]
    spans: tuple[Reading, ...]
    silent: tuple[Reading, ...]
    held: tuple[Reading, ...]
    replaced: tuple[Reading, ...]
    possible: dict[Period, frozenset[str]] = field(default_factory=dict)
