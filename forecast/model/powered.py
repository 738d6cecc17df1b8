"""The filter with every emission to a power, over draws.

With emissions to the power a, the likelihood of one set of parameters is

    p_a(y | theta) = sum over paths z of p(z | theta) p(y | z, theta)^a,

the chain untouched: readings and events count more (a > 1) or less (a < 1), and so does what silent
sources say of offsets. A power of 1 is the likelihood itself.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from forecast.model.counts import count_parameters
from forecast.model.data import Data
from forecast.model.filter import smoothing
from forecast.model.kernel import emissions
from forecast.model.overlap import overlap_loglik
from forecast.model.packing import split
from forecast.model.spec import Array


@njit(cache=True)
def powered(theta: Array, data: Data, power: float) -> tuple[Array, Array]:
    """Return log p_a(readings | theta), and p_a(z[T-1] | readings, theta), under every draw.

    Parameters
    ----------
    theta : (S, D)
        Free parameters, contiguous.
    power
        To which every emission is raised.

    Returns
    -------
    loglik : (S,)
        Minus infinity where the readings cannot be.
    now : (S, K)
        Filtered probabilities of the last period; zero where the readings cannot be.
    """
    loglik, now = np.empty(len(theta)), np.zeros((len(theta), len(data.start)))
    for s in range(len(theta)):
        transition, stay, enter = emissions(theta[s], data)
        loglik[s], filtered, _, _ = smoothing(
            data.start, transition, power * stay.sum(axis=0), power * enter.sum(axis=0)
        )
        if loglik[s] > -np.inf:
            now[s] = filtered[-1]
        counts = count_parameters(split(theta[s], data), data)
        loglik[s] += power * overlap_loglik(counts, data, np.zeros_like(counts.house))
    return loglik, now
