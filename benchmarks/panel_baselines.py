"""What can be said without a model: the last value, the last twelve months, the same smoothed.

Everything is a distribution on the grid, (C, H, G).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.panel_scores import CLASSES, GRID, HORIZONS, class_of, distribution, on_grid, scores
from forecast.model.spec import Array

WINDOW = 12
PSEUDO = 1.0  # what keeps a class that has not been seen possible, spread evenly over classes
_TRIED = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)


def _spread() -> Array:
    """Return classes alike, and values alike in log(1 + deaths) within each, (G,)."""
    width = np.diff(np.log1p(GRID), append=np.log1p(GRID[-1] * 1.02))
    k = class_of(GRID)
    return np.asarray(width / np.bincount(k, width)[k] / len(CLASSES))


SPREAD = _spread()


def last_value(values: Array) -> Array:
    """Return the last value, and ``PSEUDO`` pseudo-counts."""
    p = (distribution(values[-1:].T) + PSEUDO * SPREAD) / (1 + PSEUDO)
    return np.repeat(p[:, None], len(HORIZONS), axis=1)


def empirical(values: Array) -> Array:
    """Return the distribution of the last twelve months, and ``PSEUDO`` pseudo-counts."""
    p = (WINDOW * distribution(values[-WINDOW:].T) + PSEUDO * SPREAD) / (WINDOW + PSEUDO)
    return np.repeat(p[:, None], len(HORIZONS), axis=1)


@dataclass(frozen=True, slots=True)
class Smoother:
    """What the last month's class says of months ahead, pooled over countries.

    follows : (H, 5, G)
        Distribution of deaths at each horizon after each class.
    worth : (H,)
        Pseudo-counts it is worth beside the twelve months.
    """

    follows: Array
    worth: Array

    @classmethod
    def learn(cls, history: Array) -> Smoother:
        """Count transitions in (T, C), and choose the pseudo-counts by the log score on it."""
        follows = np.stack([_follows(history, h) for h in HORIZONS])
        ends = range(history.shape[0] - 96, history.shape[0] - max(HORIZONS))
        mean = np.empty((len(_TRIED), len(HORIZONS)))
        for i, worth in enumerate(_TRIED):
            tried = cls(follows, np.full(len(HORIZONS), worth))
            losses = [
                [
                    scores(p, history[end - 1 + h])[:, 0].mean()
                    for p, h in zip(tried(history[:end]).swapaxes(0, 1), HORIZONS, strict=True)
                ]
                for end in ends
            ]
            mean[i] = np.mean(losses, axis=0)
        return cls(follows, np.array(_TRIED)[mean.argmin(axis=0)])

    def __call__(self, values: Array) -> Array:
        """Return the distribution of the last twelve months with the pseudo-counts."""
        seen = distribution(values[-WINDOW:].T)[:, None]
        towards = self.follows[:, class_of(values[-1])].swapaxes(0, 1)
        worth = self.worth[:, None]
        return np.asarray((WINDOW * seen + worth * towards) / (WINDOW + worth))


def _follows(history: Array, ahead: int) -> Array:
    before, after = class_of(history[:-ahead]), on_grid(history[ahead:])
    count = np.zeros((len(CLASSES), len(GRID)))
    np.add.at(count, (before.ravel(), after.ravel()), 1.0)
    smoothed = count + SPREAD  # one pseudo-count: no class is impossible after any
    return np.asarray(smoothed / smoothed.sum(axis=1, keepdims=True))
