"""Priors learned from the past of all countries, as an analyst would take them: from like cases.

The project's own model (``docs/method.md``) with one count, pooled over countries and made to
depend on a country's *level* L, a slow mean of log(1 + deaths):

- a scenario's location is ``location + slope L``: war, surge and calm are relative to what a
  country has been through lately;
- where scenarios go is learned apart for `EDGES` of the level: calm means another thing in Denmark
  than in Nigeria;
- a month remembers not only the month before but also a fast and a slow mean of the months before
  (`shares` of each), all in log(1 + deaths).

Maximum likelihood by expectation-maximisation (Baum, Petrie, Soules & Weiss 1970): expected
scenarios exactly, then transitions counted and the rest climbed to numerically.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from forecast.model.negbinomial import log_bias, shape_of
from forecast.model.spec import Array, Index

SCENARIOS = ("calm", "low-level", "other", "war", "surge")
FAST, SLOW = 0.3, 0.06  # what a month adds to the two means that are remembered
LEVEL = 0.12  # and to the level
EDGES = np.array([0.01, 0.05, 0.15, 0.4, 1.0, 2.3, 3.9])
YEARS = 20  # of the past that are learned from
WORTH = 20.0  # months of all countries that transitions at a level are drawn towards
_ROUNDS, _MORE = 12, 6  # of expectation and maximisation
_CLIMB, _LOOKS = 4, 8  # steps of one maximisation, and evaluations
_STEP = 1e-5
_WIDEST = np.exp(4.0)  # log-variance of a scenario, at most


@dataclass(frozen=True)
class Learned:
    """What was learned; K scenarios, G bands of the level.

    location, slope, variance : (K,)
        Of the log rate, per scenario: location at level 0, what the level adds, log-variance.
    inertia
        Of the count.
    shares : (3,)
        Of the last month, the fast and the slow mean in what is remembered; they sum to 1.
    transition : (G, K, K), start : (G, K)
    """

    location: Array
    slope: Array
    variance: Array
    inertia: float
    shares: Array
    transition: Array
    start: Array

    @cached_property
    def vector(self) -> Array:
        """All that is climbed to, unbounded; shares only if there is more than the last month."""
        several = self.shares[0] < 1
        return np.concatenate(
            [
                self.location,
                self.slope,
                np.log(self.variance),
                [np.log(self.inertia / (1 - self.inertia))],
                np.log(self.shares[1:] / self.shares[0]) if several else np.zeros(0),
            ]
        )

    def moved(self, vector: Array) -> Learned:
        """Undo `vector`."""
        k = len(self.location)
        shares = self.shares
        if len(vector) > 3 * k + 1:
            shares = np.exp(np.concatenate([[0.0], vector[3 * k + 1 :]]))
        return replace(
            self,
            location=vector[:k],
            slope=vector[k : 2 * k],
            variance=np.clip(np.exp(vector[2 * k : 3 * k]), 1 / _WIDEST, _WIDEST),
            inertia=float(1 / (1 + np.exp(-vector[3 * k]))),
            shares=shares / shares.sum(),
        )

    def locations(self, level: Array) -> Array:
        """Return locations at levels (...), (..., K)."""
        return np.asarray(self.location + self.slope * level[..., None])


def running_mean(values: Array, rate: float) -> Array:
    """Return exponentially weighted means of log(1 + deaths) up to every month, (T, C)."""
    u = np.log1p(values)
    out = np.empty_like(u)
    mean = u[0]
    for t, row in enumerate(u):
        mean = mean + rate * (row - mean)
        out[t] = mean
    return out


def remembered(values: Array) -> Array:
    """Return what may be remembered of every month: itself, fast and slow mean, (3, T, C)."""
    return np.stack([np.log1p(values), running_mean(values, FAST), running_mean(values, SLOW)])


def band(level: Array) -> Index:
    """Return the band of each level."""
    return np.searchsorted(EDGES, level)


@dataclass(frozen=True)
class Past:
    """Months that are learned from, (T, C), with what was known before each of them.

    before : (3, T, C)
        `remembered`, of the month before.
    """

    deaths: Array
    before: Array
    level: Array

    @classmethod
    def of(cls, history: Array) -> Past:
        """Take the last `YEARS` of (T, C), with means from its beginning on."""
        months = min(12 * YEARS, len(history) - 1)
        before, level = remembered(history)[:, :-1], running_mean(history, LEVEL)[:-1]
        return cls(history[-months:], before[:, -months:], level[-months:])

    @cached_property
    def unique(self) -> tuple[Array, Index]:
        """Numbers of deaths that occur, and where."""
        values, at = np.unique(self.deaths, return_inverse=True)
        return values, at.reshape(self.deaths.shape)


def emissions(learned: Learned, past: Past) -> tuple[Array, Array]:
    """Return log-likelihoods of months in scenarios that stay, and that have just begun, (T, C, K).

    As ``docs/method.md`` has counts with inertia.
    """
    values, at = past.unique
    usual = learned.locations(past.level)
    memory = np.tensordot(learned.shares, past.before, 1)[..., None]
    result = []
    for r in (learned.inertia, 0.0):
        shape = shape_of(learned.variance * (1 - r**2))
        location = usual + r * (memory - np.logaddexp(0.0, usual)) if r else usual
        ratio = location + log_bias(shape) - np.log(shape)
        constant = gammaln(values[:, None] + shape) - gammaln(shape) - gammaln(values + 1)[:, None]
        y = past.deaths[..., None]
        result.append(constant[at] + y * ratio - (y + shape) * np.logaddexp(0.0, ratio))
    return result[0], result[1]


@dataclass(frozen=True)
class Expected:
    """Expected scenarios of the past: held and begun, (T, C, K); moves by band, (G, K, K)."""

    loglik: float
    held: Array
    begun: Array
    moves: Array


def expected(learned: Learned, past: Past) -> Expected:
    """Filter forwards and smooth backwards, all countries at once."""
    stay, enter = emissions(learned, past)
    top = np.maximum(stay, enter).max(axis=2, keepdims=True)
    stay, enter = np.exp(stay - top), np.exp(enter - top)
    (months, _, k), bands = stay.shape, band(past.level)
    remain = np.einsum("gkk->gk", learned.transition)
    leave = learned.transition * (1 - np.eye(k))
    filtered, loglik = np.empty_like(stay), float(top.sum())
    now = learned.start[bands[0]] * enter[0]
    for t in range(months):
        if t:
            g = bands[t]
            begun = np.matmul(now[:, None], leave[g])[:, 0]
            now = now * remain[g] * stay[t] + begun * enter[t]
        total = now.sum(axis=1, keepdims=True)
        now = now / total
        filtered[t] = now
        loglik += float(np.log(total).sum())
    held, begun, moves = np.zeros_like(stay), np.zeros_like(stay), np.zeros_like(leave)
    after = np.ones_like(now)
    for t in range(months - 1, 0, -1):
        g = bands[t]
        by_stay, by_enter = after * stay[t], after * enter[t]
        stayed = filtered[t - 1] * remain[g] * by_stay
        moved = filtered[t - 1][:, :, None] * leave[g] * by_enter[:, None]
        total = stayed.sum(axis=1) + moved.sum(axis=(1, 2))
        held[t], moved = stayed / total[:, None], moved / total[:, None, None]
        begun[t] = moved.sum(axis=1)
        np.add.at(moves, g, moved + held[t][:, :, None] * np.eye(k))
        after = remain[g] * by_stay + np.einsum("cij,cj->ci", leave[g], by_enter)
        after /= after.max(axis=1, keepdims=True)
    first = filtered[0] * after
    begun[0] = first / first.sum(axis=1, keepdims=True)
    return Expected(loglik, held, begun, moves)


def improved(learned: Learned, past: Past, e: Expected) -> Learned:
    """Return parameters more likely, given expected scenarios."""
    pooled = e.moves.sum(axis=0) + 1e-3
    moves = e.moves + WORTH * pooled / pooled.sum(axis=1, keepdims=True)
    each, bands = e.held + e.begun, band(past.level)
    found = np.stack([each[bands == g].sum(axis=0) + 1.0 for g in range(len(e.moves))])

    def loss(vector: Array) -> tuple[float, Array]:
        return _loss_and_slope(learned, vector, past, e)

    climbed = minimize(
        loss,
        learned.vector,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _CLIMB, "maxfun": _LOOKS},
    )
    return replace(
        learned.moved(climbed.x),
        transition=moves / moves.sum(axis=2, keepdims=True),
        start=found / found.sum(axis=1, keepdims=True),
    )


def _loss_and_slope(
    learned: Learned, vector: Array, past: Past, e: Expected
) -> tuple[float, Array]:
    """Return minus the expected log-likelihood, and its slope by differences.

    Scenarios do not meet in it, so that all their locations are moved at once, and so on.
    """

    def by_scenario(at: Array) -> Array:
        stay, enter = emissions(learned.moved(at), past)
        return np.asarray(-(e.held * stay + e.begun * enter).sum(axis=(0, 1)))

    here, k, slope = by_scenario(vector), len(learned.location), np.empty(len(vector))
    for first in range(0, 3 * k, k):
        moved = vector.copy()
        moved[first : first + k] += _STEP
        slope[first : first + k] = (by_scenario(moved) - here) / _STEP
    for one in range(3 * k, len(vector)):
        moved = vector.copy()
        moved[one] += _STEP
        slope[one] = (by_scenario(moved) - here).sum() / _STEP
    return float(here.sum()), slope


def learn(
    history: Array, start: Learned | None = None, *, plain: bool = False, rounds: int | None = None
) -> Learned:
    """Learn from months (T, C) and from nothing else.

    Parameters
    ----------
    start
        Where to begin: what was learned from less of the past.
    plain
        Only the last month is remembered, as the model has it by itself.
    rounds
        Of expectation and maximisation; by default fewer from what was learned before.
    """
    past, learned = Past.of(history), start or first_guess()
    if plain:
        learned = replace(learned, shares=np.array([1.0, 0.0, 0.0]))
    for _ in range(rounds or (_MORE if start else _ROUNDS)):
        learned = improved(learned, past, expected(learned, past))
    return learned


def first_guess() -> Learned:
    """Return where learning starts: quiet, sporadic, simmering, high and wild months."""
    k = len(SCENARIOS)
    transition = np.full((k, k), 0.04) + 0.8 * np.eye(k)
    bands = len(EDGES) + 1
    return Learned(
        location=np.array([-6.0, -3.5, -0.2, 2.1, 3.3]),
        slope=np.array([0.6, 1.1, 1.0, 0.6, 0.0]),
        variance=np.array([0.5, 1.0, 2.0, 0.7, 10.0]),
        inertia=0.8,
        shares=np.array([0.35, 0.5, 0.15]),
        transition=np.repeat(transition[None], bands, axis=0),
        start=np.full((bands, k), 1 / k),
    )
