"""Datasets from the model itself: parameters from their priors, then scenarios, then readings.

Written from ``docs/method.md`` and not from the kernel, of which only the bending of parameters is
used: what is to be checked may not check itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.model.chain import transition_of
from forecast.model.counts import count_parameters
from forecast.model.data import Data, data_of, shapes, split
from forecast.model.levels import level_parameters
from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.spec import Array, ChainSpec, CountSpec, LevelSpec, Spec

SCENARIOS, PERIODS, COUNTS, LEVELS = 3, 30, 2, 3
MISSING = 1 / 3

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Simulated:
    """A dataset, the parameters it came from, and the scenario of the last period."""

    spec: Spec
    theta: Array
    scenario: int


def simulate(rng: Rng) -> Simulated:
    """Draw one dataset."""
    asked = _asked()
    data = data_of(asked)
    theta = rng.normal(size=sum(int(np.prod(shape)) for shape in shapes(data).values()))
    raw = split(theta, data)
    transition, _, _ = transition_of(raw, data)
    z = [int(rng.choice(SCENARIOS, p=data.start))]
    for _ in range(PERIODS - 1):
        z.append(int(rng.choice(SCENARIOS, p=transition[z[-1]])))
    counts = _counts(asked.counts, data, count_parameters(raw, data), z, rng)
    levels = _levels(asked.levels, level_parameters(raw, data), z, rng)
    spec = Spec(asked.periods, asked.scenarios, asked.chain, counts, levels, asked.evidence)
    return Simulated(spec, theta, z[-1])


def _asked() -> Spec:
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Spec(
        periods=tuple(str(t) for t in range(PERIODS)),
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
            value=none, log_exposure=none, gap=none, memory=none, trust=none, trust_before=none,
            series=nowhere, weight=np.zeros((PERIODS, 0)),
        ),
        levels=LevelSpec(
            ids=("posture",),
            asked=np.array([[[0.6, 0.3, 0.1], [0.25, 0.5, 0.25], [0.1, 0.3, 0.6]]]),
            worth=np.array([[4.0, 2.0, 2.0]]),
            inertia=np.array([0.6]),
            value=nowhere, previous=nowhere, gap=none, trust=none, trust_before=none,
            series=nowhere, at=nowhere,
        ),
        evidence=np.zeros((PERIODS, SCENARIOS)),
    )  # fmt: skip


def _rate(location: float, variance: float, rng: Rng) -> float:
    shape = float(shape_of(variance))
    mean = np.exp(location + float(log_bias(shape)))
    return float(rng.poisson(min(mean * rng.gamma(shape) / shape, 1e15)))


def _counts(
    asked: CountSpec,
    data: Data,
    parameters: tuple[Array, ...],
    z: list[int],
    rng: Rng,
) -> CountSpec:
    location, variance, inertia = parameters
    rows = []
    for c in range(COUNTS):
        previous: tuple[int, float, float] | None = None  # period, rate per full period, trust
        for t, k in enumerate(z):
            if rng.random() < MISSING:
                continue
            days, trust = int(rng.choice([3, 5, 7])), float(rng.choice([0.6, 0.9, 1.0]))
            at, spread = location[c, k] + np.log(days / 7), variance[c, k]
            gap, memory, before = np.inf, 0.0, 1.0
            if previous is not None:
                gap, memory, before = t - previous[0], np.log1p(previous[1]), previous[2]
                if t > 0 and z[t - 1] == k and rng.random() < before:
                    share = inertia[c] ** gap
                    at += share * (memory - np.log1p(np.exp(location[c, k])))
                    spread *= 1 - share**2
            if rng.random() >= trust:  # the report reflects nothing
                j = int(rng.integers(SCENARIOS))
                at = data.centre[c, j] + np.log(days / 7)
                spread = 2 * (data.sd[c, j] ** 2 + data.dispersion[c, j])
            y = _rate(at, spread, rng)
            rows.append((y, np.log(days / 7), gap, memory, trust, before, c, t))
            previous = (t, y * 7 / days, trust)
    table = np.array(rows, dtype=float).reshape(-1, 8)
    weight = np.zeros((PERIODS, len(table)))
    weight[table[:, 7].astype(int), np.arange(len(table))] = 1.0
    return CountSpec(
        asked.ids, asked.median, asked.p90, asked.worth, asked.inertia,
        value=table[:, 0], log_exposure=table[:, 1], gap=table[:, 2], memory=table[:, 3],
        trust=table[:, 4], trust_before=table[:, 5],
        series=table[:, 6].astype(np.int64), weight=weight,
    )  # fmt: skip


def _levels(asked: LevelSpec, parameters: tuple[Array, ...], z: list[int], rng: Rng) -> LevelSpec:
    probability, inertia = parameters
    rows = []
    previous: tuple[int, int, float] | None = None
    for t, k in enumerate(z):
        if rng.random() < MISSING:
            continue
        trust = float(rng.choice([0.6, 0.9, 1.0]))
        level = int(rng.choice(LEVELS, p=probability[0, k]))
        last, gap, before = -1, np.inf, 1.0
        if previous is not None:
            last, gap, before = previous[1], float(t - previous[0]), previous[2]
            carried = before * inertia[0] ** gap
            if t > 0 and z[t - 1] == k and rng.random() < carried:
                level = last
        if rng.random() >= trust:
            level = int(rng.integers(LEVELS))
        rows.append((level, last, gap, trust, before, 0, t))
        previous = (t, level, trust)
    table = np.array(rows, dtype=float).reshape(-1, 7)
    return LevelSpec(
        asked.ids, asked.asked, asked.worth, asked.inertia,
        value=table[:, 0].astype(np.int64), previous=table[:, 1].astype(np.int64),
        gap=table[:, 2], trust=table[:, 3], trust_before=table[:, 4],
        series=table[:, 5].astype(np.int64), at=table[:, 6].astype(np.int64),
    )  # fmt: skip
