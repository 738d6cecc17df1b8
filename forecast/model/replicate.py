"""Readings as the model produces them, in the order in which they came.

::

    scenarios of a period      what is remembered      stands beside
    drawn from the chain       what was drawn          the prior            `from_the_start`
    p(z | y), a path           what was drawn          what was read        `replicate`
    p(z[t] | y[0..t-1])        what was read           what was read next   `one_step_ahead`

Readings come as those that were read: same periods, sources, days, grades and delays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from forecast.model import names
from forecast.model.background import background_variance
from forecast.model.chain import start_of, transition_of
from forecast.model.data import Data, blocks_of
from forecast.model.emissions import emissions_into, summed
from forecast.model.episodes import (
    Chain,
    lives_in,
    messages_for,
    plain,
    readings_in,
    rule_out,
)
from forecast.model.filter import filtering
from forecast.model.jit import compiled
from forecast.model.memory import Kept, Remembered
from forecast.model.negbinomial import draw
from forecast.model.outlook import Drawn, Memory, Outlook, Report, pick
from forecast.model.overlap import BETWEEN_SD
from forecast.model.packing import chain_sizes_of, pack, sizes_of, unpack
from forecast.model.posterior import Posterior
from forecast.model.predict import Parameters, draw_count, periods_of
from forecast.model.spec import Array, Index
from forecast.model.spells import spell_filter, spell_path

_MOST = 1e15  # of a rate: beyond it whole numbers are no doubles


class Replicated(NamedTuple):
    """Readings drawn anew, one of each for every draw of the parameters.

    counts : (N, S), nan for totals
    series
        Of every block, (M, S).
    """

    counts: Array
    series: tuple[Array, ...]


class Simulated(NamedTuple):
    """All readings drawn, totals and silent sources too, once for every draw of the parameters.

    counts : (N, S), silent : (R, S)
    series
        Of every block, (M, S).
    """

    counts: Array
    series: tuple[Array, ...]
    silent: Array


def replicate(data: Data, theta: Array) -> Replicated:
    """Draw every reading anew under every draw of the free parameters, (S, D).

    Scenarios are a path from their posterior given the parameters. Totals are left out, as nothing
    remembers them.
    """
    rng = np.random.default_rng(names.SEED)
    p = Parameters.of(data, theta)
    path = draw_paths(data, theta, rng)
    return _in_order(data, p, lambda t: _outlook(path, t, data), rng)


def from_the_start(
    data: Data, at: Index, chain: Chain, p: Parameters, rng: np.random.Generator
) -> Simulated:
    """Draw a path of scenarios from the chain under every draw, and all readings given it.

    The prior predictive distribution, if the draws are of the prior.

    Parameters
    ----------
    at : (R,)
        Periods of silent counts (`OverlapSpec`).
    chain
        Of every draw.
    """
    draws, scenarios = chain.hazard.shape[:2]
    path = np.empty((draws, len(data.evidence) + chain.weighed), dtype=np.int64)
    states = chain.start(data)
    for t in range(path.shape[1]):
        path[:, t] = pick(chain.scenarios(states), rng)
        here = chain.state_scenario == path[:, [t]]
        states = chain.step(states * here / (states * here).sum(axis=1, keepdims=True))
    found = _in_order(data, p, lambda t: _outlook(path, t, data), rng)
    unit = np.eye(scenarios)
    counts = _with_totals(data, p, found.counts, lambda t, later: unit[path[:, t + later]], rng)
    spoken = np.empty((len(at), draws))
    for r, t in enumerate(at):
        same = (data.series == data.overlap_series[r]) & (data.house == data.overlap_spoken[r])
        spoken[r] = counts[np.flatnonzero(same & (data.begin == t) & (data.span == 1))[0]]
    return Simulated(counts, found.series, _silent(data, p, spoken, rng))


def one_step_ahead(
    data: Data, posterior: Posterior, p: Parameters, rng: np.random.Generator
) -> Simulated:
    """Draw every reading given all that was read before its period, under every draw.

    All of a period are drawn together: of one scenario and one shock. A total is drawn from before
    its first period, a silent count given the one that was spoken.
    """

    def outlook(t: int) -> Outlook:
        here, stayed = posterior.predicted[:, t], posterior.stayed[:, t]
        if not posterior.chain.weighed:
            return Outlook(here, stayed)
        moves = posterior.transition
        return Outlook(here, stayed, here[:, :, None] * moves, stayed[:, :, None] * moves)

    def ahead(t: int, later: int) -> Array:
        chance, moves = posterior.predicted[:, t], posterior.transition
        for _ in range(later):
            chance = np.einsum("si,sij->sj", chance, moves)
        return chance

    found = _in_order(data, p, outlook, rng, remember_read=True)
    counts = _with_totals(data, p, found.counts, ahead, rng)
    spoken = np.repeat(data.overlap_rate[:, None] - 0.5, len(posterior.loglik), axis=1)
    return Simulated(counts, found.series, _silent(data, p, spoken, rng))


def _in_order(
    data: Data,
    p: Parameters,
    outlook_of: Callable[[int], Outlook],
    rng: np.random.Generator,
    *,
    remember_read: bool = False,
) -> Replicated:
    """Draw period after period, all but totals.

    Parameters
    ----------
    outlook_of
        Scenarios of a period.
    remember_read
        Whether a reading remembers what was read before it, and not what was drawn.
    """
    draws = len(p.location)
    covered = [periods_of(data, n).tolist() for n in range(len(data.value))]
    counts = np.full((len(data.value), draws), np.nan)
    blocks = list(blocks_of(data))
    series = tuple(np.empty((len(block.values.at), draws)) for block in blocks)
    last_count: dict[int, Kept] = {}
    of_counts = zip(data.recent, data.decay, p.count_inertia.T, strict=True)
    remembered = [Remembered(*count) for count in of_counts]
    last: dict[tuple[int, int], Array] = {}
    for t in range(len(data.evidence)):
        drawn = Drawn.of(outlook_of(t), 1, rng)
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
            value = report.remembered(data.value[n] if remember_read else counts[n], p.house)
            last_count[c] = remembered[c].add(value, t, report.house, report.trust)
        for b, ((family, values, _, first), own) in enumerate(zip(blocks, p.series, strict=True)):
            for m in np.flatnonzero(values.at == t).tolist():
                j, gap = int(values.series[m]), float(values.gap[m])
                trust, before = float(values.trust[m]), float(values.trust_before[m])
                memory = Memory(gap, last[b, j], before) if gap < math.inf else None
                outlook = _certain(drawn, data, first + j)
                series[b][m] = family.draw(values, own, outlook, j, trust, memory, rng)
                read = np.full(draws, float(values.value[m]))
                last[b, j] = read if remember_read else series[b][m]
    return Replicated(counts, series)


def _with_totals(
    data: Data,
    p: Parameters,
    counts: Array,
    scenarios_of: Callable[[int, int], Array],
    rng: np.random.Generator,
) -> Array:
    """Counts with totals drawn, each of the scenario of one of its periods, (N, S).

    The likelihood of a total is the geometric mean over its periods, which is no distribution; this
    is the even mixture, and both are the scenario's own where one holds throughout.

    Parameters
    ----------
    scenarios_of
        p(z[t + later]), (S, K), from t and later.
    """
    out, draws = counts.copy(), counts.shape[1]
    alone = replace(p, loading=np.zeros_like(p.loading))  # a total shares no period's shock
    never, no_shock = np.zeros(draws, dtype=bool), np.zeros(draws)
    for n in np.flatnonzero(data.span > 1).tolist():
        later = rng.integers(data.span[n], size=draws)
        each = [scenarios_of(int(data.begin[n]), u) for u in range(int(data.span[n]))]
        scenario = pick(np.stack(each)[later, np.arange(draws)], rng)
        drawn = Drawn(np.arange(draws), scenario, never, no_shock, np.full(draws, -1))
        c, report = int(data.series[n]), Report.of(data, n)
        out[n] = draw_count(data, alone, drawn, c, report, None, rng)
    return out


def _silent(data: Data, p: Parameters, spoken: Array, rng: np.random.Generator) -> Array:
    """Draw what silent sources count given what was spoken, (R, S) each (`overlap`)."""
    out = np.empty(spoken.shape)
    for r, y in enumerate(spoken):
        c, house, speaks = (
            int(part[r]) for part in (data.overlap_series, data.overlap_house, data.overlap_spoken)
        )
        offset = p.house[:, house] if house >= 0 else 0.0
        theirs = p.house[:, speaks] if speaks >= 0 else 0.0
        mean = (y + 0.5) * np.exp(data.overlap_exposure[r] + offset - theirs)
        shape = 1 / (1 / (y + 0.5) + BETWEEN_SD**2)
        true = rng.poisson(np.minimum(rng.gamma(shape, mean / shape), _MOST))
        k = rng.integers(len(data.start), size=len(y))
        variance = background_variance(data.sd[c], data.dispersion[c])[k]
        nothing = draw(data.centre[c, k] + data.overlap_covered[r] + offset, variance, rng)
        out[r] = np.where(rng.random(len(y)) < data.overlap_trust[r], true, nothing)
    return out


def _outlook(path: Index, t: int, data: Data) -> Outlook:
    """A period's scenario, whether it held before, and what follows it, as they were drawn."""
    unit = np.eye(len(data.start))
    scenario = unit[path[:, t]]
    held = path[:, [t]] == path[:, [t - 1]] if t > 0 else np.zeros((len(path), 1))
    if path.shape[1] == len(data.evidence):  # nothing is a sign of what follows
        return Outlook(scenario, scenario * held)
    moves = scenario[:, :, None] * unit[path[:, t + 1]][:, None]
    return Outlook(scenario, scenario * held, moves, moves * held[:, :, None])


def _certain(drawn: Drawn, data: Data, indicator: int) -> Outlook:
    """The one condition that was drawn, for every draw, as an indicator tells it apart."""
    condition, scenarios = drawn.condition(data, indicator), len(data.start)
    unit = np.eye(scenarios + len(data.sign))[condition]
    return Outlook(unit, unit * (drawn.held & (condition < scenarios))[:, None])


def _trust_before(data: Data, n: int) -> float:
    """Return the trust in what a row of a count remembers; 0 if it remembers nothing."""
    parts = slice(data.first[n], data.first[n + 1])
    with_memory = data.weight_stay[parts] @ data.remembers[parts]
    return float(with_memory / data.weight_enter[parts].sum())


def draw_paths(data: Data, theta: Array, rng: np.random.Generator) -> Index:
    """Draw scenarios of all periods from p(z | y, theta) for every draw of theta, (S, D).

    Filtered forwards and drawn backwards (Carter & Kohn 1994)::

        p(z[t-1] = i | z[t] = j, y) ∝ p(z[t-1] = i | y[0..t-1]) P_ij exp(stay_t(j) or enter_t(j))

    Returns
    -------
    (S, T), or (S, T + 1) with the period after the last, if readings are signs of it.
    """
    periods, weighed = len(data.evidence), len(data.sign) + len(data.ratio) > 0
    one_more = weighed or len(data.state_scenario) > len(data.start)
    uniform = rng.random((len(theta), periods + one_more))
    path = _paths(np.ascontiguousarray(theta), *pack(data), uniform)
    return np.asarray(path if weighed else path[:, :periods])


@compiled
def _paths(theta: Array, numbers: Array, whole: Index, uniform: Array) -> Index:
    path = np.empty(uniform.shape, dtype=np.int64)
    scenarios, periods, parts = sizes_of(whole)
    data = unpack(numbers, whole)
    lives, states = chain_sizes_of(whole)
    chain, cases = (
        (np.empty((scenarios, lives)), np.empty((scenarios, scenarios))),
        (scenarios * (1 + len(data.sign))),
    )
    stays, stay = np.empty((parts, periods, cases)), np.empty((periods, cases))
    enters, enter = np.empty((parts, periods, cases)), np.empty((periods, cases))
    for s in range(len(theta)):
        emissions_into(theta[s], numbers, whole, chain, stays, enters)
        summed(stays, 1.0, stay)
        summed(enters, 1.0, enter)
        rule_out(data.possible, stay, enter)
        if plain(data):
            _plain_path(chain, data, stay, enter, uniform[s], path[s])
        else:
            found = lives_in(chain[0], chain[1], data)
            readings = readings_in(stay, enter, data)
            messages = messages_for(periods, states, scenarios)
            spell_filter(start_of(chain[0], data), found, readings, messages)
            drawn = spell_path(found, readings, messages, uniform[s])
            for t in range(periods + 1):
                path[s, t] = drawn[t]
    return path


@compiled
def _plain_path(
    chain: tuple[Array, Array], data: Data, stay: Array, enter: Array, uniform: Array, path: Index
) -> None:
    transition, (periods, scenarios) = transition_of(*chain), stay.shape
    filtered, scale = np.empty((periods, scenarios)), np.empty(periods)
    filtering(data.start, transition, stay, enter, filtered, scale)
    chance = filtered[-1].copy()
    for t in range(periods - 1, -1, -1):
        edges = chance.cumsum()
        j = np.searchsorted(edges, uniform[t] * edges[-1], side="right")
        path[t] = j
        if t > 0:
            top = max(stay[t, j], enter[t, j])
            for i in range(scenarios):
                said = stay[t, j] if i == j else enter[t, j]
                chance[i] = filtered[t - 1, i] * transition[i, j] * np.exp(said - top)
