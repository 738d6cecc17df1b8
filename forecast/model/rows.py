"""Rows of counts: log-likelihoods along the nodes of the shared shock, and the way back.

A part of a row under a scenario with location l and log-variance w, at shock f (0 for a row that
shares none), ``r = inertia^gap``, b the offset of its source::

    fresh         location l + exposure + b + shift + loading f
                  log-variance w - loading^2 + spread^2
    with memory   location + r (u - W log(1 + e^l)),    u = memory - W offset of what is remembered
                  log-variance w (1 - r^2 V) - loading^2 + spread^2      (V: see `memory`)

What was asked stays the stationary distribution. A row is a mixture of such parts (`data`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.model.counts import (
    CountParameters,
    memory_of_rows,
    zero_like,
)
from forecast.model.data import Data
from forecast.model.elementary import log1p_exp, sigmoid
from forecast.model.jit import inner
from forecast.model.mixture import contaminate, contaminate_alone, mix, mix_alone
from forecast.model.negbinomial import Gammas, alone, along, gammas_of, slopes
from forecast.model.spec import Array

_GAPS = 5  # periods to the last reading; more are rare


class CountRows(NamedTuple):
    """Along Q nodes, all alike to a row that shares no shock.

    top_stay, top_enter, stay, enter : (N, K + B, Q)
        Likelihoods of rows are e^top_stay times stay, and e^top_enter times enter.
    in_stay, in_enter, in_any : (P, K + B, Q)
        Shares of parts in their row's mixtures, and in its contamination component.
    share, excess : (P, K + B, Q), gammas : (P, K + B, 5)
        What slopes of parts need.
    memory, steeper : (N,)
        V of what rows remember (`memory`), and its slope in the inertia.
    """

    top_stay: Array
    top_enter: Array
    stay: Array
    enter: Array
    in_stay: Array
    in_enter: Array
    in_any: Array
    share: Array
    excess: Array
    gammas: Array
    memory: Array
    steeper: Array


@inner
def count_rows(p: CountParameters, data: Data) -> CountRows:
    """Every row of every count under every condition."""
    rows, parts, conditions = len(data.value), len(data.shift), p.location.shape[1]
    nodes = data.nodes.copy()  # contiguous, or no vector instructions
    along_nodes = (rows, conditions, len(nodes))  # one array each: a part of one is not contiguous
    top_stay, top_enter = np.empty(along_nodes), np.empty(along_nodes)
    stay, enter = np.empty(along_nodes), np.empty(along_nodes)
    of_parts = (parts, conditions, len(nodes))
    value, share, excess = np.empty(of_parts), np.empty(of_parts), np.empty(of_parts)
    in_stay, in_enter, in_any = np.empty(of_parts), np.empty(of_parts), np.empty(of_parts)
    false = np.empty(len(nodes))
    gammas = np.empty((parts, conditions, 5))
    solved = np.zeros((*p.variance.shape, _GAPS, 5))  # that many rows share
    scratch = np.empty(len(nodes)), np.empty(len(nodes)), np.empty(len(nodes))
    steps, boost = np.empty(len(nodes)), np.empty(len(nodes))
    vary, steeper = memory_of_rows(p.inertia, data)
    for n in range(rows):
        c = data.series[n]
        loading = p.loading[c] if data.when[n] >= 0 else 0.0
        for i in range(len(nodes)):
            steps[i] = loading * nodes[i]
            boost[i] = np.exp(steps[i])
        left, memory = _memory(p, data, n)
        at = data.exposure[n] + _offset(p, data.house[n])
        first, end = data.first[n], data.first[n + 1]
        for k in range(conditions):
            location = p.location[c, k]
            usual = data.memory_weight[n] * log1p_exp(location)
            for m in range(first, end):
                r = left if data.remembers[m] else 0.0
                variance = p.variance[c, k] * (1.0 - r * r * vary[n])
                variance = variance - loading**2 + data.spread[m] ** 2
                gap = data.gap[n] if data.remembers[m] else 0.0
                apart = loading != p.loading[c] or data.spread[m] > 0.0 or gap >= _GAPS
                if apart or (r > 0.0 and data.recent[c] < 1.0):
                    _keep(gammas_of(variance), gammas[m, k])
                else:
                    if solved[c, k, int(gap), 0] == 0.0:
                        _keep(gammas_of(variance), solved[c, k, int(gap)])
                    _keep(_kept(solved[c, k, int(gap)]), gammas[m, k])
                found = _kept(gammas[m, k])
                at_part = location + at + data.shift[m] + r * (memory - usual)
                if len(nodes) == 1:
                    found_alone = alone(data.value[n], at_part, found)
                    value[m, k, 0], share[m, k, 0], excess[m, k, 0] = found_alone
                else:
                    into = value[m, k], share[m, k], excess[m, k]
                    along(data.value[n], at_part, found, steps, boost, into[0], into[1], into[2])
        weights = data.weight_stay, data.weight_enter, data.weight_any
        of_false = (first, end), len(data.start), value, data.weight_any, data.doubt[n], in_any
        if len(nodes) == 1:
            log_false, all_rows = contaminate_alone(*of_false), (top_stay, top_enter, stay, enter)
            for k in range(conditions):
                which = n, first, end, k
                mix_alone(which, value, weights, log_false, all_rows, (in_stay, in_enter))
        else:
            contaminate(*of_false, false, (scratch[0], scratch[1]))
            for k in range(conditions):
                row = top_stay[n, k], top_enter[n, k], stay[n, k], enter[n, k]
                mix((first, end, k), value, weights, false, row, (in_stay, in_enter), scratch)
    tops = top_stay, top_enter
    of_rows = stay, enter, in_stay, in_enter, in_any
    return CountRows(*tops, *of_rows, share, excess, gammas, vary, steeper)


@inner
def _keep(found: Gammas, into: Array) -> None:
    into[0], into[1], into[2], into[3], into[4] = found


@inner
def _kept(row: Array) -> Gammas:
    return Gammas(row[0], row[1], row[2], row[3], row[4])


@inner
def count_rows_back(
    d_stay: Array, d_enter: Array, p: CountParameters, rows: CountRows, data: Data
) -> CountParameters:
    """The gradient in the parameters, given that in rows along the nodes, (N, K + B, Q)."""
    conditions = p.location.shape[1]
    out: CountParameters = zero_like(data)
    nodes = data.nodes.copy()
    still = np.zeros(len(nodes))
    weight, in_any = np.empty(len(nodes)), np.empty(len(nodes))
    for n in range(len(data.value)):
        c = data.series[n]
        loading = p.loading[c] if data.when[n] >= 0 else 0.0
        left, memory = _memory(p, data, n)
        off = data.memory_weight[n]
        d_left, d_offset, d_memory = 0.0, 0.0, 0.0
        in_any[:] = 0.0  # what of the gradient the contamination component has
        for k in range(conditions):
            for i in range(len(nodes)):
                in_any[i] += d_stay[n, k, i] + d_enter[n, k, i]
            for m in range(data.first[n], data.first[n + 1]):
                for i in range(len(nodes)):
                    in_any[i] -= d_stay[n, k, i] * rows.in_stay[m, k, i]
                    in_any[i] -= d_enter[n, k, i] * rows.in_enter[m, k, i]
        for k in range(conditions):
            location = p.location[c, k]
            for m in range(data.first[n], data.first[n + 1]):
                r = left if data.remembers[m] else 0.0
                for i in range(len(nodes)):
                    weight[i] = d_stay[n, k, i] * rows.in_stay[m, k, i]
                    weight[i] += d_enter[n, k, i] * rows.in_enter[m, k, i]
                    weight[i] += in_any[i] * rows.in_any[m, k, i]
                by_location, by_variance, by_loading = slopes(
                    data.value[n],
                    _kept(rows.gammas[m, k]),
                    weight,
                    nodes if data.when[n] >= 0 else still,
                    rows.share[m, k],
                    rows.excess[m, k],
                )
                out.location[c, k] += by_location * (1.0 - r * off * sigmoid(location))
                out.variance[c, k] += by_variance * (1.0 - r * r * rows.memory[n])
                out.inertia[c] -= by_variance * r * r * p.variance[c, k] * rows.steeper[n]
                out.loading[c] += by_loading - 2.0 * loading * by_variance
                d_offset += by_location
                if r > 0.0:
                    d_memory += by_location * r
                    d_left += by_location * (memory - off * log1p_exp(location))
                    d_left -= by_variance * 2.0 * r * rows.memory[n] * p.variance[c, k]
        if data.house[n] >= 0:
            out.house[data.house[n]] += d_offset
        if data.house_before[n] >= 0:
            out.house[data.house_before[n]] -= off * d_memory
        if left > 0.0:
            out.inertia[c] += d_left * data.gap[n] * left / p.inertia[c]
    return out


@inner
def _memory(p: CountParameters, data: Data, n: int) -> tuple[float, float]:
    """Return the share of memory that is left, and what is remembered, freed of its offset."""
    if data.gap[n] == np.inf:
        return 0.0, 0.0
    share = p.inertia[data.series[n]] ** data.gap[n]
    offset = data.memory_weight[n] * _offset(p, data.house_before[n])
    return share, data.memory[n] - offset


@inner
def _offset(p: CountParameters, house: int) -> float:
    return p.house[house] if house >= 0 else 0.0
