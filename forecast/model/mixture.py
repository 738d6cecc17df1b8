"""A row as a mixture of its parts, along the nodes of the shared shock or at its one node.

Likelihoods are taken over the largest log-likelihood among parts, which comes back apart.
"""

from __future__ import annotations

import math

from forecast.model.elementary import exp_below
from forecast.model.jit import inner
from forecast.model.spec import Array


@inner
def mix(
    which: tuple[int, int, int, int],
    value: Array,
    weights: tuple[Array, Array],
    nothing: float,
    row: tuple[Array, Array, Array],
    shares: tuple[Array, Array],
    scratch: tuple[Array, Array, Array],
) -> None:
    """Write a row's mixtures along the nodes, and its parts' shares in them.

    Parameters
    ----------
    which
        The row, its first part, the one after its last, and the scenario.
    value : (P, K, Q)
        Log-likelihoods of all parts. (Handed over whole: a slice would no longer be contiguous, and
        the loops no vector instructions.)
    weights : two of (P,)
        For enter and for stay.
    nothing
        Log of the part in both mixtures that knows no scenario.
    row : three of (Q,)
        Top, stay and enter: neither likelihood is taken to logs only to come back.
    shares : two of (P, K, Q)
        In stay and in enter.
    scratch : three of (Q,)
    """
    _, first, end, k = which
    weight_enter, weight_stay = weights
    top, stay, enter = row
    below, power, likelihood = scratch
    nodes = len(top)
    top[:] = nothing
    for m in range(first, end):
        log_part = value[m, k]
        for i in range(nodes):
            top[i] = max(top[i], log_part[i])
    for i in range(nodes):
        below[i] = 0.0 if nothing == top[i] else nothing - top[i]
    exp_below(below, enter, power)
    for i in range(nodes):
        stay[i] = enter[i]
    for m in range(first, end):
        log_part, in_stay, in_enter = value[m, k], shares[0][m, k], shares[1][m, k]
        for i in range(nodes):
            below[i] = 0.0 if log_part[i] == top[i] else log_part[i] - top[i]
        exp_below(below, likelihood, power)
        for i in range(nodes):
            in_stay[i] = weight_stay[m] * likelihood[i]
        for i in range(nodes):
            in_enter[i] = weight_enter[m] * likelihood[i]
        for i in range(nodes):
            stay[i] += in_stay[i]
        for i in range(nodes):
            enter[i] += in_enter[i]
    for i in range(nodes):
        below[i] = 1.0 / (stay[i] if stay[i] > 0.0 else 1.0)
    for i in range(nodes):
        power[i] = 1.0 / (enter[i] if enter[i] > 0.0 else 1.0)
    for m in range(first, end):
        in_stay, in_enter = shares[0][m, k], shares[1][m, k]
        for i in range(nodes):
            in_stay[i] *= below[i]
        for i in range(nodes):
            in_enter[i] *= power[i]


@inner
def mix_alone(
    which: tuple[int, int, int, int],
    value: Array,
    weights: tuple[Array, Array],
    nothing: float,
    rows: tuple[Array, Array, Array],
    shares: tuple[Array, Array],
) -> None:
    """Do what `mix` does where there is one node, without its loops of one.

    Parameters
    ----------
    rows : three of (N, K, 1)
        Top, stay and enter of all rows.
    """
    n, first, end, k = which
    weight_enter, weight_stay = weights
    top, stay, enter = rows
    in_stay, in_enter = shares
    highest = nothing
    for m in range(first, end):
        highest = max(highest, value[m, k, 0])
    total = 1.0 if nothing == highest else math.exp(nothing - highest)
    by_stay, by_enter = total, total
    for m in range(first, end):
        log_part = value[m, k, 0]
        likelihood = 1.0 if log_part == highest else math.exp(log_part - highest)
        in_stay[m, k, 0] = weight_stay[m] * likelihood
        in_enter[m, k, 0] = weight_enter[m] * likelihood
        by_stay += in_stay[m, k, 0]
        by_enter += in_enter[m, k, 0]
    top[n, k, 0], stay[n, k, 0], enter[n, k, 0] = highest, by_stay, by_enter
    for m in range(first, end):
        in_stay[m, k, 0] /= by_stay if by_stay > 0.0 else 1.0
        in_enter[m, k, 0] /= by_enter if by_enter > 0.0 else 1.0
