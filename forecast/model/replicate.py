"""Readings as the fitted model would produce them again, beside which those that came are held.

Scenarios are drawn as a path from their posterior given the parameters; readings follow in order,
each remembering the replicated one before it, and come as those that were read: same periods,
sources, days, grades and delays. Totals are left out, as nothing remembers them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from forecast.model import names
from forecast.model.data import Data
from forecast.model.emissions import emissions_into, summed
from forecast.model.filter import filtering
from forecast.model.jit import compiled
from forecast.model.memory import Kept, Remembered
from forecast.model.outlook import Drawn, Memory, Outlook, Report, pick
from forecast.model.packing import pack, sizes_of
from forecast.model.predict import Parameters, draw_count, level_chance, periods_of
from forecast.model.spec import Array, Index


class Replicated(NamedTuple):
    """Replicates of every row, one for each draw of the parameters; nan for totals.

    counts : (N, S), levels : (M, S)
    """

    counts: Array
    levels: Array


def replicate(data: Data, theta: Array) -> Replicated:
    """Draw every reading anew under every draw of the free parameters, (S, D)."""
    rng = np.random.default_rng(names.SEED)
    p = Parameters.of(data, theta)
    path = draw_paths(data, theta, rng)
    covered = [periods_of(data, n).tolist() for n in range(len(data.value))]
    counts = np.full((len(data.value), len(theta)), np.nan)
    levels = np.empty((len(data.at), len(theta)))
    last_count: dict[int, Kept] = {}
    of_counts = zip(data.recent, data.decay, p.count_inertia.T, strict=True)
    remembered = [Remembered(*count) for count in of_counts]
    last_level: dict[int, Array] = {}
    for t in range(len(data.evidence)):
        outlook = _outlook(path, t, len(data.start))
        drawn = Drawn.of(outlook, 1, rng)
        for n in (n for n, periods in enumerate(covered) if periods == [t]):
            c, report = int(data.series[n]), Report.of(data, n)
            trust = _trust_before(data, n)
            memory = None
            if trust > 0:
                kept = last_count[c]
                memory = Memory(data.gap[n], kept.value, trust, kept.weight, kept.variance)
            counts[n] = draw_count(data, p, drawn, c, report, memory, rng)
            if memory is None:
                remembered[c].forget()
            value = report.remembered(counts[n], p.house)
            last_count[c] = remembered[c].add(value, t, report.house, report.trust)
        for m in np.flatnonzero(data.at == t):
            j, gap = int(data.level_series[m]), float(data.level_gap[m])
            trust = float(data.level_trust_before[m])
            memory = Memory(gap, last_level[j], trust) if gap < math.inf else None
            report = Report(trust=float(data.level_trust[m]))
            levels[m] = pick(level_chance(data, p, outlook, j, report, memory), rng)
            last_level[j] = levels[m]
    return Replicated(counts, levels)


def _outlook(path: Index, t: int, scenarios: int) -> Outlook:
    """Return a period's scenario, and whether it held before, as they were drawn."""
    scenario = np.eye(scenarios)[path[:, t]]
    held = path[:, [t]] == path[:, [t - 1]] if t > 0 else np.zeros((len(path), 1))
    return Outlook(scenario, scenario * held)


def _trust_before(data: Data, n: int) -> float:
    """Return the trust in what a row of a count remembers; 0 if it remembers nothing."""
    parts = slice(data.first[n], data.first[n + 1])
    with_memory = data.weight_stay[parts] @ data.remembers[parts]
    return float(with_memory / data.weight_enter[parts].sum())


def draw_paths(data: Data, theta: Array, rng: np.random.Generator) -> Index:
    """Draw scenarios of all periods, (S, T), from p(z | y, theta) for every draw of theta, (S, D).

    Filtered forwards and drawn backwards (Carter & Kohn 1994)::

        p(z[t-1] = i | z[t] = j, y) ∝ p(z[t-1] = i | y[0..t-1]) P_ij exp(stay_t(j) or enter_t(j))
    """
    uniform = rng.random((len(theta), len(data.evidence)))
    return np.asarray(_paths(np.ascontiguousarray(theta), data.start, *pack(data), uniform))


@compiled
def _paths(theta: Array, start: Array, numbers: Array, whole: Index, uniform: Array) -> Index:
    path = np.empty(uniform.shape, dtype=np.int64)
    scenarios, periods, parts = sizes_of(whole)
    transition = np.empty((scenarios, scenarios))
    stays, stay = np.empty((parts, periods, scenarios)), np.empty((periods, scenarios))
    enters, enter = np.empty((parts, periods, scenarios)), np.empty((periods, scenarios))
    filtered, scale = np.empty((periods, scenarios)), np.empty(periods)
    for s in range(len(theta)):
        emissions_into(theta[s], numbers, whole, transition, stays, enters)
        summed(stays, 1.0, stay)
        summed(enters, 1.0, enter)
        filtering(start, transition, stay, enter, filtered, scale)
        chance = filtered[-1].copy()
        for t in range(len(filtered) - 1, -1, -1):
            edges = chance.cumsum()
            j = np.searchsorted(edges, uniform[s, t] * edges[-1], side="right")
            path[s, t] = j
            if t > 0:
                top = max(stay[t, j], enter[t, j])
                for i in range(scenarios):
                    said = stay[t, j] if i == j else enter[t, j]
                    chance[i] = filtered[t - 1, i] * transition[i, j] * np.exp(said - top)
    return path
