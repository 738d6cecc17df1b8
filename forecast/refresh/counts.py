"""Readings of counts as rows: what each covers, remembers, and how far it is believed.

One source speaks per period. What the others said of it goes into overlaps, which teach how
sources differ and nothing about scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log, log1p, nan
from typing import NamedTuple

import numpy as np

from forecast.case import DEFAULT_RATIO, Case, Indicator
from forecast.families import FAMILIES
from forecast.model.delay import Delay
from forecast.model.memory import Kept, Remembered, decay_of
from forecast.model.spec import Array, CountSpec, OverlapSpec
from forecast.periods import Period
from forecast.readings import Known, Reading
from forecast.refresh.delay import delays_of
from forecast.refresh.playing import sources_in_play
from forecast.refresh.signs import expected_under_conditions

_Z95 = 1.6448536269514722
_NOTHING = Kept(0.0, 1.0, 1.0)  # is remembered
Houses = dict[tuple[str, str], int]


def _remembering(indicator: Indicator) -> tuple[float, float]:
    """Return the share of the last reading in what is remembered, and the decay of the rest."""
    if indicator.memory is None:
        return 1.0, 0.0
    return indicator.memory.last, decay_of(indicator.memory.halflife)


@dataclass(frozen=True, slots=True)
class _Row:
    reading: Reading
    series: int
    house: int
    trust: float
    delay: Delay

    @property
    def share(self) -> float:
        """How many full periods' worth of days the reading covers."""
        whole = sum(period.days for period in self.reading.periods)
        return self.reading.days / whole * self.reading.span

    @property
    def exposure(self) -> float:
        """Log of the share of a period that is covered and was counted by then."""
        counted = zip(self.delay.weight, self.delay.shift, strict=True)
        return log(self.share) + sum(weight * shift for weight, shift in counted)

    @property
    def in_full(self) -> float:
        """Log of 1 plus what was read, per full period and as if counted whole."""
        return log1p(self.reading.value / np.exp(self.exposure))


class _Told(NamedTuple):
    """A row, the one it remembers, and what is remembered of it and those before (`Remembered`)."""

    row: _Row
    before: _Row | None
    memory: Kept


def counts_and_overlaps(
    case: Case, known: Known, periods: list[Period], signs: Sequence[str]
) -> tuple[CountSpec, OverlapSpec]:
    """Return what is asked of counts and was read, and what silent sources said beside."""
    indicators = [i for i in case.indicators if FAMILIES[i.family].adds_up]
    houses: Houses = {}
    for indicator in indicators:
        for source in sources_in_play(indicator, known)[1:]:
            houses[indicator.id, source] = len(houses)
    delay_of = delays_of(case, known)

    def row(reading: Reading, series: int) -> _Row:
        house = houses.get((reading.indicator, reading.source), -1)
        return _Row(reading, series, house, case.grades[reading.grade], delay_of(reading))

    rows: list[_Told] = []
    overlaps: list[tuple[_Row, _Row]] = []  # with what spoke instead
    for c, indicator in enumerate(indicators):
        mine = [r for r in known.speaking.values() if r.indicator == indicator.id]
        spans = [r for r in known.spans if r.indicator == indicator.id]
        previous: _Row | None = None
        remembered, memory = Remembered(*_remembering(indicator)), _NOTHING
        for reading in sorted([*mine, *spans], key=lambda r: (r.period, r.span)):
            now = row(reading, c)
            if now.trust == 0.0:
                continue  # says nothing, and is not remembered
            before = previous if reading.span == 1 else None
            rows.append(_Told(now, before, memory if before else _NOTHING))
            previous = now if reading.span == 1 else None
            if previous is None:
                remembered.forget()
            else:
                period = reading.period - case.first
                memory = remembered.add(now.in_full, period, now.house, now.trust)
        for reading in known.silent:
            spoken = known.speaking.get((indicator.id, reading.period))
            comparable = reading.indicator == indicator.id and reading.scope == indicator.scope
            if spoken is not None and comparable and reading.span == 1:
                silent, speaks = row(reading, c), row(spoken, c)
                if silent.trust * speaks.trust > 0.0:
                    overlaps.append((silent, speaks))
    return _spec(case, indicators, houses, rows, periods, signs), _overlaps(case, overlaps)


def _spec(
    case: Case,
    indicators: list[Indicator],
    houses: Houses,
    rows: list[_Told],
    periods: list[Period],
    signs: Sequence[str],
) -> CountSpec:
    shape = (len(indicators), len(case.scenarios) + len(signs))
    expected = expected_under_conditions(case, indicators, signs)
    numbers = [
        [FAMILIES[i.family].numbers(each) if each else (nan, nan) for each in row]
        for i, row in zip(indicators, expected, strict=True)
    ]
    median, p90 = np.array(numbers, dtype=float).reshape(*shape, 2).transpose(2, 0, 1)
    centre, sd = _offsets(indicators, houses)
    ways = {"with": 1.0, "against": -1.0, "none": 0.0}
    shock = np.array([ways[i.shock] for i in indicators])
    weight = np.zeros((len(periods), len(rows)))
    now = [told.row for told in rows]
    for n, row in enumerate(now):
        first = row.reading.period - case.first
        weight[first : first + row.reading.span, n] = 1 / row.reading.span
    recent, decay = np.array([_remembering(i) for i in indicators]).reshape(-1, 2).T
    return CountSpec(
        ids=tuple(i.id for i in indicators),
        median=median,
        p90=p90,
        worth=np.array(
            [[each.worth if each else nan for each in row] for row in expected], dtype=float
        ).reshape(shape),
        inertia=np.array([i.inertia for i in indicators], dtype=float),
        recent=recent,
        decay=decay,
        shock=shock if np.count_nonzero(shock) > 1 else 0 * shock,
        houses=tuple(houses),
        house_centre=centre,
        house_sd=sd,
        value=np.array([row.reading.value for row in now], dtype=float),
        log_exposure=np.array([log(row.share) for row in now], dtype=float),
        gap=np.array([_gap(row, before) for row, before, _ in rows], dtype=float),
        memory=np.array([told.memory.value for told in rows], dtype=float),
        memory_weight=np.array([told.memory.weight for told in rows], dtype=float),
        trust=np.array([row.trust for row in now], dtype=float),
        trust_before=np.array(
            [before.trust if before else 1.0 for _, before, _ in rows], dtype=float
        ),
        series=np.array([row.series for row in now], dtype=np.int64),
        house=np.array([row.house for row in now], dtype=np.int64),
        house_before=np.array([before.house if before else -1 for _, before, _ in rows], np.int64),
        delay_weight=np.array([row.delay.weight for row in now]).reshape(-1, 2),
        delay_shift=np.array([row.delay.shift for row in now]).reshape(-1, 2),
        delay_spread=np.array([row.delay.spread for row in now]).reshape(-1, 2),
        weight=weight,
        signs=len(signs),
    )


def _overlaps(case: Case, pairs: list[tuple[_Row, _Row]]) -> OverlapSpec:
    return OverlapSpec(
        value=np.array([row.reading.value for row, _ in pairs], dtype=float),
        log_exposure=np.array([row.exposure for row, _ in pairs], dtype=float),
        spoken=np.array([spoken.reading.value for _, spoken in pairs], dtype=float),
        spoken_exposure=np.array([spoken.exposure for _, spoken in pairs], dtype=float),
        trust=np.array([row.trust * spoken.trust for row, spoken in pairs], dtype=float),
        series=np.array([row.series for row, _ in pairs], dtype=np.int64),
        house=np.array([row.house for row, _ in pairs], dtype=np.int64),
        spoken_house=np.array([spoken.house for _, spoken in pairs], dtype=np.int64),
        at=np.array([row.reading.period - case.first for row, _ in pairs], dtype=np.int64),
    )


def _offsets(indicators: list[Indicator], houses: Houses) -> tuple[Array, Array]:
    """Return centre and sd of the log ratio of every source but the reference, (H,) each."""
    ratio = {indicator.id: indicator.ratio for indicator in indicators}
    return offset_prior([ratio[name].get(source, DEFAULT_RATIO) for name, source in houses])


def offset_prior(ranges: list[tuple[float, float]]) -> tuple[Array, Array]:
    """Return centre and sd of log ratios given by their 5 and 95 % points, (H,) each."""
    low, high = np.log(np.array(ranges, dtype=float).reshape(-1, 2)).T
    return (low + high) / 2, (high - low) / (2 * _Z95)


def _gap(row: _Row, before: _Row | None) -> float:
    return float(row.reading.period - before.reading.period) if before else inf
