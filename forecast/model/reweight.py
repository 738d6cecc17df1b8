"""Draws of one posterior made to stand for another, by the ratio of the two densities."""

from __future__ import annotations

import numpy as np

from forecast.model.pareto import smooth, tail_size
from forecast.model.spec import Array

KHAT_MAX = 0.7  # beyond it a mean may rest on few draws (Vehtari, Simpson, Gelman et al. 2024)
EVEN = 3.0  # times the average: weights none of which is larger rest on many, whatever their tail
_LEAST = 700.0  # nats below the largest: as good as nothing, and finite


def reweight(log_ratio: Array) -> tuple[Array, float]:
    """Return Pareto-smoothed weights that sum to 1, and Pareto k-hat.

    Parameters
    ----------
    log_ratio : (S,)
        Log of the wanted density over the one that was drawn from, up to a constant.
    """
    kept = np.maximum(log_ratio, log_ratio.max() - _LEAST)
    if np.sort(kept)[-tail_size(len(kept))] == kept.max():  # nothing stands out
        weights = np.exp(kept - kept.max())
        return weights / weights.sum(), 0.0
    return smooth(kept)


def tells(weights: Array, khat: float) -> bool:
    """Return whether draws so weighted can stand for the posterior that is wanted.

    k-hat knows the shape of the tail, not its size: where a few draws hang on an unlikely past, a
    change that touches that past gives weights of 1 with a long tail up to 1.01, and harms nothing.
    """
    return khat <= KHAT_MAX or float(weights.max()) * len(weights) <= EVEN
