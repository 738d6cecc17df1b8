"""The filter: exact inference over scenarios, knowing nothing about indicators.

Given a (T, K) array of log-likelihoods for a scenario that held last period too (``stay``) and one
for a scenario that has just begun (``enter``)::

    a[0](j) = start(j) exp(enter[0](j))
    a[t](j) = a[t-1](j) P[j,j] exp(stay[t](j)) + sum_{i != j} a[t-1](i) P[i,j] exp(enter[t](j))

normalised each period (Hamilton 1989; Rabiner 1989 for the backward pass). Compiled by numba and
cached; the gradient is the posterior expectation of each transition, which the backward pass
gives exactly. Held to enumeration of all K^T paths in the tests.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.model.jit import compiled
from forecast.model.spec import Array

_LARGE = 500.0  # an impossible scenario may fit better than any possible one: 0 times it stays 0


class Smoothed(NamedTuple):
    """Posterior of the scenarios given one set of parameters.

    Parameters
    ----------
    loglik
        log p(y[0..T-1])
    filtered : (T, K)
        p(z[t] | y[0..t])
    predicted : (T, K)
        p(z[t] | y[0..t-1])
    smoothed : (T, K)
        p(z[t] | y[0..T-1])
    """

    loglik: float
    filtered: Array
    predicted: Array
    smoothed: Array


@compiled
def filtering(
    start: Array, transition: Array, stay: Array, enter: Array, filtered: Array, scale: Array
) -> float:
    """Write filtered probabilities and every period's log normaliser, (T,); return log p(y)."""
    periods, scenarios = stay.shape
    begun, held = np.zeros(scenarios), np.zeros(scenarios)
    loglik = 0.0
    for t in range(periods):
        top = -np.inf  # the best emission of what is possible: an impossible one must not scale
        for j in range(scenarios):
            if t == 0:
                begun[j] = start[j]
            else:
                held[j] = filtered[t - 1, j] * transition[j, j]
                begun[j] = 0.0
                for i in range(scenarios):
                    if i != j:
                        begun[j] += filtered[t - 1, i] * transition[i, j]
            if np.isnan(begun[j]) or np.isnan(held[j]):
                return -np.inf
            begun[j] = np.log(begun[j]) + enter[t, j] if begun[j] > 0.0 else -np.inf
            held[j] = np.log(held[j]) + stay[t, j] if held[j] > 0.0 else -np.inf
            top = max(top, begun[j], held[j])
        if not np.isfinite(top):
            return -np.inf
        total = 0.0
        for j in range(scenarios):
            filtered[t, j] = np.exp(begun[j] - top) + np.exp(held[j] - top)
            total += filtered[t, j]
        if not total > 0.0:
            return -np.inf
        for j in range(scenarios):
            filtered[t, j] /= total
        scale[t] = np.log(total) + top
        loglik += scale[t]
    return loglik


@compiled
def _weigh(
    stay: Array, enter: Array, scale: float, backward: Array, held: Array, begun: Array
) -> None:
    """Write what a period says of scenarios that hold and that begin, and all after it, (K,)."""
    for j in range(len(backward)):
        held[j] = np.exp(min(stay[j] - scale, _LARGE)) * backward[j]
        begun[j] = np.exp(min(enter[j] - scale, _LARGE)) * backward[j]


@compiled
def loglik_and_gradient(
    start: Array, transition: Array, stay: Array, enter: Array
) -> tuple[float, Array, Array, Array]:
    """Return log p(y) and its gradient with respect to transition, stay and enter.

    Parameters
    ----------
    start : (K,)
    transition : (K, K)
        Row i: p(z[t] | z[t-1] = i).
    stay, enter : (T, K)
        Log-likelihoods; ``stay[0]`` is ignored.
    """
    periods, scenarios = stay.shape
    filtered = np.empty((periods, scenarios))
    scale = np.empty(periods)
    d_transition = np.zeros((scenarios, scenarios))
    d_stay = np.zeros((periods, scenarios))
    d_enter = np.zeros((periods, scenarios))
    loglik = filtering(start, transition, stay, enter, filtered, scale)
    if loglik == -np.inf:
        return loglik, d_transition, d_stay, d_enter
    backward, earlier = np.ones(scenarios), np.empty(scenarios)
    held, begun = np.empty(scenarios), np.empty(scenarios)
    for t in range(periods - 1, 0, -1):
        _weigh(stay[t], enter[t], scale[t], backward, held, begun)
        for i in range(scenarios):
            total = 0.0
            for j in range(scenarios):
                weight = held[j] if i == j else begun[j]
                total += transition[i, j] * weight
                slope = filtered[t - 1, i] * weight
                d_transition[i, j] += slope
                joint = slope * transition[i, j]
                if i == j:
                    d_stay[t, j] += joint
                else:
                    d_enter[t, j] += joint
            earlier[i] = total
        for i in range(scenarios):
            backward[i] = earlier[i]
    for j in range(scenarios):
        d_enter[0, j] = filtered[0, j] * backward[j]
    return loglik, d_transition, d_stay, d_enter


@compiled
def smoothing(
    start: Array,
    transition: Array,
    stay: Array,
    enter: Array,
    filtered: Array,
    predicted: Array,
    smoothed: Array,
    scale: Array,
) -> float:
    """Do what `smooth` does, for compiled callers: write its fields, return log p(y).

    Parameters
    ----------
    scale : (T,)
        Log normalisers of periods are written here.
    """
    periods, scenarios = stay.shape
    loglik: float = filtering(start, transition, stay, enter, filtered, scale)
    backward, earlier = np.ones(scenarios), np.empty(scenarios)
    held, begun = np.empty(scenarios), np.empty(scenarios)
    for t in range(periods - 1, -1, -1):
        total = 0.0
        for j in range(scenarios):
            predicted[t, j] = start[j] if t == 0 else 0.0
            for i in range(scenarios if t > 0 else 0):
                predicted[t, j] += filtered[t - 1, i] * transition[i, j]
            smoothed[t, j] = filtered[t, j] * backward[j]
            total += smoothed[t, j]
        for j in range(scenarios):
            smoothed[t, j] /= total
        if t > 0:
            _weigh(stay[t], enter[t], scale[t], backward, held, begun)
            for i in range(scenarios):
                earlier[i] = 0.0
                for j in range(scenarios):
                    earlier[i] += transition[i, j] * (held[j] if i == j else begun[j])
            for i in range(scenarios):
                backward[i] = earlier[i]
    return loglik


def smooth(start: Array, transition: Array, stay: Array, enter: Array) -> Smoothed:
    """Filter forwards and smooth backwards for one set of parameters; shapes as in the gradient.

    Examples
    --------
    Two scenarios that last ten periods on average; the second of three readings is four times as
    likely under the second scenario as under the first, the others do not tell:

    >>> start, transition = np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.1, 0.9]])
    >>> reading = np.log([[1.0, 1.0], [0.2, 0.8], [1.0, 1.0]])
    >>> found = smooth(start, transition, reading, reading)
    >>> found.filtered.round(3)
    array([[0.5 , 0.5 ],
           [0.2 , 0.8 ],
           [0.26, 0.74]])
    >>> found.smoothed[0].round(3)  # what came later tells of what was before
    array([0.26, 0.74])
    >>> round(float(np.exp(found.loglik)), 3)
    0.5
    """
    filtered, predicted, smoothed = np.empty((3, *stay.shape))
    scale = np.empty(len(stay))
    loglik = smoothing(start, transition, stay, enter, filtered, predicted, smoothed, scale)
    return Smoothed(loglik, filtered, predicted, smoothed)
