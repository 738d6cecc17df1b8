"""What the watch list's panels hold: readings as they are drawn, and where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecast.case.types import BELOW, Case, Indicator
from forecast.families import FAMILIES
from forecast.periods import Period
from forecast.readings.types import Known, Reading
from forecast.record import Forecast, IndicatorForecast, NextPeriod


@dataclass(frozen=True, slots=True)
class Reported:
    """One reading; periods as ordinals, values per full period.

    ``value`` is scaled up to the full period, ``counted`` is not; they differ where a count covers
    a part of it. ``was`` are the values that the same source gave before.
    """

    first: int
    last: int
    value: float
    counted: float
    was: tuple[float, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator; ``expected`` by the ordinal of a period, ``thresholds`` with their names."""

    indicator: IndicatorForecast
    first: int
    reported: tuple[Reported, ...]
    missing: tuple[int, ...]
    expected: dict[int, NextPeriod]
    thresholds: tuple[tuple[str, float], ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of levels; empty of what has none."""
        return FAMILIES[self.indicator.family].levels(self.indicator.level_names)

    @property
    def extent(self) -> tuple[float, float]:
        """The smallest and the largest value that is drawn."""
        values = [v for each in self.reported for v in (each.value, each.counted, *each.was)]
        for ahead in self.expected.values():
            values += [ahead.quantiles[q] for q in ("0.05", "0.95") if q in ahead.quantiles]
        values += [value for _, value in self.thresholds] or [0.0]
        return min(values), max(values)


def panels_of(
    forecast: Forecast,
    case: Case,
    known: Known,
    expected: Mapping[tuple[str, Period], NextPeriod],
) -> list[Panel]:
    """Return one panel per indicator of the forecast, in its order."""
    defined = {indicator.id: indicator for indicator in case.indicators}
    return [
        _panel(indicator, defined.get(indicator.id), forecast, case, known, expected)
        for indicator in forecast.indicators
    ]


def _panel(
    indicator: IndicatorForecast,
    defined: Indicator | None,
    forecast: Forecast,
    case: Case,
    known: Known,
    expected: Mapping[tuple[str, Period], NextPeriod],
) -> Panel:
    first, now = indicator.recent_first, forecast.period
    shown = [first + step for step in range(now - first + 1)]
    used = [r for r in (*known.speaking.values(), *known.spans) if r.indicator == indicator.id]
    used = [r for r in used if r.last_period >= first]
    held = [r for r in known.held if r.indicator == indicator.id and r.period == now + 1]
    read = {period for reading in used for period in reading.periods}
    ahead = {p.ordinal: expected.get((indicator.id, p)) for p in shown}
    return Panel(
        indicator=indicator,
        first=first.ordinal,
        reported=(
            *(_reported(reading, known, indicator.family) for reading in used),
            *(_reported(reading, known, indicator.family) for reading in held[:1]),
        ),
        missing=tuple(p.ordinal for p in shown if p not in read and p >= case.first),
        expected={at: found for at, found in ahead.items() if found is not None}
        | {(now + 1).ordinal: indicator.next},
        thresholds=_thresholds(defined),
    )


def _reported(reading: Reading, known: Known, family: str) -> Reported:
    return Reported(
        first=reading.period.ordinal,
        last=reading.last_period.ordinal,
        value=reading.in_full(family),
        counted=reading.value / reading.span,
        was=tuple(old.in_full(family) for old in known.replaced if old.claim == reading.claim),
        held=reading in known.held,
    )


def _thresholds(indicator: Indicator | None) -> tuple[tuple[str, float], ...]:
    bounds = indicator.bounds if indicator else {}
    return tuple((name.replace(BELOW, ", low"), value) for name, value in bounds.items())
