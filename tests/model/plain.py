"""The model of ``docs/method.md`` written plainly in PyTensor: slow, and differentiated for us.

What the compiled kernel is held to, density and gradient.

::

    duration_raw, successor_raw ──> transition ─────────────┐
    location, dispersion, inertia, shared, house ──> counts ──> stay, enter ──> filter ──> log p(y)
                                                  └> overlaps ─────────────────────────────> log p
    level, hold ─────────────────> levels ──┘

Emissions know nothing of the chain, the chain nothing of emissions; only this module knows both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.compile.mode import Mode

from forecast.model.elicit import softmax_prior
from forecast.model.spec import Array, ChainSpec, Index, LevelSpec, Spec
from tests.model.plain_counts import count_emissions, free_inertia, normal, share_left

MODE = Mode(linker="py", optimizer=None)  # nothing rewritten, nothing compiled


def build(spec: Spec) -> pm.Model:
    """Return the model of a case as-of a date; its only likelihood term is the filter's."""
    with pm.Model() as model:
        transition = pm.Deterministic("transition", _transition(spec.chain))
        count_stay, count_enter, overlaps = count_emissions(spec)
        level_stay, level_enter = _level_emissions(spec)
        evidence = spec.evidence[None]
        by_stay = pt.concatenate([count_stay[:-1], level_stay, evidence, count_stay[-1:]])
        by_enter = pt.concatenate([count_enter[:-1], level_enter, evidence, count_enter[-1:]])
        stay = pm.Deterministic("stay", by_stay.sum(axis=0))
        enter = pm.Deterministic("enter", by_enter.sum(axis=0))
        pm.Deterministic("last_stay", by_stay[:, -1])
        pm.Deterministic("last_enter", by_enter[:, -1])
        start = pt.constant(spec.chain.start)
        filtered = filter_loglik(start, transition, stay, enter, len(spec.periods))
        pm.Potential("readings", filtered + overlaps)
    return model


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
        centre[k] = _finite(solved)
    spread = pm.Data("duration_spread", chain.spread)
    excess = pm.Data("duration_excess", chain.lasts - 1)
    raw = normal("duration", (scenarios,))
    duration = 1 + excess * pt.exp(spread * raw - spread**2 / 2)
    raw = normal("successor", (scenarios, scenarios))
    successor = pt.special.softmax(
        pm.Data("successor_centre", centre) + pm.Data("successor_scale", scale)[:, None] * raw,
        axis=1,
    )
    leave = pm.Data("moving", moving.astype(float)) / duration
    return pt.diag(1 - leave) + leave[:, None] * successor


def _level_emissions(spec: Spec) -> tuple[Any, Any]:
    """Return stay and enter of every ordinal, (J, T, K) each.

    ``stay``: with probability ``inertia^gap`` the level carries over, else it is drawn from the
    scenario's distribution; ``enter``: drawn.
    """
    levels: LevelSpec = spec.levels
    centre = np.empty(levels.asked.shape)
    scale = np.empty(levels.worth.shape)
    for at in np.ndindex(scale.shape):
        solved, scale[at] = softmax_prior(levels.asked[at], float(levels.worth[at]))
        centre[at] = _finite(solved)
    raw = normal("level", centre.shape)
    probabilities = pm.Deterministic(
        "natural_levels",
        pt.special.softmax(
            pm.Data("level_centre", centre) + pm.Data("level_scale", scale)[:, :, None] * raw,
            axis=2,
        ),
    )
    inertia = free_inertia("hold", "natural_hold", levels.inertia)
    row = pm.Data("level_series", levels.series)
    share = share_left("level", inertia[row], levels.gap, levels.previous >= 0)
    same = pm.Data("level_same", (levels.value == levels.previous).astype(float))[:, None]
    drawn = probabilities[row, :, pm.Data("level_value", levels.value)]
    weight = np.eye(len(spec.periods))[:, levels.at]
    trust, before = levels.trust[:, None], levels.trust_before[:, None]
    nothing = (1 - trust) / (levels.asked > 0).sum(axis=2)[levels.series]
    memory = share * same + (1 - share) * drawn
    stay = pt.log(trust * (before * memory + (1 - before) * drawn) + nothing)
    enter = pt.log(trust * drawn + nothing)
    return _spread("level", len(levels.ids), levels.series, weight, stay, enter)


def _spread(
    name: str, count: int, series: Index, weight: Array, stay: Any, enter: Any
) -> tuple[Any, Any]:
    """Give every row's log-likelihoods, (N, K), to its indicator and periods, (count, T, K)."""
    owner = np.arange(count)[:, None] == series
    where = pm.Data(f"{name}_where", owner[:, None] * weight)
    return pt.dot(where, stay), pt.dot(where, enter)


def _finite(centre: Array) -> Array:
    """Return log-weights with minus infinity made a number that softmax turns into 0."""
    return np.where(np.isfinite(centre), centre, -1e3)


def filter_loglik(start: Any, transition: Any, stay: Any, enter: Any, periods: int) -> Any:
    """Return log p(y) by the forward recursion in logs, unrolled."""
    same = np.eye(start.type.shape[0])
    state = pt.log(start) + enter[0]
    for t in range(1, periods):
        emission = same * stay[t][None, :] + (1 - same) * enter[t][None, :]
        moved = state[:, None] + pt.log(pt.maximum(transition, 1e-300)) + emission
        state = pt.logsumexp(moved, axis=0)
    return pt.logsumexp(state)
