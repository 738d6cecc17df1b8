"""What the model believes before any reading: the prior predictive of every indicator.

Simulated with everything on that acts on a lasting scenario: parameters from their priors, a count
in its twelfth period after starting fresh, so that inertia has had its effect. Held against what
was asked by ``forecast priors`` and by the tests.
"""

from __future__ import annotations

import numpy as np

from forecast.model import names
from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_CENTRE,
    SHARED_MOST,
    SHARED_SD,
    count_prior,
)
from forecast.model.memory import Remembered
from forecast.model.negbinomial import draw
from forecast.model.spec import Array, CountSpec

PERIODS = 12
SIZE = 40_000


def believed_counts(counts: CountSpec) -> Array:
    """Draws of every count under every condition, (C, K + B, SIZE): a sign is of one period."""
    rng = np.random.default_rng(names.SEED)
    prior = count_prior(counts)
    centre, sd, dispersion = (
        part[:, :, None] for part in (prior.centre, prior.sd, prior.dispersion)
    )
    shape = (*counts.median.shape, SIZE)
    location = centre + sd * rng.standard_normal(shape)
    alike = (shape[0], 1, SIZE)  # under every condition
    variance = dispersion * np.exp(DISPERSION_SD * rng.standard_normal(alike))
    asked = counts.inertia[:, None, None]
    odds = asked / (1 - asked) * np.exp(INERTIA_SD * rng.standard_normal(alike))
    share = odds / (1 + odds)
    odds = np.exp(SHARED_CENTRE + SHARED_SD * rng.standard_normal(alike))
    shared = SHARED_MOST * odds / (1 + odds) * counts.shock[:, None, None] ** 2
    loading = np.sqrt(shared * (1 - share**2) * variance.min(axis=1, keepdims=True))
    remembered = [Remembered(*c) for c in zip(counts.recent, counts.decay, share, strict=True)]
    share = share * (np.arange(shape[1]) < shape[1] - counts.signs)[:, None]
    y = _draw(location, variance, loading, rng)
    for t in range(PERIODS - 1):
        kept = [m.add(np.log1p(y[c]), t, -1, 1.0) for c, m in enumerate(remembered)]
        weight = np.array([k.weight for k in kept])[:, None, None]
        pull = np.stack([k.value for k in kept]) - weight * np.logaddexp(0.0, location)
        varies = np.stack([np.broadcast_to(k.variance, (1, SIZE)) for k in kept])
        y = _draw(location + share * pull, variance * (1 - share**2 * varies), loading, rng)
    return y


def _draw(location: Array, variance: Array, loading: Array, rng: np.random.Generator) -> Array:
    shock = loading * rng.standard_normal(variance.shape)
    return draw(location + shock, variance - loading**2, rng)
