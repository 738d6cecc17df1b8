"""The kernel: log p(readings | free parameters) and its gradient, compiled and cached.

::

    theta ─ split ─> chain ─────────────────────────────> transition ──┐
                  ├> counts ─> rows ─> signs ─> shock ──┐              │
                  │         └> overlap ─────────────────┼──────────────┼─> + log p
                  └> families ─> rows ─> signs ─────────┴> stay, enter ─> filter ┘

and back the same way. Every part brings its own way forward and back; only this module knows the
order. Held by the tests to the model as it is defined (`pymc_model`), density and gradient.
"""

from __future__ import annotations

import numpy as np
from numba import carray

from forecast.model.chain import chain_of, transition_back, transition_of
from forecast.model.counts import count_back, count_parameters
from forecast.model.data import Data
from forecast.model.episodes import plain, rule_out, spell_density
from forecast.model.filter import loglik_and_gradient
from forecast.model.jit import FLOAT, FLOATS, SIZE, WHOLES, by_address, compiled, inner
from forecast.model.overlap import overlap_loglik
from forecast.model.packing import split, unpack
from forecast.model.rows import count_rows, count_rows_back
from forecast.model.series import series_back, series_rows
from forecast.model.shock import over_shock
from forecast.model.signs import (
    count_cases,
    count_cases_back,
    evidence_cases,
    series_cases,
    series_cases_back,
)
from forecast.model.spec import Array, Index


@inner
def _summed(top: Array, rows: Array, shared: Array, series: Array, data: Data) -> Array:
    """Sum a period's evidence, its counts and all other series, in cases, (T, K (1 + B))."""
    scenarios = shared.shape[1]
    out: Array = evidence_cases(data)
    for t in range(len(out)):
        for k in range(scenarios):
            out[t, k] += shared[t, k]
    for n in range(len(data.value)):
        if data.when[n] < 0:
            for k in range(scenarios):
                value = (top[n, k, 0] + np.log(rows[n, k, 0])) / data.span[n]
                for t in range(data.begin[n], data.begin[n] + data.span[n]):
                    out[t, k] += value
    for j in range(len(series)):
        for t in range(len(out)):
            for k in range(scenarios):
                out[t, k] += series[j, t, k]
    return out


@inner
def _to_rows(slope: Array, nodes: Array, data: Data) -> Array:
    """Give a gradient in periods, (T, cases), to their rows along the nodes, (N, cases, Q)."""
    scenarios, along = nodes.shape[1:]
    out = np.zeros((len(data.value), scenarios, along))
    for n in range(len(data.value)):
        t = data.when[n]
        for k in range(scenarios):
            if t >= 0:
                for i in range(along):
                    out[n, k, i] = slope[t, k] * nodes[t, k, i]
            else:
                for u in range(data.begin[n], data.begin[n] + data.span[n]):
                    out[n, k, 0] += slope[u, k] / data.span[n]
    return out


@by_address("forecast_density", FLOAT(FLOATS, SIZE, FLOATS, SIZE, WHOLES, SIZE, FLOATS))
def _density(theta, parameters, numbers, floats, whole, wholes, slope):  # type: ignore[no-untyped-def]
    """Return what `density` does, and write the gradient to ``slope``, which is zero."""
    data = unpack(carray(numbers, (floats,)), carray(whole, (wholes,)))
    free, by_free = carray(theta, (parameters,)), carray(slope, (parameters,))
    raw, out = split(free, data), split(by_free, data)
    periods, log_weight = len(data.evidence), data.log_weight.copy()
    hazard, successor = chain_of(raw, data)
    counts = count_parameters(raw, data)
    rows = count_rows(counts, data)
    top_stay, top_enter, row_stay, row_enter = count_cases(rows, data)
    shared_stay, stay_nodes = over_shock(top_stay, row_stay, data.when, log_weight, periods)
    shared_enter, enter_nodes = over_shock(top_enter, row_enter, data.when, log_weight, periods)
    series_stay, series_enter = series_rows(free, data)
    series = len(series_stay)
    series_stay, series_enter = series_cases(series_stay, series_enter, data)
    stay = _summed(top_stay, row_stay, shared_stay, series_stay, data)
    enter = _summed(top_enter, row_enter, shared_enter, series_enter, data)
    rule_out(data.possible, stay, enter)
    if plain(data):
        transition = transition_of(hazard, successor)
        value, d_transition, d_stay, d_enter = loglik_and_gradient(
            data.start, transition, stay, enter
        )
        if not np.isfinite(value):
            return -np.inf
        transition_back(d_transition, hazard, successor, data, out)
    else:
        value, d_stay, d_enter = spell_density(hazard, successor, stay, enter, data, out)
        if not np.isfinite(value):
            return -np.inf
    by_stay, by_enter = count_cases_back(
        _to_rows(d_stay, stay_nodes, data), _to_rows(d_enter, enter_nodes, data), data
    )
    back = count_rows_back(by_stay, by_enter, counts, rows, data)
    value += overlap_loglik(counts, data, back.house)
    count_back(back, counts, raw, data, out)
    in_stay, in_enter = series_cases_back(d_stay, d_enter, series, data)
    series_back(free, data, in_stay, in_enter, by_free)
    return value


@compiled
def density(theta: Array, numbers: Array, whole: Index) -> tuple[float, Array]:
    """Return log p(readings | theta) and its gradient.

    Parameters
    ----------
    theta : (D,)
        Free parameters, in the order of `packing.blocks`, contiguous.
    numbers, whole
        A packed `data.Data`.
    """
    gradient = np.zeros(len(theta))
    value = _density(
        theta.ctypes, len(theta), numbers.ctypes, len(numbers),
        whole.ctypes, len(whole), gradient.ctypes,
    )  # fmt: skip
    return value, gradient
