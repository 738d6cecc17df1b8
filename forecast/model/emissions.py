"""What each period says of the scenarios, by what it comes from, under one set of parameters.

The kernel's way forward, told in parts: for filtering, smoothing, reweighting and for what each
indicator speaks for.
"""

from __future__ import annotations

import numpy as np
from numba import carray

from forecast.model.chain import chain_of
from forecast.model.counts import count_parameters
from forecast.model.data import Data
from forecast.model.jit import FLOAT, FLOATS, SIZE, WHOLES, by_address, compiled, inner
from forecast.model.overlap import overlap_loglik
from forecast.model.packing import pack, signs_of, sizes_of, split, unpack
from forecast.model.rows import count_rows
from forecast.model.series import series_rows
from forecast.model.shock import integrate, over_shock
from forecast.model.signs import count_cases, evidence_cases, series_cases
from forecast.model.spec import Array, Index


@inner
def _by_part(top: Array, rows: Array, series: Array, data: Data, out: Array) -> None:
    counts = len(data.centre)
    periods, scenarios = len(data.evidence), out.shape[2]
    evidence, log_weight = evidence_cases(data), data.log_weight.copy()
    shared, _ = over_shock(top, rows, data.when, log_weight, periods)
    out[:] = 0.0
    for t in range(periods):
        for k in range(scenarios):
            out[-2, t, k] = evidence[t, k]
            out[-1, t, k] = shared[t, k]
    for n in range(len(data.value)):
        c, t = data.series[n], data.when[n]
        for k in range(scenarios):
            if t >= 0:
                alone = integrate(top[n, k], rows[n, k].copy(), log_weight)
                out[c, t, k] += alone
                if alone > -np.inf:  # what is impossible alone is no less so together
                    out[-1, t, k] -= alone
            else:
                value = (top[n, k, 0] + np.log(rows[n, k, 0])) / data.span[n]
                for u in range(data.begin[n], data.begin[n] + data.span[n]):
                    out[c, u, k] += value
    for j in range(len(series)):
        for t in range(periods):
            for k in range(scenarios):
                out[counts + j, t, k] = series[j, t, k]


@by_address(
    "forecast_emissions",
    FLOAT(FLOATS, SIZE, FLOATS, SIZE, WHOLES, SIZE, FLOATS, FLOATS, FLOATS, FLOATS),
)
def _emissions(theta, parameters, numbers, floats, whole, wholes, hazard, successor, stay, enter):  # type: ignore[no-untyped-def]
    """Write hazards, successors, stay and enter; return log p(what silent sources say)."""
    packed = carray(whole, (wholes,))
    scenarios, periods, parts = sizes_of(packed)
    size = (parts, periods, scenarios * (1 + signs_of(packed)))
    data = unpack(carray(numbers, (floats,)), packed)
    free = carray(theta, (parameters,))
    raw = split(free, data)
    hazards, successors = chain_of(raw, data)
    into, moves = carray(hazard, hazards.shape), carray(successor, successors.shape)
    for i in range(scenarios):
        for m in range(hazards.shape[1]):
            into[i, m] = hazards[i, m]
        for j in range(scenarios):
            moves[i, j] = successors[i, j]
    counts = count_parameters(raw, data)
    rows = count_rows(counts, data)
    top_stay, top_enter, row_stay, row_enter = count_cases(rows, data)
    series_stay, series_enter = series_rows(free, data)
    series_stay, series_enter = series_cases(series_stay, series_enter, data)
    _by_part(top_stay, row_stay, series_stay, data, carray(stay, size))
    _by_part(top_enter, row_enter, series_enter, data, carray(enter, size))
    return overlap_loglik(counts, data, np.zeros_like(counts.house))


@compiled
def emissions_into(
    theta: Array,
    numbers: Array,
    whole: Index,
    chain: tuple[Array, Array],
    stay: Array,
    enter: Array,
) -> float:
    """Do what `emissions` does, for compiled callers: all arrays contiguous, none of them new.

    Returns
    -------
    log p(what silent sources say | theta), of which no scenario knows.
    """
    hazard, successor = chain
    silent: float = _emissions(
        theta.ctypes, len(theta), numbers.ctypes, len(numbers), whole.ctypes, len(whole),
        hazard.ctypes, successor.ctypes, stay.ctypes, enter.ctypes,
    )  # fmt: skip
    return silent


@compiled
def summed(parts: Array, power: float, out: Array) -> None:
    """Write the sum over parts, (P, T, K), times a number, (T, K)."""
    for t in range(parts.shape[1]):
        for k in range(parts.shape[2]):
            total = 0.0
            for p in range(len(parts)):
                total += parts[p, t, k]
            out[t, k] = power * total


def emissions(theta: Array, data: Data) -> tuple[tuple[Array, Array], Array, Array]:
    """Hazards and successors, and stay and enter by what they come from.

    Counts, each as if it were the only one; other series; evidence; and last what counts say less
    (or more) together than each alone, because they share a shock.

    Returns
    -------
    chain
        Hazards (K, M) and successors (K, K).
    stay, enter : (C + J + 2, T, K (1 + B))
        In cases (`signs`).
    """
    numbers, whole = pack(data)
    scenarios, periods, parts = sizes_of(whole)
    hazard, successor = np.empty(data.life_excess.shape), np.empty((scenarios, scenarios))
    stay, enter = np.empty((2, parts, periods, scenarios * (1 + len(data.sign))))
    chain = hazard, successor
    emissions_into(np.ascontiguousarray(theta), numbers, whole, chain, stay, enter)
    return chain, stay, enter
