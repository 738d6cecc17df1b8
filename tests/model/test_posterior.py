"""Horizons, ever-within, support and predictive distributions against slow, plain versions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from forecast.model import names
from forecast.model.filter import smooth
from forecast.model.posterior import (
    QUANTILES,
    Posterior,
    interval,
    next_counts,
    next_levels,
    support,
)
from tests.model.specs import small_spec

SPEC = small_spec()


def draws(count: int, seed: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    shape = (count, 5, 3)
    return {
        names.TRANSITION: rng.dirichlet(np.ones(3), size=(count, 3)),
        names.STAY: rng.normal(size=shape),
        names.ENTER: rng.normal(size=shape),
        names.LAST_STAY: rng.normal(size=(count, 3, 3)),
        names.LAST_ENTER: rng.normal(size=(count, 3, 3)),
        names.LOCATION: rng.normal(3, 0.1, size=(count, 2, 3)),
        names.DISPERSION: np.ones((count, 2)),
        names.COUNT_INERTIA: np.full((count, 2), 0.5),
        names.LEVELS: rng.dirichlet(np.ones(3), size=(count, 1, 3)),
        names.LEVEL_INERTIA: np.full((count, 1), 0.6),
    }


def test_horizons_and_ever_within_equal_enumeration_of_all_paths() -> None:
    kept = draws(3)
    posterior = Posterior.of(SPEC, kept)
    ahead, ever = np.zeros(3), np.zeros(3)
    for s in range(3):
        for now, *path in itertools.product(range(3), repeat=4):
            chance, at = posterior.now[s, now], now
            for step in path:
                chance *= kept[names.TRANSITION][s, at, step]
                at = step
            ahead[at] += chance / 3
            for k in set(path):
                ever[k] += chance / 3
    np.testing.assert_allclose(posterior.horizon(3), ahead, atol=1e-12)
    np.testing.assert_allclose(posterior.ever_within(3), ever, atol=1e-12)


def test_interval_is_widened_to_include_the_mean() -> None:
    values = np.concatenate([np.zeros(990), np.full(10, 50.0)])[:, None]
    low, high = interval(values)
    assert low[0] == 0.0
    assert high[0] == pytest.approx(0.5)


def test_support_of_all_indicators_together_is_the_bayes_factor_of_the_period() -> None:
    # with one indicator, prior odds times exp(difference of support) are posterior odds
    kept = draws(1)
    kept[names.LAST_STAY] = kept[names.STAY][:, -1:]
    kept[names.LAST_ENTER] = kept[names.ENTER][:, -1:]
    posterior = Posterior.of(SPEC, kept)
    said = support(posterior, kept)[0]
    prior, now = posterior.predicted[0, -1], posterior.now[0]
    np.testing.assert_allclose(now, prior * np.exp(said) / (prior * np.exp(said)).sum(), atol=1e-12)


def test_next_counts_remember_only_what_may_be_remembered() -> None:
    kept = draws(400)
    kept[names.TRANSITION] = np.tile(np.eye(3), (400, 1, 1))  # the scenario surely stays
    posterior = Posterior.of(SPEC, kept)
    strikes, deaths = next_counts(SPEC, posterior, kept)
    # strikes: 40 in three days, remembered at the weekly rate 93.3 with weight 0.5
    expected = 3.0 + 0.5 * (np.log1p(40 * 7 / 3) - np.log1p(np.exp(3.0)))
    assert np.log(np.median(strikes)) == pytest.approx(expected, abs=0.15)
    assert np.log(np.median(deaths)) > 2.7  # 30 read, 20 expected
    kept[names.TRANSITION] = np.full((400, 3, 3), [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    fresh, _ = next_counts(SPEC, Posterior.of(SPEC, kept), kept)
    assert np.median(fresh) < np.median(strikes) / 1.5


def test_next_levels_sum_to_one_and_carry_the_last_level() -> None:
    kept = draws(50)
    posterior = Posterior.of(SPEC, kept)
    (chance,) = next_levels(SPEC, posterior, kept)
    assert chance.sum() == pytest.approx(1.0)
    expected = np.zeros(3)
    for s in range(50):
        for i, j in itertools.product(range(3), repeat=2):
            p = posterior.now[s, i] * kept[names.TRANSITION][s, i, j] / 50
            hold = 0.6 if i == j else 0.0
            expected += p * (1 - hold) * kept[names.LEVELS][s, 0, j]
            expected[2] += p * hold
    np.testing.assert_allclose(chance, expected, atol=1e-12)


def test_twenty_three_quantiles() -> None:
    assert len(QUANTILES) == 23
    assert list(QUANTILES) == sorted(QUANTILES)


def test_one_period_is_enough() -> None:
    result = smooth(SPEC.chain.start, np.eye(3), np.zeros((1, 3)), np.zeros((1, 3)))
    np.testing.assert_allclose(result.filtered[0], SPEC.chain.start)
