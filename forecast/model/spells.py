"""The filter of episodes that have lives: how long one has lasted tells how long it will.

A scenario k has lives m, drawn when it begins with shares w_km, that end with hazards h_km. Where
it may be a flare-up, its shortest life remembers the scenario and life (j, n) that it interrupted,
and when it ends resumes it with chance ρ_k. States are (k, m), then (k, shortest | j, n).

What is read of a period may be a sign of the scenario that begins after it: with stay and enter
log-likelihoods S, E, and those of the last period before k begins B^s(j, k), B^e(j, k)::

    stayed[t+1](s)   = (stayed[t](s) S + entered[t](s) E) (1 - h_s) / N_s
    flow[t](s, k)    = (stayed[t](s) B^s + entered[t](s) B^e) h_s Q_s(k) r[t](k) / N_s
    entered[t+1]     = flows, with shares w, or into what is resumed
    N_s              = 1 - h_s + h_s sum_k Q_s(k) r[t](k)

Q_s are the successors q_j, or what is resumed with chance ρ; r[t] weighs transitions alone. A
scenario that is known not to have held in t has both likelihoods 0 there. The sum over states of
period t and over what follows is the likelihood of t: readings move the hazard. Held by the tests
to enumeration of all paths and lives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.model.jit import compiled
from forecast.model.spec import Array, Index

_LARGE = 500.0  # an impossible scenario may fit better than any possible one: 0 times it stays 0


class Lives(NamedTuple):
    """Transitions of a chain with lives, under one set of parameters.

    hazard, weight : (K, M); successor : (K, K); resumes : (K,)
    flare : (K, K M) int
        State of a flare-up of k that interrupts a settled state; -1: none.
    scenario, origin : (N,) int
        Of every state; what a flare-up interrupts, -1 of a settled one.
    """

    hazard: Array
    weight: Array
    successor: Array
    resumes: Array
    flare: Index
    scenario: Index
    origin: Index


class Readings(NamedTuple):
    """Log-likelihoods of periods.

    stay, enter : (T, K)
    before_stay, before_enter : (T, K, K), or (0, K, K) where there are no signs
        Of scenario j, if k begins in the next period.
    ratio : (T, K), or (0, K)
        What weighs the transitions at the end of each period.
    """

    stay: Array
    enter: Array
    before_stay: Array
    before_enter: Array
    ratio: Array


class Messages(NamedTuple):
    """What the filter leaves.

    stayed, entered : (T + 1, N)
        p(state of t, and how it was reached | all read before t); last of the period after.
    scale : (T,)
        Log normalisers: their sum is log p(y).
    top : (T,)
        What was taken off log-likelihoods before their exponential.
    filtered : (T, K)
        p(scenario of t | all read up to t).
    """

    stayed: Array
    entered: Array
    scale: Array
    top: Array
    filtered: Array


@compiled
def lives_of(scenarios: int, lives: int, flares: Array) -> tuple[Index, Index, Index]:
    """States of a chain: flare, scenario and origin of `Lives`.

    Parameters
    ----------
    flares : (K,)
        Above 0 where the shortest life may resume what it interrupted.
    """
    settled = scenarios * lives
    flare = np.full((scenarios, settled), -1)
    states = settled
    for k in range(scenarios):
        for o in range(settled if flares[k] > 0.0 else 0):
            if o // lives != k:
                flare[k, o] = states
                states += 1
    scenario, origin = np.empty(states, dtype=np.int64), np.full(states, -1)
    for s in range(settled):
        scenario[s] = s // lives
    for k in range(scenarios):
        for o in range(settled):
            if flare[k, o] >= 0:
                scenario[flare[k, o]], origin[flare[k, o]] = k, o
    return flare, scenario, origin


@compiled
def _likelihoods(readings: Readings, t: int, top: float, out: Array) -> None:
    """Write what a period says, over e^top: (2, K, K + 1), stayed and entered, by what follows.

    The last column is of a scenario that goes on.
    """
    signs = len(readings.before_stay) > 0
    for j in range(out.shape[1]):
        going = readings.stay[t, j], readings.enter[t, j]
        for e in range(2):
            out[e, j, -1] = np.exp(min(going[e] - top, _LARGE))
            for k in range(out.shape[1]):
                out[e, j, k] = out[e, j, -1]
        for k in range(out.shape[1] if signs else 0):
            out[0, j, k] = np.exp(min(readings.before_stay[t, j, k] - top, _LARGE))
            out[1, j, k] = np.exp(min(readings.before_enter[t, j, k] - top, _LARGE))


@compiled
def _top(readings: Readings, t: int, stayed: Array, entered: Array, scenario: Index) -> float:
    """The largest log-likelihood of what is possible."""
    top = -np.inf
    signs = len(readings.before_stay) > 0
    for s in range(len(scenario)):
        j = scenario[s]
        if stayed[s] > 0.0:
            top = max(top, readings.stay[t, j])
            for k in range(readings.stay.shape[1] if signs else 0):
                top = max(top, readings.before_stay[t, j, k])
        if entered[s] > 0.0:
            top = max(top, readings.enter[t, j])
            for k in range(readings.stay.shape[1] if signs else 0):
                top = max(top, readings.before_enter[t, j, k])
    return top


@compiled
def _hazard(lives: Lives, s: int) -> float:
    m = s % lives.hazard.shape[1] if lives.origin[s] < 0 else 0
    found: float = lives.hazard[lives.scenario[s], m]
    return found


@compiled
def _norm(lives: Lives, readings: Readings, t: int, s: int) -> float:
    """N of a state: 1 where nothing weighs transitions."""
    if len(readings.ratio) == 0:
        return 1.0
    h, j, o = _hazard(lives, s), lives.scenario[s], lives.origin[s]
    total = 0.0
    for k in range(len(lives.resumes)):
        total += lives.successor[j, k] * readings.ratio[t, k]
    if o >= 0:
        resumes = lives.resumes[j]
        total = (1.0 - resumes) * total + resumes * readings.ratio[t, lives.scenario[o]]
    norm: float = 1.0 - h + h * total
    return norm


@compiled
def spell_filter(start: Array, lives: Lives, readings: Readings, out: Messages) -> float:
    """Write the messages; return log p(y), minus infinity where it cannot be.

    Parameters
    ----------
    start : (N,)
        Distribution of states in the first period.
    """
    periods, scenarios = readings.stay.shape
    lives_each = lives.hazard.shape[1]
    likelihood = np.empty((2, scenarios, scenarios + 1))
    flow = np.empty((scenarios, scenarios * lives_each))  # into k, from a settled state or its kin
    for s in range(len(start)):
        out.stayed[0, s], out.entered[0, s] = 0.0, start[s]
    loglik = 0.0
    for t in range(periods):
        stayed, entered = out.stayed[t], out.entered[t]
        next_stayed, next_entered = out.stayed[t + 1], out.entered[t + 1]
        top = _top(readings, t, stayed, entered, lives.scenario)
        if not np.isfinite(top):
            return -np.inf
        _likelihoods(readings, t, top, likelihood)
        flow[:] = 0.0
        next_entered[:] = 0.0
        out.filtered[t] = 0.0
        total = 0.0
        for s in range(len(start)):
            j, o, h = lives.scenario[s], lives.origin[s], _hazard(lives, s)
            norm = _norm(lives, readings, t, s)
            going = stayed[s] * likelihood[0, j, -1] + entered[s] * likelihood[1, j, -1]
            next_stayed[s] = going * (1.0 - h) / norm
            total += next_stayed[s]
            here = next_stayed[s]
            resumes = lives.resumes[j] if o >= 0 else 0.0
            base = s if o < 0 else j * lives_each
            for k in range(scenarios):
                weight = h / norm
                if len(readings.ratio) > 0:
                    weight *= readings.ratio[t, k]
                gone = stayed[s] * likelihood[0, j, k] + entered[s] * likelihood[1, j, k]
                if k != j and lives.successor[j, k] > 0.0:
                    goes = gone * weight * (1.0 - resumes) * lives.successor[j, k]
                    flow[k, base] += goes
                    here += goes
                if o >= 0 and lives.scenario[o] == k:
                    next_entered[o] += gone * weight * resumes
                    total += gone * weight * resumes
                    here += gone * weight * resumes
            out.filtered[t, j] += here
        for k in range(scenarios):
            for base in range(flow.shape[1]):
                begun = flow[k, base]
                total += begun
                for m in range(lives_each):
                    into = lives.flare[k, base] if m == 0 else -1
                    next_entered[into if into >= 0 else k * lives_each + m] += (
                        begun * lives.weight[k, m]
                    )
        if not total > 0.0 or np.isnan(total):
            return -np.inf
        for k in range(scenarios):
            out.filtered[t, k] /= total
        for s in range(len(start)):
            next_stayed[s] /= total
            next_entered[s] /= total
        out.top[t], out.scale[t] = top, np.log(total) + top
        loglik += out.scale[t]
    return loglik


class Slopes(NamedTuple):
    """Gradient of log p(y): shapes as in what it is the gradient of."""

    start: Array
    hazard: Array
    successor: Array
    stay: Array
    enter: Array
    before_stay: Array
    before_enter: Array


@compiled
def spell_back(lives: Lives, readings: Readings, messages: Messages, out: Slopes) -> Array:
    """Add the gradient; return p(scenario of t | all that was read), (T, K)."""
    periods, scenarios = readings.stay.shape
    lives_each, states = lives.hazard.shape[1], len(lives.scenario)
    signs = len(readings.before_stay) > 0
    likelihood = np.empty((2, scenarios, scenarios + 1))
    smoothed = np.zeros((periods, scenarios))
    later, earlier = np.ones((2, states)), np.empty((2, states))  # stayed, entered
    begins = np.empty((scenarios, scenarios * lives_each))
    for t in range(periods - 1, -1, -1):
        _likelihoods(readings, t, messages.top[t], likelihood)
        scale = np.exp(messages.top[t] - messages.scale[t])
        for k in range(scenarios):
            for base in range(begins.shape[1]):
                begins[k, base] = 0.0
                for m in range(lives_each):
                    into = lives.flare[k, base] if m == 0 else -1
                    state = into if into >= 0 else k * lives_each + m
                    begins[k, base] += lives.weight[k, m] * later[1, state]
        for s in range(states):
            j, o, h = lives.scenario[s], lives.origin[s], _hazard(lives, s)
            m = s % lives_each if o < 0 else 0
            norm = _norm(lives, readings, t, s)
            resumes = lives.resumes[j] if o >= 0 else 0.0
            base = s if o < 0 else j * lives_each
            reached = messages.stayed[t, s], messages.entered[t, s]
            by_hazard, of_norm, by_norm = 0.0, 0.0, 0.0
            total = 0.0
            for e in range(2):
                goes = likelihood[e, j, -1] * scale * later[0, s] / norm
                earlier[e, s] = goes * (1.0 - h)
                joint = reached[e] * goes
                by_hazard -= joint
                total += joint * (1.0 - h)
                if e == 0:
                    out.stay[t, j] += joint * (1.0 - h)
                else:
                    out.enter[t, j] += joint * (1.0 - h)
            for k in range(scenarios):
                ratio = readings.ratio[t, k] if len(readings.ratio) > 0 else 1.0
                share = 0.0
                if k != j:
                    share += (1.0 - resumes) * lives.successor[j, k] * begins[k, base]
                if o >= 0 and lives.scenario[o] == k:
                    share += resumes * later[1, o]
                for e in range(2):
                    gone = likelihood[e, j, k] * scale * ratio / norm
                    earlier[e, s] += h * gone * share
                    joint = reached[e] * gone * share
                    by_hazard += joint
                    total += h * joint
                    if k != j:
                        out.successor[j, k] += (
                            reached[e] * gone * h * (1.0 - resumes) * begins[k, base]
                        )
                    if signs and e == 0:
                        out.before_stay[t, j, k] += h * joint
                    elif signs:
                        out.before_enter[t, j, k] += h * joint
                    elif e == 0:
                        out.stay[t, j] += h * joint
                    else:
                        out.enter[t, j] += h * joint
            if len(readings.ratio) > 0:  # N depends on hazard and successors, too
                by_norm = -total / norm
                for k in range(scenarios):
                    of_norm += lives.successor[j, k] * readings.ratio[t, k]
                    out.successor[j, k] += by_norm * h * (1.0 - resumes) * readings.ratio[t, k]
                if o >= 0:
                    at_origin = readings.ratio[t, lives.scenario[o]]
                    of_norm = (1.0 - resumes) * of_norm + resumes * at_origin
                by_hazard += by_norm * (of_norm - 1.0)
            out.hazard[j, m] += by_hazard
            smoothed[t, j] += total
        for s in range(states):
            later[0, s], later[1, s] = earlier[0, s], earlier[1, s]
    for s in range(states):
        out.start[s] += later[1, s]
    return smoothed


@compiled
def spell_path(lives: Lives, readings: Readings, messages: Messages, uniform: Array) -> Index:
    """A path of scenarios drawn given all that was read, (T + 1,): last of the period after.

    Filtered forwards, drawn backwards (Carter & Kohn 1994).

    Parameters
    ----------
    uniform : (T + 1,)
        Random numbers in [0, 1).
    """
    periods, scenarios = readings.stay.shape
    states = len(lives.scenario)
    path = np.empty(periods + 1, dtype=np.int64)
    likelihood = np.empty((2, scenarios, scenarios + 1))
    weight = np.empty(2 * states)  # of states that went on, then of those that began
    for s in range(states):
        weight[s] = messages.stayed[periods, s]
        weight[states + s] = messages.entered[periods, s]
    for t in range(periods, -1, -1):
        chosen = _chosen(weight, uniform[t])
        u = chosen % states
        path[t] = lives.scenario[u]
        if t == 0:
            break
        _likelihoods(readings, t - 1, messages.top[t - 1], likelihood)
        weight[:] = 0.0
        for s in range(states):
            j = lives.scenario[s]
            if chosen < states:
                moves = 1.0 if s == u else 0.0
                says = scenarios
            else:
                moves = _leads(lives, s, u) / _norm(lives, readings, t - 1, s) * _hazard(lives, s)
                says = path[t]
            if moves > 0.0:
                weight[s] = messages.stayed[t - 1, s] * likelihood[0, j, says] * moves
                weight[states + s] = messages.entered[t - 1, s] * likelihood[1, j, says] * moves
    return path


@compiled
def _chosen(weight: Array, uniform: float) -> int:
    total = 0.0
    for s in range(len(weight)):
        total += weight[s]
    left, last = uniform * total, 0
    for s in range(len(weight)):
        if weight[s] > 0.0:
            last = s
            if left < weight[s]:
                return s
        left -= weight[s]
    return last


@compiled
def _leads(lives: Lives, s: int, u: int) -> float:
    """The chance that a state that ends is followed by another, nothing weighing on it."""
    j, k, o = lives.scenario[s], lives.scenario[u], lives.origin[s]
    each = lives.hazard.shape[1]
    base = s if o < 0 else j * each
    resumes = lives.resumes[j] if o >= 0 else 0.0
    found = resumes if o == u else 0.0
    if j != k:
        for m in range(each):
            into = lives.flare[k, base] if m == 0 else -1
            if (into if into >= 0 else k * each + m) == u:
                found += (1.0 - resumes) * lives.successor[j, k] * lives.weight[k, m]
    return found
