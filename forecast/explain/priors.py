"""Asked against believed: whether the model, before any reading, says what the analyst said.

The prior predictive of every indicator under every scenario, simulated with all that acts on a
lasting scenario, beside what was asked. What a fit then made of the priors: ``learned``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.case import Case, Indicator
from forecast.explain.types import (
    LEVEL_OFF,
    MEDIAN_OFF,
    P90_OFF,
    SHARE_OFF,
    EpisodeRow,
    LevelIndicator,
    LevelRow,
    Priors,
    QuantileIndicator,
    QuantileRow,
)
from forecast.families import FAMILIES, Expectation
from forecast.model import names
from forecast.model.believed import believed_counts
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.elicit import count_prior, ended_by, lives_prior
from forecast.model.families.base import Predicted
from forecast.model.packing import size_of
from forecast.model.spec import Array, CountSpec, Spec
from forecast.readings import known_as_of
from forecast.refresh.arrays import DURATION_SD, spec_of

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
        episodes=() if only else tuple(episodes(case)),
    )


def episodes(case: Case) -> Iterator[EpisodeRow]:
    """How long episodes last, of every scenario elicited by shares that are over."""
    for scenario in case.scenarios:
        if not scenario.over:
            continue
        lasts, shares = lives_prior(scenario.over, DURATION_SD)
        periods = np.array([n for n, _ in scenario.over], dtype=float)
        given = ended_by(periods, lasts, shares, DURATION_SD).tolist()
        ages = np.array([0.0, *periods])
        ended = ended_by(np.append(ages, ages + 1), lasts, shares, DURATION_SD)
        left = 1.0 - ended[: len(ages)]
        ends = ((left - (1.0 - ended[len(ages) :])) / left).tolist()
        over = [(n, p, found) for (n, p), found in zip(scenario.over, given, strict=True)]
        yield EpisodeRow(
            id=scenario.id,
            name=scenario.name,
            over=tuple(over),
            ends=tuple(zip(map(int, ages), ends, strict=True)),
            off=any(abs(p - found) > SHARE_OFF for _, p, found in over),
        )


def believed(
    case: Case, as_of: date, only: str | None = None
) -> tuple[QuantileIndicator | LevelIndicator, ...]:
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


def _all(case: Case, spec: Spec, only: str | None) -> Iterator[QuantileIndicator | LevelIndicator]:
    chosen = [i for i in case.indicators if only in (None, i.id)]
    others = {name for series in spec.series for name in series.ids}
    predictive = _predictive(spec) if any(i.id in others for i in chosen) else {}
    for indicator in chosen:
        conditions = _conditions(case, spec, indicator)
        if indicator.id not in predictive:
            yield _count(indicator, conditions, _alone(spec.counts, indicator.id))
        elif (of_series := predictive[indicator.id])[0].levels:
            yield _levels(indicator, conditions, of_series)
        else:
            yield _proportion(indicator, conditions, of_series)


def modelled_from(case: Case, as_of: date) -> date:
    """Return an as-of the model knows a period for: that date, or the case's first possible one."""
    return max(as_of, case.first.refresh_day)


def prior_draws(data: Data) -> Array:
    """Return free parameters as they are before any reading, (DRAWS, D): standard normal."""
    return np.random.default_rng(names.SEED).standard_normal((DRAWS, size_of(data)))


def _predictive(spec: Spec) -> dict[str, list[Predicted]]:
    """The prior predictive of every series other than counts under every scenario, by indicator."""
    data = data_of(spec)
    theta, rng = prior_draws(data), np.random.default_rng(names.SEED)
    found = {}
    for series, block in zip(spec.series, blocks_of(data), strict=True):
        own = block.family.natural(block.values, theta[:, block.theta])
        for j, name in enumerate(series.ids):
            found[name] = block.family.prior_predictive(block.values, own, j, rng)
    return found


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


@dataclass(frozen=True, slots=True)
class _Condition:
    """What an expectation is of, and where it stands among the conditions of the model."""

    place: int
    id: str
    name: str
    expected: Expectation


def _conditions(case: Case, spec: Spec, indicator: Indicator) -> list[_Condition]:
    """Scenarios, and the last periods before those that an indicator is a sign of."""
    scenarios = case.scenarios
    expected = case.expectations[indicator.id]
    found = [_Condition(k, s.id, s.name, expected[s.id]) for k, s in enumerate(scenarios)]
    signs = case.before.get(indicator.id, {})
    begin = [] if spec.signs is None else spec.signs.scenario.tolist()
    for place, k in enumerate(begin, len(scenarios)):
        id_, name = scenarios[k].id, scenarios[k].name
        if id_ in signs:
            found.append(_Condition(place, f"{id_}.before", f"before {name}", signs[id_]))
    return found


def _count(
    indicator: Indicator, conditions: list[_Condition], asked: CountSpec
) -> QuantileIndicator:
    prior = believed_counts(asked)[0]
    simulated = [np.unique(prior[each.place], return_counts=True) for each in conditions]
    own = count_prior(asked).reconciled[0]
    reconciled = [bool(own[each.place]) for each in conditions]
    below = [(values, (n.cumsum() - n / 2) / n.sum()) for values, n in simulated]
    low = min(np.interp(0.02, share, values) for values, share in below)
    high = max(np.interp(0.98, share, values) for values, share in below)
    edges = np.expm1(np.linspace(np.log1p(low), np.log1p(max(high, low + 1)), BINS + 1))
    return _quantiles(indicator, conditions, asked, below, edges, reconciled)


def _proportion(
    indicator: Indicator, conditions: list[_Condition], predictive: Sequence[Predicted]
) -> QuantileIndicator:
    share = np.linspace(0.0005, 0.9995, 1000)
    below = [(predictive[each.place].quantiles(share), share) for each in conditions]
    edges = np.linspace(0.0, 1.0, BINS + 1)
    return _quantiles(indicator, conditions, None, below, edges, [True] * len(below))


def _quantiles(
    indicator: Indicator,
    conditions: list[_Condition],
    asked: CountSpec | None,
    below: Sequence[tuple[Array, Array]],
    edges: Array,
    reconciled: Sequence[bool],
) -> QuantileIndicator:
    """Elicited quantiles beside those of the prior predictive.

    Parameters
    ----------
    below
        For every condition, values and the probability of less than each.
    """
    rows = []
    for k, condition in enumerate(conditions):
        expected = condition.expected
        asked_median, asked_p90 = FAMILIES[indicator.family].numbers(expected)
        values, share = below[k]
        median, p90 = (float(np.interp(q, share, values)) for q in (0.5, 0.9))
        inside = np.interp(edges[1:-1], values, share)
        least = None
        if asked is not None and not reconciled[k]:
            least = _least_p90(asked_median, asked_p90, expected.worth, asked)
        rows.append(
            QuantileRow(
                id=condition.id,
                name=condition.name,
                worth=expected.worth,
                basis=expected.basis,
                because=expected.because,
                asked_median=asked_median,
                asked_p90=asked_p90,
                believed_median=median,
                believed_p90=p90,
                median_off=abs(median / asked_median - 1) > MEDIAN_OFF,
                p90_off=abs(p90 / asked_p90 - 1) > P90_OFF,
                reconciled=reconciled[k],
                least_p90=least,
                shares=tuple(np.diff(inside, prepend=0.0, append=1.0).tolist()),
            )
        )
    return QuantileIndicator(
        id=indicator.id,
        name=indicator.name,
        family=indicator.family,
        unit=indicator.unit,
        inertia=indicator.inertia,
        memory=indicator.memory,
        edges=tuple(edges.tolist()),
        rows=tuple(rows),
    )


def _least_p90(
    median_asked: float, p90_asked: float, worth_asked: float, asked: CountSpec
) -> float | None:
    """Return, to within 1 %, the lowest 90th percentile the model can give this median."""

    def reachable(ratio: float) -> bool:
        numbers = (median_asked, median_asked * ratio, worth_asked)
        median, p90, worth = (np.array([[number]]) for number in numbers)
        alone = dataclasses.replace(asked, median=median, p90=p90, worth=worth, signs=0)
        return bool(count_prior(alone).reconciled[0, 0])

    low, high = p90_asked / median_asked, 2 * p90_asked / median_asked
    while not reachable(high):
        low, high = high, 2 * high
        if high > 1000:
            return None
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if reachable(middle) else (middle, high)
    return median_asked * high


def _levels(
    indicator: Indicator, conditions: list[_Condition], predictive: Sequence[Predicted]
) -> LevelIndicator:
    rows, family = [], FAMILIES[indicator.family]
    for condition in conditions:
        expected = condition.expected
        found = np.array(predictive[condition.place].levels)
        elicited = family.numbers(expected)
        rows.append(
            LevelRow(
                id=condition.id,
                name=condition.name,
                worth=expected.worth,
                basis=expected.basis,
                because=expected.because,
                asked=elicited,
                believed=tuple(found.tolist()),
                off=tuple((np.abs(found - elicited) > LEVEL_OFF).tolist()),
            )
        )
    return LevelIndicator(
        id=indicator.id,
        name=indicator.name,
        unit=indicator.unit,
        inertia=indicator.inertia,
        levels=family.levels(indicator.levels),
        rows=tuple(rows),
    )
