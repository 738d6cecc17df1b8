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
import pytensor
import pytensor.tensor as pt
from pytensor.compile.mode import Mode

from forecast.model.elicit import (
    DISPERSION_SD,
    INERTIA_SD,
    SHARED_CENTRE,
    SHARED_MOST,
    SHARED_SD,
    CountPrior,
    count_prior,
    softmax_prior,
)
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.overlap import BETWEEN_SD
from forecast.model.shock import nodes_for
from forecast.model.spec import (
    Array,
    ChainSpec,
    CountSpec,
    Index,
    LevelSpec,
    OverlapSpec,
    Spec,
)

MODE = Mode(linker="py", optimizer=None)  # nothing rewritten, nothing compiled


def build(spec: Spec) -> pm.Model:
    """Return the model of a case as-of a date; its only likelihood term is the filter's."""
    with pm.Model() as model:
        transition = pm.Deterministic("transition", _transition(spec.chain))
        count_stay, count_enter, overlaps = _count_emissions(spec)
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


def _normal(name: str, shape: tuple[int, ...]) -> Any:
    return pm.Normal(name, shape=shape)


def _inertia(raw: str, name: str, centre: Array) -> Any:
    """Return inertia in (0, 1) with the given prior median; a centre of 0 switches it off."""
    on = centre > 0
    logit = np.log(np.where(on, centre, 0.5) / (1 - np.where(on, centre, 0.5)))
    free = pt.sigmoid(pm.Data(f"{name}_logit", logit) + INERTIA_SD * _normal(raw, centre.shape))
    return pm.Deterministic(name, free * pm.Data(f"{name}_on", on.astype(float)))


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
    raw = _normal("duration", (scenarios,))
    duration = 1 + excess * pt.exp(spread * raw - spread**2 / 2)
    raw = _normal("successor", (scenarios, scenarios))
    successor = pt.special.softmax(
        pm.Data("successor_centre", centre) + pm.Data("successor_scale", scale)[:, None] * raw,
        axis=1,
    )
    leave = pm.Data("moving", moving.astype(float)) / duration
    return pt.diag(1 - leave) + leave[:, None] * successor


def _count_emissions(spec: Spec) -> tuple[Any, Any, Any]:
    """Return stay and enter of every count alone and, last, what they say less together.

    (C + 1, T, K) each; and the log-likelihood of overlaps. With memory of share
    ``r = inertia^gap`` the location is pulled towards the last reading by
    ``r (u - log(1 + e^l))`` and the log-variance shrinks by ``1 - r^2``: what was asked stays the
    stationary distribution.
    """
    counts: CountSpec = spec.counts
    prior = count_prior(counts)
    raw = _normal("location", prior.centre.shape)
    location = pm.Deterministic(
        "natural_location",
        pm.Data("location_centre", prior.centre) + pm.Data("location_sd", prior.sd) * raw,
    )
    raw = _normal("dispersion", (len(counts.ids),))
    multiplier = pm.Deterministic("natural_dispersion", pt.exp(DISPERSION_SD * raw))
    inertia = _inertia("inertia", "natural_inertia", counts.inertia)
    steadier = _memory_variance(inertia, counts)
    raw = _normal("shared", (int(counts.shock.any()),))
    least = pm.Data("least", prior.dispersion.min(axis=1)) * multiplier
    shared = SHARED_MOST * pt.sigmoid(SHARED_CENTRE + SHARED_SD * raw.sum())
    loading = pm.Deterministic(
        "natural_loading", counts.shock * pt.sqrt(shared * (1 - inertia**2) * least)
    )
    raw = _normal("house", counts.house_sd.shape)
    house = counts.house_centre + counts.house_sd * raw
    row = pm.Data("count_series", counts.series)
    single = (counts.weight > 0).sum(axis=0) == 1
    loads = (loading[row] * single)[:, None]
    base = location[row] + (counts.log_exposure + _of(house, counts.house))[:, None]
    variance = (pm.Data("count_dispersion", prior.dispersion) * multiplier[:, None])[row]
    share = _share("count", inertia[row], counts.gap, np.isfinite(counts.gap))
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
    raw = _normal("level", centre.shape)
    probabilities = pm.Deterministic(
        "natural_levels",
        pt.special.softmax(
            pm.Data("level_centre", centre) + pm.Data("level_scale", scale)[:, :, None] * raw,
            axis=2,
        ),
    )
    inertia = _inertia("hold", "natural_hold", levels.inertia)
    row = pm.Data("level_series", levels.series)
    share = _share("level", inertia[row], levels.gap, levels.previous >= 0)
    same = pm.Data("level_same", (levels.value == levels.previous).astype(float))[:, None]
    drawn = probabilities[row, :, pm.Data("level_value", levels.value)]
    weight = np.eye(len(spec.periods))[:, levels.at]
    trust, before = levels.trust[:, None], levels.trust_before[:, None]
    nothing = (1 - trust) / (levels.asked > 0).sum(axis=2)[levels.series]
    memory = share * same + (1 - share) * drawn
    stay = pt.log(trust * (before * memory + (1 - before) * drawn) + nothing)
    enter = pt.log(trust * drawn + nothing)
    return _spread("level", len(levels.ids), levels.series, weight, stay, enter)


def _background(prior: CountPrior, rows: CountSpec | OverlapSpec, house: Any) -> Any:
    """Return the probability of every row as the even mixture of what was asked, v doubled."""
    shape = shape_of(2 * (prior.sd**2 + prior.dispersion))[rows.series]
    at = (prior.centre + log_bias(shape_of(2 * (prior.sd**2 + prior.dispersion))))[rows.series]
    moved = rows.log_exposure + _of(house, rows.house)
    return pt.exp(_negbinomial(rows.value[:, None], pt.exp(at + moved[:, None]), shape)).mean(
        axis=1
    )


def _share(name: str, inertia: Any, gap: Array, remembered: np.ndarray) -> Any:
    """Return inertia^gap of every row, (N, 1), and 0 where nothing is remembered."""
    steps = pm.Data(f"{name}_gap", np.where(remembered, gap, 1.0))
    return (inertia**steps * pm.Data(f"{name}_remembered", remembered.astype(float)))[:, None]


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
