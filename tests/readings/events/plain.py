"""Counting told once more, slowly and from the definition: what `forecast.readings` must give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from forecast.periods import Cadence, Period


@dataclass(frozen=True)
class Row:
    id: str
    day: date
    civilians: str  # as in the file; empty: not said
    more: int = 0  # days it lasts beyond the first

    @property
    def last(self) -> date:
        return self.day + timedelta(self.more)

    @property
    def cells(self) -> dict[str, str]:
        return {
            "id": self.id,
            "date": str(self.day),
            "last_day": str(self.last),
            "civilians": self.civilians,
        }

    def is_apart(self, cadence: Cadence) -> bool:
        """Return whether it may lie in several periods, and is as long as the first of them."""
        first = Period.containing(self.day, cadence)
        return self.last > first.last_day and self.more + 1 >= first.days


@dataclass(frozen=True)
class Pull:
    known: date
    since: date
    until: date
    rows: tuple[Row, ...]

    @property
    def days(self) -> set[date]:
        return {self.since + timedelta(n) for n in range((self.until - self.since).days + 1)}

    @property
    def existing(self) -> list[Row]:
        return [row for row in self.rows if row.day <= self.until]


def alive(pulls: Sequence[Pull], cadence: Cadence) -> list[Row]:
    """Return the rows that are believed after these pulls, oldest first."""
    believed = []
    for n, pull in enumerate(pulls):
        covered: set[date] = set().union(*(p.days for p in pulls[: n + 1]))
        for row in pull.existing:
            day = row.day
            if row.is_apart(cadence):
                day = min(row.last, max(day, pull.since))
            ended = any(
                day in later.days or row.id in {other.id for other in later.existing}
                for later in pulls[n + 1 :]
            )
            if day in covered and not ended:
                believed.append(row)
    return believed


def known(pulls: Sequence[Pull], first: Period, measure: str) -> dict[Period, tuple[float, int]]:
    """Return value and days covered of every period after these pulls, as far as it is known."""
    days: dict[Period, set[date]] = defaultdict(set)
    rows: dict[Period, list[Row]] = defaultdict(list)
    apart = []
    for day in set().union(*(pull.days for pull in pulls)):
        days[Period.containing(day, first.cadence)].add(day)
    for row in alive(pulls, first.cadence):
        if row.is_apart(first.cadence):
            apart.append(row)
        else:
            rows[Period.containing(row.day, first.cadence)].append(row)

    def value(period: Period) -> float:
        match measure:
            case "events":
                return len(rows[period])
            case "days":
                return len({row.day for row in rows[period]})
            case _:
                return float(sum(Fraction(row.civilians) for row in rows[period]))

    def is_known(period: Period) -> bool:
        if not rows[period] and any(
            row.day <= period.last_day and period.first_day <= row.last for row in apart
        ):
            return False
        return measure != "sum" or all(row.civilians for row in rows[period])

    return {
        p: (value(p), len(covered)) for p, covered in days.items() if p >= first and is_known(p)
    }


def known_of_days(pulls: Sequence[Pull], first: Period) -> dict[Period, tuple[float, int]]:
    """Return the same of a sum where a row is a day."""
    of_day: dict[date, list[Row]] = defaultdict(list)
    for row in alive(pulls, first.cadence):
        of_day[row.day].append(row)
    found: dict[Period, tuple[Fraction, int]] = {}
    for day, rows in of_day.items():
        period = Period.containing(day, first.cadence)
        if period >= first and all(row.civilians for row in rows):
            total, days = found.get(period, (Fraction(0), 0))
            found[period] = total + sum(Fraction(row.civilians) for row in rows), days + 1
    return {period: (float(total), days) for period, (total, days) in found.items()}


def readings(
    pulls: Sequence[Pull], first: Period, measure: str, *, of_days: bool = False
) -> list[tuple[date, Period, float | None, int]]:
    """Return date, period, value (None: withdrawn) and days of every reading."""
    told: dict[Period, tuple[float, int]] = {}
    made: list[tuple[date, Period, float | None, int]] = []
    for on in sorted({pull.known for pull in pulls}):
        until = [pull for pull in pulls if pull.known <= on]
        now = known_of_days(until, first) if of_days else known(until, first, measure)
        for period in sorted({*now, *told}):
            if period not in now:  # what was known is not, any more
                made.append((on, period, None, told.pop(period)[1]))
            elif told.get(period) != now[period]:
                told[period] = now[period]
                made.append((on, period, *now[period]))
    return made
