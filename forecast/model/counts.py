"""Counts with inertia: log-likelihoods of their rows, and the way back.

A row of a count with location l and log-variance v under a scenario, covering a share of a period
(``exposure`` its log)::

    enter   location l + exposure                             log-variance v
    stay    location l + exposure + r (u - log(1 + e^l))      log-variance v (1 - r^2)

``r = inertia^gap``, ``u`` the log of 1 plus the last reading per full period. What was asked stays
the stationary distribution.

A report reflects reality with probability ``trust``, else it is drawn from a background that knows
no scenario; the trust in the reading that is remembered weighs the memory::

    enter   trust p(fresh) + (1 - trust) background
    stay    trust (before p(with memory) + (1 - before) p(fresh)) + (1 - trust) background
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from forecast.model.data import Data, Raw
from forecast.model.elicit import DISPERSION_SD, INERTIA_SD
from forecast.model.negbinomial import logpmf_and_slopes
from forecast.model.spec import Array


class CountParameters(NamedTuple):
    """On their natural scales: location (C, K), log-variance (C, K), inertia (C,)."""

    location: Array
    variance: Array
    inertia: Array


@njit(cache=True)
def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True)
def count_parameters(raw: Raw, data: Data) -> CountParameters:
    """Bend the free parameters of all counts."""
    counts, scenarios = data.centre.shape
    location = np.empty((counts, scenarios))
    variance = np.empty((counts, scenarios))
    inertia = np.empty(counts)
    for c in range(counts):
        inertia[c] = sigmoid(data.count_inertia[c] + INERTIA_SD * raw.inertia[c])
        multiplier = np.exp(DISPERSION_SD * raw.dispersion[c])
        for k in range(scenarios):
            location[c, k] = data.centre[c, k] + data.sd[c, k] * raw.location[c, k]
            variance[c, k] = data.dispersion[c, k] * multiplier
    return CountParameters(location, variance, inertia)


class CountRows(NamedTuple):
    """Log-likelihoods of every row, (N, K) each, and what the way back needs of it.

    ``fresh_*`` and ``memory_*`` are slopes of the two components in location and log-variance;
    ``enter_fresh``, ``stay_fresh`` and ``stay_memory`` their shares in the mixtures.
    """

    stay: Array
    enter: Array
    fresh_location: Array
    fresh_variance: Array
    memory_location: Array
    memory_variance: Array
    enter_fresh: Array
    stay_fresh: Array
    stay_memory: Array


@njit(cache=True)
def log_or_nothing(x: float) -> float:
    """Return log x, and minus infinity for 0."""
    return math.log(x) if x > 0.0 else -math.inf


@njit(cache=True)
def count_rows(p: CountParameters, data: Data) -> CountRows:
    """Evaluate every row of every count under every scenario."""
    rows, scenarios = len(data.value), p.location.shape[1]
    out = np.zeros((9, rows, scenarios))
    for n in range(rows):
        c, y = data.series[n], data.value[n]
        share = p.inertia[c] ** data.gap[n] if data.gap[n] < np.inf else 0.0
        before = data.trust_before[n] if share > 0.0 else 0.0
        log_trust = log_or_nothing(data.trust[n])
        nothing = log_or_nothing(1.0 - data.trust[n]) + data.background[n]
        for k in range(scenarios):
            at, variance = p.location[c, k] + data.exposure[n], p.variance[c, k]
            fresh, out[2, n, k], out[3, n, k] = logpmf_and_slopes(y, at, variance)
            fresh += log_trust
            enter = np.logaddexp(fresh, nothing)
            memory, stay_fresh = -np.inf, fresh + log_or_nothing(1.0 - before)
            if before > 0.0:
                pull = share * (data.memory[n] - np.log1p(np.exp(p.location[c, k])))
                memory, out[4, n, k], out[5, n, k] = logpmf_and_slopes(
                    y, at + pull, variance * (1.0 - share * share)
                )
                memory += log_trust + math.log(before)
            stay = np.logaddexp(np.logaddexp(memory, stay_fresh), nothing)
            out[0, n, k], out[1, n, k] = stay, enter
            out[6, n, k] = np.exp(fresh - enter)
            out[7, n, k] = np.exp(stay_fresh - stay)
            out[8, n, k] = np.exp(memory - stay)
    return CountRows(out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7], out[8])


@njit(cache=True)
def count_back(
    d_stay: Array, d_enter: Array, p: CountParameters, rows: CountRows, data: Data, out: Raw
) -> None:
    """Add to ``out`` the gradient, given that in every row's stay and enter, (N, K)."""
    scenarios = p.location.shape[1]
    for n in range(len(data.value)):
        c = data.series[n]
        share = p.inertia[c] ** data.gap[n] if data.gap[n] < np.inf else 0.0
        d_share = 0.0
        for k in range(scenarios):
            location, variance = p.location[c, k], p.variance[c, k]
            fresh = d_enter[n, k] * rows.enter_fresh[n, k] + d_stay[n, k] * rows.stay_fresh[n, k]
            memory = d_stay[n, k] * rows.stay_memory[n, k]
            by_location = memory * rows.memory_location[n, k]
            by_variance = memory * rows.memory_variance[n, k]
            d_location = fresh * rows.fresh_location[n, k]
            d_location += by_location * (1.0 - share * sigmoid(location))
            d_variance = fresh * rows.fresh_variance[n, k]
            d_variance += by_variance * (1.0 - share * share)
            d_share += by_location * (data.memory[n] - np.log1p(np.exp(location)))
            d_share -= by_variance * 2.0 * share * variance
            out.location[c, k] += d_location * data.sd[c, k]
            out.dispersion[c] += d_variance * variance * DISPERSION_SD
        if share > 0.0:  # d share = gap share / inertia, times inertia (1 - inertia) sd
            out.inertia[c] += d_share * data.gap[n] * share * (1.0 - p.inertia[c]) * INERTIA_SD
