"""Scores: by hand, against scoringrules, what must raise, and propriety by simulation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import scoringrules as sr
from numpy.typing import ArrayLike

from forecast.proof.scores import (
    Array,
    Index,
    binary_brier,
    brier,
    log_score,
    needed,
    quantile_crps,
    ranked_probability,
    skill,
)

Score = Callable[[ArrayLike, ArrayLike], Array]
SCORES: tuple[Score, ...] = (log_score, brier, ranked_probability)

# three forecasts of three scenarios, and which held
SAID = [[0.7, 0.2, 0.1], [0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]
HELD = [0, 2, 1]
BY_HAND: dict[Score, list[float]] = {
    log_score: [math.log(10 / 7), math.log(4), math.log(10)],
    # 0.3² + 0.2² + 0.1²; 0.5² + 0.25² + 0.75²; 0.1² + 0.9² + 0.8²
    brier: [0.14, 0.875, 1.46],
    # 0.3² + 0.1²; 0.5² + 0.75²; 0.1² + 0.8²
    ranked_probability: [0.1, 0.8125, 0.65],
}


@pytest.mark.parametrize("score", SCORES)
def test_three_forecasts_by_hand(score: Score) -> None:
    assert score(SAID, HELD) == pytest.approx(BY_HAND[score], abs=1e-15)


def drawn(n: int = 500, k: int = 6) -> tuple[Array, Index]:
    """None below 1/60: scoringrules takes 1 - p first, which costs a small p its digits."""
    rng = np.random.default_rng(6)
    return 0.9 * rng.dirichlet(np.full(k, 0.5), n) + 0.1 / k, rng.integers(k, size=n)


def test_agrees_with_scoringrules() -> None:
    p, held = drawn()
    hot = np.eye(p.shape[1])[held]
    assert np.abs(brier(p, held) - sr.brier_score(hot, p).sum(axis=-1)).max() < 1e-12
    assert np.abs(ranked_probability(p, held) - sr.rps_score(held + 1, p)).max() < 1e-12
    two = np.stack([p[:, 0], 1 - p[:, 0]], axis=1)
    happened = (held == 0).astype(int)
    assert np.abs(log_score(two, 1 - happened) - sr.log_score(happened, p[:, 0])).max() < 1e-12
    assert np.abs(binary_brier(p[:, 0], happened) - sr.brier_score(happened, p[:, 0])).max() < 1e-12


def test_the_log_score_of_many_is_that_of_the_event_it_named() -> None:
    p, held = drawn()
    named = p[np.arange(len(p)), held]
    assert np.abs(log_score(p, held) - sr.log_score(np.ones(len(p), int), named)).max() < 1e-12


def test_quantile_crps_agrees_with_scoringrules() -> None:
    rng = np.random.default_rng(7)
    levels = np.array([0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99])
    q, y = np.sort(rng.gamma(2, 10, (300, 23)), axis=1), rng.gamma(2, 10, 300)
    ours = quantile_crps(q, levels, y)
    assert np.abs(ours - sr.crps_quantile(y, q, levels)).max() < 1e-12
    lower, upper = q[:, :11], q[:, :11:-1]
    interval = sr.weighted_interval_score(y, q[:, 11], lower, upper, 2 * levels[:11])
    assert np.abs(ours - interval).max() < 1e-12


def test_quantile_crps_tends_to_the_crps() -> None:
    levels = (np.arange(2000) + 0.5) / 2000
    rng = np.random.default_rng(8)
    sample = np.quantile(rng.normal(size=200_000), levels)
    assert quantile_crps(sample, levels, 0.7) == pytest.approx(sr.crps_normal(0.7, 0, 1), abs=5e-3)


def test_a_single_value_scores_its_error() -> None:
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    assert quantile_crps(np.full(5, 3.0), levels, 5.5) == pytest.approx(2.5, abs=1e-15)


@pytest.mark.parametrize("score", SCORES)
def test_saying_what_one_believes_is_best(score: Score) -> None:
    rng = np.random.default_rng(9)
    truth = np.array([0.55, 0.3, 0.1, 0.05])
    held = rng.choice(4, size=40_000, p=truth)
    honest = score(np.broadcast_to(truth, (len(held), 4)), held)
    for other in rng.dirichlet(20 * truth, 25):
        worse = score(np.broadcast_to(other, (len(held), 4)), held) - honest
        assert worse.mean() > -3 * worse.std() / math.sqrt(len(held))
    sharper = truth**2 / (truth**2).sum()
    assert score(np.broadcast_to(sharper, (len(held), 4)), held).mean() > honest.mean()


def test_only_the_ranked_score_knows_a_near_miss() -> None:
    near, far = [0.1, 0.9, 0.0], [0.1, 0.0, 0.9]
    assert ranked_probability(near, 0) < ranked_probability(far, 0)
    assert brier(near, 0) == brier(far, 0)


@pytest.mark.parametrize("score", SCORES)
def test_certain_and_right_costs_nothing(score: Score) -> None:
    assert score([0.0, 1.0], 1) == 0


def test_called_impossible_costs_infinitely_much() -> None:
    assert log_score([0.0, 1.0], 0) == math.inf


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(
    ("said", "held"),
    [
        ([0.5, 0.6], 0),
        ([-0.1, 1.1], 0),
        ([math.nan, 1.0], 1),
        ([0.5, 0.5], 2),
        ([0.5, 0.5], -1),
        ([0.5, 0.5], 0.0),
    ],
)
def test_what_is_no_forecast_is_refused(score: Score, said: list[float], held: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        score(said, held)


def test_what_is_no_probability_or_quantile_is_refused() -> None:
    with pytest.raises(ValueError, match="probabilities must be"):
        binary_brier([1.2], [1])
    with pytest.raises(ValueError, match="probabilities must be"):
        binary_brier([0.2], [0.5])
    with pytest.raises(ValueError, match="must not fall"):
        quantile_crps([2.0, 1.0], [0.2, 0.8], 1.0)
    with pytest.raises(ValueError, match="levels must be"):
        quantile_crps([1.0, 2.0], [0.0, 0.8], 1.0)


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
