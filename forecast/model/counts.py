"""Counts with inertia: log-likelihoods of their rows, and the way back.

A row of a count with location l and log-variance v under a scenario, covering a share of a period
(``exposure`` its log)::

    enter   location l + exposure                             log-variance v
    stay    location l + exposure + r (u - log(1 + e^l))      log-variance v (1 - r^2)

``r = inertia^gap``, ``u`` the log of 1 plus the last reading per full period. What was asked stays
the stationary distribution.
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
    """Log-likelihoods of every row, with their slopes in location and log-variance, (N, K) each."""

    stay: Array
    stay_location: Array
    stay_variance: Array
    enter: Array
    enter_location: Array
    enter_variance: Array


@njit(cache=True)
def count_rows(p: CountParameters, data: Data) -> CountRows:
    """Evaluate every row of every count under every scenario."""
    rows, scenarios = len(data.value), p.location.shape[1]
    out = np.empty((6, rows, scenarios))
    for n in range(rows):
        c = data.series[n]
        share = p.inertia[c] ** data.gap[n] if data.gap[n] < np.inf else 0.0
        for k in range(scenarios):
            at = p.location[c, k] + data.exposure[n]
            out[3:, n, k] = logpmf_and_slopes(data.value[n], at, p.variance[c, k])
            if share > 0.0:
                pull = share * (data.memory[n] - np.log1p(np.exp(p.location[c, k])))
                out[:3, n, k] = logpmf_and_slopes(
                    data.value[n], at + pull, p.variance[c, k] * (1.0 - share * share)
                )
            else:
                out[:3, n, k] = out[3:, n, k]
    return CountRows(out[0], out[1], out[2], out[3], out[4], out[5])


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
            stay, enter = d_stay[n, k], d_enter[n, k]
            by_location = stay * rows.stay_location[n, k]
            by_variance = stay * rows.stay_variance[n, k]
            d_location = enter * rows.enter_location[n, k]
            d_location += by_location * (1.0 - share * sigmoid(location))
            d_variance = enter * rows.enter_variance[n, k]
            d_variance += by_variance * (1.0 - share * share)
            d_share += by_location * (data.memory[n] - np.log1p(np.exp(location)))
            d_share -= by_variance * 2.0 * share * variance
            out.location[c, k] += d_location * data.sd[c, k]
            out.dispersion[c] += d_variance * variance * DISPERSION_SD
        if share > 0.0:  # d share = gap share / inertia, times inertia (1 - inertia) sd
            out.inertia[c] += d_share * data.gap[n] * share * (1.0 - p.inertia[c]) * INERTIA_SD
