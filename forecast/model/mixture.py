"""A row as a mixture of its parts, along the nodes of the shared shock or at its one node.

A report that is not true comes from the contamination component: with f_k the density of a true
report that remembers nothing under scenario k, of K, the same m = sum_k f_k / K under all of them
and at every node. Between two scenarios the likelihood ratio of a report of trust r then rises
towards 1 + r K / (1 - r), and does not fall again.

Likelihoods are taken over a top, the largest log-likelihood among parts, which comes back apart:
one of enter and one of stay, so that a reading that only the lagged one explains leaves no scenario
impossible to begin.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.elementary import exp_below
from forecast.model.jit import inner
from forecast.model.spec import Array

# Of a report that is trusted entirely: under a scenario that could not have produced it
# its density would be 0 to double precision, and the sampler could not move.
LEAST_DOUBT = 1e-260


@inner
def contaminate(
    parts: tuple[int, int],
    scenarios: int,
    value: Array,
    weight: Array,
    doubt: float,
    shares: Array,
    false: Array,
    scratch: tuple[Array, Array],
) -> None:
    """Write log(doubt m) along the nodes, and the shares of parts in it.

    Parameters
    ----------
    parts
        The row's first part, and the one after its last.
    scenarios
        How many conditions are scenarios.
    value : (P, K + B, Q)
        Log-likelihoods of all parts.
    weight : (P,)
        In the component: 0 of a part with memory.
    doubt
        Probability that the report is false.
    shares : (P, K + B, Q)
        0 of signs.
    false : (Q,)
        What is written.
    scratch : two of (Q,)
    """
    first, end = parts
    below, power = scratch
    nodes = len(false)
    false[:] = -np.inf
    for m in range(first, end):
        for k in range(scenarios if weight[m] > 0.0 else 0):
            log_part = value[m, k]
            for i in range(nodes):
                false[i] = max(false[i], log_part[i])
    total = np.zeros(nodes)
    for m in range(first, end):
        for k in range(value.shape[1]):
            in_any, log_part = shares[m, k], value[m, k]
            if weight[m] == 0.0 or k >= scenarios:
                in_any[:] = 0.0
                continue
            _exp_of(log_part, false, below, in_any, power)
            for i in range(nodes):
                in_any[i] *= weight[m]
            for i in range(nodes):
                total[i] += in_any[i]
    for i in range(nodes):
        false[i] += math.log(doubt * total[i])
    for i in range(nodes):
        below[i] = 1.0 / total[i]
    for m in range(first, end):
        for k in range(scenarios if weight[m] > 0.0 else 0):
            in_any = shares[m, k]
            for i in range(nodes):
                in_any[i] *= below[i]


@inner
def contaminate_alone(
    parts: tuple[int, int],
    scenarios: int,
    value: Array,
    weight: Array,
    doubt: float,
    shares: Array,
) -> float:
    """Do what `contaminate` does where there is one node, and return log(doubt m)."""
    first, end = parts
    highest, total = -np.inf, 0.0
    for m in range(first, end):
        for k in range(scenarios if weight[m] > 0.0 else 0):
            highest = max(highest, value[m, k, 0])
    for m in range(first, end):
        for k in range(value.shape[1]):
            shares[m, k, 0] = 0.0
            if weight[m] > 0.0 and k < scenarios:
                shares[m, k, 0] = weight[m] * _exp_alone(value[m, k, 0], highest)
                total += shares[m, k, 0]
    for m in range(first, end):
        for k in range(scenarios):
            shares[m, k, 0] /= total
    log_false: float = highest + math.log(doubt * total)
    return log_false


@inner
def mix(
    which: tuple[int, int, int],
    value: Array,
    weights: tuple[Array, Array, Array],
    false: Array,
    row: tuple[Array, Array, Array, Array],
    shares: tuple[Array, Array],
    scratch: tuple[Array, Array, Array],
) -> None:
    """Write a row's mixtures along the nodes, and its parts' shares in them.

    Parameters
    ----------
    which
        The row's first part, the one after its last, and the scenario.
    value : (P, K, Q)
        Log-likelihoods of all parts. (Handed over whole: a slice would no longer be contiguous, and
        the loops no vector instructions.)
    weights : three of (P,)
        For stay, for enter and in the contamination component: 0 of a part with memory.
    false : (Q,)
        Log of the part in both mixtures that is the same under all scenarios.
    row : four of (Q,)
        Tops of stay and of enter, stay and enter: no likelihood is taken to logs only to come back.
    shares : two of (P, K, Q)
        In stay and in enter.
    scratch : three of (Q,)
    """
    first, end, k = which
    weight_stay, weight_enter, weight_any = weights
    top_stay, top_enter, stay, enter = row
    below, power, likelihood = scratch
    nodes = len(false)
    top_enter[:] = false
    for m in range(first, end):
        if weight_any[m] > 0.0:
            log_part = value[m, k]
            for i in range(nodes):
                top_enter[i] = max(top_enter[i], log_part[i])
    _exp_of(false, top_enter, below, enter, power)
    stay[:] = enter
    for m in range(first, end):
        if weight_any[m] > 0.0:
            in_stay, in_enter = shares[0][m, k], shares[1][m, k]
            _exp_of(value[m, k], top_enter, below, likelihood, power)
            for i in range(nodes):
                in_stay[i] = weight_stay[m] * likelihood[i]
            for i in range(nodes):
                in_enter[i] = weight_enter[m] * likelihood[i]
            for i in range(nodes):
                stay[i] += in_stay[i]
            for i in range(nodes):
                enter[i] += in_enter[i]
    top_stay[:] = top_enter
    remembers = False
    for m in range(first, end):
        if weight_any[m] == 0.0:
            remembers = True
            log_part = value[m, k]
            for i in range(nodes):
                top_stay[i] = max(top_stay[i], log_part[i])
    if remembers:
        _exp_of(top_enter, top_stay, below, likelihood, power)
        for i in range(nodes):
            stay[i] *= likelihood[i]
        for m in range(first, end):
            in_stay = shares[0][m, k]
            if weight_any[m] > 0.0:
                for i in range(nodes):
                    in_stay[i] *= likelihood[i]
        for m in range(first, end):
            if weight_any[m] == 0.0:
                in_stay, in_enter = shares[0][m, k], shares[1][m, k]
                _exp_of(value[m, k], top_stay, below, likelihood, power)
                in_enter[:] = 0.0
                for i in range(nodes):
                    in_stay[i] = weight_stay[m] * likelihood[i]
                for i in range(nodes):
                    stay[i] += in_stay[i]
    for i in range(nodes):
        below[i] = 1.0 / stay[i]
    for i in range(nodes):
        power[i] = 1.0 / enter[i]
    for m in range(first, end):
        in_stay, in_enter = shares[0][m, k], shares[1][m, k]
        for i in range(nodes):
            in_stay[i] *= below[i]
        for i in range(nodes):
            in_enter[i] *= power[i]


@inner
def _exp_of(log: Array, top: Array, below: Array, out: Array, power: Array) -> None:
    """Write e^(log - top) into ``out``, (Q,) each; ``below`` and ``power`` are scratch."""
    for i in range(len(log)):
        below[i] = 0.0 if log[i] == top[i] else log[i] - top[i]
    exp_below(below, out, power)


@inner
def mix_alone(
    which: tuple[int, int, int, int],
    value: Array,
    weights: tuple[Array, Array, Array],
    false: float,
    rows: tuple[Array, Array, Array, Array],
    shares: tuple[Array, Array],
) -> None:
    """Do what `mix` does where there is one node, without its loops of one.

    Parameters
    ----------
    which
        The row, its first part, the one after its last, and the scenario.
    rows : four of (N, K, 1)
        Tops of stay and of enter, stay and enter of all rows.
    """
    n, first, end, k = which
    weight_stay, weight_enter, weight_any = weights
    in_stay, in_enter = shares
    highest = false
    for m in range(first, end):
        if weight_any[m] > 0.0:
            highest = max(highest, value[m, k, 0])
    highest_stay = highest
    for m in range(first, end):
        highest_stay = max(highest_stay, value[m, k, 0])
    scale = _exp_alone(highest, highest_stay)
    by_enter = _exp_alone(false, highest)
    by_stay = by_enter * scale
    for m in range(first, end):
        if weight_any[m] > 0.0:
            likelihood = _exp_alone(value[m, k, 0], highest)
            in_stay[m, k, 0] = weight_stay[m] * likelihood * scale
            in_enter[m, k, 0] = weight_enter[m] * likelihood
        else:
            in_stay[m, k, 0] = weight_stay[m] * _exp_alone(value[m, k, 0], highest_stay)
            in_enter[m, k, 0] = 0.0
        by_stay += in_stay[m, k, 0]
        by_enter += in_enter[m, k, 0]
    rows[0][n, k, 0], rows[1][n, k, 0] = highest_stay, highest
    rows[2][n, k, 0], rows[3][n, k, 0] = by_stay, by_enter
    for m in range(first, end):
        in_stay[m, k, 0] /= by_stay
        in_enter[m, k, 0] /= by_enter


@inner
def _exp_alone(log: float, top: float) -> float:
    return 1.0 if log == top else math.exp(log - top)
