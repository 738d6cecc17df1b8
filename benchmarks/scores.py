"""Scores of scenario probabilities, and of one variant against another on the same datasets.

Probabilities are (..., K), what held is (...) whole numbers below K; one score for each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.model.spec import Array, Index

SURE = 0.95  # a scenario above it was said to hold


def log_score(probability: Array, held: Index) -> Array:
    """Return the log-probability of what held, in nat (Good 1952): the higher the better.

    A probability too small for a double is taken as the smallest there is, about -708 nat.
    """
    said = np.take_along_axis(probability, held[..., None], axis=-1)[..., 0]
    return np.asarray(np.log(np.maximum(said, np.finfo(float).tiny)))


def sure(probability: Array, held: Index) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a scenario was above `SURE`, and where such a one did not hold."""
    said = probability.max(axis=-1) > SURE
    return said, said & (probability.argmax(axis=-1) != held)


def mean_and_error(differences: Array) -> tuple[float, float]:
    """Return the mean over datasets, (n,), and its standard error."""
    return float(differences.mean()), float(differences.std(ddof=1) / np.sqrt(len(differences)))


def verdict(mean: float, error: float) -> str:
    """Say whether a correction helps, from what leaving it out does to the log score.

    Anything within two standard errors of nothing counts as nothing.
    """
    if mean < -2 * error:
        return "helps"
    return "hurts" if mean > 2 * error else "makes no measurable difference"
