"""Forecasts played at origins, the stack's weights, and what they all lost.

O origins, C countries, H horizons. A forecaster is a function of what was known at an origin,
(T, C), and gives (C, H, G).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.panel_baselines import LAST_EVEN, WINDOW_EVEN
from benchmarks.panel_scores import HORIZONS, scores
from forecast.model.spec import Array

type Forecaster = Callable[[Array], Array]

LAST, WINDOW, SMOOTHED, OURS, PLAIN, STACK = (
    "last value",
    "12 months",
    "12 months smoothed",
    "our model",
    "our model, last month only",
    "stack",
)
EVEN = {LAST: LAST_EVEN, WINDOW: WINDOW_EVEN}
STACKED = (OURS, WINDOW, SMOOTHED)
ACTIVE = 25  # deaths in the twelve months before, at least
_STEPS = 5  # weights of the stack are multiples of a fifth


@dataclass(frozen=True, slots=True)
class Played:
    """Forecasts and outcomes.

    forecasts
        By forecaster, (O, C, H, G).
    outcomes : (O, C, H)
        nan where the month is not known yet.
    active : (O, C) bool
        Countries with at least `ACTIVE` deaths in the twelve months before, as known then.
    """

    forecasts: dict[str, Array]
    outcomes: Array
    active: np.ndarray

    def losses(self) -> dict[str, Array]:
        """Return scores by forecaster, (O, C, H, 3); nan where there is no outcome."""
        known = ~np.isnan(self.outcomes)
        result = {}
        for name, p in self.forecasts.items():
            result[name] = np.full((*known.shape, 3), np.nan)
            result[name][known] = scores(p[known], self.outcomes[known], EVEN.get(name, 0.0))
        return result

    def stacked(self, weights: Array) -> Played:
        """Add the stack with weights (H, 3) of `STACKED`."""
        return Played(
            self.forecasts | {STACK: mixed(self.forecasts, weights)}, self.outcomes, self.active
        )


def play(
    forecasters: Mapping[str, Forecaster],
    known: Sequence[Array],
    outcome: Callable[[int], Array | None],
) -> Played:
    """Play forecasters at origins of which (T, C) values are known.

    Parameters
    ----------
    outcome
        What a month came to, (C,), or None.
    """
    forecasts: dict[str, list[Array]] = {name: [] for name in forecasters}
    outcomes = np.full((len(known), known[0].shape[1], len(HORIZONS)), np.nan)
    for o, values in enumerate(known):
        for name, forecaster in forecasters.items():
            forecasts[name].append(forecaster(values))
        for i, ahead in enumerate(HORIZONS):
            came = outcome(len(values) - 1 + ahead)
            if came is not None:
                outcomes[o, :, i] = came
    active = np.stack([values[-12:].sum(axis=0) >= ACTIVE for values in known])
    return Played({name: np.stack(each) for name, each in forecasts.items()}, outcomes, active)


def joined(parts: Sequence[Played]) -> Played:
    """Put origins after one another."""
    return Played(
        {n: np.concatenate([p.forecasts[n] for p in parts]) for n in parts[0].forecasts},
        np.concatenate([p.outcomes for p in parts]),
        np.concatenate([p.active for p in parts]),
    )


def mixed(forecasts: Mapping[str, Array], weights: Array) -> Array:
    """Return the mixture with weights (H, 3) of `STACKED`, (O, C, H, G)."""
    parts = zip(weights.T, STACKED, strict=True)
    return np.asarray(sum(weight[:, None] * forecasts[name] for weight, name in parts))


def stack_weights(played: Played) -> Array:
    """Return for each horizon the weights of `STACKED` that lose least, (H, 3).

    Log score and CRPS count alike, each in units of what the smoothed twelve months lose.
    """
    usual = np.nanmean(played.losses()[SMOOTHED], axis=(0, 1))
    tried = [
        np.array([a, b, _STEPS - a - b]) / _STEPS
        for a, b in product(range(_STEPS + 1), repeat=2)
        if a + b <= _STEPS
    ]
    lost = []
    for weight in tried:
        p = mixed(played.forecasts, np.tile(weight, (len(HORIZONS), 1)))
        mean = np.nanmean(
            Played({STACK: p}, played.outcomes, played.active).losses()[STACK], (0, 1)
        )
        lost.append((mean / usual)[:, :2].sum(axis=1))
    return np.array(tried)[np.argmin(lost, axis=0)]
