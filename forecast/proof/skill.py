"""How much of a baseline's loss forecasts save, and how sure that is.

Forecasts of neighbouring periods share their news, so single ones may not be resampled as if they
were independent: the interval is from a circular block bootstrap (Politis & Romano 1992), in
blocks of neighbours at least as long as the horizon reaches.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.proof.scores import Array
from forecast.proof.types import ENOUGH, Skill

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
