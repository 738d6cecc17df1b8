"""The filter of a case's chain, whatever lives it has, for compiled callers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import carray

from forecast.model.chain import chain_back, start_back, start_of, transition_of
from forecast.model.data import Data, Raw
from forecast.model.filter import smoothing
from forecast.model.jit import FLOAT, FLOATS, SIZE, WHOLES, by_address, compiled, inner
from forecast.model.packing import unpack
from forecast.model.spec import Array, Index
from forecast.model.spells import (
    Lives,
    Messages,
    Readings,
    Slopes,
    spell_back,
    spell_filter,
)


@inner
def rule_out(possible: Array, stay: Array, enter: Array) -> None:
    """Make scenarios impossible in the periods that they are known not to have held in.

    Parameters
    ----------
    stay, enter : (T, K (1 + B))
        In cases (`signs`).
    """
    each = stay.shape[1] // possible.shape[1]
    for t in range(len(possible)):
        for k in range(possible.shape[1]):
            if possible[t, k] == 0.0:
                for case in range(k * each, (k + 1) * each):
                    stay[t, case], enter[t, case] = -np.inf, -np.inf


@inner
def plain(data: Data) -> bool:
    """Whether scenarios have one life each and nothing weighs on transitions: a matrix will do."""
    one_life = len(data.state_scenario) == len(data.start)
    return one_life and len(data.sign) == 0 and len(data.ratio) == 0


@inner
def lives_in(hazard: Array, successor: Array, data: Data) -> Lives:
    """Transitions of a case's chain."""
    return Lives(
        hazard, data.life_share, successor, data.resumes,
        data.flare, data.state_scenario, data.state_origin,
    )  # fmt: skip


@inner
def without_signs(stay: Array, enter: Array) -> Readings:
    """Log-likelihoods of scenarios, (T, K) each, whatever comes next."""
    scenarios = stay.shape[1]
    none = np.empty((0, scenarios, scenarios))
    return Readings(stay, enter, none, none, np.empty((0, scenarios)))


@inner
def readings_in(stay: Array, enter: Array, data: Data) -> Readings:
    """Log-likelihoods in cases, (T, K (1 + B)) each, as the filter reads them."""
    if len(data.sign) == 0:
        none = np.empty((0, len(data.start), len(data.start)))
        return Readings(stay, enter, none, none, data.ratio)
    periods, scenarios, each = len(stay), len(data.start), 1 + len(data.sign)
    going, begun = np.empty((periods, scenarios)), np.empty((periods, scenarios))
    before_stay = np.empty((periods, scenarios, scenarios))
    before_enter = np.empty((periods, scenarios, scenarios))
    for t in range(periods):
        for j in range(scenarios):
            going[t, j], begun[t, j] = stay[t, j * each], enter[t, j * each]
            for k in range(scenarios):
                before_stay[t, j, k], before_enter[t, j, k] = going[t, j], begun[t, j]
            for b in range(len(data.sign)):
                k, case = data.sign[b], j * each + 1 + b
                before_stay[t, j, k], before_enter[t, j, k] = stay[t, case], enter[t, case]
    return Readings(going, begun, before_stay, before_enter, data.ratio)


@inner
def _in_cases(d_scenario: Array, d_before: Array, data: Data) -> Array:
    """The gradient in cases, (T, K (1 + B)), given that in what `readings_in` makes of them."""
    if len(data.sign) == 0:
        return d_scenario
    each = 1 + len(data.sign)
    out = np.zeros((len(d_scenario), len(data.start) * each))
    for t in range(len(out)):
        for j in range(len(data.start)):
            out[t, j * each] = d_scenario[t, j]
            for k in range(len(data.start)):
                out[t, j * each] += d_before[t, j, k]
            for b in range(len(data.sign)):
                of_sign = d_before[t, j, data.sign[b]]
                out[t, j * each] -= of_sign
                out[t, j * each + 1 + b] = of_sign
    return out


@inner
def messages_for(periods: int, states: int, scenarios: int) -> Messages:
    """Room for messages."""
    size = (periods + 1, states)
    return Messages(
        np.empty(size), np.empty(size), np.empty(periods), np.empty(periods),
        np.empty((periods, scenarios)),
    )  # fmt: skip


@inner
def spell_density(
    hazard: Array, successor: Array, stay: Array, enter: Array, data: Data, out: Raw
) -> tuple[float, Array, Array]:
    """Log p(y) and its gradient in stay and enter, all in cases; that in the chain is added."""
    lives, readings = lives_in(hazard, successor, data), readings_in(stay, enter, data)
    states, start = len(data.state_scenario), start_of(hazard, data)
    messages = messages_for(len(stay), states, len(data.start))
    value = spell_filter(start, lives, readings, messages)
    if not np.isfinite(value):
        return value, np.zeros(stay.shape), np.zeros(stay.shape)
    slopes = Slopes(
        np.zeros(states), np.zeros(hazard.shape), np.zeros(successor.shape),
        np.zeros(readings.stay.shape), np.zeros(readings.stay.shape),
        np.zeros(readings.before_stay.shape), np.zeros(readings.before_stay.shape),
    )  # fmt: skip
    spell_back(lives, readings, messages, slopes)
    start_back(slopes.start, hazard, start, data, slopes.hazard)
    chain_back(slopes.hazard, slopes.successor, hazard, successor, data, out)
    d_stay = _in_cases(slopes.stay, slopes.before_stay, data)
    return value, d_stay, _in_cases(slopes.enter, slopes.before_enter, data)


@by_address(
    "forecast_filter",
    FLOAT(FLOATS, FLOATS, FLOATS, SIZE, WHOLES, SIZE, *[FLOATS] * 8),
)
def _filter(  # type: ignore[no-untyped-def]
    hazard, successor, numbers, floats, whole, wholes, stay, enter, filtered, predicted, stayed,
    smoothed, scale, following,
):  # fmt: skip
    data = unpack(carray(numbers, (floats,)), carray(whole, (wholes,)))
    (periods, scenarios), states = data.evidence.shape, len(data.state_scenario)
    lives, table = data.life_excess.shape[1], (periods, scenarios)
    hazards = carray(hazard, (scenarios, lives))
    successors = carray(successor, (scenarios, scenarios))
    cases = (periods, scenarios * (1 + len(data.sign)))
    stays, enters = carray(stay, cases), carray(enter, cases)
    filters, predicts = carray(filtered, table), carray(predicted, table)
    stayeds, smooths = carray(stayed, table), carray(smoothed, table)
    scales, follows = carray(scale, (periods,)), carray(following, (2, states))
    rule_out(data.possible, stays, enters)
    if plain(data):
        transition = transition_of(hazards, successors)
        loglik = smoothing(
            data.start, transition, stays, enters, filters, predicts, smooths, scales
        )
        for k in range(scenarios):
            for t in range(periods):
                stayeds[t, k] = filters[t - 1, k] * transition[k, k] if t > 0 else 0.0
            follows[0, k] = filters[-1, k] * transition[k, k]
            follows[1, k] = 0.0
            for i in range(scenarios):
                follows[1, k] += filters[-1, i] * transition[i, k] if i != k else 0.0
        return loglik
    chain, readings = lives_in(hazards, successors, data), readings_in(stays, enters, data)
    messages = messages_for(periods, states, scenarios)
    loglik = spell_filter(start_of(hazards, data), chain, readings, messages)
    if not np.isfinite(loglik):
        return loglik
    none, before = np.zeros(table), np.zeros(readings.before_stay.shape)
    slopes = Slopes(
        np.zeros(states), np.zeros(hazards.shape), np.zeros(successors.shape), none, none,
        before, before,
    )  # fmt: skip
    back = spell_back(chain, readings, messages, slopes)
    for t in range(periods):
        scales[t] = messages.scale[t]
        for k in range(scenarios):
            predicts[t, k], stayeds[t, k] = 0.0, 0.0
            filters[t, k], smooths[t, k] = messages.filtered[t, k], back[t, k]
        for s in range(states):
            j = data.state_scenario[s]
            predicts[t, j] += messages.stayed[t, s] + messages.entered[t, s]
            stayeds[t, j] += messages.stayed[t, s]
    for s in range(states):
        follows[0, s], follows[1, s] = messages.stayed[-1, s], messages.entered[-1, s]
    return loglik


@compiled
def filter_into(
    chain: tuple[Array, Array],
    numbers: Array,
    whole: Index,
    stay: Array,
    enter: Array,
    out: tuple[Array, Array, Array, Array, Array, Array],
) -> float:
    """Filter and smooth for compiled callers; return log p(y).

    Parameters
    ----------
    chain
        Hazards (K, M) and successors (K, K).
    stay, enter : (T, K (1 + B))
        In cases (`signs`), made impossible where a known outcome says so.
    out
        Filtered, predicted, stayed (p(z[t] = z[t-1] = k | y[0..t-1])) and smoothed, (T, K) each;
        log normalisers (T,); states of the period after, those that go on and those that begin,
        (2, N).
    """  # fmt: skip
    hazard, successor = chain
    filtered, predicted, stayed, smoothed, scale, following = out
    loglik: float = _filter(
        hazard.ctypes, successor.ctypes, numbers.ctypes, len(numbers), whole.ctypes, len(whole),
        stay.ctypes, enter.ctypes, filtered.ctypes, predicted.ctypes, stayed.ctypes,
        smoothed.ctypes, scale.ctypes, following.ctypes,
    )  # fmt: skip
    return loglik


@dataclass(frozen=True, slots=True)
class Chain:
    """Transitions over draws.

    hazard : (S, K, M), successor : (S, K, K)
    life_share, resumes, flare, state_scenario, state_origin
        As in `Data`, the same under every draw.
    weighed
        Whether readings weigh on transitions.
    ahead : (H, K)
        As in `Data`.
    """

    hazard: Array
    successor: Array
    life_share: Array
    resumes: Array
    flare: Index
    state_scenario: Index
    state_origin: Index
    ahead: Array
    weighed: bool = False

    @classmethod
    def of(cls, data: Data, hazard: Array, successor: Array) -> Chain:
        """The chain of some data."""
        fixed = data.life_share, data.resumes, data.flare, data.state_scenario, data.state_origin
        weighed = len(data.sign) + len(data.ratio) > 0
        return cls(hazard, successor, *fixed, data.ahead, weighed)

    def take(self, index: Index) -> Chain:
        """Some of the draws."""
        return replace(self, hazard=self.hazard[index], successor=self.successor[index])

    def scenarios(self, states: Array) -> Array:
        """Probabilities of scenarios from those of states, (..., N) to (..., K)."""
        if states.shape[-1] == self.hazard.shape[1]:
            return states
        member = self.state_scenario[:, None] == np.arange(self.hazard.shape[1])
        return np.asarray(states @ member.astype(float))

    @property
    def ends(self) -> Array:
        """The chance that a scenario ends, over all periods that its episodes last, (S, K)."""
        there = self.hazard > 0.0
        each = np.where(there, self.life_share / np.where(there, self.hazard, 1.0), 0.0)
        lasts = each.sum(axis=2)
        return np.asarray(np.divide(1.0, lasts, out=np.zeros_like(lasts), where=lasts > 0.0))

    @property
    def matrix(self) -> Array:
        """The transition matrices of scenarios with one life each, (S, K, K)."""
        moves = self.hazard * self.successor
        each = np.arange(moves.shape[1])
        moves[:, each, each] = 1.0 - self.hazard[:, :, 0]
        return moves

    def step(self, states: Array, after: int | None = None) -> Array:
        """Probabilities of states a period later, (S, N).

        Parameters
        ----------
        after
            How many periods after the last they are of, if what was read then still weighs.
        """
        ratio = self.ahead[after - 1 : after] if after is not None else self.ahead[:0]
        if states.shape[1] == self.hazard.shape[1] and len(ratio) == 0:
            return np.asarray(np.einsum("si,sij->sj", states, self.matrix))
        found = _steps(np.ascontiguousarray(states), np.ascontiguousarray(ratio), *self._arrays)
        return np.asarray(found.sum(axis=1))

    def pairs(self, states: Array) -> Array:
        """Probabilities of a scenario and of the one a period later, (S, K, K), from states."""
        scenarios, lives = self.hazard.shape[1:]
        found = np.zeros((len(states), scenarios, scenarios))
        for s, (j, o) in enumerate(zip(self.state_scenario, self.state_origin, strict=True)):
            ends = states[:, s] * self.hazard[:, j, s % lives if o < 0 else 0]
            found[:, j, j] += states[:, s] - ends
            resumes = self.resumes[j] if o >= 0 else 0.0
            found[:, j] += (1.0 - resumes) * ends[:, None] * self.successor[:, j]
            if o >= 0:
                found[:, j, self.state_scenario[o]] += resumes * ends
        return found

    def start(self, data: Data) -> Array:
        """States of the first period, (S, N)."""
        return np.array([start_of(hazard, data) for hazard in self.hazard])

    @property
    def _arrays(self) -> tuple[Array | Index, ...]:
        return (
            self.hazard, self.successor, self.life_share, self.resumes, self.flare,
            self.state_scenario, self.state_origin,
        )  # fmt: skip


@compiled
def _steps(
    states: Array, ratio: Array, hazard: Array, successor: Array, share: Array, resumes: Array,
    flare: Index, scenario: Index, origin: Index,
) -> Array:  # fmt: skip
    draws, size = states.shape
    scenarios = hazard.shape[1]
    out = np.empty((draws, 2, size))
    none, no_signs = np.zeros((1, scenarios)), np.empty((0, scenarios, scenarios))
    readings = Readings(none, none, no_signs, no_signs, ratio)
    for s in range(draws):
        lives = Lives(hazard[s], share, successor[s], resumes, flare, scenario, origin)
        messages = messages_for(1, size, scenarios)
        total = 0.0
        for n in range(size):
            total += states[s, n]
        spell_filter(states[s], lives, readings, messages)
        for n in range(size):  # the filter is of probabilities that sum to 1
            out[s, 0, n] = messages.stayed[1, n] * total
            out[s, 1, n] = messages.entered[1, n] * total
    return out
