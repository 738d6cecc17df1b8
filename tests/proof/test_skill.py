"""Skill: its sign, its interval, and saying nothing where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.proof.skill import needed, skill


def losses(n: int = 60, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).gamma(2, 1, n)


def test_a_share_of_the_loss_is_saved() -> None:
    loss = losses()
    told = skill(0.75 * loss, loss, 0)
    assert told is not None
    assert (told.value, told.low, told.high) == pytest.approx((0.25, 0.25, 0.25))


def test_a_better_baseline_is_said_to_be() -> None:
    told = skill(losses() + 2, losses(seed=2), 1)
    assert told is not None
    assert told.low < told.value < told.high < 0


def test_the_interval_holds_the_value_and_is_the_same_every_time() -> None:
    told = skill(losses(), losses(seed=2), 4)
    assert told is not None
    assert told.low < told.value < told.high
    assert told == skill(losses(), losses(seed=2), 4)


def test_long_runs_of_luck_widen_it() -> None:
    lucky = np.repeat(losses(15, 3), 20)
    blind, seeing = skill(lucky, np.full(300, 2.0), 0), skill(lucky, np.full(300, 2.0), 19)
    assert blind is not None
    assert seeing is not None
    assert seeing.high - seeing.low > 1.3 * (blind.high - blind.low)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        told = skill(rng.gamma(2, 0.45, 80), rng.gamma(2, 0.5, 80), 0)
        assert told is not None
        inside += told.low <= 0.1 <= told.high
    assert 175 <= inside <= 198


@pytest.mark.parametrize(("horizon", "enough"), [(0, 20), (1, 20), (4, 20), (12, 52)])
def test_too_few_say_nothing(horizon: int, enough: int) -> None:
    assert needed(horizon) == enough
    assert skill(losses(enough - 1), losses(enough - 1, 2), horizon) is None
    assert skill(losses(enough), losses(enough, 2), horizon) is not None


def test_nothing_is_saved_of_nothing() -> None:
    assert skill(losses(), np.zeros(60), 0) is None


def test_an_infinite_loss_of_the_baseline_is_saved_whole() -> None:
    baseline = losses()
    baseline[3] = np.inf
    told = skill(losses(), baseline, 0)
    assert told is not None
    assert told.value == 1
