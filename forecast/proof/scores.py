"""Proper scores: a forecaster does best, on average, by saying what he believes.

All are losses: 0 is a perfect forecast, more is worse. Probabilities are (..., K) and what
happened is (...) whole numbers below K; one score for each. Nothing is rounded and nothing is
clipped: what was called impossible and happened costs infinitely much.

Skill is the part of a baseline's mean loss that forecasts save. Forecasts of neighbouring periods
share their news, so single ones may not be resampled as if they were independent: its interval is
from a circular block bootstrap (Politis & Romano 1992), in blocks of neighbours at least as long as
the horizon reaches.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecast.proof.types import ENOUGH, Skill

type Array = NDArray[np.float64]
type Index = NDArray[np.intp]

_SUM = 1e-6  # how far probabilities may be from summing to 1


def log_score(probability: ArrayLike, held: ArrayLike) -> Array:
    """Return minus the log-probability of what held, in nats, from 0 to infinity.

    Local: only what was said of what happened counts (Good 1952).

    Raises
    ------
    ValueError
        If a row is no distribution, or what held is not one of its categories.

    Examples
    --------
    >>> float(log_score([0.75, 0.25], 0).round(3))
    0.288
    >>> log_score([[1.0, 0.0], [1.0, 0.0]], [0, 1])  # certain and right, certain and wrong
    array([ 0., inf])
    """
    return _log_score(*_checked(probability, held))


def brier(probability: ArrayLike, held: ArrayLike) -> Array:
    """The squared distance from what held, summed over categories, from 0 to 2.

    Brier (1950), in his own form: of two categories it is twice the square of the error.

    Raises
    ------
    ValueError
        If a row is no distribution, or what held is not one of its categories.

    Examples
    --------
    >>> brier([[0.75, 0.25], [0.0, 1.0]], [0, 0])
    array([0.125, 2.   ])
    """
    return _brier(*_checked(probability, held))


def ranked_probability(probability: ArrayLike, held: ArrayLike) -> Array:
    """The squared distance between cumulative distributions, from 0 to K - 1.

    For categories in order: probability close to what held costs less than probability far away
    (Epstein 1969).

    Raises
    ------
    ValueError
        If a row is no distribution, or what held is not one of its categories.

    Examples
    --------
    >>> ranked_probability([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0, 0])  # one away, two away
    array([1., 2.])
    """
    return _ranked_probability(*_checked(probability, held))


def binary_brier(probability: ArrayLike, happened: ArrayLike) -> Array:
    """The squared error of the probability of one event, from 0 to 1.

    Raises
    ------
    ValueError
        If a probability is outside 0 to 1, or what happened is neither 0 nor 1.

    Examples
    --------
    >>> binary_brier([0.5, 0.75], [1, 1])
    array([0.25  , 0.0625])
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(happened, dtype=float)
    if not (np.all((p >= 0) & (p <= 1)) and np.isin(y, (0.0, 1.0)).all()):
        raise ValueError("probabilities must be from 0 to 1, what happened 0 or 1")
    return np.asarray((p - y) ** 2)


def quantile_crps(quantiles: ArrayLike, levels: ArrayLike, value: ArrayLike) -> Array:
    """The continuous ranked probability score as told from quantiles, at least 0.

    Twice the mean pinball loss over the levels. Over levels that lie symmetrically about the
    median this is the weighted interval score, which tends to the CRPS with ever more of them
    (Bracher, Ray, Gneiting & Reich 2021); of a single value it is the absolute error.

    Parameters
    ----------
    quantiles
        (..., Q) values, never falling.
    levels
        (Q,) probabilities strictly between 0 and 1.
    value
        (...) what was read, in the same units.

    Raises
    ------
    ValueError
        If quantiles fall, or a level is not between 0 and 1.

    Examples
    --------
    >>> float(quantile_crps([7.0, 7.0, 7.0], [0.25, 0.5, 0.75], 10.0))  # a point: absolute error
    3.0
    """
    q, a, y = (np.asarray(x, dtype=float) for x in (quantiles, levels, value))
    if np.any(np.diff(q, axis=-1) < 0):
        raise ValueError("quantiles must not fall")
    if not np.all((a > 0) & (a < 1)):
        raise ValueError("levels must be between 0 and 1")
    return _quantile_crps(q, a, y[..., None])


def _log_score(p: Array, held: Index) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.take_along_axis(p, held[..., None], axis=-1)[..., 0]) + 0.0)


def _brier(p: Array, held: Index) -> Array:
    return np.asarray(((p - _one_hot(p, held)) ** 2).sum(axis=-1))


def _ranked_probability(p: Array, held: Index) -> Array:
    gaps = np.cumsum(p - _one_hot(p, held), axis=-1)
    return np.asarray((gaps[..., :-1] ** 2).sum(axis=-1))  # the last gap is 0 but for rounding


def _quantile_crps(q: Array, a: Array, y: Array) -> Array:
    return np.asarray(2 * (((y < q) - a) * (q - y)).mean(axis=-1))


def _one_hot(p: Array, held: Index) -> Array:
    return np.asarray(np.arange(p.shape[-1]) == held[..., None], dtype=float)


def _checked(probability: ArrayLike, held: ArrayLike) -> tuple[Array, Index]:
    p, k = np.asarray(probability, dtype=float), np.asarray(held)
    if not np.all((p >= 0) & (p <= 1)) or np.any(np.abs(p.sum(axis=-1) - 1) > _SUM):
        raise ValueError("probabilities must be from 0 to 1 and sum to 1")
    if k.dtype.kind not in "iu" or np.any((k < 0) | (k >= p.shape[-1])):
        raise ValueError(f"what held must be a whole number from 0 to {p.shape[-1] - 1}")
    return p, k.astype(np.intp)


SEED = 20241202
RESAMPLES = 2000
_BLOCKS = 4  # there must be this many blocks at least


def needed(horizon: int) -> int:
    """Return of how many settled questions skill at a horizon can be told."""
    return max(ENOUGH, _BLOCKS * (horizon + 1))


def skill(loss: Array, baseline: Array, horizon: int) -> Skill | None:
    """Return 1 - mean loss / mean loss of the baseline, with its 95 % interval.

    Parameters
    ----------
    loss, baseline
        (n,) losses of the same questions, in order of their periods.
    horizon
        Periods ahead, at most: blocks are longer than it.

    Returns
    -------
    Skill or None
        None of fewer questions than `needed`, or if the baseline lost nothing.
    """
    n = len(loss)
    if n < needed(horizon) or not baseline.mean() > 0:
        return None
    length = max(horizon + 1, math.ceil(n ** (1 / 3)))
    starts = np.random.default_rng(SEED).integers(n, size=(RESAMPLES, math.ceil(n / length)))
    drawn = (starts[..., None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :n] % n
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = _saved(loss[drawn].mean(axis=1), baseline[drawn].mean(axis=1))
    low, high = np.nanquantile(spread, [0.025, 0.975])
    return Skill(float(_saved(loss.mean(), baseline.mean())), float(low), float(high))


def _saved[T: (Array, np.floating)](loss: T, baseline: T) -> T:
    return 1 - loss / baseline
