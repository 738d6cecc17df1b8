"""Weights where the answer is known: normal draws that stand for another normal."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.model.reweight import reweight, tells

DRAWS = np.random.default_rng(6).normal(size=4000)


def test_weighted_draws_have_the_wanted_mean_and_spread() -> None:
    weights, khat = reweight(0.5 * DRAWS)  # N(0.5, 1) over N(0, 1), up to a constant
    assert weights.sum() == pytest.approx(1.0)
    assert tells(weights, khat)
    mean = weights @ DRAWS
    assert mean == pytest.approx(0.5, abs=0.06)
    assert weights @ (DRAWS - mean) ** 2 == pytest.approx(1.0, abs=0.1)


def test_too_far_away_is_said() -> None:
    assert not tells(*reweight(5.0 * DRAWS))


@pytest.mark.parametrize("log_ratio", [np.zeros(4000), np.where(DRAWS > 0, 1.0, 0.0)])
def test_without_a_tail_there_is_nothing_to_smooth(log_ratio: np.ndarray) -> None:
    weights, khat = reweight(log_ratio)
    np.testing.assert_allclose(weights, np.exp(log_ratio) / np.exp(log_ratio).sum())
    assert khat == 0.0


def test_the_long_tail_of_a_small_change_harms_nothing() -> None:
    long = 4000 / (np.arange(4000) + 0.5)  # Pareto, k = 1
    weights, khat = reweight(np.log1p(1e-5 * long))
    assert khat > 0.7
    assert tells(weights, khat)
    assert not tells(*reweight(np.log1p(long)))


def test_a_draw_that_became_impossible_counts_for_nothing() -> None:
    weights, _ = reweight(np.where(np.arange(4000) < 3, -np.inf, 0.1 * DRAWS))
    assert weights[:3] == pytest.approx([0, 0, 0], abs=1e-300)


SOME = np.arange(4000) < 4


@pytest.mark.parametrize(
    ("log_ratio", "reliable"),
    [
        pytest.param(np.zeros(4000), True, id="all alike"),
        pytest.param(1e-13 * DRAWS, True, id="alike to rounding"),
        pytest.param(np.where(SOME, 1e-13, 0.0), True, id="some off by rounding"),
        pytest.param(np.where(SOME, 0.5, 0.0), True, id="half of the tail alike, and even"),
        pytest.param(np.where(SOME, 8.0, 0.0), False, id="half of the tail alike, and uneven"),
        pytest.param(np.where(SOME, -np.inf, 0.0), True, id="some impossible"),
        pytest.param(np.where(SOME, np.nan, 0.0), True, id="some no number"),
        pytest.param(np.full(4000, -np.inf), False, id="impossible"),
        pytest.param(np.full(4000, np.nan), False, id="no number"),
        pytest.param(np.where(SOME, 0.0, -np.inf), False, id="all but some impossible"),
    ],
)
def test_weights_and_k_hat_are_numbers_whatever_is_weighed(
    log_ratio: np.ndarray, *, reliable: bool
) -> None:
    weights, khat = reweight(log_ratio)
    assert np.isfinite(weights).all()
    assert weights.sum() == pytest.approx(1.0)
    assert np.isfinite(khat)
    assert tells(weights, khat) is reliable
