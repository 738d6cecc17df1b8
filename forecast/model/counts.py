"""Parameters of counts, from the free ones and the way back.

A count has, under each scenario, a location l of the log of its rate and a log-variance w around
it; an inertia; a loading on the shock that all counts of a period share; and every source but the
reference an offset. The loading takes its share of the smallest w, in each period's news::

    loading^2 = k (1 - inertia^2) min w,      k = 0.5 sigmoid(centre + sd e)

so that what is left of any scenario's variance stays positive.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.model.data import Data, Raw
from forecast.model.elementary import sigmoid
from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_MOST,
    SHARED_SD,
)
from forecast.model.jit import compiled, inner
from forecast.model.memory import begun, followed, varied
from forecast.model.spec import Array

_begun, _followed, _varied = inner(begun), inner(followed), inner(varied)


class CountParameters(NamedTuple):
    """On their natural scales; also the shape of a gradient in them.

    location, variance : (C, K + B); inertia, loading : (C,); house : (H,)
    """

    location: Array
    variance: Array
    inertia: Array
    loading: Array
    house: Array


@inner
def zero_like(data: Data) -> CountParameters:
    """Return parameters that are all zero."""
    counts, conditions = data.centre.shape
    return CountParameters(
        np.zeros((counts, conditions)),
        np.zeros((counts, conditions)),
        np.zeros(counts),
        np.zeros(counts),
        np.zeros(len(data.house_sd)),
    )


@compiled
def count_parameters(raw: Raw, data: Data) -> CountParameters:
    """Bend the free parameters of all counts."""
    p: CountParameters = zero_like(data)
    for c in range(len(data.centre)):
        p.inertia[c] = sigmoid(data.count_inertia[c] + INERTIA_SD * raw.inertia[c])
        multiplier = np.exp(DISPERSION_SD * raw.dispersion[c])
        for k in range(data.centre.shape[1]):
            p.location[c, k] = data.centre[c, k] + data.sd[c, k] * raw.location[c, k]
            p.variance[c, k] = data.dispersion[c, k] * multiplier
        if data.least[c] != 0.0:
            shared = SHARED_MOST * sigmoid(data.shared_centre[0] + SHARED_SD * raw.shared[0])
            news = (1.0 - p.inertia[c] ** 2) * multiplier * abs(data.least[c])
            p.loading[c] = math.copysign(math.sqrt(shared * news), data.least[c])
    for h in range(len(data.house_sd)):
        p.house[h] = data.house_centre[h] + data.house_sd[h] * raw.house[h]
    return p


@inner
def memory_of_rows(inertia: Array, data: Data) -> tuple[Array, Array]:
    """Return V of what every row remembers (`memory`) and its slope in the inertia, (N,) each."""
    rows, counts = len(data.value), len(data.centre)
    value, slope = np.ones(rows), np.zeros(rows)
    for c in range(counts):
        q, moments = data.recent[c], _begun(0.0)
        house = -2  # whose the mean is: none
        for n in range(rows if q < 1.0 else 0):
            if data.series[n] != c:
                continue
            gap, new = data.gap[n], data.into_mean[n]
            if gap < np.inf:
                value[n], slope[n] = _varied(moments, q)
            if gap < np.inf and data.house[n] == house:
                moments = _followed(moments, inertia[c], gap, q, data.decay[c] ** gap, new)
            else:
                moments = _begun(new)
            house = data.house[n] if data.span[n] == 1 else -2
    return value, slope


@inner
def count_back(slope: CountParameters, p: CountParameters, raw: Raw, data: Data, out: Raw) -> None:
    """Add to ``out`` the gradient in the free parameters, given that in the natural ones."""
    for c in range(len(data.centre)):
        by_log_multiplier = 0.0
        for k in range(data.centre.shape[1]):
            by_log_multiplier += slope.variance[c, k] * p.variance[c, k]
            out.location[c, k] += slope.location[c, k] * data.sd[c, k]
        by_inertia = slope.inertia[c]
        if data.least[c] != 0.0:
            by_log_loading = slope.loading[c] * p.loading[c]
            left = 1.0 - sigmoid(data.shared_centre[0] + SHARED_SD * raw.shared[0])
            out.shared[0] += by_log_loading * 0.5 * left * SHARED_SD
            by_log_multiplier += 0.5 * by_log_loading
            by_inertia -= by_log_loading * p.inertia[c] / (1.0 - p.inertia[c] ** 2)
        out.dispersion[c] += by_log_multiplier * DISPERSION_SD
        out.inertia[c] += by_inertia * p.inertia[c] * (1.0 - p.inertia[c]) * INERTIA_SD
    for h in range(len(data.house_sd)):
        out.house[h] += slope.house[h] * data.house_sd[h]
