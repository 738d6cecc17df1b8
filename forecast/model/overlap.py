"""What a source that does not speak teaches: its offset, and nothing about scenarios.

Two sources count one reality. The spoken count y, over its exposure, leaves a rate that is Gamma
with shape y + 1/2 (Jeffreys); the silent count is Poisson around that rate, times the ratio of
exposures and of what the sources usually count, and times what differs from week to week::

    y_s ~ NB2(mean (y + 1/2) e^(x + b_s - b), 1/shape = 1/(y + 1/2) + sd^2)

x the log ratio of exposures. With probability 1 - trust one of the two reports reflects nothing,
and the silent one is drawn as `background` says.
"""

from __future__ import annotations

import math

import numpy as np

from forecast.model.background import in_doubt
from forecast.model.counts import CountParameters
from forecast.model.data import Data
from forecast.model.jit import inner
from forecast.model.negbinomial import alone, at_shape, slopes
from forecast.model.spec import Array

BETWEEN_SD = 0.4  # of the log ratio of two sources' counts of one week, beyond their offset


@inner
def overlap_loglik(p: CountParameters, data: Data, slope: Array) -> float:
    """Return log p(silent counts | spoken ones), and add to ``slope`` the gradient in offsets.

    Parameters
    ----------
    slope : (H,)
    """
    total = 0.0
    zero, one, share, excess = np.zeros(1), np.ones(1), np.empty(1), np.empty(1)
    for r in range(len(data.overlap_value)):
        rate, mine, theirs = (
            data.overlap_rate[r],
            data.overlap_house[r],
            data.overlap_spoken[r],
        )
        at = math.log(rate) + data.overlap_exposure[r]
        at += p.house[mine] if mine >= 0 else 0.0
        at -= p.house[theirs] if theirs >= 0 else 0.0
        shape = 1.0 / (1.0 / rate + BETWEEN_SD**2)
        gammas = at_shape(shape)
        location = at - math.log(shape) + gammas.psi  # of the log, for a mean of e^at
        y = data.overlap_value[r]
        apart, share[0], excess[0] = alone(y, location, gammas)
        log_trust = math.log(data.overlap_trust[r])
        c, covered = data.overlap_series[r], data.overlap_covered[r]
        covered += p.house[mine] if mine >= 0 else 0.0
        nothing, by_offset = in_doubt(
            y, covered, data.overlap_doubt[r], data.doubt_ratio[c], data.doubt_shape[c]
        )
        value = np.logaddexp(log_trust + apart, nothing)
        total += value
        by_location, _, _ = slopes(y, gammas, one, zero, share, excess)
        by_location *= math.exp(log_trust + apart - value)
        if mine >= 0:
            slope[mine] += by_location + by_offset * math.exp(nothing - value)
        if theirs >= 0:
            slope[theirs] -= by_location
    return total
