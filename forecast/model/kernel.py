"""The kernel: log p(readings | free parameters) and its gradient, compiled and cached.

::

    theta ─ split ─> chain ──────────────> transition ──┐
                  ├> counts ─> rows ─┐                  │
                  └> levels ─> rows ─┴> stay, enter ────┴> filter ─> log p, and back the same way

Every part brings its own way forward and back; only this module knows the order. Held to the same
model written plainly in PyTensor, density and gradient, in the tests.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from forecast.model.chain import transition_back, transition_of
from forecast.model.counts import count_back, count_parameters, count_rows
from forecast.model.data import Data, split, unpack
from forecast.model.filter import loglik_and_gradient
from forecast.model.levels import level_back, level_parameters, level_rows
from forecast.model.spec import Array, Index


@njit(cache=True)
def density(theta: Array, numbers: Array, whole: Index) -> tuple[float, Array]:
    """Return log p(readings | theta) and its gradient.

    Parameters
    ----------
    theta : (D,)
        Free parameters, in the order of `data.Raw`.
    numbers, whole
        A packed `data.Data`.
    """
    data = unpack(numbers, whole)
    raw = split(theta, data)
    gradient = np.zeros(len(theta))
    out = split(gradient, data)
    transition, leave, successor = transition_of(raw, data)
    counts = count_parameters(raw, data)
    of_counts = count_rows(counts, data)
    levels = level_parameters(raw, data)
    level_stay, level_enter = level_rows(levels, data)
    stay = data.evidence + data.weight @ of_counts.stay
    enter = data.evidence + data.weight @ of_counts.enter
    for m in range(len(data.at)):
        stay[data.at[m]] += level_stay[m]
        enter[data.at[m]] += level_enter[m]
    value, d_transition, d_stay, d_enter = loglik_and_gradient(data.start, transition, stay, enter)
    if not np.isfinite(value):
        return -np.inf, gradient
    transition_back(d_transition, leave, successor, data, out)
    to_rows = np.ascontiguousarray(data.weight.T)
    count_back(to_rows @ d_stay, to_rows @ d_enter, counts, of_counts, data, out)
    level_back(d_stay[data.at], d_enter[data.at], levels, data, out)
    return value, gradient


@njit(cache=True)
def emissions(theta: Array, data: Data) -> tuple[Array, Array, Array]:
    """Return the transition matrix, and stay and enter by counts, ordinals and, last, evidence.

    Returns
    -------
    transition : (K, K)
    stay, enter : (C + J + 1, T, K)
    """
    raw = split(theta, data)
    transition, _, _ = transition_of(raw, data)
    of_counts = count_rows(count_parameters(raw, data), data)
    level_stay, level_enter = level_rows(level_parameters(raw, data), data)
    counts = len(data.centre)
    shape = (counts + len(data.level_centre) + 1, len(data.weight), len(data.start))
    stay, enter = np.zeros(shape), np.zeros(shape)
    stay[-1], enter[-1] = data.evidence, data.evidence
    for t in range(shape[1]):
        for n in range(len(data.value)):
            if data.weight[t, n] > 0.0:
                stay[data.series[n], t] += data.weight[t, n] * of_counts.stay[n]
                enter[data.series[n], t] += data.weight[t, n] * of_counts.enter[n]
    for m in range(len(data.at)):
        stay[counts + data.level_series[m], data.at[m]] += level_stay[m]
        enter[counts + data.level_series[m], data.at[m]] += level_enter[m]
    return transition, stay, enter
