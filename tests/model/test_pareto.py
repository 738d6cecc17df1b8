"""Smoothed weights and k-hat against ArviZ."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from forecast.model.pareto import smooth, tail_size


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draws", [30, 400, 20_000])
@pytest.mark.parametrize("heavy", [0.05, 0.3, 1.0, 3.0])
def test_it_is_what_arviz_does(seed: int, draws: int, heavy: float) -> None:
    log_weight = np.random.default_rng(seed).exponential(heavy, draws)  # k = heavy
    found, khat = smooth(log_weight)
    expected, expected_khat = array_stats.psislw(-log_weight)
    np.testing.assert_allclose(np.log(found), expected, rtol=0, atol=1e-10)
    assert khat == pytest.approx(float(expected_khat), abs=1e-10)


def test_the_tail_is_smoothed_and_the_rest_keeps_its_proportions() -> None:
    log_weight = np.random.default_rng(9).exponential(0.5, 1000)
    found, _ = smooth(log_weight)
    rest = np.argsort(log_weight)[: -tail_size(1000)]
    ratio = found[rest] / np.exp(log_weight[rest])
    np.testing.assert_allclose(ratio, ratio[0])
    assert found.sum() == pytest.approx(1.0)


def test_a_tail_that_is_half_alike_is_left_as_it_is() -> None:
    log_weight = np.zeros(100)
    log_weight[-3:] = 1.0
    found, khat = smooth(log_weight)
    assert np.isnan(khat)
    np.testing.assert_allclose(found, np.exp(log_weight) / np.exp(log_weight).sum())
