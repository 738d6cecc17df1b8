"""Counts of the plain model (`plain`): their rows, the shock they share, and silent sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt

from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_CENTRE,
    SHARED_MOST,
    SHARED_SD,
    CountPrior,
    count_prior,
)
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.overlap import BETWEEN_SD
from forecast.model.shock import nodes_for
from forecast.model.spec import Array, CountSpec, Index, OverlapSpec, Spec


def count_emissions(spec: Spec) -> tuple[Any, Any, Any]:
    """Return stay and enter of every count alone and, last, what they say less together.

    (C + 1, T, K) each; and the log-likelihood of overlaps. With memory of share
    ``r = inertia^gap`` the location is pulled towards the last reading by
    ``r (u - log(1 + e^l))`` and the log-variance shrinks by ``1 - r^2``: what was asked stays the
    stationary distribution.
    """
    counts: CountSpec = spec.counts
    prior = count_prior(counts)
    raw = normal("location", prior.centre.shape)
    location = pm.Deterministic(
        "natural_location",
        pm.Data("location_centre", prior.centre) + pm.Data("location_sd", prior.sd) * raw,
    )
    raw = normal("dispersion", (len(counts.ids),))
    multiplier = pm.Deterministic("natural_dispersion", pt.exp(DISPERSION_SD * raw))
    inertia = free_inertia("inertia", "natural_inertia", counts.inertia)
    steadier = _memory_variance(inertia, counts)
    raw = normal("shared", (int(counts.shock.any()),))
    least = pm.Data("least", prior.dispersion.min(axis=1)) * multiplier
    shared = SHARED_MOST * pt.sigmoid(SHARED_CENTRE + SHARED_SD * raw.sum())
    loading = pm.Deterministic(
        "natural_loading", counts.shock * pt.sqrt(shared * (1 - inertia**2) * least)
    )
    raw = normal("house", counts.house_sd.shape)
    house = counts.house_centre + counts.house_sd * raw
    row = pm.Data("count_series", counts.series)
    single = (counts.weight > 0).sum(axis=0) == 1
    loads = (loading[row] * single)[:, None]
    base = location[row] + (counts.log_exposure + _of(house, counts.house))[:, None]
    variance = (pm.Data("count_dispersion", prior.dispersion) * multiplier[:, None])[row]
    share = share_left("count", inertia[row], counts.gap, np.isfinite(counts.gap))
    usual = pt.log1p(pt.exp(location))[row]
    off = usual + _of(house, counts.house_before)[:, None]
    pull = share * (counts.memory[:, None] - counts.memory_weight[:, None] * off)
    at_nodes, log_weight = nodes_for(shared=bool(counts.shock.any()))
    memory: Any = 0.0
    fresh: Any = 0.0
    for j in range(2):
        arrives, shift, spread = (
            part[:, j] for part in (counts.delay_weight, counts.delay_shift, counts.delay_spread)
        )
        at, news = base + shift[:, None], spread[:, None] ** 2 - loads**2
        nodes = loads[:, :, None] * at_nodes
        kept = variance * (1 - share**2 * steadier[:, None]) + news
        new = count_loglik(counts.value, at[:, :, None] + nodes, (variance + news)[:, :, None])
        held = count_loglik(counts.value, (at + pull)[:, :, None] + nodes, kept[:, :, None])
        fresh = fresh + arrives[:, None, None] * pt.exp(new)
        memory = memory + arrives[:, None, None] * pt.exp(held)
    trust, before = counts.trust[:, None, None], counts.trust_before[:, None, None]
    nothing = (1 - trust) * _background(prior, counts, house)[:, None, None]
    stay = pt.log(trust * (before * memory + (1 - before) * fresh) + nothing)
    enter = pt.log(trust * fresh + nothing)
    in_shock = single & (counts.shock[counts.series] != 0)
    overlaps = _overlaps(spec, prior, house)
    shares = counts, in_shock, log_weight
    return _by_count(*shares, stay), _by_count(*shares, enter), overlaps


def _memory_variance(inertia: Any, counts: CountSpec) -> Any:
    """Return the variance of what every row remembers as a share of its count's, (N,).

    Readings since the mean began, and the mean itself, as weights of their shocks; every shock has
    the variance that keeps its reading at 1.
    """
    result: list[Any] = [pt.constant(1.0)] * len(counts.value)
    meaning = np.isfinite(counts.gap) & (counts.recent[counts.series] < 1)
    for n in np.flatnonzero(meaning):
        c = counts.series[n]
        q, decay, r = counts.recent[c], counts.decay[c], inertia[c]
        rows = [m for m in range(n) if counts.series[m] == c]
        starts = [
            i
            for i, m in enumerate(rows)
            if np.isinf(counts.gap[m]) or counts.house[m] != counts.house[rows[i - 1]]
        ]
        rows = rows[max(starts) :]
        unit = np.eye(len(rows))
        x: Any = pt.constant(unit[0])
        mean: Any = (1 - decay) * counts.trust[rows[0]] * x
        for i, m in enumerate(rows[1:], 1):
            pulled = r ** counts.gap[m] * (q * x + (1 - q) * mean)
            x = pulled + pt.sqrt(1 - (pulled**2).sum()) * unit[i]
            mean = decay ** counts.gap[m] * mean + (1 - decay) * counts.trust[m] * x
        result[n] = ((q * x + (1 - q) * mean) ** 2).sum()
    return pt.stack(result)


def _by_count(counts: CountSpec, in_shock: np.ndarray, log_weight: Array, rows: Any) -> Any:
    """Integrate rows (N, K, Q) over the shock: each count alone, and the rest, (C + 1, T, K)."""
    alone = pt.logsumexp(rows + log_weight, axis=2)
    owner = (np.arange(len(counts.ids))[:, None] == counts.series)[:, None] * counts.weight
    each = pt.dot(owner, alone)
    together = []
    for t in range(len(counts.weight)):
        mine = np.flatnonzero(in_shock & (counts.weight[t] > 0))
        both = pt.logsumexp(rows[mine].sum(axis=0) + log_weight, axis=1)
        together.append(both - alone[mine].sum(axis=0))
    return pt.concatenate([each, pt.stack(together)[None]])


def _overlaps(spec: Spec, prior: CountPrior, house: Any) -> Any:
    """Return the log-likelihood of silent counts given the spoken ones."""
    o = spec.overlaps
    rate = o.spoken + 0.5
    mean = pt.exp(
        np.log(rate) + o.log_exposure - o.spoken_exposure
        + _of(house, o.house) - _of(house, o.spoken_house)
    )  # fmt: skip
    shape = 1 / (1 / rate + BETWEEN_SD**2)
    log_p = _negbinomial(o.value, mean, shape)
    nothing = (1 - o.trust) * _background(prior, o, house)
    return pt.log(o.trust * pt.exp(log_p) + nothing).sum()


def _of(house: Any, index: Index) -> Any:
    """Return each row's offset, 0 for a reference, (N,)."""
    return pt.concatenate([house, np.zeros(1)])[index]


def normal(name: str, shape: tuple[int, ...]) -> Any:
    return pm.Normal(name, shape=shape)


def free_inertia(raw: str, name: str, centre: Array) -> Any:
    """Return inertia in (0, 1) with the given prior median; a centre of 0 switches it off."""
    on = centre > 0
    logit = np.log(np.where(on, centre, 0.5) / (1 - np.where(on, centre, 0.5)))
    free = pt.sigmoid(pm.Data(f"{name}_logit", logit) + INERTIA_SD * normal(raw, centre.shape))
    return pm.Deterministic(name, free * pm.Data(f"{name}_on", on.astype(float)))


def _background(prior: CountPrior, rows: CountSpec | OverlapSpec, house: Any) -> Any:
    """Return the probability of every row as the even mixture of what was asked, v doubled."""
    shape = shape_of(2 * (prior.sd**2 + prior.dispersion))[rows.series]
    at = (prior.centre + log_bias(shape_of(2 * (prior.sd**2 + prior.dispersion))))[rows.series]
    moved = rows.log_exposure + _of(house, rows.house)
    return pt.exp(_negbinomial(rows.value[:, None], pt.exp(at + moved[:, None]), shape)).mean(
        axis=1
    )


def share_left(name: str, inertia: Any, gap: Array, remembered: np.ndarray) -> Any:
    """Return inertia^gap of every row, (N, 1), and 0 where nothing is remembered."""
    steps = pm.Data(f"{name}_gap", np.where(remembered, gap, 1.0))
    return (inertia**steps * pm.Data(f"{name}_remembered", remembered.astype(float)))[:, None]


def count_loglik(y: Any, location: Any, variance: Any) -> Any:
    """Return log p(y) of the negative binomial whose log-rate has this mean and variance."""
    guess = 0.5 + 1 / variance
    for _ in range(8):
        first, second = polygammas(guess)
        guess = guess + first * (1 - first / variance) / second
    root = pytensor.gradient.disconnected_grad(guess)
    first, second = polygammas(root)
    shape = root + (variance - first) / second  # d shape / d variance
    mean = pt.exp(location + pt.log(shape) - pt.psi(shape))
    return _negbinomial(y[:, None, None], mean, shape)


def polygammas(x: Any) -> tuple[Any, Any]:
    """Return trigamma and its derivative."""
    return pt.tri_gamma(x), pt.polygamma(2, x)


def _negbinomial(y: Any, mean: Any, shape: Any) -> Any:
    return (
        pt.gammaln(y + shape)
        - pt.gammaln(shape)
        - pt.gammaln(y + 1)
        + shape * pt.log(shape / (shape + mean))
        + y * pt.log(mean / (shape + mean))
    )
