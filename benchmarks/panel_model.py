"""The project's own model as one monthly case per country, under priors learned from the past.

::

    learned, values to the origin ── case_of ──> Data of a country     (priors, 36 months read)
    Data ── Posterior.of ──> scenarios now, and where they go          (the exact filter)
    ── paths ──> scenarios and counts month by month, each with the memory of those before
    ── distribution ──> (C, H, G)

A fit of every country at every origin would be thousands of fits. Here the parameters are held at
the means of their priors, which pool twenty years of all countries: a case's own 36 months could
move them little.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from benchmarks.panel_learn import (
    FAST,
    LEVEL,
    SCENARIOS,
    SLOW,
    Learned,
    band,
    remembered,
    running_mean,
)
from benchmarks.panel_scores import HORIZONS, SPREAD, distribution
from forecast.model.data import Data, data_of
from forecast.model.negbinomial import log_bias, log_gamma, shape_of
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters
from forecast.model.spec import Array, ChainSpec, CountSpec, Index, OverlapSpec, Spec

MONTHS = 36  # that a case reads
PATHS = 1000  # simulated for every country and origin
_MOST = np.log(1e6)  # deaths of a month, the rate of


class Cases(NamedTuple):
    """What every country's case says at an origin.

    now : (C, K), transition : (C, K, K), location : (C, K), variance : (K,), inertia : float
    """

    now: Array
    transition: Array
    location: Array
    variance: Array
    inertia: float


@cache
def _template() -> Data:
    """Return the case of no country: five scenarios, one count, a reading every month."""
    k, n = len(SCENARIOS), MONTHS
    none, nowhere, zero = np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(MONTHS)
    nobody, one = np.full(n, -1), np.ones(n)
    complete = np.tile([1.0, 0.0], (n, 1))
    counts = CountSpec(
        ids=("deaths",), median=np.full((1, k), 10.0), p90=np.full((1, k), 40.0),
        worth=np.ones((1, k)), inertia=np.array([0.5]), recent=np.ones(1),
        decay=np.zeros(1), shock=np.zeros(1), houses=(),
        house_centre=none, house_sd=none, value=zero, log_exposure=zero, gap=one, memory=zero,
        memory_weight=one,
        trust=one, trust_before=one, series=np.zeros(n, dtype=np.int64), house=nobody,
        house_before=nobody, delay_weight=complete, delay_shift=np.zeros((n, 2)),
        delay_spread=np.zeros((n, 2)), weight=np.eye(n),
    )  # fmt: skip
    return data_of(
        Spec(
            periods=tuple(map(str, range(n))),
            scenarios=SCENARIOS,
            chain=ChainSpec(
                start=np.full(k, 1 / k), lasts=np.full(k, 2.0), spread=np.zeros(k),
                absorbing=np.zeros(k, dtype=bool), then=(1 - np.eye(k)) / (k - 1),
                worth=np.ones(k),
            ),
            counts=counts,
            overlaps=OverlapSpec(none, none, none, none, none, *[nowhere] * 4),
            series=(),
            evidence=np.zeros((n, k)),
        )
    )  # fmt: skip


def case_of(learned: Learned, values: Array, memory: Array, level: float) -> Data:
    """Return the case of one country.

    Priors are set where the model has them, in the log of the rate: to ask them as medians and 90th
    percentiles would only have the same numbers solved back.

    Parameters
    ----------
    values, memory : (MONTHS,)
        Deaths, and what every month remembers of those before.
    level
        Of the country at the origin.
    """
    g = int(band(np.asarray(level)))
    transition = learned.transition[g]
    leave = 1 - np.diag(transition)
    with np.errstate(divide="ignore"):
        successors = np.log(transition / leave[:, None])
    np.fill_diagonal(successors, -np.inf)
    return _template()._replace(
        start=learned.start[g],
        life_excess=(1 / leave - 1)[:, None],
        then_centre=successors,
        then_scale=np.zeros(len(leave)),
        centre=learned.locations(np.asarray(level))[None],
        sd=np.zeros((1, len(leave))),
        dispersion=learned.variance[None],
        count_inertia=np.array([np.log(learned.inertia / (1 - learned.inertia))]),
        value=values,
        memory=memory,
    )


def cases(learned: Learned, values: Array) -> Cases:
    """Filter every country's case at the end of (T, C) values."""
    before = np.tensordot(learned.shares, remembered(values), 1)[-MONTHS - 1 : -1]
    level = running_mean(values, LEVEL)[-1]
    theta = np.zeros((1, size_of(_template())))
    now, transition, location = [], [], []
    for c in range(values.shape[1]):
        data = case_of(learned, values[-MONTHS:, c].copy(), before[:, c].copy(), float(level[c]))
        posterior, parameters = Posterior.of(data, theta), Parameters.of(data, theta)
        now.append(posterior.now[0])
        transition.append(posterior.transition[0])
        location.append(parameters.location[0, 0])
    return Cases(
        now=np.stack(now),
        transition=np.stack(transition),
        location=np.stack(location),
        variance=parameters.variance[0, 0],
        inertia=float(parameters.count_inertia[0, 0]),
    )


def paths(learned: Learned, found: Cases, values: Array, seed: int) -> Array:
    """Simulate deaths at every horizon, (C, PATHS, H).

    Scenario by scenario and count by count, as `forecast.model.predict` draws one period: a
    scenario that has just begun remembers nothing.
    """
    rng = np.random.default_rng(seed)
    countries = np.arange(values.shape[1])[:, None]
    scenario = _pick(np.repeat(found.now[:, None], PATHS, axis=1), rng)
    shape = np.stack([shape_of(found.variance * (1 - r**2)) for r in (0.0, found.inertia)])
    bias = log_bias(shape) - np.log(shape)
    mean = np.repeat(remembered(values)[:, -1, :, None], PATHS, axis=2)
    out = []
    for month in range(1, max(HORIZONS) + 1):
        before, scenario = scenario, _pick(found.transition[countries, scenario], rng)
        held = (scenario == before).astype(int)
        usual = found.location[countries, scenario]
        pull = np.tensordot(learned.shares, mean, 1) - np.logaddexp(0.0, usual)
        log_rate = usual + held * found.inertia * pull + bias[held, scenario]
        log_rate += log_gamma(shape[held, scenario], rng)
        deaths = rng.poisson(np.exp(np.minimum(log_rate, _MOST))).astype(float)
        u = np.log1p(deaths)
        mean = np.stack([u, mean[1] + FAST * (u - mean[1]), mean[2] + SLOW * (u - mean[2])])
        if month in HORIZONS:
            out.append(deaths)
    return np.stack(out, axis=-1)


def _pick(chance: Array, rng: np.random.Generator) -> Index:
    edges = chance.cumsum(axis=-1)
    at = rng.random(edges.shape[:-1])[..., None] * edges[..., -1:]
    return np.asarray((at > edges[..., :-1]).sum(axis=-1))


def model_forecast(learned: Learned, values: Array) -> Array:
    """Return forecasts from the end of (T, C) values, (C, H, G).

    One path in all is spread evenly: what none of so many came to is not impossible.
    """
    drawn = paths(learned, cases(learned, values), values, seed=len(values))
    return np.asarray((PATHS * distribution(drawn.swapaxes(1, 2)) + SPREAD) / (PATHS + 1))
