"""Whether a count is of the size that was elicited.

A slip (a number in thousands, a year in the wrong column) is caught when it is recorded, before it
becomes a forecast. Under each scenario the log of a full period's count is taken for normal, with
the elicited median and 90th percentile; of a source other than the first, times the end of its
``ratio``; of a part of a period or a total over several, times the share covered; and beyond that
what chance adds to a count of such a size. A value **outside** all of it, expected of less than one
period in 200 whichever scenario holds, is named; one a thousand times larger still is **absurd**
and refused: a forecast would be about it alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from forecast.case.types import DEFAULT_RATIO, Case, Indicator
from forecast.errors import Problem
from forecast.families import FAMILIES
from forecast.readings.types import Reading

ABSURD = 1000.0  # times the most that is expected
Z_90 = 1.2815515655446004  # standard normal 90 % point
Z_END = 2.5758293035489004  # and that of 1 in 200


@dataclass(frozen=True, slots=True)
class Scale:
    """What a reading can be expected to lie between, whichever scenario holds."""

    low: float
    high: float

    @property
    def most(self) -> float:
        """Value above which a reading is absurd."""
        return ABSURD * self.high

    def outside(self, value: float) -> bool:
        """Whether a value is beyond it; zero never is, for it may be a lull as well as a slip."""
        return value > self.high or 0 < value < self.low


def scale_of(case: Case, indicator: Indicator, reading: Reading) -> Scale | None:
    """Scale of one reading; None of a level, and while nothing is elicited of its indicator."""
    family = FAMILIES[indicator.family]
    elicited = case.expectations.get(indicator.id, {}).values()
    if not elicited or not family.adds_up:
        return None
    low, high = 1.0, 1.0
    if reading.source != indicator.sources[0]:
        low, high = indicator.ratio.get(reading.source, DEFAULT_RATIO)
    share = reading.days / reading.full_days * reading.span
    numbers = [family.numbers(each) for each in elicited]
    ends = [(median, math.log(p90 / median) / Z_90 * Z_END) for median, p90 in numbers]
    least = min(low * share * median * math.exp(-apart) for median, apart in ends)
    most = max(high * share * median * math.exp(min(apart, 500.0)) for median, apart in ends)
    return Scale(max(0.0, least - Z_END * math.sqrt(least)), most + Z_END * math.sqrt(most) + Z_END)


def unexpected(case: Case, readings: Iterable[Reading]) -> list[Problem]:
    """Notes on readings outside all that is expected, one an indicator: of its worst."""
    found: dict[str, list[tuple[float, Reading, Scale]]] = {}
    indicators = {indicator.id: indicator for indicator in case.indicators}
    for reading in readings:
        scale = scale_of(case, indicators[reading.indicator], reading)
        if scale is not None and scale.outside(reading.value):
            ratio = reading.value / scale.high if reading.value > scale.high else 0.0
            found.setdefault(reading.indicator, []).append((ratio, reading, scale))
    return [_note(indicators[name], rows) for name, rows in found.items()]


def _note(indicator: Indicator, rows: list[tuple[float, Reading, Scale]]) -> Problem:
    _, worst, scale = max(rows, key=lambda row: row[0])
    counted = any(counting.source == worst.source for counting in indicator.counted)
    others = f" (so are {len(rows) - 1} more)" if len(rows) > 1 else ""
    return Problem(
        f"indicators/{indicator.id}, {worst.period}, {worst.source}"
        if counted
        else f"indicators/{indicator.id}.csv, line {worst.line}",
        f"{worst.value:,.15g} for {worst.period} is outside everything that was expected, "
        f"{_number(scale.low)} to {_number(scale.high)} whichever scenario holds{others}",
        hint=f"a slip? If not, see `forecast priors {indicator.id}`",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:.1g}"
