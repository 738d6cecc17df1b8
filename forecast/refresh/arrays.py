"""From a case and what was known on a date to the arrays the model is told."""

from __future__ import annotations

from math import inf, log, log1p

import numpy as np

from forecast.case import Case, CountExpectation, Indicator, LevelExpectation
from forecast.model.spec import ChainSpec, CountSpec, LevelSpec, Spec
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known
from forecast.refresh.evidence import contributions

DURATION_SD = 0.5  # log sd of a duration given as one number


def spec_of(case: Case, known: Known) -> Spec:
    """Return the model's spec for the forecast period of ``known``."""
    periods = [case.first + t for t in range(known.period - case.first + 1)]
    return Spec(
        periods=tuple(str(p) for p in periods),
        scenarios=tuple(s.id for s in case.scenarios),
        chain=_chain(case),
        counts=_counts(case, known, periods),
        levels=_levels(case, known, periods),
        evidence=_evidence(case, known, periods),
    )


def _evidence(case: Case, known: Known, periods: list[Period]) -> np.ndarray:
    result = np.zeros((len(periods), len(case.scenarios)))
    items = evidence_known(case, known.as_of, known.period)
    said = contributions(case, items)
    for item in items:
        result[item.period - case.first] += said[item.id]
    return result


def _chain(case: Case) -> ChainSpec:
    scenarios = case.scenarios
    spread = [
        log((s.lasts_range[1] - 1) / (s.lasts_range[0] - 1)) / (2 * 1.6448536269514722)
        if s.lasts_range and s.lasts_range[0] > 1
        else DURATION_SD
        for s in scenarios
    ]
    return ChainSpec(
        start=np.array([s.start for s in scenarios]),
        lasts=np.array([s.lasts for s in scenarios]),
        spread=np.array(spread),
        absorbing=np.array([s.ends_case for s in scenarios]),
        then=np.array([[s.then.get(other.id, 0.0) for other in scenarios] for s in scenarios]),
        worth=np.array([s.worth for s in scenarios]),
    )


def _counts(case: Case, known: Known, periods: list[Period]) -> CountSpec:
    indicators = [i for i in case.indicators if i.family == "count"]
    asked = [[_count_expectation(case, i, s.id) for s in case.scenarios] for i in indicators]
    rows: list[tuple[float, ...]] = []
    weights: list[np.ndarray] = []
    for c, indicator in enumerate(indicators):
        spans = [r for r in known.spans if r.indicator == indicator.id]
        readings = [
            known.speaking[indicator.id, p] for p in periods if (indicator.id, p) in known.speaking
        ]
        previous: Reading | None = None
        for reading in sorted([*readings, *spans], key=lambda r: (r.period, r.span)):
            share = (
                reading.days / reading.period.days if reading.span == 1 else _span_share(reading)
            )
            trust = case.grades[reading.grade]
            if trust == 0.0:
                continue  # says nothing, and is not remembered
            gap, memory, before = inf, 0.0, 1.0
            if reading.span == 1 and previous is not None and previous.span == 1:
                gap = float(reading.period - previous.period)
                memory = log1p(previous.value * previous.period.days / previous.days)
                before = case.grades[previous.grade]
            rows.append((reading.value, log(share), gap, memory, trust, before, c))
            weight = np.zeros(len(periods))
            first = reading.period - case.first
            weight[first : first + reading.span] = 1 / reading.span
            weights.append(weight)
            previous = reading
    table = np.array(rows, dtype=float).reshape(-1, 7)
    shape = (len(indicators), len(case.scenarios))
    return CountSpec(
        ids=tuple(i.id for i in indicators),
        median=np.array([[e.median for e in row] for row in asked]).reshape(shape),
        p90=np.array([[e.p90 for e in row] for row in asked]).reshape(shape),
        worth=np.array([[e.worth for e in row] for row in asked]).reshape(shape),
        inertia=np.array([i.inertia for i in indicators], dtype=float),
        value=table[:, 0],
        log_exposure=table[:, 1],
        gap=table[:, 2],
        memory=table[:, 3],
        trust=table[:, 4],
        trust_before=table[:, 5],
        series=table[:, 6].astype(np.int64),
        weight=np.array(weights).reshape(-1, len(periods)).T,
    )


def _span_share(reading: Reading) -> float:
    """Return how many full periods' worth of days a total covers."""
    whole = sum((reading.period + n).days for n in range(reading.span))
    return reading.days / whole * reading.span


def _count_expectation(case: Case, indicator: Indicator, scenario: str) -> CountExpectation:
    found = case.expectations[indicator.id][scenario]
    if not isinstance(found, CountExpectation):
        raise TypeError(f"{indicator.id} is a count, its expectation is not")
    return found


def _levels(case: Case, known: Known, periods: list[Period]) -> LevelSpec:
    indicators = [i for i in case.indicators if i.family != "count"]
    width = max((len(i.levels) or 2 for i in indicators), default=2)
    asked = np.zeros((len(indicators), len(case.scenarios), width))
    worth = np.zeros((len(indicators), len(case.scenarios)))
    rows: list[tuple[float, ...]] = []
    for j, indicator in enumerate(indicators):
        for k, scenario in enumerate(case.scenarios):
            found = case.expectations[indicator.id][scenario.id]
            if not isinstance(found, LevelExpectation):
                raise TypeError(f"{indicator.id} has levels, its expectation has none")
            asked[j, k, : len(found.levels)] = found.levels
            worth[j, k] = found.worth
        previous: Reading | None = None
        for period in periods:
            reading = known.speaking.get((indicator.id, period))
            if reading is None:
                continue
            trust = case.grades[reading.grade]
            if trust == 0.0:
                continue  # says nothing, and is not remembered
            level, gap, before = -1.0, inf, 1.0
            if previous is not None:
                level, gap = previous.value, float(period - previous.period)
                before = case.grades[previous.grade]
            rows.append((reading.value, level, gap, trust, before, j, period - case.first))
            previous = reading
    table = np.array(rows, dtype=float).reshape(-1, 7)
    return LevelSpec(
        ids=tuple(i.id for i in indicators),
        asked=asked,
        worth=worth,
        inertia=np.array([i.inertia for i in indicators], dtype=float),
        value=table[:, 0].astype(np.int64),
        previous=table[:, 1].astype(np.int64),
        gap=table[:, 2],
        trust=table[:, 3],
        trust_before=table[:, 4],
        series=table[:, 5].astype(np.int64),
        at=table[:, 6].astype(np.int64),
    )
