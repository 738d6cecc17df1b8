"""What can be said without a model: the last value, the last twelve months, the same smoothed.

Everything is a distribution on the grid, (C, H, G).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.panel_scores import (
    CLASSES,
    GRID,
    HORIZONS,
    SPREAD,
    class_of,
    distribution,
    on_grid,
    scores,
)
from forecast.model.spec import Array

WINDOW = 12
LAST_EVEN, WINDOW_EVEN = (
    1 / 2,
    1 / (WINDOW + 1),
)  # one pseudo-count over all classes, log score only
CHOSEN_ON = 96  # last months of the history: for the pseudo-counts
_TRIED = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)


def last_value(values: Array) -> Array:
    """Return the last value of (T, C)."""
    return np.repeat(distribution(values[-1:].T)[:, None], len(HORIZONS), axis=1)


def empirical(values: Array) -> Array:
    """Return the distribution of the last twelve months of (T, C)."""
    return np.repeat(distribution(values[-WINDOW:].T)[:, None], len(HORIZONS), axis=1)


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
        ends = range(len(history) - CHOSEN_ON, len(history) - max(HORIZONS), 3)
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
