"""The log-likelihood by period: log p(what was read of a period | all that was read before).

What a silent source counts belongs to its period. The sum over periods is the log-likelihood.
"""

from __future__ import annotations

import numpy as np

from forecast.model.counts import count_parameters
from forecast.model.data import Data
from forecast.model.emissions import emissions_into, summed
from forecast.model.episodes import filter_into
from forecast.model.jit import compiled
from forecast.model.overlap import overlap_loglik
from forecast.model.packing import chain_sizes_of, pack, signs_of, sizes_of, split, unpack
from forecast.model.spec import Array, Index
from forecast.model.threads import over_parts

_OF_SILENT = (
    "overlap_value", "overlap_rate", "overlap_exposure", "overlap_covered", "overlap_trust",
    "overlap_doubt", "overlap_series", "overlap_house", "overlap_spoken",
)  # fmt: skip


def period_loglik(data: Data, theta: Array, at: Index) -> Array:
    """The log-likelihood of every period under every draw of the free parameters, (S, T).

    Parameters
    ----------
    theta : (S, D)
    at : (R,)
        Periods of silent counts (`OverlapSpec`).
    """
    packed = pack(data)
    (result,) = over_parts(lambda part: (_filtered(part, *packed),), theta)
    for t in np.unique(at):
        mine = {name: np.ascontiguousarray(getattr(data, name)[at == t]) for name in _OF_SILENT}
        result[:, t] += _silent(theta, *pack(data._replace(**mine)))
    return np.asarray(result)


@compiled
def _filtered(theta: Array, numbers: Array, whole: Index) -> Array:
    scenarios, periods, parts = sizes_of(whole)
    out = np.zeros((len(theta), periods))
    lives, states = chain_sizes_of(whole)
    chain = np.empty((scenarios, lives)), np.empty((scenarios, scenarios))
    table, cases = (periods, scenarios), scenarios * (1 + signs_of(whole))
    stays, stay = np.empty((parts, periods, cases)), np.empty((periods, cases))
    enters, enter = np.empty((parts, periods, cases)), np.empty((periods, cases))
    into = np.empty(table), np.empty(table), np.empty(table), np.empty(table)
    following = np.empty((2, states))
    for s in range(len(theta)):
        emissions_into(theta[s], numbers, whole, chain, stays, enters)
        summed(stays, 1.0, stay)
        summed(enters, 1.0, enter)
        where = *into, out[s], following
        if filter_into(chain, numbers, whole, stay, enter, where) == -np.inf:
            out[s] = -np.inf
    return out


@compiled
def _silent(theta: Array, numbers: Array, whole: Index) -> Array:
    data = unpack(numbers, whole)
    out = np.empty(len(theta))
    for s in range(len(theta)):
        p = count_parameters(split(theta[s], data), data)
        out[s] = overlap_loglik(p, data, np.zeros_like(p.house))
    return out
