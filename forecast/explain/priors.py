"""Asked against believed: whether the model, before any reading, says what the analyst said.

The prior predictive of every indicator under every scenario, simulated with all that acts on a
lasting scenario, beside what was asked. What a fit then made of the priors: ``learned``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date

import numpy as np

from forecast.case import Case, CountExpectation, Indicator, LevelExpectation
from forecast.explain.types import (
    LEVEL_OFF,
    MEDIAN_OFF,
    P90_OFF,
    CountIndicator,
    CountRow,
    LevelIndicator,
    LevelRow,
    Priors,
)
from forecast.model import names
from forecast.model.believed import believed_counts
from forecast.model.data import Data, data_of
from forecast.model.elicit import count_prior
from forecast.model.packing import size_of
from forecast.model.predict import Parameters
from forecast.model.spec import Array, CountSpec, Spec
from forecast.readings import known_as_of
from forecast.refresh.arrays import spec_of

BINS = 16
DRAWS = 20_000


def priors_of(case: Case, as_of: date, only: str | None = None) -> Priors:
    """Return what was asked beside what is believed, without what was learned; as `believed`."""
    return Priors(
        case=case.name,
        cadence=case.cadence,
        scenarios={scenario.id: scenario.name for scenario in case.scenarios},
        indicators=believed(case, as_of, only),
        learned=None,
    )


def believed(
    case: Case, as_of: date, only: str | None = None
) -> tuple[CountIndicator | LevelIndicator, ...]:
    """Return what was asked beside what the model believes, in the case's order.

    Parameters
    ----------
    case, as_of
        Only expectations matter, no reading does.
    only
        The id of the one indicator that is asked about.
    """
    spec = spec_of(case, known_as_of(case, (), modelled_from(case, as_of)))
    return tuple(_all(case, spec, only))


def _all(case: Case, spec: Spec, only: str | None) -> Iterator[CountIndicator | LevelIndicator]:
    chosen = [i for i in case.indicators if only in (None, i.id)]
    levels = _believed_levels(spec) if any(i.family != "count" for i in chosen) else None
    for indicator in chosen:
        if indicator.family == "count":
            yield _count(case, indicator, _alone(spec.counts, indicator.id))
        elif levels is not None:
            yield _levels(case, indicator, levels[spec.levels.ids.index(indicator.id)])


def modelled_from(case: Case, as_of: date) -> date:
    """Return an as-of the model knows a period for: that date, or the case's first possible one."""
    return max(as_of, case.first.refresh_day)


def prior_draws(data: Data) -> Array:
    """Return free parameters as they are before any reading, (DRAWS, D): standard normal."""
    return np.random.default_rng(names.SEED).standard_normal((DRAWS, size_of(data)))


def _believed_levels(spec: Spec) -> Array:
    """Return the mean probability of every level, (J, K, L); inertia does not change it."""
    data = data_of(spec)
    mean: Array = Parameters.of(data, prior_draws(data)).probability.mean(axis=0)
    return mean


def _alone(counts: CountSpec, name: str) -> CountSpec:
    """Return one count, so that what is simulated of it does not depend on the others."""
    c = counts.ids.index(name)
    return dataclasses.replace(
        counts,
        ids=(name,),
        median=counts.median[[c]],
        p90=counts.p90[[c]],
        worth=counts.worth[[c]],
        inertia=counts.inertia[[c]],
        recent=counts.recent[[c]],
        decay=counts.decay[[c]],
        shock=counts.shock[[c]],
    )


def _count(case: Case, indicator: Indicator, asked: CountSpec) -> CountIndicator:
    simulated = [np.unique(y, return_counts=True) for y in believed_counts(asked)[0]]
    reconciled = count_prior(asked).reconciled[0]
    below = [(values, (n.cumsum() - n / 2) / n.sum()) for values, n in simulated]
    low = min(np.interp(0.02, share, values) for values, share in below)
    high = max(np.interp(0.98, share, values) for values, share in below)
    edges = np.expm1(np.linspace(np.log1p(low), np.log1p(max(high, low + 1)), BINS + 1))
    rows = []
    for k, scenario in enumerate(case.scenarios):
        expected = case.expectations[indicator.id][scenario.id]
        if not isinstance(expected, CountExpectation):
            raise TypeError(f"{indicator.id} is a count, its expectation is not")
        values, share = below[k]
        median, p90 = (float(np.interp(q, share, values)) for q in (0.5, 0.9))
        inside = np.interp(edges[1:-1], values, share)
        rows.append(
            CountRow(
                id=scenario.id,
                name=scenario.name,
                worth=expected.worth,
                basis=expected.basis,
                because=expected.because,
                asked_median=expected.median,
                asked_p90=expected.p90,
                believed_median=median,
                believed_p90=p90,
                median_off=abs(median / expected.median - 1) > MEDIAN_OFF,
                p90_off=abs(p90 / expected.p90 - 1) > P90_OFF,
                reconciled=bool(reconciled[k]),
                least_p90=None if reconciled[k] else _least_p90(expected, asked),
                shares=tuple(np.diff(inside, prepend=0.0, append=1.0).tolist()),
            )
        )
    return CountIndicator(
        id=indicator.id,
        name=indicator.name,
        unit=indicator.unit,
        inertia=indicator.inertia,
        memory=indicator.memory,
        edges=tuple(edges.tolist()),
        rows=tuple(rows),
    )


def _least_p90(expected: CountExpectation, asked: CountSpec) -> float | None:
    """Return, to within 1 %, the lowest 90th percentile the model can give this median."""

    def reachable(ratio: float) -> bool:
        numbers = (expected.median, expected.median * ratio, expected.worth)
        median, p90, worth = (np.array([[number]]) for number in numbers)
        alone = dataclasses.replace(asked, median=median, p90=p90, worth=worth)
        return bool(count_prior(alone).reconciled[0, 0])

    low, high = expected.p90 / expected.median, 2 * expected.p90 / expected.median
    while not reachable(high):
        low, high = high, 2 * high
        if high > 1000:
            return None
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if reachable(middle) else (middle, high)
    return expected.median * high


def _levels(case: Case, indicator: Indicator, probability: Array) -> LevelIndicator:
    rows = []
    for k, scenario in enumerate(case.scenarios):
        expected = case.expectations[indicator.id][scenario.id]
        if not isinstance(expected, LevelExpectation):
            raise TypeError(f"{indicator.id} has levels, its expectation has none")
        found = probability[k, : len(expected.levels)]
        rows.append(
            LevelRow(
                id=scenario.id,
                name=scenario.name,
                worth=expected.worth,
                basis=expected.basis,
                because=expected.because,
                asked=expected.levels,
                believed=tuple(found.tolist()),
                off=tuple((np.abs(found - expected.levels) > LEVEL_OFF).tolist()),
            )
        )
    return LevelIndicator(
        id=indicator.id,
        name=indicator.name,
        unit=indicator.unit,
        inertia=indicator.inertia,
        levels=indicator.levels or ("no", "yes"),
        rows=tuple(rows),
    )
