"""From a case and what was known on a date to the arrays the model is told."""

from __future__ import annotations

from math import inf, log

import numpy as np

from forecast.case import Case, LevelExpectation
from forecast.model.spec import ChainSpec, LevelSpec, Spec
from forecast.periods import Period
from forecast.readings import Known, Reading, evidence_known
from forecast.refresh.counts import counts_and_overlaps
from forecast.refresh.evidence import contributions

DURATION_SD = 0.5  # log sd of a duration given as one number


def spec_of(case: Case, known: Known) -> Spec:
    """Return the model's spec for the forecast period of ``known``."""
    periods = [case.first + t for t in range(known.period - case.first + 1)]
    counts, overlaps = counts_and_overlaps(case, known, periods)
    return Spec(
        periods=tuple(str(p) for p in periods),
        scenarios=tuple(s.id for s in case.scenarios),
        chain=_chain(case),
        counts=counts,
        overlaps=overlaps,
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
