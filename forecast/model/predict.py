"""What a period's readings may be before they are read: counts simulated, levels exactly.

What is drawn here has the likelihood that `rows` and `levels` evaluate; the tests hold one to the
other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.model import names
from forecast.model.background import background_variance
from forecast.model.counts import count_parameters
from forecast.model.data import Data
from forecast.model.jit import compiled
from forecast.model.levels import level_parameters
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

    location, variance : (S, C, K); count_inertia, loading : (S, C); house : (S, H)
    probability : (S, J, K, L); level_inertia : (S, J)
    """

    location: Array
    variance: Array
    count_inertia: Array
    loading: Array
    house: Array
    probability: Array
    level_inertia: Array

    @classmethod
    def of(cls, data: Data, theta: Array) -> Parameters:
        """Bend every draw of the free parameters, (S, D)."""
        return cls(*_over_draws(np.ascontiguousarray(theta), *pack(data)))


@compiled
def _over_draws(theta: Array, numbers: Array, whole: Index) -> tuple[Array, ...]:
    data = unpack(numbers, whole)
    draws, (counts, scenarios) = len(theta), data.centre.shape
    ordinals, _, levels = data.level_centre.shape
    location = np.empty((draws, counts, scenarios))
    variance = np.empty((draws, counts, scenarios))
    count_inertia = np.empty((draws, counts))
    loading = np.empty((draws, counts))
    house = np.empty((draws, len(data.house_sd)))
    probability = np.empty((draws, ordinals, scenarios, levels))
    level_inertia = np.empty((draws, ordinals))
    for s in range(draws):
        raw = split(theta[s], data)
        p, q = count_parameters(raw, data), level_parameters(raw, data)
        for c in range(counts):
            count_inertia[s, c], loading[s, c] = p.inertia[c], p.loading[c]
            for k in range(scenarios):
                location[s, c, k], variance[s, c, k] = p.location[c, k], p.variance[c, k]
        for h in range(len(data.house_sd)):
            house[s, h] = p.house[h]
        for j in range(ordinals):
            level_inertia[s, j] = q.inertia[j]
            for k in range(scenarios):
                for x in range(levels):
                    probability[s, j, k, x] = q.probability[j, k, x]
    return location, variance, count_inertia, loading, house, probability, level_inertia


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
    s, k, c = drawn.draw, drawn.scenario, series
    location, variance = parameters.location[s, c, k], parameters.variance[s, c, k]
    if memory is not None:
        kept = drawn.held & (rng.random(len(s)) < memory.trust)
        share = np.where(kept, parameters.count_inertia[s, c] ** memory.gap, 0.0)
        usual = memory.weight * np.logaddexp(0.0, location)
        location = location + share * (memory.value[s] - usual)
        varies = np.broadcast_to(memory.variance, len(parameters.loading))[s]
        variance = variance * (1 - share**2 * varies)
    loading = parameters.loading[s, c]
    part = rng.choice(len(report.weight), size=len(s), p=report.weight)
    location = location + loading * drawn.shock + np.take(report.shift, part)
    variance = variance - loading**2 + np.take(report.spread, part) ** 2
    nothing = rng.random(len(s)) >= report.trust
    any_scenario = rng.integers(data.centre.shape[1], size=len(s))
    location = np.where(nothing, data.centre[c, any_scenario], location)
    doubled = background_variance(data.sd[c], data.dispersion[c])
    variance = np.where(nothing, doubled[any_scenario], variance)
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


def next_levels(
    data: Data,
    outlook: Outlook,
    parameters: Parameters,
    reports: Mapping[int, Report],
) -> list[Array]:
    """Return the probability of every level of every ordinal after the data's last period.

    (L,) each. ``reports`` as for counts.
    """
    result = []
    for j in range(len(data.level_centre)):
        memory = last_level(data, len(outlook.scenario), j)
        report = reports.get(j, Report())
        chance = level_chance(data, parameters, outlook, j, report, memory)
        result.append(chance.mean(axis=0)[np.isfinite(data.level_centre[j, 0])])
    return result


def level_chance(
    data: Data,
    parameters: Parameters,
    outlook: Outlook,
    series: int,
    report: Report,
    memory: Memory | None,
) -> Array:
    """Return the probability of every level of one ordinal, (S, L)."""
    return np.asarray(level_joint(data, parameters, outlook, series, report, memory).sum(axis=1))


def level_joint(
    data: Data,
    parameters: Parameters,
    outlook: Outlook,
    series: int,
    report: Report,
    memory: Memory | None,
) -> Array:
    """Return the probability of every scenario with every level of one ordinal, (S, K, L)."""
    q = parameters.probability[:, series]
    chance = outlook.scenario[:, :, None] * q
    if memory is not None:
        share = memory.trust * parameters.level_inertia[:, series] ** memory.gap
        carried = outlook.held * share[:, None]
        chance -= carried[:, :, None] * q
        chance[np.arange(len(chance)), :, memory.value.astype(np.int64)] += carried
    used = np.isfinite(data.level_centre[series, 0])
    nothing = outlook.scenario[:, :, None] * (used / used.sum())
    return np.asarray(report.trust * chance + (1 - report.trust) * nothing)


def last_level(data: Data, draws: int, series: int) -> Memory | None:
    """Return what an ordinal's last usable reading leaves to the period after the data's last."""
    rows = np.flatnonzero(data.level_series == series)
    if not len(rows):
        return None
    m = rows[int(np.argmax(data.at[rows]))]
    gap = float(len(data.evidence) - data.at[m])
    return Memory(gap, np.full(draws, float(data.level[m])), float(data.level_trust[m]))
