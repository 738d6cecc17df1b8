"""The trend of a count: what it must find, and when it must not say anything."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.explain.trend import trend
from forecast.explain.types import Trend


def test_steady_growth_is_found() -> None:
    found = trend([100 * 1.3**week for week in range(12)])
    assert found.factor == pytest.approx(1.3, rel=0.01)
    assert found.low is not None
    assert found.high is not None
    assert 1 < found.low < 1.3 < found.high


def test_growth_goes_through_a_gap() -> None:
    series: list[float | None] = [100 * 0.8**week for week in range(14)]
    series[5:9] = [None] * 4
    found = trend(series)
    assert found.readings == 10
    assert found.factor == pytest.approx(0.8, rel=0.02)


def test_few_readings_say_nothing() -> None:
    assert trend([1, 2, None, 4, 8, None, 16]) == Trend(5, None, None, None)
    assert trend([]) == Trend(0, None, None, None)


def test_what_never_changes_has_no_trend() -> None:
    assert trend([0] * 8) == Trend(8, 1.0, 1.0, 1.0)


def test_zeros_are_counts() -> None:
    found = trend([0, 0, 3, 0, 1, 0, 0, 2])
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 < found.high


def test_noise_alone_has_a_slope_of_nothing_inside() -> None:
    rng = np.random.default_rng(7)
    found = trend([float(y) for y in rng.poisson(40, 20)])
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 < found.high
    assert found.high / found.low < 1.5  # and it is no shrug


@pytest.mark.slow
def test_intervals_hold_what_they_say() -> None:
    """At least 0.8 of simulated slopes in 90 % intervals; maximum likelihood held 0.7."""
    rng, inside, tries = np.random.default_rng(11), 0, 40
    for _ in range(tries):
        slope = np.cumsum(np.r_[rng.normal(0, 0.1), rng.normal(0, 0.05, 15)])
        level = 4 + np.cumsum(np.r_[0, slope[:-1]] + rng.normal(0, 0.1, 16))
        found = trend([float(y) for y in np.expm1(level + rng.normal(0, 0.4, 16)).clip(0)])
        assert found.low is not None
        assert found.high is not None
        inside += bool(np.log(found.low) <= slope[-1] <= np.log(found.high))
    assert inside >= 0.8 * tries
