"""Shapley values of causes that come in tiers: who moved a number by how much, adding up.

A cause's share is the average of what it changes as it joins the causes before it, over all orders
in which every tier is complete before the next begins: definitions, say, before time, and both
before readings. (That is the value of a game with precedence of Faigle and Kern 1992, where tiers
make every order within one alike.) Shares add up to what all causes change together.

A tier of n causes takes the value of 2^n coalitions; beyond `EXACT` causes orders are drawn, each
with its reverse, whose errors tend to cancel (Mitchell, Cooper, Frank and Holmes 2022), until the
standard error of every share is small enough, or so many coalitions were asked for that more would
take too long; or until whoever waits has enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from forecast.errors import Stopped
from forecast.model.spec import Array, Index

EXACT = 10  # causes of one tier that are taken in all orders
ERROR = 0.001  # standard error at which drawing stops: a tenth of a percentage point
FEWEST, MOST = 30, 2_000  # pairs of orders: fewer do not show their error well
BUDGET = 4_000  # coalitions asked for on the way of a tier's orders: a minute or two

type Value = Callable[[frozenset[int]], Array]


@dataclass(frozen=True, slots=True)
class Shares:
    """What each cause changed.

    Parameters
    ----------
    contributions, error : (N, K)
        Shares by cause, and their standard errors; 0 where all orders were taken.
    orders
        How many orders were drawn for the tier that took most; 0 if all were taken.
    stopped
        Whether drawing was stopped from outside (`forecast.errors.Stopped`).
    """

    contributions: Array
    error: Array
    orders: int
    stopped: bool


def shapley(
    sizes: Sequence[int], value: Value, *, seed: int, exact: int = EXACT, budget: int = BUDGET
) -> Shares:
    """Share out ``value(all causes) - value(none)``.

    Parameters
    ----------
    sizes
        How many causes each tier has; causes are numbered from 0 through all tiers.
    value
        Returns (K,) for a coalition: all causes of some tiers, and some of the next.
    seed
        Of the orders drawn in tiers of more than ``exact`` causes.
    budget
        Coalitions asked for on the way of a tier's orders, after which no more are drawn.

    Raises
    ------
    Stopped
        If ``value`` does before two pairs of orders are drawn.
    """
    kept: dict[frozenset[int], Array] = {}

    def once(coalition: frozenset[int]) -> Array:
        if coalition not in kept:
            kept[coalition] = np.asarray(value(coalition), dtype=float)
        return kept[coalition]

    rng = np.random.default_rng(seed)
    shares = np.zeros((sum(sizes), len(once(frozenset()))))
    error = np.zeros_like(shares)
    orders, start, stopped = 0, 0, False
    for size in sizes:
        tier = slice(start, start + size)
        base = frozenset(range(start))
        if size <= exact:
            shares[tier] = _exact(base, size, once)
        else:
            spent = partial(_as_many, kept, len(kept) + budget)
            shares[tier], error[tier], drawn, stopped = _drawn(base, size, once, rng, spent)
            orders = max(orders, drawn)
        start += size
    return Shares(shares, error, orders, stopped)


def _as_many(kept: dict[frozenset[int], Array], number: int) -> bool:
    return len(kept) >= number


def _exact(base: frozenset[int], size: int, value: Value) -> Array:
    """Return the shares of one tier over all its orders, (size, K)."""
    start = len(base)
    worth = np.array(
        [
            value(base | {start + i for i in range(size) if mask >> i & 1})
            for mask in range(1 << size)
        ]
    )
    masks = np.arange(1 << size)
    members = np.array([mask.bit_count() for mask in range(1 << size)])
    weight = np.array(
        [1 / (size * math.comb(size - 1, already)) for already in range(size)] + [0.0]
    )
    shares = np.empty((size, worth.shape[1]))
    for i in range(size):
        without = masks[masks >> i & 1 == 0]
        shares[i] = weight[members[without]] @ (worth[without | 1 << i] - worth[without])
    return shares


def _drawn(
    base: frozenset[int],
    size: int,
    value: Value,
    rng: np.random.Generator,
    spent: Callable[[], bool],
) -> tuple[Array, Array, int, bool]:
    """Return the shares of one tier over orders drawn, their errors, how many, whether stopped.

    Parameters
    ----------
    spent
        Whether so many coalitions were asked for that no more orders are to be drawn.
    """
    mean = spread = np.zeros((size, len(value(base))))  # Welford's, over pairs
    error = mean
    for pair in range(1, MOST + 1):
        order = rng.permutation(size)
        try:
            both = [_joining(base, way, value) for way in (order, order[::-1])]
        except Stopped:
            if pair <= 2:
                raise
            return mean, error, 2 * (pair - 1), True
        found = np.mean(both, axis=0)
        step = found - mean
        mean = mean + step / pair
        spread = spread + step * (found - mean)
        if pair > 1:
            error = np.sqrt(spread / (pair - 1) / pair)
        if (pair >= FEWEST and error.max() <= ERROR) or (pair > 1 and spent()):
            break
    return mean, error, 2 * pair, False


def _joining(base: frozenset[int], order: Index, value: Value) -> Array:
    """Return what each cause of a tier changes as it joins in this order, (size, K)."""
    before = value(base)
    changed = np.empty((len(order), len(before)))
    coalition = base
    for cause in map(int, order):
        coalition = coalition | {len(base) + cause}
        after = value(coalition)
        changed[cause] = after - before
        before = after
    return changed
