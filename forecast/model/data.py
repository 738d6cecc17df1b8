"""The numbers of a spec as the kernel reads them: priors solved, rows laid out.

K scenarios, T periods, C counts with N rows of P parts, H offsets learned from R overlaps, J
ordinals with M rows and at most L levels.

What a row of a count is a mixture of is settled here, once: with the trust r in the row, r' in the
reading it remembers and the delay's components j::

    part               weight_enter     weight_stay
    fresh, j           r pi_j           r (1 - r') pi_j
    with memory, j     -                r r' pi_j
    nothing            1 - r            1 - r       times the background (`background`)

(without memory r' is 0, and stay is enter), so that compiled code knows parts and no reasons.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.model.background import backgrounds, doubts
from forecast.model.elicit import count_prior, softmax_prior
from forecast.model.shock import nodes_for
from forecast.model.spec import Array, CountSpec, Index, OverlapSpec, Spec


class Data(NamedTuple):
    """Solved priors and reading rows.

    start, excess, duration_sd, moving : (K,)
        Initial distribution; mean duration less 1 and its log sd; 0 where absorbing, else 1.
    then_centre : (K, K), then_scale : (K,)
        Logits of successors.
    centre, sd, dispersion : (C, K)
        Prior of the location, and the log-variance around it.
    least : (C,)
        The smallest dispersion over scenarios, with the sign of the shock; 0: it shares none.
    nodes, log_weight : (Q,)
        Where the shock is evaluated.
    count_inertia : (C,), level_inertia : (J,)
        Logits; minus infinity switches memory off.
    recent, decay : (C,)
        What counts remember (`memory`).
    house_centre, house_sd : (H,)
        Prior of the offsets.
    doubt_ratio, doubt_shape : (C, K)
        What counts are drawn from that reflect nothing.
    value, exposure, gap, memory, memory_weight, into_mean : (N,)
        Rows of counts; last, what share of one goes into the mean that later ones remember.
    doubt : (N, K)
        Log of the part of a row that reflects nothing, without its source's scale.
    weight_enter, weight_stay, shift, spread : (P,)
        Parts of rows: weights, and what the delay adds to location and log sd.
    overlap_value, overlap_rate, overlap_exposure, overlap_covered, overlap_trust : (R,)
        The silent count; the spoken one and a half; log ratio of exposures, and the silent one's
        own; trust in both.
    overlap_doubt : (R, K)
        As for counts.
    level_centre : (J, K, L), level_scale : (J, K)
        Logits of levels.
    level_gap, level_trust, level_trust_before, level_background : (M,)
        As for counts.
    evidence : (T, K)
        Log-likelihoods of one-off events.
    series, house, house_before, begin, span, when, first : (N,), and one more for ``first``
        Whole numbers: which count, whose row and memory (-1: a reference's); its first period, and
        over how many it is spread evenly; the period whose shock it shares (-1: none); where its
        parts begin.
    remembers : (P,)
        1 for parts with memory.
    overlap_series, overlap_house, overlap_spoken : (R,)
        Which count, and whose (-1: a reference's).
    level_series, level, previous, at : (M,)
        Which ordinal; the level read, the one before (-1: none), and the period.
    """

    start: Array
    excess: Array
    duration_sd: Array
    moving: Array
    then_centre: Array
    then_scale: Array
    centre: Array
    sd: Array
    dispersion: Array
    least: Array
    nodes: Array
    log_weight: Array
    count_inertia: Array
    recent: Array
    decay: Array
    house_centre: Array
    house_sd: Array
    doubt_ratio: Array
    doubt_shape: Array
    value: Array
    exposure: Array
    gap: Array
    memory: Array
    memory_weight: Array
    into_mean: Array
    doubt: Array
    weight_enter: Array
    weight_stay: Array
    shift: Array
    spread: Array
    overlap_value: Array
    overlap_rate: Array
    overlap_exposure: Array
    overlap_covered: Array
    overlap_trust: Array
    overlap_doubt: Array
    level_centre: Array
    level_scale: Array
    level_inertia: Array
    level_gap: Array
    level_trust: Array
    level_trust_before: Array
    level_background: Array
    evidence: Array
    series: Index
    house: Index
    house_before: Index
    begin: Index
    span: Index
    when: Index
    first: Index
    remembers: Index
    overlap_series: Index
    overlap_house: Index
    overlap_spoken: Index
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
    prior = count_prior(counts)
    doubt_ratio, doubt_shape = backgrounds(prior)
    parts = _parts(counts)
    nodes, log_weight = nodes_for(shared=bool(np.any(counts.shock != 0)))
    begin, span = counts.weight.argmax(axis=0), np.count_nonzero(counts.weight, axis=0)
    shared = (counts.shock[counts.series] != 0) & (span == 1)
    data = Data(
        start=chain.start,
        excess=np.where(moving, chain.lasts - 1, 0.0),
        duration_sd=chain.spread,
        moving=moving.astype(float),
        then_centre=then_centre,
        then_scale=then_scale,
        centre=prior.centre,
        sd=prior.sd,
        dispersion=prior.dispersion,
        least=counts.shock * prior.dispersion.min(axis=1, initial=np.inf),
        nodes=nodes,
        log_weight=log_weight,
        count_inertia=_logit(counts.inertia),
        recent=counts.recent,
        decay=counts.decay,
        house_centre=counts.house_centre,
        house_sd=counts.house_sd,
        doubt_ratio=doubt_ratio,
        doubt_shape=doubt_shape,
        value=counts.value,
        exposure=counts.log_exposure,
        gap=counts.gap,
        memory=counts.memory,
        memory_weight=counts.memory_weight,
        into_mean=(1.0 - counts.decay[counts.series]) * counts.trust,
        doubt=doubts(counts.trust, counts.value, counts.series, doubt_shape),
        weight_enter=parts.weight_enter,
        weight_stay=parts.weight_stay,
        shift=parts.shift,
        spread=parts.spread,
        **_overlaps(spec.overlaps, doubt_shape),
        level_centre=level_centre,
        level_scale=level_scale,
        level_inertia=_logit(levels.inertia),
        level_gap=np.where(levels.previous >= 0, levels.gap, np.inf),
        level_trust=levels.trust,
        level_trust_before=levels.trust_before,
        level_background=-np.log((levels.asked[levels.series, 0] > 0).sum(axis=1).astype(float)),
        evidence=spec.evidence,
        series=counts.series,
        house=counts.house,
        house_before=counts.house_before,
        begin=begin,
        span=span,
        when=np.where(shared, begin, -1),
        first=parts.first,
        remembers=parts.remembers,
        overlap_series=spec.overlaps.series,
        overlap_house=spec.overlaps.house,
        overlap_spoken=spec.overlaps.spoken_house,
        level_series=levels.series,
        level=levels.value,
        previous=levels.previous,
        at=levels.at,
    )
    # as `unpack` gives them, or compiled code meets two types of data
    return Data._make(np.ascontiguousarray(part) for part in data)


class _Parts(NamedTuple):
    weight_enter: Array
    weight_stay: Array
    shift: Array
    spread: Array
    first: Index
    remembers: Index


def _parts(counts: CountSpec) -> _Parts:
    """Return what every row is a mixture of, apart from nothing; see the top of the module."""
    remembered = np.isfinite(counts.gap) & (counts.inertia[counts.series] > 0)
    table, first = [], [0]
    for n, trust in enumerate(counts.trust):
        before = counts.trust_before[n] if remembered[n] else 0.0
        for j in range(2):
            weight = trust * counts.delay_weight[n, j]
            moved = (counts.delay_shift[n, j], counts.delay_spread[n, j])
            if weight > 0:
                table.append((weight, weight * (1 - before), *moved, 0))
            if weight * before > 0:
                table.append((0.0, weight * before, *moved, 1))
        first.append(len(table))
    columns = np.array(table, dtype=float).reshape(-1, 5).T
    return _Parts(
        weight_enter=columns[0],
        weight_stay=columns[1],
        shift=columns[2],
        spread=columns[3],
        first=np.array(first),
        remembers=columns[4].astype(np.int64),
    )


def _overlaps(overlaps: OverlapSpec, shape: Array) -> dict[str, Array]:
    """Lay out what silent sources say of offsets.

    Of two counts of one reality, the spoken one y leaves a rate that is Gamma of shape y + 1/2.
    """
    return {
        "overlap_value": overlaps.value,
        "overlap_rate": overlaps.spoken + 0.5,
        "overlap_exposure": overlaps.log_exposure - overlaps.spoken_exposure,
        "overlap_covered": overlaps.log_exposure,
        "overlap_trust": overlaps.trust,
        "overlap_doubt": doubts(overlaps.trust, overlaps.value, overlaps.series, shape),
    }


def _logit(share: Array) -> Array:
    inside = np.where(share > 0, share, 0.5)
    return np.where(share > 0, np.log(inside / (1 - inside)), -np.inf)
