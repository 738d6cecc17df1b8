"""What a reading of the next period would tell of its scenario, before anything is read.

The *joint table* of one indicator holds p(scenario, reading), each averaged over draws::

    p(z, y)  =  mean over draws of  p(z begins) p(y | z, begun)  +  p(z holds on) p(y | z, held)

so that what the draws do not agree on counts as unknown, too. Here it is a count's; of other series
their family makes it. Counts fall into bins that are even on the scale of log(1 + y) and a tail,
their probabilities exact: of the negative binomial of shape f, P(Y < y) = I_p(f, y) with p = f / (f
+ mean) (the regularised incomplete beta function). What is here is the distribution that `predict`
draws from.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, digamma, expit, kl_div

from forecast.model.data import Data
from forecast.model.negbinomial import shape_of
from forecast.model.outlook import Memory, Outlook, Report
from forecast.model.predict import Parameters
from forecast.model.spec import Array

BINS = 200
_NODES = 9  # of the shared shock: enough for probabilities of bins
_LEAST = 1e-300  # a probability below it is none


def edges_to(top: float) -> Array:
    """Return where bins of counts begin, (B,): at 0 first, and at about ``top`` the tail."""
    even = np.linspace(0.0, np.log1p(top), BINS + 1)
    return np.unique(np.round(np.expm1(even)))


def count_table(
    outlook: Outlook,
    parameters: Parameters,
    series: int,
    report: Report,
    memory: Memory | None,
    edges: Array,
    scenarios: int,
) -> Array:
    """The joint table of one count's bins, which begin at ``edges``, (K + B, bins).

    Parameters
    ----------
    outlook
        Over the conditions that the count tells apart (`Outlook.under`).
    scenarios
        How many of them are scenarios.
    """
    c = series
    location, variance = parameters.location[:, c], parameters.variance[:, c]
    house = parameters.house[:, report.house] if report.house >= 0 else np.zeros(1)
    at = (report.exposure + house)[:, None]
    loading = parameters.loading[:, c][:, None]
    begun = _reported(location + at, variance, loading, report, edges)
    told = outlook.scenario[..., None] * begun
    if memory is not None:
        share = (parameters.count_inertia[:, c] ** memory.gap)[:, None]
        usual = memory.weight * np.logaddexp(0.0, location)
        moved = share * (memory.value[:, None] - usual)
        varies = np.reshape(memory.variance, (-1, 1))
        steadier = variance * (1 - share**2 * varies)
        kept = _reported(location + moved + at, steadier, loading, report, edges)
        told += (memory.trust * outlook.held)[..., None] * (kept - begun)
    doubted = outlook.scenario[..., None] * begun[:, :scenarios].mean(axis=1, keepdims=True)
    return np.asarray((report.trust * told + (1 - report.trust) * doubted).mean(axis=0))


def _reported(
    location: Array, variance: Array, loading: Array, report: Report, edges: Array
) -> Array:
    """Return the probability of every bin in a true report, (S, K, B)."""
    nodes, weights = np.zeros(1), np.ones(1)
    if loading.any():
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    parts = zip(report.weight, report.shift, report.spread, strict=True)
    return np.asarray(
        sum(
            weight * share / weights.sum()
            * _binned(location + shift + loading * node, variance - loading**2 + spread**2, edges)
            for weight, shift, spread in parts
            if weight > 0
            for node, share in zip(nodes, weights, strict=True)
        )
    )  # fmt: skip


def _binned(location: Array, variance: Array, edges: Array) -> Array:
    """Return the probability of every bin, on a last axis more."""
    shape = shape_of(variance)
    p = np.maximum(expit(digamma(shape) - location), _LEAST)  # f / (f + mean)
    below = betainc(shape[..., None], edges[1:], p[..., None])
    ends = (*below.shape[:-1], 1)
    return np.diff(np.concatenate([np.zeros(ends), below, np.ones(ends)], axis=-1), axis=-1)


def of_scenarios(table: Array, outlook: Outlook, data: Data, indicator: int) -> Array:
    """A joint table over scenarios, (K, bins), from one over conditions.

    Given that a scenario begins next of which a reading is a sign, the reading does not hang on
    the one that holds.
    """
    if outlook.moves is None:
        return table
    scenarios, moves = len(data.start), outlook.moves.mean(axis=0)
    out = table[:scenarios].copy()
    for b in np.flatnonzero(data.signals[indicator]).tolist():
        before = moves[:, data.sign[b]].copy()
        before[data.sign[b]] = 0.0
        out += before[:, None] / max(before.sum(), _LEAST) * table[scenarios + b]
    return out


def of_what_comes(table: Array, outlook: Outlook, data: Data, indicator: int) -> Array | None:
    """A joint table of the scenario one period later, (K, bins), from one over conditions.

    None if nothing is a sign of what comes.
    """
    if outlook.moves is None:
        return None
    scenarios, moves = len(data.start), outlook.moves.mean(axis=0)
    out = np.zeros((scenarios, table.shape[1]))
    for b in np.flatnonzero(data.signals[indicator]).tolist():
        k = int(data.sign[b])
        stays = moves[k, k]
        moves[:, k], moves[k, k] = 0.0, stays
        out[k] += table[scenarios + b]
    share = moves / np.maximum(moves.sum(axis=1, keepdims=True), _LEAST)
    return np.asarray(out + share.T @ table[:scenarios])


def information(joint: Array) -> float:
    """Return the mutual information of scenario and reading in a joint table, in bits.

    Summed as terms none of which is negative: p log(p/q) - p + q, where q is what p would be if
    reading and scenario had nothing to do with each other.
    """
    alone = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True) / joint.sum()
    return float(kl_div(joint, alone).sum() / np.log(2.0))


def entropy(probability: Array) -> float:
    """Return the entropy of probabilities, in bits."""
    some = probability[probability > 0]
    return float(-(some * np.log2(some)).sum())
