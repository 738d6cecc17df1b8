"""Whether what was called 70 % came true in 70 of 100 cases.

Bins chosen by hand can show anything. Isotonic regression chooses them itself: it calls ever
greater probabilities by ever greater rates, in as many steps as the outcomes ask for (Dimitriadis,
Gneiting & Jordan 2021, whose decomposition of the Brier score this is as well).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from forecast.proof.scores import SEED, Array, Index
from forecast.proof.types import Block, Reliability

RESAMPLES = 1000
_BAND = (0.05, 0.95)


def reliability(probability: Iterable[ArrayLike], held: Index) -> Reliability:
    """Hold every scenario's probability against whether that scenario held.

    Parameters
    ----------
    probability
        n distributions, not all over as many scenarios.
    held
        (n,) places of the scenarios that held.

    Notes
    -----
    The consistency band is where shares would lie if what was said were right: outcomes are drawn
    anew from the forecasts themselves, one scenario per row, since exactly one holds.
    """
    rows = [np.asarray(row, dtype=float) for row in probability]
    sizes = np.array([len(row) for row in rows])
    there = np.arange(sizes.max()) < sizes[:, None]  # (n, most scenarios)
    edges = np.full(there.shape, np.inf)
    edges[there] = np.concatenate([row.cumsum() for row in rows])
    flat = np.concatenate(rows)
    true = _one_hot(held, there)
    levels, where, number = np.unique(flat, return_inverse=True, return_counts=True)
    rate = _rates(true, where, number)
    rng = np.random.default_rng(SEED)
    draws = [_one_hot(_drawn(edges, sizes, rng), there) for _ in range(RESAMPLES)]
    drawn = np.array([_rates(outcomes, where, number) for outcomes in draws])
    low, high = np.quantile(drawn, _BAND, axis=0)
    base = true.mean()
    brier, recalibrated = (((p - true) ** 2).mean() for p in (flat, rate[where]))
    return Reliability(
        blocks=tuple(
            _block(levels[part], number[part], rate[part], low[part], high[part])
            for part in _parts(rate)
        ),
        miscalibration=float(brier - recalibrated),
        discrimination=float(base * (1 - base) - recalibrated),
        uncertainty=float(base * (1 - base)),
    )


def _rates(true: Array, where: NDArray[np.intp], number: NDArray[np.intp]) -> Array:
    """The isotonic rate at each level, from outcomes whose level is ``where``."""
    share = np.bincount(where, weights=true) / number
    return np.asarray(isotonic_regression(share, weights=number).x)


def _drawn(edges: Array, sizes: Index, rng: np.random.Generator) -> Index:
    """The place of a scenario drawn from each row's cumulative probabilities."""
    whole = np.take_along_axis(edges, sizes[:, None] - 1, axis=1)
    return np.asarray((rng.random((len(edges), 1)) * whole >= edges).sum(axis=1))


def _one_hot(outcome: Index, there: NDArray[np.bool_]) -> Array:
    """Return 1 for each outcome, else 0, of all rows in a line."""
    return np.asarray((np.arange(there.shape[1]) == outcome[:, None])[there], dtype=float)


def _parts(rate: Array) -> list[NDArray[np.intp]]:
    return np.split(np.arange(len(rate)), np.flatnonzero(np.diff(rate) > 0) + 1)


def _block(levels: Array, number: NDArray[np.intp], rate: Array, low: Array, high: Array) -> Block:
    return Block(
        low=float(levels[0]),
        high=float(levels[-1]),
        said=float(np.average(levels, weights=number)),
        number=int(number.sum()),
        held=float(rate[0]),
        band_low=float(np.average(low, weights=number)),
        band_high=float(np.average(high, weights=number)),
    )
