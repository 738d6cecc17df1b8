"""Ordinals and binaries with inertia: log-likelihoods of their rows, and the way back.

``enter``: the level is drawn from the scenario's distribution q. ``stay``: with probability
``r = inertia^gap`` the last level carries over, else it is drawn; q stays the stationary
distribution. A report reflects reality with probability ``trust``, else any level is as likely; the
trust in the reading that is remembered multiplies r.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.model.chain import softmax, softmax_back
from forecast.model.counts import sigmoid
from forecast.model.data import Data
from forecast.model.elicit import INERTIA_SD
from forecast.model.jit import compiled, inner
from forecast.model.packing import Raw
from forecast.model.spec import Array


class LevelParameters(NamedTuple):
    """On their natural scales: probability of every level (J, K, L), inertia (J,)."""

    probability: Array
    inertia: Array


@compiled
def level_parameters(raw: Raw, data: Data) -> LevelParameters:
    """Bend the free parameters of all ordinals."""
    ordinals, scenarios, levels = data.level_centre.shape
    probability = np.empty((ordinals, scenarios, levels))
    inertia = np.empty(ordinals)
    for j in range(ordinals):
        inertia[j] = sigmoid(data.level_inertia[j] + INERTIA_SD * raw.hold[j])
        for k in range(scenarios):
            softmax(
                data.level_centre[j, k], data.level_scale[j, k], raw.level[j, k], probability[j, k]
            )
    return LevelParameters(probability, inertia)


@compiled
def level_rows(p: LevelParameters, data: Data) -> tuple[Array, Array]:
    """Return stay and enter of every row under every scenario, (M, K) each."""
    rows, scenarios = len(data.level), p.probability.shape[1]
    stay = np.empty((rows, scenarios))
    enter = np.empty((rows, scenarios))
    for m in range(rows):
        j = data.level_series[m]
        share = _share(p, data, m)
        same = 1.0 if data.level[m] == data.previous[m] else 0.0
        trust = data.level_trust[m]
        nothing = (1.0 - trust) * np.exp(data.level_background[m])
        for k in range(scenarios):
            drawn = p.probability[j, k, data.level[m]]
            enter[m, k] = np.log(trust * drawn + nothing)
            stay[m, k] = np.log(trust * (share * same + (1.0 - share) * drawn) + nothing)
    return stay, enter


@inner
def _share(p: LevelParameters, data: Data, m: int) -> float:
    """Return the probability that the level remembered by a row carries over."""
    if data.level_gap[m] == np.inf:
        return 0.0
    carried: float = p.inertia[data.level_series[m]] ** data.level_gap[m]
    trust: float = data.level_trust_before[m]
    return trust * carried


@inner
def level_back(d_stay: Array, d_enter: Array, p: LevelParameters, data: Data, out: Raw) -> None:
    """Add to ``out`` the gradient, given that in every period's stay and enter, (T, K)."""
    ordinals, scenarios, _ = p.probability.shape
    slope = np.zeros(p.probability.shape)
    for m in range(len(data.level)):
        j, x, t = data.level_series[m], data.level[m], data.at[m]
        share = _share(p, data, m)
        same = 1.0 if x == data.previous[m] else 0.0
        trust = data.level_trust[m]
        nothing = (1.0 - trust) * np.exp(data.level_background[m])
        d_share = 0.0
        for k in range(scenarios):
            drawn = p.probability[j, k, x]
            mixed = trust * (share * same + (1.0 - share) * drawn) + nothing
            by_mixture = d_stay[t, k] * trust / mixed
            slope[j, k, x] += d_enter[t, k] * trust / (trust * drawn + nothing)
            slope[j, k, x] += by_mixture * (1.0 - share)
            d_share += by_mixture * (same - drawn)
        if share > 0.0:
            out.hold[j] += d_share * data.level_gap[m] * share * (1.0 - p.inertia[j]) * INERTIA_SD
    for j in range(ordinals):
        for k in range(scenarios):
            softmax_back(p.probability[j, k], data.level_scale[j, k], slope[j, k], out.level[j, k])
