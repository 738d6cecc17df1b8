"""An indicator's readings as a series: one value per full period, as far as it was known."""

from __future__ import annotations

from collections.abc import Iterable

from forecast.case.types import Indicator
from forecast.periods import Period
from forecast.readings.types import Known, Reading


def rates(indicator: Indicator, known: Known, periods: Iterable[Period]) -> list[float | None]:
    """Return what was read of each period, None where nothing was.

    A count of a part of a period is scaled to all of it, and a total spread evenly over its
    periods; a level is a level, however many days it was seen.
    """
    value: dict[Period, float] = {}
    for total in known.spans:
        if total.indicator == indicator.id:
            value |= dict.fromkeys(total.periods, _rate(total))
    for (name, period), reading in known.speaking.items():
        if name == indicator.id:
            value[period] = _rate(reading) if indicator.family == "count" else reading.value
    return [value.get(period) for period in periods]


def _rate(reading: Reading) -> float:
    whole = sum(period.days for period in reading.periods)
    return reading.value * whole / reading.days / reading.span
