"""Draws of one posterior made to stand for another, by the ratio of the two densities."""

from __future__ import annotations

import numpy as np

from forecast.model.pareto import smooth, tail_size
from forecast.model.spec import Array

KHAT_MAX = 0.7  # beyond it a mean may rest on few draws (Vehtari, Simpson, Gelman et al. 2024)
EVEN = 3.0  # times the average: weights none of which is larger rest on many, whatever their tail
KHAT_NONE = 1.0  # stands for that of uneven weights whose tail has no shape: not to be relied on
_LEAST = 700.0  # nats below the largest: as good as nothing, and finite
_ROUNDING = 1e-9  # nats by which likelihoods differ that are the same


def reweight(log_ratio: Array) -> tuple[Array, float]:
    """Pareto-smoothed weights that sum to 1, and Pareto k-hat, all finite.

    Parameters
    ----------
    log_ratio : (S,)
        Log of the wanted density over the one that was drawn from, up to a constant.
    """
    top = np.nan_to_num(log_ratio, nan=-np.inf, posinf=np.inf, neginf=-np.inf).max()
    if not np.isfinite(top):  # what is wanted is impossible under every draw
        return np.eye(1, len(log_ratio))[0], KHAT_NONE
    kept = np.fmax(log_ratio, top - _LEAST)
    if top - np.sort(kept)[-tail_size(len(kept))] <= _ROUNDING:  # nothing stands out
        weights = np.exp(kept - top)
        return weights / weights.sum(), 0.0
    weights, khat = smooth(kept)
    if np.isnan(khat):
        khat = 0.0 if _even(weights) else KHAT_NONE
    return weights, khat


def tells(weights: Array, khat: float) -> bool:
    """Return whether draws so weighted can stand for the posterior that is wanted.

    k-hat knows the shape of the tail, not its size: where a few draws hang on an unlikely past, a
    change that touches that past gives weights of 1 with a long tail up to 1.01, and harms nothing.
    """
    return khat <= KHAT_MAX or _even(weights)


def _even(weights: Array) -> bool:
    return float(weights.max()) * len(weights) <= EVEN
