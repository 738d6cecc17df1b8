"""Where scenarios go: hazards and successors from their free parameters, and the way back.

A life that lasts d periods on average ends with hazard ``1 / D``, ``D = 1 + (d - 1) exp(s e -
s^2 / 2)``, e standard normal and the same for all lives of a scenario, so that D has the mean d. On
leaving, ``softmax(centre + scale z)`` over the other scenarios. Scenarios with one life each make a
transition matrix (`filter`), others states (`spells`).
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import Data, Raw
from forecast.model.elementary import softmax, softmax_back
from forecast.model.jit import compiled, inner
from forecast.model.spec import Array


@compiled
def chain_of(raw: Raw, data: Data) -> tuple[Array, Array]:
    """Hazards of lives, (K, M), and successors, (K, K)."""
    scenarios, lives = data.life_excess.shape
    hazard = np.zeros((scenarios, lives))
    successor = np.zeros((scenarios, scenarios))
    for k in range(scenarios):
        if data.moving[k] > 0.0:
            s = data.duration_sd[k]
            factor = np.exp(s * raw.duration[k] - 0.5 * s * s)
            for m in range(lives):
                hazard[k, m] = 1.0 / (1.0 + data.life_excess[k, m] * factor)
            softmax(data.then_centre[k], data.then_scale[k], raw.successor[k], successor[k])
    return hazard, successor


@compiled
def transition_of(hazard: Array, successor: Array) -> Array:
    """The transition matrix of scenarios with one life each, (K, K)."""
    scenarios = len(hazard)
    transition = np.zeros((scenarios, scenarios))
    for k in range(scenarios):
        for j in range(scenarios):
            transition[k, j] = hazard[k, 0] * successor[k, j]
        transition[k, k] = 1.0 - hazard[k, 0]
    return transition


@compiled
def start_of(hazard: Array, data: Data) -> Array:
    """The distribution of states in the first period, (N,).

    Lives of what holds at the start are weighted by having lasted so long, and where that is not
    known, as in a long-run balance.
    """
    scenarios, lives = hazard.shape
    start = np.zeros(len(data.state_scenario))
    for k in range(scenarios):
        total = 0.0
        for m in range(lives):
            start[k * lives + m] = _weight(hazard[k, m], data.life_share[k, m], data.elapsed[k])
            total += start[k * lives + m]
        for m in range(lives):
            start[k * lives + m] *= data.start[k] / total
    return start


@compiled
def _weight(hazard: float, share: float, elapsed: float) -> float:
    balance: float = share / hazard if hazard > 0.0 else share
    lasted: float = share * (1.0 - hazard) ** max(elapsed, 0.0)
    return lasted if elapsed >= 0.0 else balance


@inner
def start_back(slope: Array, hazard: Array, start: Array, data: Data, out: Array) -> None:
    """Add to ``out`` the gradient in hazards, (K, M), given that in the states' start, (N,)."""
    scenarios, lives = hazard.shape
    for k in range(scenarios):
        mean = 0.0
        for m in range(lives):
            if data.start[k] > 0.0:
                mean += slope[k * lives + m] * start[k * lives + m] / data.start[k]
        for m in range(lives):
            h, n = hazard[k, m], data.elapsed[k]
            by_log = start[k * lives + m] * (slope[k * lives + m] - mean)
            if n >= 0.0:
                out[k, m] -= by_log * n / (1.0 - h)
            elif h > 0.0:
                out[k, m] -= by_log / h


@inner
def chain_back(
    d_hazard: Array, d_successor: Array, hazard: Array, successor: Array, data: Data, out: Raw
) -> None:
    """Add to ``out`` the gradient in the free parameters, given that in hazards and successors."""
    for k in range(len(hazard)):
        if data.moving[k] == 0.0:
            continue
        for m in range(hazard.shape[1]):
            h = hazard[k, m]
            out.duration[k] -= d_hazard[k, m] * h * (1.0 - h) * data.duration_sd[k]
        softmax_back(successor[k], data.then_scale[k], d_successor[k], out.successor[k])


@inner
def transition_back(slope: Array, hazard: Array, successor: Array, data: Data, out: Raw) -> None:
    """Add to ``out`` the gradient in the free parameters, given that in the matrix, (K, K)."""
    scenarios = len(hazard)
    for k in range(scenarios):
        if data.moving[k] == 0.0:
            continue
        leave = hazard[k, 0]
        d_leave = -slope[k, k]
        for j in range(scenarios):
            if j != k:
                d_leave += slope[k, j] * successor[k, j]
        out.duration[k] -= d_leave * leave * (1.0 - leave) * data.duration_sd[k]
        softmax_back(successor[k], data.then_scale[k] * leave, slope[k], out.successor[k])
