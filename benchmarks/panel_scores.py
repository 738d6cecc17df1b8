"""Distributions of deaths on one grid, so that forecasts can be mixed and scored alike.

A forecast is (C, H, G) probabilities of the values of `GRID`: whole numbers to 100, then steps of
2 % (the edges of classes kept apart). Rounding a value to the grid moves it by 1.2 % at most.
"""

from __future__ import annotations

import numpy as np

from forecast.model.spec import Array, Index
from forecast.proof.scores import log_score, ranked_probability

HORIZONS = (1, 3, 6)
EDGES = np.array([1, 25, 100, 1000])  # classes 0, 1-24, 25-99, 100-999, 1000 and more
CLASSES = ("0", "1-24", "25-99", "100-999", ">= 1000")
SCORES = ("log", "crps", "rps")


def _grid() -> Array:
    steps = np.round(100 * 1.02 ** np.arange(1, 470))
    return np.unique(np.concatenate([np.arange(101), steps, [999, 1000]]))


GRID = _grid()
_BETWEEN = (GRID[1:] + GRID[:-1]) / 2
_X = np.log1p(GRID)
_CLASS = np.searchsorted(EDGES, GRID, side="right")


def _spread() -> Array:
    """Return classes alike, and values alike in log(1 + deaths) within each, (G,)."""
    width = np.diff(_X, append=np.log1p(GRID[-1] * 1.02))
    return np.asarray(width / np.bincount(_CLASS, width)[_CLASS] / len(CLASSES))


SPREAD = _spread()


def class_of(deaths: Array) -> Index:
    """Return the class of each number of deaths."""
    return np.searchsorted(EDGES, deaths, side="right")


def on_grid(deaths: Array) -> Index:
    """Return the place on the grid nearest to each number of deaths, in its class."""
    near = np.searchsorted(_BETWEEN, deaths, side="left")
    wrong = class_of(deaths) - _CLASS[near]
    return np.asarray(near + wrong)


def distribution(samples: Array) -> Array:
    """Return the empirical distribution of (..., n) samples, (..., G)."""
    at = on_grid(samples)
    flat = at.reshape(-1, at.shape[-1])
    out = np.zeros((len(flat), len(GRID)))
    np.add.at(out, (np.arange(len(flat))[:, None], flat), 1 / at.shape[-1])
    return out.reshape(*at.shape[:-1], len(GRID))


def classes(p: Array) -> Array:
    """Return probabilities of classes, (..., 5)."""
    starts = np.searchsorted(_CLASS, np.arange(len(CLASSES)))
    summed = np.add.reduceat(p, starts, axis=-1)
    return np.asarray(summed / summed.sum(axis=-1, keepdims=True))


def crps(p: Array, deaths: Array) -> Array:
    """Return the CRPS of log(1 + deaths), (...): E|X - y| - E|X - X'|/2, exactly on the grid.

    Gneiting & Raftery (2007).
    """
    y = np.log1p(deaths)[..., None]
    below = np.cumsum(p, axis=-1)[..., :-1]
    half_spread = (below * (1 - below) * np.diff(_X)).sum(axis=-1)
    return np.asarray((p * np.abs(_X - y)).sum(axis=-1) - half_spread)


def scores(p: Array, deaths: Array, even: float = 0.0) -> Array:
    """Return the losses of forecasts (..., G), in the order of `SCORES`, (..., 3).

    Parameters
    ----------
    even
        How much of the log score's probabilities is spread evenly over classes, for forecasts that
        call what they have not seen impossible.
    """
    said, held = classes(p), class_of(deaths)
    log = log_score((1 - even) * said + even / len(CLASSES), held)
    return np.stack([log, crps(p, deaths), ranked_probability(said, held)], axis=-1)
