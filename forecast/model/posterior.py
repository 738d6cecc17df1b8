"""What posterior draws say of scenarios: now, before, ahead, and of each reading.

All averages are over draws; a 90 % interval runs over draws and is widened to include the mean. It
says how far the number moves across judgements compatible with the data, not how far the world
may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from forecast.model.data import Data
from forecast.model.emissions import emissions_into, summed
from forecast.model.episodes import Chain, filter_into
from forecast.model.jit import compiled
from forecast.model.packing import chain_sizes_of, pack, signs_of, sizes_of, unpack
from forecast.model.signs import over_next
from forecast.model.spec import Array, Index
from forecast.model.threads import over_parts


@dataclass(frozen=True, slots=True)
class Posterior:
    """Scenario probabilities over draws.

    Parameters
    ----------
    chain
        Its transitions.
    filtered, predicted, stayed, smoothed : (S, T, K)
        p(z[t] | y[0..t]), p(z[t] | y[0..t-1]), p(z[t] = z[t-1] | y[0..t-1]), p(z[t] | y[0..T-1]).
    following : (S, 2, N)
        p(state of the period after the last, and whether it goes on or begins | y[0..T-1]).
    last_stay, last_enter : (S, C + J + 3, K)
        Log-likelihoods of the last period, by what they come from (`emissions`), and of all: of
        what is a sign its mean over what comes next, where episodes end as often as on average.
    last_cases : (S, 2, C + J + 3, K (1 + B))
        The same of stay and of enter, by what comes next; without signs there is nothing in it.
    loglik : (S,)
        log p(all that was read | draw).
    """

    chain: Chain
    filtered: Array
    predicted: Array
    stayed: Array
    smoothed: Array
    following: Array
    last_stay: Array
    last_enter: Array
    last_cases: Array
    loglik: Array

    @classmethod
    def of(cls, data: Data, theta: Array) -> Posterior:
        """Filter and smooth under every draw of the free parameters, (S, D)."""
        packed = pack(data)
        hazard, successor, *found = over_parts(lambda part: _over_draws(part, *packed), theta)
        return cls(Chain.of(data, hazard, successor), *found)

    def take(self, index: Index) -> Posterior:
        """Return the draws of these numbers, some of them perhaps often."""
        arrays = (getattr(self, field.name)[index] for field in fields(self)[1:])
        return Posterior(self.chain.take(index), *arrays)

    @property
    def now(self) -> Array:
        """Filtered probabilities of the forecast period, (S, K)."""
        return self.filtered[:, -1]

    @property
    def coming(self) -> Array:
        """Scenarios of the period after the last, (S, K)."""
        return self.chain.scenarios(self._coming)

    @property
    def _coming(self) -> Array:
        """States of the period after the last, (S, N)."""
        if self.following.shape[2] == self.now.shape[1] and not self.chain.weighed:
            return self.chain.step(self.now)
        return np.asarray(self.following.sum(axis=1))

    @property
    def transition(self) -> Array:
        """p(next period's scenario | this period's), as episodes have lasted by now, (S, K, K).

        With flare-ups, what ends goes where it usually goes.
        """
        stays = self.chain.scenarios(self.following[:, 0])
        share = np.divide(
            stays, self.now, out=1.0 - self.chain.hazard[:, :, -1], where=self.now > 0
        )
        moves = (1.0 - share)[:, :, None] * self.chain.successor
        moves[:, np.arange(share.shape[1]), np.arange(share.shape[1])] = share
        return np.asarray(moves)

    def horizons(self, periods: Sequence[int]) -> dict[int, Array]:
        """The probability of each scenario so many periods ahead, (K,) each."""
        states, found = self._coming, {}
        for h in range(1, max(periods, default=0) + 1):
            states = states if h == 1 else self.chain.step(states, h - 1)
            if h in periods:
                found[h] = self.chain.scenarios(states).mean(axis=0)
        return found

    def ever_within(self, periods: Sequence[int]) -> dict[int, Array]:
        """The probability that each scenario holds in any of the next periods, (K,) each."""
        found = {h: np.empty(self.now.shape[1]) for h in periods}
        for k in range(self.now.shape[1]):
            never, outside = self._coming, self.chain.state_scenario != k
            for h in range(1, max(periods, default=0) + 1):
                never = (never if h == 1 else self.chain.step(never, h - 1)) * outside
                if h in found:
                    found[h][k] = 1.0 - never.sum(axis=1).mean()
        return found

    def support(self) -> Array:
        """Return log p(what the last period says | scenario, all before it), (C + J + 3, K).

        By what it comes from, as `emissions` gives it, and last all of it. Averaged over
        draws and over whether the scenario had begun or held already, each in proportion to its
        predicted probability.
        """
        held = self.stayed[:, -1]
        begun = np.maximum(self.predicted[:, -1] - held, 1e-300)  # so that none is impossible
        logs = np.concatenate([self.last_stay, self.last_enter])
        weights = np.concatenate([held, begun])[:, None]
        with np.errstate(divide="ignore"):
            logs += np.log(weights)  # before the top is taken: a draw of weight 0 must not be it
            top = logs.max(axis=0)
            top = np.where(np.isfinite(top), top, 0.0)  # what is impossible under every draw
            averaged = np.log(np.exp(logs - top).sum(axis=0) / weights.sum(axis=0))
        return np.asarray(top + averaged)

    def begins(self, data: Data) -> Array:
        """Log p(what the last period says | a sign's scenario begins next) less that it does not.

        By what it comes from, as `support`, (C + J + 3, B); 0 of what is no sign.
        """
        return self._begins(data, self.last_cases)

    def event_begins(self, data: Data, loglik: Array, before: Array) -> Array:
        """The same of one event, (B,).

        Parameters
        ----------
        loglik, before : (K,), (K, B)
            What it says of a scenario, and if one of the signs' begins next.
        """
        cases = np.concatenate([loglik[:, None], before], axis=1).reshape(1, 1, 1, -1)
        everywhere = np.broadcast_to(cases, (len(self.now), 2, 1, cases.size))
        return np.asarray(self._begins(data, everywhere)[0])

    def _begins(self, data: Data, cases: Array) -> Array:
        scenarios, signs = len(data.start), len(data.sign)
        held = self.stayed[:, -1]
        weight = np.stack([held, np.maximum(self.predicted[:, -1] - held, 0.0)], axis=1)
        ends = self.chain.ends[:, None, :, None]
        chance = ends * self.chain.successor[:, None, :, data.sign]
        chance = np.concatenate([1.0 - chance.sum(axis=3, keepdims=True), chance], axis=3)
        mass = weight[:, :, None, :, None] * chance[:, :, None]
        logs = cases.reshape(*cases.shape[:3], scenarios, 1 + signs)
        top = logs.max(axis=(0, 1, 3, 4), keepdims=True)
        joint = (mass * np.exp(logs - top)).sum(axis=(0, 1, 3))
        mass = mass.sum(axis=(0, 1, 3))
        all_of, all_mass = joint.sum(axis=1, keepdims=True), mass.sum(axis=1, keepdims=True)
        begins, otherwise = joint / mass, (all_of - joint) / (all_mass - mass)
        return np.asarray(np.log(begins[:, 1:] / otherwise[:, 1:]))


def interval(values: Array) -> tuple[Array, Array]:
    """Return the 5 and 95 % points over draws (axis 0), widened to include the mean."""
    low, high = np.quantile(values, [0.05, 0.95], axis=0)
    mean = values.mean(axis=0)
    return np.minimum(low, mean), np.maximum(high, mean)


@compiled
def _over_draws(
    theta: Array, numbers: Array, whole: Index
) -> tuple[Array, Array, Array, Array, Array, Array, Array, Array, Array, Array, Array]:
    draws, (scenarios, periods, parts) = len(theta), sizes_of(whole)
    lives, states = chain_sizes_of(whole)
    hazard = np.empty((draws, scenarios, lives))
    successor = np.empty((draws, scenarios, scenarios))
    filtered = np.empty((draws, periods, scenarios))
    predicted = np.empty((draws, periods, scenarios))
    stayed = np.empty((draws, periods, scenarios))
    smoothed = np.empty((draws, periods, scenarios))
    following = np.empty((draws, 2, states))
    last_stay = np.empty((draws, parts + 1, scenarios))
    last_enter = np.empty((draws, parts + 1, scenarios))
    loglik, scale = np.empty(draws), np.empty(periods)
    cases, data = scenarios * (1 + signs_of(whole)), unpack(numbers, whole)
    stay, enter = np.empty((parts, periods, cases)), np.empty((parts, periods, cases))
    all_stay, all_enter = np.empty((periods, cases)), np.empty((periods, cases))
    last_cases = np.empty((draws, 2, parts + 1, cases if len(data.sign) else 0))
    for s in range(draws):
        chain = hazard[s], successor[s]
        silent = emissions_into(theta[s], numbers, whole, chain, stay, enter)
        summed(stay, 1.0, all_stay)
        summed(enter, 1.0, all_enter)
        for p in range(parts + 1):
            from_stay = stay[p, -1] if p < parts else all_stay[-1]
            from_enter = enter[p, -1] if p < parts else all_enter[-1]
            over_next(from_stay, chain, data, last_stay[s, p])
            over_next(from_enter, chain, data, last_enter[s, p])
            for case in range(last_cases.shape[3]):
                last_cases[s, 0, p, case] = from_stay[case]
                last_cases[s, 1, p, case] = from_enter[case]
        out = filtered[s], predicted[s], stayed[s], smoothed[s], scale, following[s]
        loglik[s] = silent + filter_into(chain, numbers, whole, all_stay, all_enter, out)
    return (
        hazard, successor, filtered, predicted, stayed, smoothed, following, last_stay, last_enter,
        last_cases, loglik,
    )  # fmt: skip
