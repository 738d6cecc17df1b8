"""Shares add up, are fair, and take no notice of the order causes are listed in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import Stopped
from forecast.explain.shapley import ERROR, FEWEST, shapley

Game = Callable[[frozenset[int]], np.ndarray]

SEED = 1
sizes = st.lists(st.integers(0, 4), min_size=1, max_size=3)
seeds = st.integers(0, 10**6)


def game(seed: int) -> Game:
    """Return a value drawn for each coalition by itself, a point or so: nothing adds up in it."""
    return lambda coalition: np.random.default_rng([seed, *sorted(coalition)]).normal(size=3) / 100


def over_orders(tiers: Sequence[int], value: Game) -> np.ndarray:
    """Return the definition itself: the average over every order that respects the tiers."""
    starts = np.cumsum([0, *tiers])
    blocks = [itertools.permutations(range(a, b)) for a, b in itertools.pairwise(starts)]
    total, orders = np.zeros((sum(tiers), 3)), 0
    for parts in itertools.product(*blocks):
        coalition: frozenset[int] = frozenset()
        for cause in itertools.chain(*parts):
            total[cause] += value(coalition | {cause}) - value(coalition)
            coalition |= {cause}
        orders += 1
    return total / orders


@given(st.lists(st.integers(0, 3), min_size=1, max_size=2), seeds)
@settings(max_examples=40)
def test_shares_are_the_average_over_orders_that_respect_tiers(tiers: list[int], seed: int) -> None:
    found = shapley(tiers, game(seed), seed=SEED)
    np.testing.assert_allclose(found.contributions, over_orders(tiers, game(seed)), atol=1e-12)
    assert not found.error.any()
    assert found.orders == 0


@given(sizes, seeds)
@settings(max_examples=40)
def test_shares_add_up_to_the_change(tiers: list[int], seed: int) -> None:
    value = game(seed)
    change = value(frozenset(range(sum(tiers)))) - value(frozenset())
    for exact in (10, 0):
        found = shapley(tiers, value, seed=SEED, exact=exact)
        np.testing.assert_allclose(found.contributions.sum(axis=0), change, rtol=0, atol=1e-9)


@given(sizes.filter(any), seeds, st.data())
@settings(max_examples=40)
def test_a_cause_that_changes_nothing_has_no_share(
    tiers: list[int], seed: int, data: st.DataObject
) -> None:
    idle = data.draw(st.integers(0, sum(tiers) - 1))
    found = shapley(tiers, lambda of: game(seed)(of - {idle}), seed=SEED)
    assert not found.contributions[idle].any()


@given(st.integers(2, 5), seeds)
@settings(max_examples=40)
def test_causes_with_the_same_effect_have_the_same_share(size: int, seed: int) -> None:
    def value(of: frozenset[int]) -> np.ndarray:
        either = len(of & {0, 1})  # which of the two makes no difference
        return game(seed)((of - {0, 1}) | set(range(100, 100 + either)))

    first, second = shapley([size], value, seed=SEED).contributions[:2]
    np.testing.assert_allclose(first, second, rtol=0, atol=1e-12)


@given(st.permutations(range(4)), seeds)
@settings(max_examples=40)
def test_the_order_of_causes_is_irrelevant(names: list[int], seed: int) -> None:
    value = game(seed)
    renamed = shapley([4], lambda of: value(frozenset(names[i] for i in of)), seed=SEED)
    found = shapley([4], value, seed=SEED)
    np.testing.assert_allclose(renamed.contributions, found.contributions[names], atol=1e-12)


def test_earlier_tiers_get_what_they_change_alone() -> None:
    found = shapley([1, 2], lambda of: np.array([float(len(of) ** 2)]), seed=SEED)
    assert found.contributions.tolist() == [[1.0], [4.0], [4.0]]


@given(st.integers(3, 8), seeds)
@settings(max_examples=25, derandomize=True)
def test_sampled_agrees_with_exact_within_its_error(size: int, seed: int) -> None:
    value = game(seed)
    exact = shapley([1, size], value, seed=SEED)
    drawn = shapley([1, size], value, seed=SEED, exact=1)
    assert drawn.error.max() <= ERROR
    assert drawn.orders >= 2 * FEWEST
    off = np.abs(drawn.contributions - exact.contributions)
    assert not (off > 5 * drawn.error + 1e-12).any()


def test_the_error_is_that_of_another_sample() -> None:
    exact = shapley([5], game(7), seed=SEED).contributions
    found = [shapley([5], game(7), seed=seed, exact=0) for seed in range(40)]
    off = np.array([each.contributions - exact for each in found])
    said = np.array([each.error for each in found])
    assert 0.85 < math.sqrt((off**2).mean()) / math.sqrt((said**2).mean()) < 1.15


def test_sampling_is_seeded() -> None:
    one, same, other = (shapley([11], game(5), seed=seed).contributions for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("size", [10, 11])
def test_beyond_ten_orders_are_drawn(size: int) -> None:
    def value(of: frozenset[int]) -> np.ndarray:
        return np.array([sum(0.01 * i for i in of)])

    found = shapley([size], value, seed=SEED)
    assert (found.orders > 0) == (size > 10)
    np.testing.assert_allclose(found.contributions[:, 0], 0.01 * np.arange(size), atol=1e-12)


@pytest.mark.parametrize("budget", [1, 100, 500])
def test_no_more_is_asked_for_than_the_budget_and_the_orders_begun(budget: int) -> None:
    asked = set()

    def value(of: frozenset[int]) -> np.ndarray:
        asked.add(of)
        return game(3)(of)

    found = shapley([12], value, seed=SEED, exact=0, budget=budget)
    assert found.orders >= 4
    assert len(asked) < max(budget, 4 * 12) + 2 * 12
    assert (found.error > 0).any()
    assert not found.stopped


def test_stopped_shares_are_of_the_orders_drawn_by_then() -> None:
    asked = 0

    def value(of: frozenset[int]) -> np.ndarray:
        nonlocal asked
        asked += 1
        if asked > 100:
            raise Stopped
        return game(7)(of)

    found = shapley([12], value, seed=SEED, exact=0)
    assert found.stopped
    assert 4 <= found.orders < 20
    change = game(7)(frozenset(range(12))) - game(7)(frozenset())
    np.testing.assert_allclose(found.contributions.sum(axis=0), change, rtol=0, atol=1e-9)
    asked = 90
    with pytest.raises(Stopped):
        shapley([12], value, seed=SEED, exact=0)
