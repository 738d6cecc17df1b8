"""The numbers of a spec as the kernel reads them, and as two flat vectors.

``Data`` is what compiled code works on. PyTensor and the sampler compile slowly for every array
they are handed, so at their door it travels as one vector of floats and one of whole numbers;
`pack` and `unpack` are each other's inverse.

K scenarios, T periods, C counts with N rows, J ordinals with M rows and at most L levels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from forecast.model.elicit import CountPrior, count_prior, softmax_prior
from forecast.model.negbinomial import logpmf_and_slopes
from forecast.model.spec import Array, CountSpec, Index, Spec


class Data(NamedTuple):
    """Solved priors and reading rows.

    start, excess, spread, moving : (K,)
        Initial distribution; mean duration less 1 and its log sd; 0 where absorbing, else 1.
    then_centre : (K, K), then_scale : (K,)
        Logits of successors.
    centre, sd, dispersion : (C, K)
        Prior of the location, and the log-variance around it.
    count_inertia : (C,), level_inertia : (J,)
        Logits; minus infinity switches memory off.
    value, exposure, gap, memory : (N,)
        Rows of counts; ``gap`` is infinite where nothing is remembered.
    trust, trust_before, background : (N,)
        Probability that the row, and the reading it remembers, reflect reality; log-probability of
        the row if it does not.
    weight : (T, N)
        How much of a row belongs to each period.
    level_centre : (J, K, L), level_scale : (J, K)
        Logits of levels.
    level_gap, level_trust, level_trust_before, level_background : (M,)
        As for counts.
    evidence : (T, K)
        Log-likelihoods of one-off events.
    series : (N,), level_series, level, previous, at : (M,)
        Whole numbers: whose row; the level read, the one before (-1: none), and the period.
    """

    start: Array
    excess: Array
    spread: Array
    moving: Array
    then_centre: Array
    then_scale: Array
    centre: Array
    sd: Array
    dispersion: Array
    count_inertia: Array
    value: Array
    exposure: Array
    gap: Array
    memory: Array
    trust: Array
    trust_before: Array
    background: Array
    weight: Array
    level_centre: Array
    level_scale: Array
    level_inertia: Array
    level_gap: Array
    level_trust: Array
    level_trust_before: Array
    level_background: Array
    evidence: Array
    series: Index
    level_series: Index
    level: Index
    previous: Index
    at: Index


def data_of(spec: Spec) -> Data:
    """Solve the priors of a spec and lay out its rows."""
    chain, counts, levels = spec.chain, spec.counts, spec.levels
    moving = ~chain.absorbing
    then_centre = np.full(chain.then.shape, -np.inf)
    then_scale = np.ones(len(chain.start))
    for k in np.flatnonzero(moving):
        then_centre[k], then_scale[k] = softmax_prior(chain.then[k], float(chain.worth[k]))
    level_centre = np.empty(levels.asked.shape)
    level_scale = np.empty(levels.worth.shape)
    for at in np.ndindex(level_scale.shape):
        level_centre[at], level_scale[at] = softmax_prior(levels.asked[at], float(levels.worth[at]))
    prior = count_prior(counts.median, counts.p90, counts.worth, counts.inertia)
    return Data(
        start=chain.start,
        excess=np.where(moving, chain.lasts - 1, 0.0),
        spread=chain.spread,
        moving=moving.astype(float),
        then_centre=then_centre,
        then_scale=then_scale,
        centre=prior.centre,
        sd=prior.sd,
        dispersion=prior.dispersion,
        count_inertia=_logit(counts.inertia),
        value=counts.value,
        exposure=counts.log_exposure,
        gap=counts.gap,
        memory=counts.memory,
        trust=counts.trust,
        trust_before=counts.trust_before,
        background=_background(counts, prior),
        weight=np.ascontiguousarray(counts.weight),
        level_centre=level_centre,
        level_scale=level_scale,
        level_inertia=_logit(levels.inertia),
        level_gap=np.where(levels.previous >= 0, levels.gap, np.inf),
        level_trust=levels.trust,
        level_trust_before=levels.trust_before,
        level_background=-np.log((levels.asked[levels.series, 0] > 0).sum(axis=1).astype(float)),
        evidence=spec.evidence,
        series=counts.series,
        level_series=levels.series,
        level=levels.value,
        previous=levels.previous,
        at=levels.at,
    )


def _background(counts: CountSpec, prior: CountPrior) -> Array:
    """Return the log-probability of every row if its report reflects nothing, (N,).

    Drawn without regard to the scenario: the even mixture of what was asked under each, with twice
    the log-variance.
    """
    result = np.empty(len(counts.value))
    variance = 2.0 * (prior.sd**2 + prior.dispersion)
    for n, c in enumerate(counts.series):
        at = prior.centre[c] + counts.log_exposure[n]
        each = [
            logpmf_and_slopes(counts.value[n], *pair)[0]
            for pair in zip(at, variance[c], strict=True)
        ]
        result[n] = np.logaddexp.reduce(each) - np.log(len(each))
    return result


def _logit(share: Array) -> Array:
    inside = np.where(share > 0, share, 0.5)
    return np.where(share > 0, np.log(inside / (1 - inside)), -np.inf)


def pack(data: Data) -> tuple[Array, Index]:
    """Return all floats, and all whole numbers behind the sizes K, T, C, N, J, M, L."""
    scenarios, (periods, rows) = len(data.start), data.weight.shape
    ordinals, _, levels = data.level_centre.shape
    sizes = [scenarios, periods, len(data.centre), rows, ordinals, len(data.at), levels]
    floats, whole = data[:-5], data[-5:]
    return (
        np.concatenate([np.ravel(part) for part in floats]),
        np.concatenate([np.array(sizes, dtype=np.int64), *whole]),
    )


@njit(cache=True)
def unpack(numbers: Array, whole: Index) -> Data:
    """Undo `pack`: views, nothing is copied."""
    k, t, c, n, j, m, v = whole[0], whole[1], whole[2], whole[3], whole[4], whole[5], whole[6]
    chain = np.array([k, k, k, k, k * k, k])
    counts = np.array([c * k, c * k, c * k, c, n, n, n, n, n, n, n, t * n])
    levels = np.array([j * k * v, j * k, j, m, m, m, m])
    ends = np.cumsum(np.concatenate((chain, counts, levels, np.array([t * k]))))
    at = np.concatenate((np.zeros(1, dtype=ends.dtype), ends))
    w = np.cumsum(np.array([7, n, m, m, m, m]))
    return Data(
        numbers[at[0] : at[1]],
        numbers[at[1] : at[2]],
        numbers[at[2] : at[3]],
        numbers[at[3] : at[4]],
        numbers[at[4] : at[5]].reshape((k, k)),
        numbers[at[5] : at[6]],
        numbers[at[6] : at[7]].reshape((c, k)),
        numbers[at[7] : at[8]].reshape((c, k)),
        numbers[at[8] : at[9]].reshape((c, k)),
        numbers[at[9] : at[10]],
        numbers[at[10] : at[11]],
        numbers[at[11] : at[12]],
        numbers[at[12] : at[13]],
        numbers[at[13] : at[14]],
        numbers[at[14] : at[15]],
        numbers[at[15] : at[16]],
        numbers[at[16] : at[17]],
        numbers[at[17] : at[18]].reshape((t, n)),
        numbers[at[18] : at[19]].reshape((j, k, v)),
        numbers[at[19] : at[20]].reshape((j, k)),
        numbers[at[20] : at[21]],
        numbers[at[21] : at[22]],
        numbers[at[22] : at[23]],
        numbers[at[23] : at[24]],
        numbers[at[24] : at[25]],
        numbers[at[25] : at[26]].reshape((t, k)),
        whole[w[0] : w[1]],
        whole[w[1] : w[2]],
        whole[w[2] : w[3]],
        whole[w[3] : w[4]],
        whole[w[4] : w[5]],
    )


class Raw(NamedTuple):
    """The free parameters, all standard normal a priori; also the shape of a gradient.

    duration : (K,), successor : (K, K), location : (C, K), dispersion, inertia : (C,),
    level : (J, K, L), hold : (J,)
    """

    duration: Array
    successor: Array
    location: Array
    dispersion: Array
    inertia: Array
    level: Array
    hold: Array


@njit(cache=True)
def split(theta: Array, data: Data) -> Raw:
    """Return views of one flat parameter vector (or of its gradient)."""
    k = len(data.start)
    c = len(data.centre)
    j, _, v = data.level_centre.shape
    cuts = np.cumsum(np.array([0, k, k * k, c * k, c, c, j * k * v, j]))
    return Raw(
        theta[cuts[0] : cuts[1]],
        theta[cuts[1] : cuts[2]].reshape((k, k)),
        theta[cuts[2] : cuts[3]].reshape((c, k)),
        theta[cuts[3] : cuts[4]],
        theta[cuts[4] : cuts[5]],
        theta[cuts[5] : cuts[6]].reshape((j, k, v)),
        theta[cuts[6] : cuts[7]],
    )


def shapes(data: Data) -> dict[str, tuple[int, ...]]:
    """Return the shape of every free parameter, in the order of `Raw`."""
    scenarios, counts = len(data.start), len(data.centre)
    return {
        "duration": (scenarios,),
        "successor": (scenarios, scenarios),
        "location": (counts, scenarios),
        "dispersion": (counts,),
        "inertia": (counts,),
        "level": data.level_centre.shape,
        "hold": data.level_centre.shape[:1],
    }
