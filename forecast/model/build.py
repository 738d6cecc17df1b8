"""The PyMC model: priors as standard normals, bent; emissions as plain PyTensor; one filter.

::

    duration_raw, successor_raw ──> transition ─────────────┐
    location, dispersion, count inertia _raw ──> counts ──> stay, enter ──> filter ──> log p(y)
    level, level inertia _raw ─────────────────> levels ──┘

Emissions know nothing of the chain, the chain nothing of emissions; only this module knows both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from forecast.model import names
from forecast.model.elicit import DISPERSION_SD, INERTIA_SD, count_prior, softmax_prior
from forecast.model.ops import count_loglik, filter_loglik
from forecast.model.spec import Array, ChainSpec, CountSpec, LevelSpec, Spec


def build(spec: Spec) -> pm.Model:
    """Return the model of a case as-of a date; its only likelihood term is the filter's."""
    coords = {names.SCENARIO: spec.scenarios, names.PERIOD: spec.periods}
    with pm.Model(coords=coords) as model:
        transition = pm.Deterministic(names.TRANSITION, _transition(spec.chain))
        series = [*_count_emissions(spec), *_level_emissions(spec)]
        nothing = pt.zeros((len(spec.periods), len(spec.scenarios)))
        stay = pm.Deterministic(names.STAY, sum((s for s, _ in series), start=nothing))
        enter = pm.Deterministic(names.ENTER, sum((e for _, e in series), start=nothing))
        pm.Deterministic(names.LAST_STAY, pt.stack([s[-1] for s, _ in series]))
        pm.Deterministic(names.LAST_ENTER, pt.stack([e[-1] for _, e in series]))
        pm.Potential("readings", filter_loglik(spec.chain.start, transition, stay, enter))
    return model


def _normal(name: str, shape: tuple[int, ...]) -> Any:
    return pm.Normal(name, shape=shape)


def _inertia(raw: str, name: str, centre: Array) -> Any:
    """Return inertia in (0, 1) with the given prior median; a centre of 0 switches it off."""
    on = centre > 0
    logit = np.log(np.where(on, centre, 0.5) / (1 - np.where(on, centre, 0.5)))
    free = pt.sigmoid(logit + INERTIA_SD * _normal(raw, centre.shape))
    return pm.Deterministic(name, free * on)


def _transition(chain: ChainSpec) -> Any:
    """Return P (K, K): stay-probability 1 - 1/D, and where it goes on leaving.

    ``D = 1 + (d - 1) exp(s e - s^2 / 2)``, e standard normal, so that D has mean d.
    """
    scenarios = len(chain.start)
    moving = ~chain.absorbing
    centre = np.full((scenarios, scenarios), -1e3)
    scale = np.zeros(scenarios)
    for k in np.flatnonzero(moving):
        solved, scale[k] = softmax_prior(chain.then[k], chain.worth[k])
        centre[k] = np.where(np.isfinite(solved), solved, -1e3)
    duration = 1 + (chain.lasts - 1) * pt.exp(
        chain.spread * _normal(names.DURATION_RAW, (scenarios,)) - chain.spread**2 / 2
    )
    successor = pt.special.softmax(
        centre + scale[:, None] * _normal(names.SUCCESSOR_RAW, (scenarios, scenarios)), axis=1
    )
    leave = moving / duration
    return pt.diag(1 - leave) + leave[:, None] * successor


def _count_emissions(spec: Spec) -> list[tuple[Any, Any]]:
    """Return (stay, enter), each (T, K), of every count.

    With memory of share ``r = inertia^gap`` the location is pulled towards the last reading by
    ``r (u - log(1 + e^l))`` and the log-variance shrinks by ``1 - r^2``: what was asked stays the
    stationary distribution.
    """
    counts: CountSpec = spec.counts
    if not counts.ids:
        return []
    prior = count_prior(counts.median, counts.p90, counts.worth, counts.inertia)
    location = pm.Deterministic(
        names.LOCATION, prior.centre + prior.sd * _normal(names.LOCATION_RAW, prior.centre.shape)
    )
    multiplier = pm.Deterministic(
        names.DISPERSION,
        pt.exp(DISPERSION_SD * _normal(names.DISPERSION_RAW, (len(counts.ids),))),
    )
    inertia = _inertia(names.COUNT_INERTIA_RAW, names.COUNT_INERTIA, counts.inertia)
    row = counts.series
    base = location[row]
    variance = (prior.dispersion * multiplier[:, None])[row]
    remembered = np.isfinite(counts.gap)
    share = _power(inertia[row], counts.gap, remembered)[:, None]
    pull = share * (counts.memory[:, None] - pt.log1p(pt.exp(base)))
    exposure = counts.log_exposure[:, None]
    enter = count_loglik(counts.value, base + exposure, variance)
    stay = count_loglik(counts.value, base + exposure + pull, variance * (1 - share**2))
    return [
        (pt.dot(counts.weight[:, rows], stay[rows]), pt.dot(counts.weight[:, rows], enter[rows]))
        for rows in (np.flatnonzero(row == c) for c in range(len(counts.ids)))
    ]


def _level_emissions(spec: Spec) -> list[tuple[Any, Any]]:
    """Return (stay, enter), each (T, K), of every ordinal.

    ``stay``: with probability ``inertia^gap`` the level carries over, else it is drawn from the
    scenario's distribution; ``enter``: drawn.
    """
    levels: LevelSpec = spec.levels
    if not levels.ids:
        return []
    solved = [
        [softmax_prior(p, n) for p, n in zip(*pair, strict=True)]
        for pair in zip(levels.asked, levels.worth, strict=True)
    ]
    centre = np.array([[np.where(np.isfinite(c), c, -1e3) for c, _ in row] for row in solved])
    scale = np.array([[s for _, s in row] for row in solved])
    probabilities = pm.Deterministic(
        names.LEVELS,
        pt.special.softmax(
            centre + scale[:, :, None] * _normal(names.LEVEL_RAW, centre.shape), axis=2
        ),
    )
    inertia = _inertia(names.LEVEL_INERTIA_RAW, names.LEVEL_INERTIA, levels.inertia)
    remembered = levels.previous >= 0
    share = _power(inertia[levels.series], levels.gap, remembered)[:, None]
    same = (levels.value == levels.previous)[:, None].astype(float)
    drawn = probabilities[levels.series, :, levels.value]
    enter = pt.log(drawn)
    stay = pt.log(share * same + (1 - share) * drawn)
    at = np.eye(len(spec.periods))[:, levels.at]
    return [
        (pt.dot(at[:, rows], stay[rows]), pt.dot(at[:, rows], enter[rows]))
        for rows in (np.flatnonzero(levels.series == j) for j in range(len(levels.ids)))
    ]


def _power(inertia: Any, gap: Array, remembered: np.ndarray) -> Any:
    """Return inertia^gap, and 0 where nothing is remembered."""
    return inertia ** np.where(remembered, gap, 1.0) * remembered
