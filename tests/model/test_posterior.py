"""Horizons, ever-within, support and predictive distributions against slow, plain versions."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from forecast.model.chain import transition_of
from forecast.model.data import data_of
from forecast.model.emissions import emissions
from forecast.model.families.base import Levels
from forecast.model.filter import smooth
from forecast.model.outlook import Outlook
from forecast.model.packing import size_of
from forecast.model.posterior import Posterior, interval
from forecast.model.predict import QUANTILES, Parameters, next_counts, next_series
from tests.model.specs import rows_of, small_spec, with_series

DATA = data_of(small_spec())
SIZE = size_of(DATA)


def thetas(count: int, seed: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, SIZE))


def test_every_draw_is_filtered_with_its_own_parameters() -> None:
    theta = thetas(4)
    posterior = Posterior.of(DATA, theta)
    for s in range(4):
        chain, stay, enter = emissions(theta[s], DATA)
        one = smooth(DATA.start, transition_of(*chain), stay.sum(axis=0), enter.sum(axis=0))
        np.testing.assert_array_equal(posterior.filtered[s], one.filtered)
        np.testing.assert_array_equal(posterior.predicted[s], one.predicted)
        np.testing.assert_array_equal(posterior.smoothed[s], one.smoothed)
        np.testing.assert_array_equal(posterior.last_enter[s, :-1], enter[:, -1])


def test_horizons_and_ever_within_equal_enumeration_of_all_paths() -> None:
    posterior = Posterior.of(DATA, thetas(3))
    ahead, ever = np.zeros(3), np.zeros(3)
    for s in range(3):
        for now, *path in itertools.product(range(3), repeat=4):
            chance, at = posterior.now[s, now], now
            for step in path:
                chance *= posterior.transition[s, at, step]
                at = step
            ahead[at] += chance / 3
            for k in set(path):
                ever[k] += chance / 3
    np.testing.assert_allclose(posterior.horizons((1, 3))[3], ahead, atol=1e-12)
    np.testing.assert_allclose(posterior.ever_within((1, 3))[3], ever, atol=1e-12)


def test_interval_is_widened_to_include_the_mean() -> None:
    values = np.concatenate([np.zeros(990), np.full(10, 50.0)])[:, None]
    low, high = interval(values)
    assert low[0] == 0.0
    assert high[0] == pytest.approx(0.5)


def test_support_turns_predicted_into_filtered_probabilities() -> None:
    # one draw, one indicator speaking: prior times exp(support) is the posterior
    quiet = rows_of(small_spec().counts, slice(4))
    spec = with_series(dataclasses.replace(small_spec(), counts=quiet), at=np.array([0, 1, 3]))
    data = data_of(spec)
    posterior = Posterior.of(data, thetas(1))
    said = posterior.support()
    np.testing.assert_allclose(said[1:-1], 0.0, atol=1e-12)  # silent this period
    np.testing.assert_allclose(said[-1], said[0], atol=1e-12)  # so that is all there is
    now = posterior.predicted[0, -1] * np.exp(said[0])
    np.testing.assert_allclose(posterior.now[0], now / now.sum(), atol=1e-12)


def settled(theta: np.ndarray, transition: np.ndarray) -> tuple[Posterior, Parameters]:
    posterior = Posterior.of(DATA, theta)
    moves = posterior.now[:, :, None] * transition
    stays = np.einsum("skk->sk", moves)
    fixed = dataclasses.replace(
        posterior, following=np.stack([stays, moves.sum(axis=1) - stays], axis=1)
    )
    return fixed, Parameters.of(DATA, theta)


def test_next_counts_remember_only_what_may_be_remembered() -> None:
    theta = 0.01 * thetas(400)
    parameters = Parameters.of(DATA, theta)
    stays, _ = settled(theta, np.eye(3))
    moves, _ = settled(theta, (1 - np.eye(3)) / 2)
    kept, _ = next_counts(DATA, Outlook.after(stays), parameters, {})
    fresh, _ = next_counts(DATA, Outlook.after(moves), parameters, {})
    war = stays.now.mean(axis=0)
    rate = 40 * 7 / 3  # strikes: 40 in three days
    expected = sum(
        p * np.exp(m + 0.5 * (np.log1p(rate) - np.log1p(np.exp(m))))
        for p, m in zip(war, parameters.location[:, 0].mean(axis=0), strict=True)
    )
    assert np.median(kept) == pytest.approx(expected, rel=0.35)
    assert abs(np.log(np.median(kept) / rate)) < abs(np.log(np.median(fresh) / rate))


def test_next_levels_sum_to_one_and_carry_the_last_level() -> None:
    theta = thetas(50)
    posterior, parameters = Posterior.of(DATA, theta), Parameters.of(DATA, theta)
    (found,) = next_series(DATA, Outlook.after(posterior), parameters, {})
    assert isinstance(found, Levels)
    assert found.chance.sum() == pytest.approx(1.0)
    expected = np.zeros(3)
    for s in range(50):
        for i, j in itertools.product(range(3), repeat=2):
            p = posterior.now[s, i] * posterior.transition[s, i, j] / 50
            hold = parameters.series[0].inertia[s, 0] if i == j else 0.0
            expected += p * (1 - hold) * parameters.series[0].probability[s, 0, j]
            expected[2] += p * hold
    np.testing.assert_allclose(found.chance, expected, atol=1e-12)


def test_twenty_three_quantiles() -> None:
    assert len(QUANTILES) == 23
    assert list(QUANTILES) == sorted(QUANTILES)
