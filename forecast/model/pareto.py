"""Pareto-smoothed importance weights (Vehtari, Simpson, Gelman, Yao and Gabry 2024).

The largest weights are replaced by quantiles of a generalised Pareto distribution fitted to them;
its shape, k-hat, says whether a mean over so weighted draws can be believed. The fit is the
empirical Bayes estimate of Zhang and Stephens (2009), its shape drawn towards 0.5 by ten
observations' worth. Held to ArviZ, which takes seconds to load (tests/model/test_pareto.py).
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.spec import Array

_NEGLIGIBLE = 10 * np.finfo(float).eps


def tail_size(draws: int) -> int:
    """Return how many of the largest weights are smoothed."""
    return int(min(draws / 5, 3 * math.sqrt(draws)))


def smooth(log_weight: Array) -> tuple[Array, float]:
    """Return smoothed weights, (S,), that sum to 1, and k-hat.

    Parameters
    ----------
    log_weight : (S,)
        Finite, up to a constant, at least 25 of them. The largest `tail_size` must not all be
        alike. Without a first quartile above their least k-hat is not a number, and they are
        left as they are.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> weight, khat = smooth(rng.normal(scale=0.5, size=1000))  # two posteriors close together
    >>> round(float(weight.sum()), 6), khat < 0.7
    (1.0, True)
    >>> smooth(rng.normal(scale=5.0, size=1000))[1] < 0.7  # far apart: not to be relied upon
    False
    """
    log_weight = log_weight - log_weight.max()
    size = tail_size(len(log_weight))
    order = np.argsort(log_weight)
    tail = order[-size:]
    least = math.exp(log_weight[order[-size - 1]])
    khat, scale = _fit(np.exp(log_weight[tail]) - least)
    weight = np.exp(log_weight)
    if math.isfinite(khat):
        at = np.log1p(-(np.arange(size) + 0.5) / size)
        above = np.expm1(-khat * at) / khat if khat != 0 else -at
        weight[tail] = np.minimum(least + scale * above, 1.0)
    return weight / weight.sum(), khat


def _fit(excess: Array) -> tuple[float, float]:
    """Return shape and scale for excesses in rising order, (n,)."""
    n = len(excess)
    quartile = excess[int(n / 4 + 0.5) - 1]
    if quartile <= excess[0]:
        return math.nan, math.nan
    points = 30 + int(math.sqrt(n))
    slope = 1 / excess[-1]
    slope += (1 - np.sqrt(points / (np.arange(points) + 0.5))) / (3 * quartile)
    shape = np.log1p(-slope[:, None] * excess).mean(axis=1)
    profile = n * (np.log(-slope / shape) - shape - 1)
    weight = np.exp(profile - profile.max())
    weight /= weight.sum()
    weight[weight < _NEGLIGIBLE] = 0.0
    mean = float(slope @ weight / weight.sum())
    khat = float(np.log1p(-mean * excess).mean())
    return (n * khat + 10 * 0.5) / (n + 10), -khat / mean
