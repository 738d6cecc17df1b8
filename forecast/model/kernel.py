"""The kernel: log p(readings | free parameters) and its gradient, compiled and cached.

::

    theta ─ split ─> chain ────────────────────────────> transition ──┐
                  ├> counts ─> rows ─> shock ─┐                       │
                  │         └> overlap ───────┼───────────────────────┼─> + log p
                  └> levels ─> rows ──────────┴> stay, enter ─> filter ┘

and back the same way. Every part brings its own way forward and back; only this module knows the
order. Held to the same model written plainly in PyTensor, density and gradient, in the tests.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from forecast.model.chain import transition_back, transition_of
from forecast.model.counts import count_back, count_parameters
from forecast.model.data import Data
from forecast.model.filter import loglik_and_gradient
from forecast.model.levels import level_back, level_parameters, level_rows
from forecast.model.overlap import overlap_loglik
from forecast.model.packing import split, unpack
from forecast.model.rows import count_rows, count_rows_back
from forecast.model.shock import integrate, over_shock
from forecast.model.spec import Array, Index


@njit(cache=True)
def density(theta: Array, numbers: Array, whole: Index) -> tuple[float, Array]:
    """Return log p(readings | theta) and its gradient.

    Parameters
    ----------
    theta : (D,)
        Free parameters, in the order of `packing.Raw`.
    numbers, whole
        A packed `data.Data`.
    """
    data = unpack(numbers, whole)
    raw = split(theta, data)
    gradient = np.zeros(len(theta))
    out = split(gradient, data)
    periods, log_weight = len(data.evidence), data.log_weight.copy()
    transition, leave, successor = transition_of(raw, data)
    counts = count_parameters(raw, data)
    rows = count_rows(counts, data)
    shared_stay, stay_nodes = over_shock(rows.top, rows.stay, data.when, log_weight, periods)
    shared_enter, enter_nodes = over_shock(rows.top, rows.enter, data.when, log_weight, periods)
    levels = level_parameters(raw, data)
    level_stay, level_enter = level_rows(levels, data)
    stay = data.evidence + shared_stay + _alone(rows.top, rows.stay, data)
    enter = data.evidence + shared_enter + _alone(rows.top, rows.enter, data)
    for m in range(len(data.at)):
        stay[data.at[m]] += level_stay[m]
        enter[data.at[m]] += level_enter[m]
    value, d_transition, d_stay, d_enter = loglik_and_gradient(data.start, transition, stay, enter)
    if not np.isfinite(value):
        return -np.inf, gradient
    transition_back(d_transition, leave, successor, data, out)
    slope = count_rows_back(
        _to_rows(d_stay, stay_nodes, data), _to_rows(d_enter, enter_nodes, data), counts, rows, data
    )
    value += overlap_loglik(counts, data, slope.house)
    count_back(slope, counts, raw, data, out)
    level_back(d_stay[data.at], d_enter[data.at], levels, data, out)
    return value, gradient


@njit(cache=True)
def _alone(top: Array, rows: Array, data: Data) -> Array:
    """Sum the rows that share no shock into their periods, (T, K)."""
    out = np.zeros(data.evidence.shape)
    for n in range(len(data.value)):
        if data.when[n] < 0:
            value = top[n, :, 0] + np.log(rows[n, :, 0])
            for t in range(len(out)):
                if data.weight[t, n] > 0.0:
                    out[t] += data.weight[t, n] * value
    return out


@njit(cache=True)
def _to_rows(slope: Array, nodes: Array, data: Data) -> Array:
    """Give a gradient in periods, (T, K), to their rows along the nodes, (N, K, Q)."""
    out = np.zeros((len(data.value), *nodes.shape[1:]))
    for n in range(len(data.value)):
        if data.when[n] >= 0:
            for k in range(nodes.shape[1]):
                out[n, k] = slope[data.when[n], k] * nodes[data.when[n], k]
        else:
            for t in range(len(slope)):
                if data.weight[t, n] > 0.0:
                    out[n, :, 0] += data.weight[t, n] * slope[t]
    return out


@njit(cache=True)
def emissions(theta: Array, data: Data) -> tuple[Array, Array, Array]:
    """Return the transition matrix, and stay and enter by what they come from.

    Counts, each as if it were the only one; ordinals; evidence; and last what counts say less (or
    more) together than each alone, because they share a shock.

    Returns
    -------
    transition : (K, K)
    stay, enter : (C + J + 2, T, K)
    """
    raw = split(theta, data)
    transition, _, _ = transition_of(raw, data)
    rows = count_rows(count_parameters(raw, data), data)
    level_stay, level_enter = level_rows(level_parameters(raw, data), data)
    return (
        transition,
        _by_part(rows.top, rows.stay, level_stay, data),
        _by_part(rows.top, rows.enter, level_enter, data),
    )


@njit(cache=True)
def _by_part(top: Array, rows: Array, levels: Array, data: Data) -> Array:
    counts, ordinals = len(data.centre), len(data.level_centre)
    periods, scenarios = data.evidence.shape
    log_weight = data.log_weight.copy()
    out = np.zeros((counts + ordinals + 2, periods, scenarios))
    out[-2] = data.evidence
    out[-1], _ = over_shock(top, rows, data.when, log_weight, periods)
    for n in range(len(data.value)):
        if data.when[n] >= 0:
            for k in range(scenarios):
                alone = integrate(top[n, k], rows[n, k].copy(), log_weight)
                out[data.series[n], data.when[n], k] += alone
                if alone > -np.inf:  # what is impossible alone is no less so together
                    out[-1, data.when[n], k] -= alone
        else:
            for t in range(periods):
                if data.weight[t, n] > 0.0:
                    value = top[n, :, 0] + np.log(rows[n, :, 0])
                    out[data.series[n], t] += data.weight[t, n] * value
    for m in range(len(data.at)):
        out[counts + data.level_series[m], data.at[m]] += levels[m]
    return out
