"""Where scenarios go: the transition matrix from its free parameters, and the way back.

Stay-probability ``1 - 1/D`` with ``D = 1 + (d - 1) exp(s e - s^2 / 2)``, e standard normal, so that
D has the elicited mean d; on leaving, ``softmax(centre + scale z)`` over the other scenarios.
"""

from __future__ import annotations

import numpy as np

from forecast.model.data import Data, Raw
from forecast.model.elementary import softmax, softmax_back
from forecast.model.jit import compiled, inner
from forecast.model.spec import Array


@compiled
def transition_of(raw: Raw, data: Data) -> tuple[Array, Array, Array]:
    """Return the transition matrix (K, K), and its parts: leaving (K,) and successors (K, K)."""
    scenarios = len(data.start)
    leave = np.zeros(scenarios)
    successor = np.zeros((scenarios, scenarios))
    transition = np.zeros((scenarios, scenarios))
    for k in range(scenarios):
        if data.moving[k] > 0.0:
            s = data.duration_sd[k]
            leave[k] = 1.0 / (1.0 + data.excess[k] * np.exp(s * raw.duration[k] - 0.5 * s * s))
            softmax(data.then_centre[k], data.then_scale[k], raw.successor[k], successor[k])
        for j in range(scenarios):
            transition[k, j] = leave[k] * successor[k, j]
        transition[k, k] = 1.0 - leave[k]
    return transition, leave, successor


@inner
def transition_back(slope: Array, leave: Array, successor: Array, data: Data, out: Raw) -> None:
    """Add to ``out`` the gradient in the free parameters, given that in the matrix, (K, K)."""
    scenarios = len(leave)
    for k in range(scenarios):
        if data.moving[k] == 0.0:
            continue
        d_leave = -slope[k, k]
        for j in range(scenarios):
            if j != k:
                d_leave += slope[k, j] * successor[k, j]
        out.duration[k] -= d_leave * leave[k] * (1.0 - leave[k]) * data.duration_sd[k]
        softmax_back(successor[k], data.then_scale[k] * leave[k], slope[k], out.successor[k])
