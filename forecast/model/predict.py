"""What a period's readings may be before they are read.

What is drawn here has the likelihood that `rows` and the families evaluate; the tests hold one to
the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.model import names
from forecast.model.counts import count_parameters
from forecast.model.data import Data, blocks_of
from forecast.model.families.base import Predicted
from forecast.model.jit import compiled
from forecast.model.memory import Remembered
from forecast.model.negbinomial import draw
from forecast.model.outlook import Drawn, Memory, Outlook, Report
from forecast.model.packing import pack, split, unpack
from forecast.model.spec import Array, Index

QUANTILES = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip
REPEATS = 2  # simulated next periods per draw


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters on their natural scales, over draws.

    location, variance : (S, C, K + B); count_inertia, loading : (S, C); house : (S, H)
    series
        Of every block, as its family has them.
    """

    location: Array
    variance: Array
    count_inertia: Array
    loading: Array
    house: Array
    series: tuple[Any, ...]

    @classmethod
    def of(cls, data: Data, theta: Array) -> Parameters:
        """Under every draw of the free parameters, (S, D)."""
        series = tuple(b.family.natural(b.values, theta[:, b.theta]) for b in blocks_of(data))
        location, variance, inertia, loading, house = _over_draws(
            np.ascontiguousarray(theta), *pack(data)
        )
        return cls(location, variance, inertia, loading, house, series)


@compiled
def _over_draws(
    theta: Array, numbers: Array, whole: Index
) -> tuple[Array, Array, Array, Array, Array]:
    data = unpack(numbers, whole)
    draws, (counts, conditions) = len(theta), data.centre.shape
    location = np.empty((draws, counts, conditions))
    variance = np.empty((draws, counts, conditions))
    count_inertia = np.empty((draws, counts))
    loading = np.empty((draws, counts))
    house = np.empty((draws, len(data.house_sd)))
    for s in range(draws):
        p = count_parameters(split(theta[s], data), data)
        for c in range(counts):
            count_inertia[s, c], loading[s, c] = p.inertia[c], p.loading[c]
            for k in range(conditions):
                location[s, c, k], variance[s, c, k] = p.location[c, k], p.variance[c, k]
        for h in range(len(data.house_sd)):
            house[s, h] = p.house[h]
    return location, variance, count_inertia, loading, house


def next_counts(
    data: Data,
    outlook: Outlook,
    parameters: Parameters,
    reports: Mapping[int, Report],
) -> list[Array]:
    """Simulate every count in the period after the data's last, (S * REPEATS,) each.

    One shock is drawn for all. ``reports`` says how counts will come, those that are not there by
    default.
    """
    rng = np.random.default_rng(names.SEED)
    drawn = Drawn.of(outlook, REPEATS, rng)
    result = []
    for c in range(len(data.centre)):
        memory = last_count(data, parameters, c)
        report = reports.get(c, Report())
        result.append(draw_count(data, parameters, drawn, c, report, memory, rng))
    return result


def draw_count(
    data: Data,
    parameters: Parameters,
    drawn: Drawn,
    series: int,
    report: Report,
    memory: Memory | None,
    rng: np.random.Generator,
) -> Array:
    """Simulate a reading of one count in a period that was drawn, (n,)."""
    s, c = drawn.draw, series
    false = rng.random(len(s)) >= report.trust
    condition = drawn.condition(data, c)
    k = np.where(false, rng.integers(len(data.start), size=len(s)), condition)
    location, variance = parameters.location[s, c, k], parameters.variance[s, c, k]
    if memory is not None:
        kept = (
            drawn.held
            & (condition < len(data.start))
            & ~false
            & (rng.random(len(s)) < memory.trust)
        )
        share = np.where(kept, parameters.count_inertia[s, c] ** memory.gap, 0.0)
        usual = memory.weight * np.logaddexp(0.0, location)
        location = location + share * (memory.value[s] - usual)
        varies = np.broadcast_to(memory.variance, len(parameters.loading))[s]
        variance = variance * (1 - share**2 * varies)
    loading = parameters.loading[s, c]
    part = rng.choice(len(report.weight), size=len(s), p=report.weight)
    location = location + loading * drawn.shock + np.take(report.shift, part)
    variance = variance - loading**2 + np.take(report.spread, part) ** 2
    if report.house >= 0:
        location = location + parameters.house[s, report.house]
    return draw(location + report.exposure, variance, rng)


def last_count(data: Data, parameters: Parameters, series: int) -> Memory | None:
    """Return what a count's usable readings leave to the period after the data's last."""
    found: Memory | None = None
    recent, inertia = data.recent[series], parameters.count_inertia[:, series]
    remembered = Remembered(recent, data.decay[series], inertia)
    rows = np.flatnonzero(data.series == series)
    totals = np.flatnonzero(data.span[rows] > 1)
    rows = rows[totals[-1] + 1 :] if len(totals) else rows  # a total leaves no memory
    for n in (rows[-1:] if recent == 1.0 else rows).tolist():
        report, period = Report.of(data, n), int(data.begin[n])
        value = report.remembered(data.value[n], parameters.house)
        kept = remembered.add(value, period, report.house, report.trust)
        gap = float(len(data.evidence) - period)
        found = Memory(gap, kept.value, report.trust, kept.weight, kept.variance)
    return found


def periods_of(data: Data, n: int) -> Index:
    """Return the periods a row of a count is about: more than one if it is a total."""
    return np.arange(data.begin[n], data.begin[n] + data.span[n])


def next_series(
    data: Data,
    outlook: Outlook,
    parameters: Parameters,
    reports: Mapping[int, Report],
) -> list[Predicted]:
    """The distribution of every other series in the period after the data's last, in order.

    ``reports`` as for counts, by the number of a series.
    """
    rng, result = np.random.default_rng(names.SEED), list[Predicted]()
    periods, draws = len(data.evidence), len(outlook.scenario)
    for block, mine in zip(blocks_of(data), parameters.series, strict=True):
        family, values = block.family, block.values
        for j in range(len(values.inertia)):
            memory = family.last(values, periods, draws, j)
            trust = reports.get(len(result), Report()).trust
            here = outlook.under(data, block.first + j)
            result.append(family.predict(values, mine, here, j, trust, memory, rng))
    return result
