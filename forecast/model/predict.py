"""What the next period's readings may be: counts simulated, levels exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from forecast.model import names
from forecast.model.counts import count_parameters
from forecast.model.data import Data
from forecast.model.levels import level_parameters
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.packing import split
from forecast.model.posterior import Posterior
from forecast.model.spec import Array, Index

QUANTILES = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip
REPEATS = 2  # simulated next periods per draw


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters on their natural scales, over draws.

    location, variance : (S, C, K); count_inertia, loading : (S, C); house : (S, H)
    probability : (S, J, K, L); level_inertia : (S, J)
    """

    location: Array
    variance: Array
    count_inertia: Array
    loading: Array
    house: Array
    probability: Array
    level_inertia: Array

    @classmethod
    def of(cls, data: Data, theta: Array) -> Parameters:
        """Bend every draw of the free parameters, (S, D)."""
        return cls(*_over_draws(data, theta))


@njit(cache=True)
def _over_draws(data: Data, theta: Array) -> tuple[Array, ...]:
    draws, (counts, scenarios) = len(theta), data.centre.shape
    ordinals, _, levels = data.level_centre.shape
    location = np.empty((draws, counts, scenarios))
    variance = np.empty((draws, counts, scenarios))
    count_inertia = np.empty((draws, counts))
    loading = np.empty((draws, counts))
    house = np.empty((draws, len(data.house_sd)))
    probability = np.empty((draws, ordinals, scenarios, levels))
    level_inertia = np.empty((draws, ordinals))
    for s in range(draws):
        raw = split(theta[s], data)
        location[s], variance[s], count_inertia[s], loading[s], house[s] = count_parameters(
            raw, data
        )
        probability[s], level_inertia[s] = level_parameters(raw, data)
    return location, variance, count_inertia, loading, house, probability, level_inertia


def next_counts(data: Data, posterior: Posterior, parameters: Parameters) -> Array:
    """Simulate every count's next full period as its reference counts it, (C, S * REPEATS).

    A scenario is drawn for this period and the next; memory acts only if it stays the same. One
    shock is drawn for all counts.
    """
    rng = np.random.default_rng(names.SEED)
    was, will = _next_scenarios(posterior, rng)
    s = np.repeat(np.arange(len(posterior.now)), REPEATS)
    shock = rng.standard_normal(len(s))
    result = np.empty((len(data.centre), len(s)))
    for c in range(len(data.centre)):
        location = parameters.location[s, c, will]
        variance = parameters.variance[s, c, will]
        loading = parameters.loading[s, c]
        remembered = _last_count(data, parameters, c)
        if remembered is not None:
            gap, memory = remembered
            share = np.where(was == will, parameters.count_inertia[s, c] ** gap, 0.0)
            location = location + share * (memory[s] - np.log1p(np.exp(location)))
            variance = variance * (1 - share**2)
        shape = shape_of(variance - loading**2)
        rate = np.exp(location + loading * shock + log_bias(shape))
        rate = rate * rng.standard_gamma(shape) / shape
        result[c] = rng.poisson(np.minimum(rate, 1e15))
    return result


def _last_count(data: Data, parameters: Parameters, series: int) -> tuple[float, Array] | None:
    """Return gap and memory, (S,), that a count's last usable reading leaves to the next period."""
    rows = np.flatnonzero(data.series == series)
    if not len(rows):
        return None
    covered = [_periods(data, n) for n in rows]
    at = int(np.argmax([periods.max() for periods in covered]))
    n = rows[at]
    if len(covered[at]) > 1:
        return None
    fresh = slice(data.first[n], data.first[n + 1])
    weight = data.weight_enter[fresh]  # 0 where a part has memory
    completeness = weight @ data.shift[fresh] / weight.sum()
    memory = np.log1p(data.value[n] / np.exp(data.exposure[n] + completeness))
    house = data.house[n]
    offset = parameters.house[:, house] if house >= 0 else np.zeros(len(parameters.house))
    return float(len(data.evidence) - covered[at].max()), memory - offset


def _periods(data: Data, n: np.int64) -> Index:
    """Return the periods a row of a count is about."""
    if data.when[n] >= 0:
        return data.when[[n]]
    return np.flatnonzero(data.weight[:, n])


def next_levels(data: Data, posterior: Posterior, parameters: Parameters) -> list[Array]:
    """Return the probability of every level of every ordinal in the next period, (L,) each."""
    stays = posterior.now * np.einsum("skk->sk", posterior.transition)
    ahead = np.einsum("si,sij->sj", posterior.now, posterior.transition)
    result = []
    for j in range(len(data.level_centre)):
        q = parameters.probability[:, j]
        chance = np.einsum("sk,skl->sl", ahead, q)
        rows = np.flatnonzero(data.level_series == j)
        if len(rows):
            m = rows[int(np.argmax(data.at[rows]))]
            share = parameters.level_inertia[:, j] ** (len(data.weight) - data.at[m])
            carried = stays * share[:, None]
            chance = chance - np.einsum("sk,skl->sl", carried, q)
            chance[:, data.level[m]] += carried.sum(axis=1)
        used = np.isfinite(data.level_centre[j, 0])
        result.append(chance.mean(axis=0)[used])
    return result


def _next_scenarios(posterior: Posterior, rng: np.random.Generator) -> tuple[Index, Index]:
    """Draw this period's scenario and the next one's, REPEATS times per draw."""
    now = np.repeat(posterior.now, REPEATS, axis=0)
    was = _pick(now, rng)
    rows = np.repeat(posterior.transition, REPEATS, axis=0)[np.arange(len(was)), was]
    return was, _pick(rows, rng)


def _pick(probabilities: Array, rng: np.random.Generator) -> Index:
    edges = probabilities.cumsum(axis=1)
    return (rng.random(len(edges))[:, None] * edges[:, -1:] > edges).sum(axis=1)
