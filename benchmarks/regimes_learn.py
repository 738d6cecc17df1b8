"""Numbers of a case of regimes, learned from months of the past by maximum likelihood.

The same filter that the model has (`forecast.model.episodes.Chain`), for all countries at once and
under one set of numbers; the likelihood is that of regimes alone, with what is a sign weighing on
transitions. A weak prior keeps numbers of which the past says little where they began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from forecast.model.elicit import LIVES
from forecast.model.episodes import Chain
from forecast.model.spec import Array, Index
from forecast.model.spells import lives_of

TRUST = 0.9
_P90 = 1.2815515655446004  # the normal 90 % point
_PULL = 0.05  # of the prior, per squared unit
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a case of K regimes is given.

    Parameters
    ----------
    hazard, share : (K, M)
        Of lives, the shortest first.
    resumes : (K,)
    successor : (K, K)
    spreads : (F, K + 1, 2)
        Centre and sd of signs on their own scale: otherwise, then before each regime.
    """

    hazard: Array
    share: Array
    resumes: Array
    successor: Array
    spreads: Array

    def chain(self, draws: int) -> Chain:
        """The chain, as often as there are draws."""
        flare, scenario, origin = lives_of(*self.hazard.shape, self.resumes)
        hazard, successor = (
            np.repeat(part[None], draws, axis=0) for part in (self.hazard, self.successor)
        )
        none = np.zeros((0, len(self.hazard)))
        return Chain(
            hazard, successor, self.share, self.resumes, flare, scenario, origin, ahead=none
        )

    @property
    def start(self) -> Array:
        """States as in a long-run balance, but for a factor per regime."""
        _, scenario, _ = lives_of(*self.hazard.shape, self.resumes)
        out = np.zeros(len(scenario))
        out[: self.share.size] = (self.share / self.hazard).ravel()
        return out

    def ratios(self, signs: Array) -> Array:
        """What signs weigh on transitions, (T, C, K), from their values, (F, T, C)."""
        out = np.ones((*signs.shape[1:], len(self.hazard)))
        for x, (otherwise, *before) in zip(signs, self.spreads, strict=True):
            for k, spread in enumerate(before):
                out[..., k] *= ratio(x, spread, otherwise)
        return out


def ratio(x: Array, before: Array, otherwise: Array) -> Array:
    """How much likelier values are before than otherwise, contaminated as in a case."""
    logs = np.stack([-0.5 * ((x - m) / sd) ** 2 - np.log(sd) for m, sd in (before, otherwise)])
    f_before, f_otherwise = np.exp(logs - logs.max(axis=0))
    false = (1 - TRUST) * (f_before + f_otherwise) / 2
    return np.asarray((TRUST * f_before + false) / (TRUST * f_otherwise + false))


def weighed(transition: Array, ratios: Array, scenario: Index) -> Array:
    """Transitions of states weighed and normalised, (C, N, N)."""
    here = np.eye(len(transition))
    moves = transition * (1 - here) * ratios[:, None, scenario] + transition * here
    return np.asarray(moves / moves.sum(axis=2, keepdims=True))


def log_likelihood(numbers: Numbers, regimes: Index, signs: Array) -> float:
    """Of regimes, (T, C), under one set of numbers."""
    states = len(numbers.start)
    chain = numbers.chain(states)
    transition = chain.step(np.eye(states))
    member = (chain.state_scenario == np.arange(len(numbers.hazard))[:, None]).astype(float)
    ratios = numbers.ratios(signs) if len(signs) else None
    state = numbers.start * member[regimes[0]]
    state /= state.sum(axis=1, keepdims=True)
    total = 0.0
    for t in range(1, len(regimes)):
        if ratios is None:
            ahead = state @ transition
        else:
            moves = weighed(transition, ratios[t - 1], chain.state_scenario)
            ahead = np.einsum("cs,cst->ct", state, moves)
        ahead *= member[regimes[t]]
        norm = ahead.sum(axis=1)
        total += float(np.log(norm).sum())
        state = ahead / norm[:, None]
    return total


def numbers_of(free: Array, size: int, *, flare_ups: bool, spreads: Array) -> Numbers:
    """Numbers from free parameters without bounds."""
    lives = 2 * LIVES - 1
    of_lives = free[: size * lives].reshape(size, lives)
    steps = np.concatenate([of_lives[:, :1], np.exp(of_lives[:, 1:LIVES])], axis=1)
    logits = np.concatenate([np.zeros((size, 1)), of_lives[:, LIVES:]], axis=1)
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    resumes, follows = free[size * lives :].reshape(size, size)[:, :2].T
    successor = np.zeros((size, size))
    for k in range(size):
        first, second = (j for j in range(size) if j != k)
        successor[k, first] = _inverse_logit(follows[k])
        successor[k, second] = 1 - successor[k, first]
    return Numbers(
        hazard=1 / (1 + np.exp(steps.cumsum(axis=1))),
        share=share / share.sum(axis=1, keepdims=True),
        resumes=_inverse_logit(resumes) if flare_ups else np.zeros(size),
        successor=successor,
        spreads=spreads,
    )


def _inverse_logit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def chain_learned(regimes: Index, size: int, *, flare_ups: bool) -> Numbers:
    """Lives, successors and flare-ups that make regimes of the past most likely."""
    life = [0.3, *[0.8] * (LIVES - 1), *[0.0] * (LIVES - 1)]
    begin = np.concatenate([np.tile(life, size), np.tile([1.0, 0.0, 0.0], size)])
    none = np.zeros((0, size + 1, 2))

    def numbers(free: Array) -> Numbers:
        return numbers_of(free, size, flare_ups=flare_ups, spreads=none)

    def loss(free: Array) -> float:
        penalty = 0.5 * _PULL * float(((free - begin) ** 2).sum())
        return penalty - log_likelihood(numbers(free), regimes, np.zeros((0, *regimes.shape)))

    return numbers(minimize(loss, begin, method="L-BFGS-B", options={"maxiter": _STEPS}).x)


def signs_learned(numbers: Numbers, regimes: Index, signs: Sequence[Array]) -> Numbers:
    """The same with what is a sign, (T, C) each, of which the past says how it weighs."""
    values, size = np.stack(signs), len(numbers.hazard)
    begin = np.stack([_begin(x, regimes, size) for x in values])

    def with_spreads(free: Array) -> Numbers:
        spreads = free.reshape(begin.shape)
        spreads = np.stack([spreads[..., 0], np.exp(spreads[..., 1])], axis=-1)
        return Numbers(numbers.hazard, numbers.share, numbers.resumes, numbers.successor, spreads)

    def loss(free: Array) -> float:
        penalty = 0.5 * _PULL * float(((free - begin.ravel()) ** 2).sum())
        return penalty - log_likelihood(with_spreads(free), regimes, values)

    found = minimize(loss, begin.ravel(), method="L-BFGS-B", options={"maxiter": _STEPS})
    return with_spreads(found.x)


def _begin(x: Array, regimes: Index, size: int) -> Array:
    """Centre and log sd where it may begin and does not, and halfway to those where it does."""
    now, following, x = regimes[:-1], regimes[1:], x[: len(regimes) - 1]
    before = [x[(now != k) & (following == k)] for k in range(size)]
    rest = np.concatenate([x[(now != k) & (following != k)] for k in range(size)])
    centre, sd = np.median(rest), (np.quantile(rest, 0.9) - np.median(rest)) / _P90
    centres = [centre, *((np.median(each) + centre) / 2 for each in before)]
    return np.stack([centres, np.full(size + 1, np.log(sd))], axis=1)
