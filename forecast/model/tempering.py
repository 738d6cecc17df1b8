"""Sampling a posterior with several modes, between which NUTS hardly ever crosses.

Where readings never change, two scenarios may explain them all equally well, each with a location
of its own: the posterior then has a mode for each, and the longer the series the deeper the valley
between. Parallel tempering (Geyer 1991) bridges it. One chain is a ladder of rungs, on which the
likelihood L counts ever more::

    p_b(theta) = p(theta) L(theta)^b        b = 0: the prior, drawn from afresh in every sweep
                                            b = 1: the posterior, whose states are the draws

In every sweep each rung takes one step of Hamiltonian Monte Carlo, and neighbours exchange their
states with the probability that keeps all of them what they are, pairs 0-1, 2-3, ... in even sweeps
and 1-2, 3-4, ... in odd ones (Syed, Bouchard-Cote, Deligiannidis and Doucet 2022, "Non-reversible
parallel tempering"). Rungs lie where as many exchanges are refused between any two of them, and are
about twice as many as are refused in all, which is where that paper finds round trips cheapest.
Nothing here hangs on how far threads have come: a ladder draws from its own stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from forecast.model.data import Data
from forecast.model.jit import compiled, inner
from forecast.model.kernel import density
from forecast.model.packing import pack, size_of
from forecast.model.spec import Array, Index

FIRST_ROUNDS = (50, 100, 200, 400)  # sweeps, after each of which rungs are placed anew
LAST_ROUND = 400
RUNGS = 8  # to begin with
FEWEST, MOST = 4, 20
SWEEPS = (2000, 4000, 8000)  # a chain is continued until its draws pass the gate
KEPT = 4000  # draws of a chain, evenly thinned
REACH = 4.0  # how far a step of Hamiltonian Monte Carlo goes at most, in prior sd
LEAPS = 32  # in which it goes there at most
ACCEPTED = 0.9  # what step sizes are tuned to: with longer ones steep slopes diverge
DIVERGENT = 1000.0  # an error of energy that NUTS calls a divergence
_CHUNK = 50  # sweeps between two words of progress


def tempered(
    data: Data, seed: tuple[int, ...], chains: int, longer: int, progress: Callable[[float], None]
) -> Iterator[tuple[Array, int]]:
    """Draws of ever longer chains, and how many of their steps diverged.

    Where some did, the next are drawn anew with steps half as long.

    Parameters
    ----------
    seed
        With the number of the chain, all that draws hang on.
    longer
        How many times `SWEEPS` the chains are to be.
    progress
        Called with the share done of the longest.

    Yields
    ------
    draws : (chains, draws, D)
    divergences
    """
    ladders = [_Ladder(data, (*seed, number)) for number in range(chains)]
    lengths = [longer * sweeps for sweeps in SWEEPS]
    total = sum(FIRST_ROUNDS) + LAST_ROUND + lengths[-1]
    done = 0
    with ThreadPoolExecutor() as pool:

        def sweep(number: int, *, tune: bool) -> None:
            nonlocal done
            for begin in range(0, number, _CHUNK):
                several = min(_CHUNK, number - begin)
                list(pool.map(partial(_Ladder.sweep, number=several, tune=tune), ladders))
                done += several
                progress(done / total)

        for number in (*FIRST_ROUNDS, LAST_ROUND):
            sweep(number, tune=True)
            for ladder in ladders:
                ladder.place(exactly=number != FIRST_ROUNDS[-1])
        for before, length in zip([0, *lengths], lengths, strict=False):
            sweep(length - before, tune=False)
            thin = math.ceil(length / KEPT)
            draws = [np.concatenate(ladder.draws)[::thin] for ladder in ladders]
            divergences = sum(ladder.divergences for ladder in ladders)
            yield np.array(draws), divergences
            for ladder in ladders if divergences else ():
                ladder.shorten()


class _Ladder:
    """One chain: the states of all its rungs, where they lie, and what was drawn so far."""

    def __init__(self, data: Data, seed: tuple[int, ...]) -> None:
        self._packed = pack(data)
        self._rng = np.random.default_rng(seed)
        self._powers = np.concatenate([[0.0], np.geomspace(1e-3, 1.0, RUNGS - 1)])
        self._steps = np.full(RUNGS, 0.2)
        self._theta = self._rng.standard_normal((RUNGS, size_of(data)))
        self._loglik, self._gradient = np.empty(RUNGS), np.empty(self._theta.shape)
        for rung, theta in enumerate(self._theta):
            self._loglik[rung], self._gradient[rung] = density(theta, *self._packed)
        self._sweeps, self._refused = 0, np.zeros(RUNGS - 1)
        self.draws: list[Array] = []
        self.divergences = 0

    def sweep(self, number: int, *, tune: bool) -> None:
        """Take so many sweeps, all of them to tune step sizes, or all of them for draws."""
        rungs, size = self._theta.shape
        top = np.empty((number, size))
        divergences = _sweep(
            self._theta, self._loglik, self._gradient, self._powers, self._steps, *self._packed,
            self._rng.standard_normal((number, rungs, size)), self._rng.random((number, rungs, 4)),
            self._sweeps, tune, self._refused, top,
        )  # fmt: skip
        self._sweeps += number
        if not tune:
            self.draws.append(top)
            self.divergences += divergences

    def shorten(self) -> None:
        """Halve all steps, and begin to draw anew."""
        self._steps /= 2
        self.draws, self.divergences = [], 0

    def place(self, *, exactly: bool) -> None:
        """Place rungs so that exchanges are refused alike, and as many as needed unless exactly."""
        refused = np.maximum(2 * self._refused / self._sweeps, 1e-3)
        reached = np.concatenate([[0.0], np.cumsum(refused)])
        rungs = len(self._powers)
        if not exactly:
            rungs = int(np.clip(math.ceil(2 * reached[-1]) + 2, FEWEST, MOST))
        powers = np.interp(np.linspace(0.0, reached[-1], rungs), reached, self._powers)
        nearest = np.abs(self._powers - powers[:, None]).argmin(axis=1)
        self._steps = np.interp(powers, self._powers, self._steps)
        self._powers = powers
        self._theta, self._gradient = self._theta[nearest], self._gradient[nearest]
        self._loglik = self._loglik[nearest]
        self._sweeps, self._refused = 0, np.zeros(rungs - 1)


@compiled
def _sweep(
    theta: Array,
    loglik: Array,
    gradient: Array,
    powers: Array,
    steps: Array,
    numbers: Array,
    whole: Index,
    normals: Array,
    uniforms: Array,
    before: int,
    tune: bool,
    refused: Array,
    top: Array,
) -> int:
    """Sweep as often as ``normals`` and ``uniforms`` have rows; return divergences on top.

    Parameters
    ----------
    theta, gradient : (B, D), loglik : (B,)
        States, in place.
    powers, steps : (B,)
        Of the rungs; step sizes are tuned in place.
    normals : (S, B, D), uniforms : (S, B, 4)
        Draws.
    before
        Sweeps before these since the rungs were placed.
    refused : (B - 1,)
        Probabilities that exchanges are refused are added to it.
    top : (S, D)
        States of the last rung after every sweep are written to it.
    """
    rungs, size = theta.shape
    last, divergences = rungs - 1, 0
    q, p, slope = np.empty(size), np.empty(size), np.empty(size)
    for s in range(len(normals)):
        for b in range(rungs):
            if powers[b] == 0.0:
                _copy(normals[s, b], theta[b])
                loglik[b], found = density(theta[b], numbers, whole)
                _copy(found, gradient[b])
                continue
            _copy(theta[b], q)
            _copy(normals[s, b], p)
            _copy(gradient[b], slope)
            new = loglik[b]
            energy = _squares(q, p) - powers[b] * new
            step = steps[b] * (0.8 + 0.4 * uniforms[s, b, 0])
            for _ in range(1 + int(uniforms[s, b, 1] * min(REACH / step, LEAPS))):
                _push(p, 0.5 * step, powers[b], slope, q)
                for i in range(size):
                    q[i] += step * p[i]
                new, found = density(q, numbers, whole)
                _copy(found, slope)
                _push(p, 0.5 * step, powers[b], slope, q)
                if not np.isfinite(new):
                    break
            error = _squares(q, p) - powers[b] * new - energy
            accept = math.exp(-max(error, 0.0)) if np.isfinite(new) and error == error else 0.0
            if b == last and not error < DIVERGENT:
                divergences += 1
            if uniforms[s, b, 2] < accept:
                _copy(q, theta[b])
                _copy(slope, gradient[b])
                loglik[b] = new
            if tune:
                steps[b] *= math.exp((accept - ACCEPTED) * min(0.3, 3.0 / (1 + before + s) ** 0.6))
        for b in range((before + s) % 2, last, 2):
            gain = (powers[b + 1] - powers[b]) * (loglik[b] - loglik[b + 1])
            accept = math.exp(min(gain, 0.0)) if gain == gain else 0.0
            refused[b] += 1.0 - accept
            if uniforms[s, b, 3] < accept:
                for i in range(size):
                    theta[b, i], theta[b + 1, i] = theta[b + 1, i], theta[b, i]
                    gradient[b, i], gradient[b + 1, i] = gradient[b + 1, i], gradient[b, i]
                loglik[b], loglik[b + 1] = loglik[b + 1], loglik[b]
        _copy(theta[last], top[s])
    return divergences


@inner
def _copy(source: Array, target: Array) -> None:
    for i in range(len(source)):
        target[i] = source[i]


@inner
def _push(p: Array, time: float, power: float, slope: Array, q: Array) -> None:
    """Change momenta by what the log density slopes, for some time."""
    for i in range(len(p)):
        p[i] += time * (power * slope[i] - q[i])


@inner
def _squares(q: Array, p: Array) -> float:
    total = 0.0
    for i in range(len(q)):
        total += q[i] * q[i] + p[i] * p[i]
    return 0.5 * total
