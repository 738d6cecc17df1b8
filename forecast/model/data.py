"""The numbers of a spec as the kernel reads them: priors solved, rows laid out.

What a row of a count is a mixture of is settled here, once: with the trust r in the row, r' in the
reading it remembers and the delay's components j::

    part               weight_enter     weight_stay        weight_any
    fresh, j           r pi_j           r (1 - r') pi_j    pi_j / K
    with memory, j     -                r r' pi_j          -
    contamination      1 - r            1 - r

of which the last is the even mixture over all K scenarios of the parts with ``weight_any``
(without memory r' is 0, and stay is enter), so that compiled code knows parts and no reasons.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np

from forecast.model.arrays import Split, Table
from forecast.model.background import backgrounds, doubts
from forecast.model.elicit import SHARED_CENTRE, count_prior, logit, softmax_prior
from forecast.model.families import BY_NUMBER, EMISSIONS
from forecast.model.families.base import Block, Emission
from forecast.model.mixture import LEAST_DOUBT
from forecast.model.shock import nodes_for
from forecast.model.spec import (
    Array,
    ChainSpec,
    CountSpec,
    Index,
    LivesSpec,
    OverlapSpec,
    SeriesSpec,
    SignSpec,
    Spec,
)
from forecast.model.spells import lives_of


class Data(NamedTuple):
    """Solved priors and rows of readings; of series other than counts, packed blocks."""

    start: Annotated[Array, "scenario", "Initial distribution."]
    life_excess: Annotated[
        Array, "scenario, life", "Mean durations of lives less 1; 0 where absorbing."
    ]
    life_share: Annotated[Array, "scenario, life", "Shares of episodes that begin."]
    resumes: Annotated[Array, "scenario", "Chance that what the shortest life interrupted goes on."]
    elapsed: Annotated[Array, "scenario", "Periods it has lasted at the start; -1: not known."]
    duration_sd: Annotated[Array, "scenario", "Log sd of that."]
    moving: Annotated[Array, "scenario", "0 where absorbing, else 1."]
    then_centre: Annotated[Array, "scenario, scenario", "Logits of successors."]
    then_scale: Annotated[Array, "scenario", "What their free parameters are multiplied by."]
    centre: Annotated[Array, "count, condition", "Prior mean of the location."]
    sd: Annotated[Array, "count, condition", "Prior sd of the location; 0 where it is no sign."]
    dispersion: Annotated[Array, "count, condition", "Log-variance around the location."]
    least: Annotated[
        Array,
        "count",
        "Smallest dispersion over scenarios, with the sign of the shock; 0: shares none.",
    ]
    shared_centre: Annotated[
        Array, "shock", "Logit of the share of the shock a priori; nothing if none is shared."
    ]
    nodes: Annotated[Array, "node", "Where the shared shock is evaluated."]
    log_weight: Annotated[Array, "node", "Logs of the weights of nodes."]
    count_inertia: Annotated[Array, "count", "Logit; minus infinity switches it off."]
    recent: Annotated[Array, "count", "Share of the last reading in what is remembered (`memory`)."]
    decay: Annotated[
        Array, "count", "By how much an older reading weighs less for each period (`memory`)."
    ]
    house_centre: Annotated[Array, "source", "Prior mean of the source effect."]
    house_sd: Annotated[Array, "source", "Prior sd of the source effect; 0: known."]
    doubt_ratio: Annotated[
        Array,
        "count, scenario",
        "Of silent sources that reflect nothing (`background`): log(mean / shape).",
    ]
    doubt_shape: Annotated[
        Array, "count, scenario", "Of silent sources that reflect nothing: shape."
    ]
    value: Annotated[Array, "row", "Count read."]
    exposure: Annotated[Array, "row", "Log of the share of a period that it covers."]
    gap: Annotated[Array, "row", "Periods since the last usable reading; infinite: none."]
    memory: Annotated[Array, "row", "What is remembered (`memory`)."]
    memory_weight: Annotated[Array, "row", "How many times the usual is taken off that."]
    into_mean: Annotated[Array, "row", "Share of the reading in the mean that later ones remember."]
    doubt: Annotated[Array, "row", "Probability that the report is false, or a trace of it."]
    weight_enter: Annotated[Array, "part", "Weight of a part where a scenario begins."]
    weight_stay: Annotated[Array, "part", "Weight of a part where it holds on."]
    weight_any: Annotated[Array, "part", "Weight of a part in the contamination component."]
    shift: Annotated[Array, "part", "What the delay adds to the location."]
    spread: Annotated[Array, "part", "What the delay adds to the log sd."]
    overlap_value: Annotated[Array, "overlap", "Count of a silent source."]
    overlap_rate: Annotated[Array, "overlap", "The count that was used, and a half."]
    overlap_exposure: Annotated[Array, "overlap", "Log ratio of exposures."]
    overlap_covered: Annotated[Array, "overlap", "Log exposure of the silent source's."]
    overlap_trust: Annotated[Array, "overlap", "Probability that both reflect reality."]
    overlap_doubt: Annotated[
        Array,
        "overlap, scenario",
        "Log of the part that reflects nothing, without the source effect.",
    ]
    evidence: Annotated[Array, "period, scenario", "Log-likelihoods of one-off events."]
    possible: Annotated[Array, "period, scenario", "0 where a known outcome rules it out."]
    sign_evidence: Annotated[
        Array, "period, scenario, sign", "That of one-off events, if a sign's scenario begins next."
    ]
    ratio: Annotated[
        Array, "weighed, scenario", "What weighs the transitions at the end of a period."
    ]
    ahead: Annotated[Array, "ahead, scenario", "The same of the periods after the last."]
    series_floats: Annotated[Array, "series_float", "Floats of all blocks."]
    series: Annotated[Index, "row", "Which count."]
    house: Annotated[Index, "row", "Source; -1: the reference."]
    house_before: Annotated[Index, "row", "Source of what is remembered; -1: the reference."]
    begin: Annotated[Index, "row", "First period."]
    span: Annotated[Index, "row", "Over how many periods it is spread evenly."]
    when: Annotated[Index, "row", "Period whose shock it shares; -1: none."]
    first: Annotated[Index, "row + 1", "Where its parts begin."]
    remembers: Annotated[Index, "part", "1 for parts with memory."]
    overlap_series: Annotated[Index, "overlap", "Which count."]
    overlap_house: Annotated[Index, "overlap", "Source; -1: the reference."]
    overlap_spoken: Annotated[Index, "overlap", "Source that was used; -1: the reference."]
    flare: Annotated[Index, "scenario, settled", "State of a flare-up of it (`spells`)."]
    sign: Annotated[Index, "sign", "Scenario that it is a sign of."]
    signals: Annotated[Index, "indicator, sign", "1 where an indicator is a sign of it."]
    state_scenario: Annotated[Index, "state", "Scenario of a state of the chain."]
    state_origin: Annotated[Index, "state", "What a flare-up interrupts; -1: it is none."]
    series_whole: Annotated[Index, "series_whole", "Whole numbers of all blocks."]
    series_table: Annotated[
        Index,
        "block, entry",
        "Number of the family, of free parameters, floats, whole numbers, series.",
    ]


class Raw(NamedTuple):
    """Free parameters of chain and counts, standard normal; also the shape of a gradient."""

    duration: Annotated[Array, "scenario", "Of a scenario's mean duration."]
    successor: Annotated[Array, "scenario, scenario", "Of where it goes on leaving."]
    location: Annotated[Array, "count, condition", "Of the location."]
    dispersion: Annotated[Array, "count", "Of the log-variance around the location."]
    inertia: Annotated[Array, "count", "Of the inertia."]
    shared: Annotated[Array, "shock", "Of the share of the shock."]
    house: Annotated[Array, "source", "Of the source effect."]


DATA = Table(Data)
CORE = Split(Raw, DATA)


def data_of(spec: Spec) -> Data:
    """Solve the priors of a spec and lay out its rows."""
    chain, counts = spec.chain, spec.counts
    moving = ~chain.absorbing
    then_centre = np.full(chain.then.shape, -np.inf)
    then_scale = np.ones(len(chain.start))
    for k in np.flatnonzero(moving):
        then_centre[k], then_scale[k] = softmax_prior(chain.then[k], float(chain.worth[k]))
    prior = count_prior(counts)
    doubt_ratio, doubt_shape = backgrounds(prior, len(spec.scenarios))
    parts = _parts(counts, len(spec.scenarios))
    signs = spec.signs or SignSpec.none(*spec.evidence.shape)
    nodes, log_weight = nodes_for(shared=bool(np.any(counts.shock != 0)))
    begin, span = counts.weight.argmax(axis=0), np.count_nonzero(counts.weight, axis=0)
    shared = (counts.shock[counts.series] != 0) & (span == 1)
    data = Data(
        start=chain.start,
        **_lives(chain),
        duration_sd=chain.spread,
        moving=moving.astype(float),
        then_centre=then_centre,
        then_scale=then_scale,
        centre=prior.centre,
        sd=prior.sd,
        dispersion=prior.dispersion,
        least=counts.shock * prior.dispersion.min(axis=1, initial=np.inf),
        shared_centre=np.full(int(np.any(counts.shock != 0)), SHARED_CENTRE),
        nodes=nodes,
        log_weight=log_weight,
        count_inertia=logit(counts.inertia),
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
        doubt=np.maximum(1.0 - counts.trust, LEAST_DOUBT),
        weight_enter=parts.weight_enter,
        weight_stay=parts.weight_stay,
        weight_any=parts.weight_any,
        shift=parts.shift,
        spread=parts.spread,
        **_overlaps(spec.overlaps, doubt_shape),
        evidence=spec.evidence,
        possible=np.asarray(
            np.ones(spec.evidence.shape) if spec.possible is None else spec.possible, float
        ),
        sign_evidence=signs.evidence,
        ratio=signs.ratio,
        ahead=signs.ahead,
        sign=signs.scenario,
        signals=_signals(spec),
        **_packed([(EMISSIONS[each.family], solved(each)) for each in spec.series]),
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
    )
    return DATA.contiguous(data)


def _signals(spec: Spec) -> Index:
    """Whether an indicator is a sign of a scenario, (C + J, B): counts, then other series."""
    scenarios = len(spec.scenarios)
    given = [np.isfinite(spec.counts.median[:, scenarios:])]
    given += [np.isfinite(each.elicited[:, scenarios:, 0]) for each in spec.series]
    return np.concatenate(given).astype(np.int64)


def solved(spec: SeriesSpec) -> Any:
    """A family's series with their priors solved."""
    return EMISSIONS[spec.family].solve(spec)


def blocks_of(data: Data) -> Iterator[Block]:
    """Every family's block of series, in the order they are packed in."""
    sizes = data.series_table[:, 1:]
    ends = sizes.cumsum(axis=0).tolist()
    begins = (np.cumsum(sizes, axis=0) - sizes).tolist()
    theta = sum(math.prod(shape) for shape in CORE.shapes(data).values())
    for number, begin, end in zip(data.series_table[:, 0].tolist(), begins, ends, strict=True):
        family = BY_NUMBER[number]
        (d, f, w, j), (d_end, f_end, w_end, _) = begin, end
        values = family.table.unpacked(data.series_floats[f:f_end], data.series_whole[w:w_end])
        first = len(data.centre) + j
        yield Block(family, values, slice(theta + d, theta + d_end), first)


def with_blocks(data: Data, values: Sequence[Any]) -> Data:
    """Data with other values of its blocks, in their order."""
    families = (BY_NUMBER[number] for number in data.series_table[:, 0].tolist())
    return DATA.contiguous(data._replace(**_packed(list(zip(families, values, strict=True)))))


def _packed(blocks: Sequence[tuple[Emission[Any, Any], Any]]) -> dict[str, Any]:
    """The packed blocks of families, as fields of `Data`."""
    packed = [family.table.pack(values) for family, values in blocks]
    table = [
        (
            family.number,
            family.size(values),
            len(floats),
            len(whole),
            family.table.sizes(values)["series"],
        )
        for (family, values), (floats, whole) in zip(blocks, packed, strict=True)
    ]
    return {
        "series_floats": np.concatenate([np.zeros(0), *(floats for floats, _ in packed)]),
        "series_whole": np.concatenate([np.zeros(0, np.int64), *(whole for _, whole in packed)]),
        "series_table": np.array(table, dtype=np.int64).reshape(-1, 5),
    }


def _lives(chain: ChainSpec) -> dict[str, Any]:
    """Lives of scenarios, and the states that they make."""
    given = chain.lives or LivesSpec(
        lasts=chain.lasts[:, None],
        share=np.ones((len(chain.lasts), 1)),
        resumes=np.zeros(len(chain.lasts)),
        elapsed=np.full(len(chain.lasts), -1.0),
    )
    flare, scenario, origin = lives_of(*given.share.shape, np.ascontiguousarray(given.resumes))
    return {
        "life_excess": np.where(chain.absorbing[:, None], 0.0, given.lasts - 1),
        "life_share": given.share,
        "resumes": given.resumes,
        "elapsed": given.elapsed,
        "flare": flare,
        "state_scenario": scenario,
        "state_origin": origin,
    }


class _Parts(NamedTuple):
    weight_enter: Array
    weight_stay: Array
    weight_any: Array
    shift: Array
    spread: Array
    first: Index
    remembers: Index


def _parts(counts: CountSpec, scenarios: int) -> _Parts:
    """What every row is a mixture of; see the top of the module."""
    remembered = np.isfinite(counts.gap) & (counts.inertia[counts.series] > 0)
    table, first = [], [0]
    for n, trust in enumerate(counts.trust):
        before = counts.trust_before[n] if remembered[n] else 0.0
        for j in range(2):
            share = counts.delay_weight[n, j]
            moved = (counts.delay_shift[n, j], counts.delay_spread[n, j])
            weight = trust * share
            if share > 0:
                table.append((weight, weight * (1 - before), share / scenarios, *moved, 0))
            if weight * before > 0:
                table.append((0.0, weight * before, 0.0, *moved, 1))
        first.append(len(table))
    columns = np.array(table, dtype=float).reshape(-1, 6).T
    enter, stay, in_any, shift, spread, remembers = columns
    return _Parts(enter, stay, in_any, shift, spread, np.array(first), remembers.astype(np.int64))


def _overlaps(overlaps: OverlapSpec, shape: Array) -> dict[str, Any]:
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
