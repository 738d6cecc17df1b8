"""Datasets from the model itself: parameters from their priors, then scenarios, then readings.

Written from ``docs/method.md`` and not from the kernel, of which only the bending of parameters is
used: what is to be checked may not check itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from forecast.model.chain import chain_of, transition_of
from forecast.model.counts import CountParameters, count_parameters
from forecast.model.data import Data, blocks_of, data_of
from forecast.model.delay import COMPLETE, Delay
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.overlap import BETWEEN_SD
from forecast.model.packing import blocks, raw_of, size_of
from forecast.model.spec import (
    Array,
    ChainSpec,
    CountSpec,
    LivesSpec,
    OverlapSpec,
    SeriesSpec,
    SignSpec,
    Spec,
)

SCENARIOS, COUNTS, LEVELS = 3, 2, 3
MISSING = 1 / 3  # of readings
_SHARED = 3.0  # of the free parameter: 0.49 of what is new, of 0.5 at most
SILENT, BESIDE = 1 / 2, 1 / 2  # how often the reference has none, and another reports beside it

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class World:
    """How a simulated world differs from what the model is given.

    Parameters
    ----------
    spread
        Of parameters about what was elicited, in standard deviations of the prior.
    shared
        Whether about half of what is new in a count is a shock that all share, undeclared.
    ramp
        Periods before a change over which counts move from one scenario's to the next one's.
    false
        The scenario that all false reports are of; None: any.
    """

    spread: float = 1.0
    shared: bool = False
    ramp: int = 0
    false: int | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A dataset, the parameters it came from, and the scenario of every period, (T,).

    ``next_scenario`` and ``next_counts``, (C,), are of the period after: what no fit has seen. The
    counts are of the whole period, by their references, and true. ``later`` are the scenarios of
    the periods from the next one on.
    """

    spec: Spec
    theta: Array
    scenarios: list[int]
    next_scenario: int
    next_counts: Array
    later: list[int]


def simulate(
    rng: Rng,
    periods: int,
    delays: tuple[Delay, ...] = (),
    *,
    lives: bool = False,
    signs: bool = False,
    world: World = World(),
    later: int = 1,
) -> Simulated:
    """Draw one dataset.

    Parameters
    ----------
    delays
        Of counts of age 0, 1, ... periods, whoever reports them; older ones are complete.
    lives
        Whether scenarios have several lives each, and flare-ups of two of them pass.
    signs
        Whether strikes and posture are signs of war, and posture of calm.
    world
        Where it is not the model's.
    later
        Periods after the last of which scenarios are drawn.
    """
    asked = _asked(periods)
    asked = with_lives(asked) if lives else asked
    asked = with_signs(asked) if signs else asked
    data = data_of(asked)
    theta = world.spread * rng.normal(size=size_of(data))
    if world.shared:
        theta[blocks(data)["shared"]] = _SHARED
    raw = raw_of(theta, data)
    hazard, successor = chain_of(raw, data)
    path = _path(data, hazard, successor, rng)
    z = list(islice(path, periods))
    after = next(path) if signs else None  # without signs nothing hangs on it
    p = count_parameters(raw, data)
    counts, overlaps = _counts(asked.counts, data, p, z, after, delays, world, rng)
    ((family, block, place, first),) = blocks_of(data)
    of_levels = family.natural(block, theta[None, place])
    conditions = _conditions(data, first, z, after)
    levels = _levels(
        asked.series[0], of_levels.probability[0], of_levels.inertia[0], z, conditions, world, rng
    )
    after = next(path) if after is None else after
    next_counts = _next_counts(counts, p, z, after, rng)
    if world.shared:
        counts = replace(counts, shock=np.zeros(COUNTS))
    return Simulated(
        spec=replace(asked, counts=counts, overlaps=overlaps, series=(levels,)),
        theta=theta,
        scenarios=z,
        next_scenario=after,
        next_counts=next_counts,
        later=[after, *islice(path, later - 1)],
    )


def _asked(size: int) -> Spec:
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Spec(
        periods=tuple(str(t) for t in range(size)),
        scenarios=("calm", "tense", "war"),
        chain=ChainSpec(
            start=np.array([0.5, 0.3, 0.2]),
            lasts=np.array([12.0, 6.0, 8.0]),
            spread=np.array([0.5, 0.5, 0.4]),
            absorbing=np.zeros(SCENARIOS, dtype=bool),
            then=np.array([[0, 0.7, 0.3], [0.5, 0, 0.5], [0.3, 0.7, 0]]),
            worth=np.array([4.0, 3.0, 2.0]),
        ),
        counts=CountSpec(
            ids=("strikes", "deaths"),
            median=np.array([[4.0, 20.0, 90.0], [6.0, 15.0, 50.0]]),
            p90=np.array([[15.0, 70.0, 300.0], [15.0, 45.0, 150.0]]),
            worth=np.array([[3.0, 2.0, 1.0], [4.0, 3.0, 2.0]]),
            inertia=np.array([0.5, 0.4]),
            recent=np.ones(COUNTS),
            decay=np.zeros(COUNTS),
            shock=np.ones(COUNTS),
            houses=(("strikes", "other"), ("deaths", "other")),
            house_centre=np.array([-0.3, 0.0]),
            house_sd=np.array([0.5, 0.4]),
            value=none, log_exposure=none, gap=none, memory=none, memory_weight=none, trust=none,
            trust_before=none,
            series=nowhere, house=nowhere, house_before=nowhere,
            delay_weight=np.zeros((0, 2)), delay_shift=np.zeros((0, 2)),
            delay_spread=np.zeros((0, 2)), weight=np.zeros((size, 0)),
        ),
        overlaps=OverlapSpec(none, none, none, none, none, *[nowhere] * 4),
        series=(SeriesSpec(
            family="ordinal",
            ids=("posture",),
            elicited=np.array([[[0.6, 0.3, 0.1], [0.25, 0.5, 0.25], [0.1, 0.3, 0.6]]]),
            worth=np.array([[4.0, 2.0, 2.0]]),
            inertia=np.array([0.6]),
            value=none, previous=none, gap=none, trust=none, trust_before=none,
            series=nowhere, at=nowhere,
        ),),
        evidence=np.zeros((size, SCENARIOS)),
    )  # fmt: skip


def with_lives(asked: Spec) -> Spec:
    """Short and long episodes of each scenario; what a short war or tension interrupts resumes."""
    lives = LivesSpec(
        lasts=np.array([[2.0, 8.0, 40.0], [1.5, 5.0, 20.0], [1.5, 6.0, 30.0]]),
        share=np.array([[0.4, 0.4, 0.2], [0.5, 0.3, 0.2], [0.4, 0.4, 0.2]]),
        resumes=np.array([0.0, 0.6, 0.7]),
        elapsed=np.full(SCENARIOS, -1.0),
    )
    return replace(asked, chain=replace(asked.chain, lives=lives))


def with_signs(asked: Spec) -> Spec:
    """Strikes and posture as signs of war, posture of calm."""
    none = np.full((COUNTS, 2), np.nan)
    median, p90, worth = none.copy(), none.copy(), none.copy()
    median[0, 0], p90[0, 0], worth[0, 0] = 30.0, 120.0, 2.0
    before = np.array([[[0.1, 0.5, 0.4], [0.8, 0.15, 0.05]]])
    (series,) = asked.series
    return replace(
        asked,
        counts=replace(
            asked.counts,
            median=np.hstack([asked.counts.median, median]),
            p90=np.hstack([asked.counts.p90, p90]),
            worth=np.hstack([asked.counts.worth, worth]),
            signs=2,
        ),
        series=(
            replace(
                series,
                elicited=np.concatenate([series.elicited, before], axis=1),
                worth=np.hstack([series.worth, [[2.0, 2.0]]]),
                signs=2,
            ),
        ),
        signs=SignSpec(
            scenario=np.array([2, 0]),
            evidence=np.zeros((len(asked.periods), SCENARIOS, 2)),
            ratio=np.zeros((0, SCENARIOS)),
            ahead=np.zeros((0, SCENARIOS)),
        ),
    )


def _path(data: Data, hazard: Array, successor: Array, rng: Rng) -> Iterator[int]:
    """Scenarios of one period after another; an episode draws a life, which says when it ends."""
    k = int(rng.choice(SCENARIOS, p=data.start))
    yield k
    if hazard.shape[1] == 1:
        transition = transition_of(hazard, successor)
        while True:
            k = int(rng.choice(SCENARIOS, p=transition[k]))
            yield k
    m = _life(data.life_share[k] / hazard[k], rng)
    interrupted: tuple[int, int] | None = None  # known of what began after the first period
    while True:
        if rng.random() < hazard[k, m]:
            if interrupted and rng.random() < data.resumes[k]:
                (k, m), interrupted = interrupted, None
            else:
                before, k = (k, m), int(rng.choice(SCENARIOS, p=successor[k]))
                m = _life(data.life_share[k], rng)
                interrupted = before if m == 0 and data.resumes[k] > 0 else None
        yield k


def _life(weight: Array, rng: Rng) -> int:
    return int(rng.choice(len(weight), p=weight / weight.sum()))


def _conditions(data: Data, indicator: int, z: list[int], after: int | None) -> list[int]:
    """What an indicator is read under in every period: a scenario, or before one begins."""
    signs = {int(k): b for b, k in enumerate(data.sign) if data.signals[indicator, b] > 0}
    follows = zip(z, [*z[1:], z[-1] if after is None else after], strict=True)
    return [
        SCENARIOS + signs[coming] if coming != now and coming in signs else now
        for now, coming in follows
    ]


def _false(world: World, rng: Rng) -> int:
    """The scenario that a false report is of."""
    return int(rng.integers(SCENARIOS)) if world.false is None else world.false


def _ramped(location: Array, z: list[int], t: int, ramp: int) -> float:
    """How far a location has moved towards that of what begins soon."""
    for ahead in range(1, ramp + 1):
        if t + ahead < len(z) and z[t + ahead] != z[t]:
            return float((location[z[t + ahead]] - location[z[t]]) * (1 - ahead / (ramp + 1)))
    return 0.0


def _count(location: float, variance: float, rng: Rng) -> float:
    shape = float(shape_of(variance))
    mean = np.exp(location + float(log_bias(shape)))
    return float(rng.poisson(min(mean * rng.gamma(shape) / shape, 1e15)))


def _with_memory(
    p: CountParameters, c: int, k: int, gap: float, remembered: float
) -> tuple[float, float]:
    """Return location and log-variance of a count whose scenario has held since it was read.

    ``remembered`` is the log of 1 plus what was read, as the reference would have counted it.
    """
    share, usual = p.inertia[c] ** gap, p.location[c, k]
    location = usual + share * (remembered - np.log1p(np.exp(usual)))
    return float(location), float(p.variance[c, k] * (1 - share**2))


def _counts(
    asked: CountSpec,
    data: Data,
    p: CountParameters,
    z: list[int],
    after: int | None,
    delays: tuple[Delay, ...],
    world: World,
    rng: Rng,
) -> tuple[CountSpec, OverlapSpec]:
    shock = rng.normal(size=len(z))
    rows, beside, late = [], [], []
    for c in range(COUNTS):
        previous: tuple[int, float, float, int] | None = None  # period, rate, trust, house
        conditions = _conditions(data, c, z, after)
        for t, k in enumerate(z):
            if rng.random() < MISSING:
                continue
            days, trust = _report(rng)
            house = c if rng.random() < SILENT else -1
            true = rng.random() < trust
            reported = conditions[t] if true else _false(world, rng)
            at, spread = p.location[c, reported], p.variance[c, reported]
            gap, memory, before, house_before = np.inf, 0.0, 1.0, -1
            if previous is not None:
                gap, memory, before = t - previous[0], np.log1p(previous[1]), previous[2]
                house_before = previous[3]
                stays = t > 0 and z[t - 1] == k == conditions[t]
                if true and stays and rng.random() < before:
                    at, spread = _with_memory(p, c, k, gap, memory - _offset(p, house_before))
            if true and reported < SCENARIOS:
                at += _ramped(p.location[c], z, t, world.ramp)
            at += np.log(days / 7) + _offset(p, house)
            age = len(z) - 1 - t
            delay = delays[age] if age < len(delays) else COMPLETE
            late.append(delay)
            if delay != COMPLETE:
                j = int(rng.choice(2, p=delay.weight))
                at, spread = at + delay.shift[j], spread + delay.spread[j] ** 2
            y = _count(at + p.loading[c] * shock[t], spread - p.loading[c] ** 2, rng)
            rows.append(
                (y, np.log(days / 7), gap, memory, trust, before, c, t, house, house_before)
            )
            counted = np.exp(np.dot(delay.weight, delay.shift))
            previous = (t, y * 7 / days / counted, trust, house)
            if house == -1 and rng.random() < BESIDE:
                theirs, trust_of_theirs = _report(rng)
                both = trust * trust_of_theirs
                if rng.random() < both:  # of two counts of one reality, as late, given the first
                    rate = (y + 0.5) * theirs / days * np.exp(p.house[c])
                    shape = 1 / (1 / (y + 0.5) + BETWEEN_SD**2)
                    other = float(rng.poisson(min(rng.gamma(shape, rate / shape), 1e15)))
                else:
                    other = _nothing(data, c, theirs, float(p.house[c]), rng)
                beside.append((other, np.log(theirs / 7), y, np.log(days / 7), both, c, c, -1, t))
    table = np.array(rows, dtype=float).reshape(-1, 10)
    weight = np.zeros((len(z), len(table)))
    weight[table[:, 7].astype(int), np.arange(len(table))] = 1.0
    overlaps = np.array(beside, dtype=float).reshape(-1, 9)
    return replace(
        asked,
        value=table[:, 0], log_exposure=table[:, 1], gap=table[:, 2], memory=table[:, 3],
        memory_weight=np.ones(len(table)),
        trust=table[:, 4], trust_before=table[:, 5], series=table[:, 6].astype(np.int64),
        house=table[:, 8].astype(np.int64), house_before=table[:, 9].astype(np.int64),
        delay_weight=np.array([delay.weight for delay in late]).reshape(-1, 2),
        delay_shift=np.array([delay.shift for delay in late]).reshape(-1, 2),
        delay_spread=np.array([delay.spread for delay in late]).reshape(-1, 2),
        weight=weight,
    ), OverlapSpec(*overlaps[:, :5].T, *overlaps[:, 5:].T.astype(np.int64))  # fmt: skip


def _next_counts(
    counts: CountSpec, p: CountParameters, z: list[int], after: int, rng: Rng
) -> Array:
    """Draw what the references would count of the period after the last, of scenario ``after``."""
    shock = rng.normal()
    result = np.empty(COUNTS)
    for c in range(COUNTS):
        at, spread = p.location[c, after], p.variance[c, after]
        rows = np.flatnonzero(counts.series == c)
        if len(rows) and z[-1] == after and rng.random() < counts.trust[rows[-1]]:
            n = rows[-1]
            counted = counts.log_exposure[n] + counts.delay_weight[n] @ counts.delay_shift[n]
            remembered = np.log1p(counts.value[n] / np.exp(counted)) - _offset(p, counts.house[n])
            gap = len(z) - float(counts.weight[:, n].argmax())
            at, spread = _with_memory(p, c, after, gap, remembered)
        result[c] = _count(at + p.loading[c] * shock, spread - p.loading[c] ** 2, rng)
    return result


def _offset(p: CountParameters, house: int) -> float:
    return float(p.house[house]) if house >= 0 else 0.0


def _report(rng: Rng) -> tuple[int, float]:
    """Return days covered, and trust."""
    return int(rng.choice([3, 5, 7])), float(rng.choice([0.6, 0.9, 1.0]))


def _nothing(data: Data, c: int, days: int, offset: float, rng: Rng) -> float:
    """Return what a silent source counts that reflects nothing, in its own units."""
    j = int(rng.integers(SCENARIOS))
    variance = 2 * (data.sd[c, j] ** 2 + data.dispersion[c, j])
    return _count(data.centre[c, j] + np.log(days / 7) + offset, variance, rng)


def _levels(
    asked: SeriesSpec,
    probability: Array,
    inertia: Array,
    z: list[int],
    conditions: list[int],
    world: World,
    rng: Rng,
) -> SeriesSpec:
    rows = []
    previous: tuple[int, int, float] | None = None
    for t, k in enumerate(z):
        if rng.random() < MISSING:
            continue
        trust = float(rng.choice([0.6, 0.9, 1.0]))
        level = int(rng.choice(LEVELS, p=probability[0, conditions[t]]))
        last, gap, before = np.nan, np.inf, 1.0
        if previous is not None:
            last, gap, before = float(previous[1]), float(t - previous[0]), previous[2]
            carried = before * inertia[0] ** gap
            stays = t > 0 and z[t - 1] == k == conditions[t]
            if stays and rng.random() < carried:
                level = previous[1]
        if rng.random() >= trust:
            level = int(rng.choice(LEVELS, p=probability[0, _false(world, rng)]))
        rows.append((level, last, gap, trust, before, 0, t))
        previous = (t, level, trust)
    table = np.array(rows, dtype=float).reshape(-1, 7)
    return replace(
        asked,
        value=table[:, 0], previous=table[:, 1],
        gap=table[:, 2], trust=table[:, 3], trust_before=table[:, 4],
        series=table[:, 5].astype(np.int64), at=table[:, 6].astype(np.int64),
    )  # fmt: skip
