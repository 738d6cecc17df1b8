"""The negative binomial kernel against scipy and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from forecast.model.negbinomial import (
    MAX_SHAPE,
    along,
    draw,
    gammas_of,
    inverse_trigamma,
    log_bias,
    log_gamma,
    logpmf,
    polygammas,
    shape_of,
    slopes,
)

positive = st.floats(1e-4, 1e5)


@given(positive)
def test_polygammas_equal_scipy(x: float) -> None:
    expected = np.array([special.digamma(x), *special.polygamma([1, 2], x)])
    np.testing.assert_allclose(polygammas(x), expected, rtol=1e-11, atol=1e-12)


@given(st.floats(1e-6, 1e6))
def test_inverse_trigamma_inverts(variance: float) -> None:
    assert special.polygamma(1, inverse_trigamma(variance)) == pytest.approx(variance, rel=1e-10)


def test_no_variance_is_poisson() -> None:
    value = logpmf(7.0, np.log(5.0), 0.0)
    assert value == pytest.approx(stats.poisson.logpmf(7, 5.0), abs=1e-5)
    assert inverse_trigamma(0.0) == MAX_SHAPE


@given(
    st.integers(0, 200_000),
    st.floats(-3, 12),
    st.floats(0.01, 20),
)
def test_log_probability_equals_scipy(y: int, location: float, variance: float) -> None:
    value = logpmf(float(y), location, variance)
    shape = float(shape_of(variance))
    mean = np.exp(location + float(log_bias(shape)))
    expected = stats.nbinom.logpmf(y, shape, shape / (shape + mean))
    assert value == pytest.approx(expected, rel=1e-7, abs=1e-7)


@given(st.integers(0, 5000), st.floats(-2, 9), st.floats(0.02, 8), st.floats(-1, 1))
def test_slopes_equal_finite_differences(
    y: int, location: float, variance: float, loading: float
) -> None:
    nodes, weight = np.array([-1.0, 0.5, 2.0]), np.array([0.2, 1.0, 0.4])

    def total(dl: float = 0.0, dv: float = 0.0, df: float = 0.0) -> float:
        points = location + dl + (loading + df) * nodes
        values = [logpmf(float(y), at, variance + dv) for at in points]
        return float(weight @ np.array(values))

    gammas = gammas_of(variance)
    value, share, excess = np.empty((3, 3))
    steps = loading * nodes
    along(float(y), location, gammas, steps, np.exp(steps), value, share, excess)
    assert weight @ value == pytest.approx(total(), rel=1e-12)
    found = slopes(float(y), gammas, weight, nodes, share, excess)
    h = 1e-5
    scale = 1 + np.abs(found).max()
    for slope, up, down in zip(
        found,
        (total(dl=h), total(dv=h), total(df=h)),
        (total(dl=-h), total(dv=-h), total(df=-h)),
        strict=True,
    ):
        assert slope == pytest.approx((up - down) / (2 * h), abs=1e-4 * scale)


def test_the_log_of_the_rate_has_the_variance_asked() -> None:
    rng = np.random.default_rng(1)
    shape = shape_of(1.7)
    rates = np.log(rng.gamma(shape, np.exp(2.0 + log_bias(shape)) / shape, size=400_000))
    assert rates.mean() == pytest.approx(2.0, abs=0.01)
    assert rates.var() == pytest.approx(1.7, abs=0.03)


@pytest.mark.parametrize("shape", [1e-6, 0.04, 0.06, 3.0])
def test_rates_of_any_shape_have_the_moments_of_a_log_gamma(shape: float) -> None:
    """The usual draw underflows to 0 where judgements are very wide, and times infinity is NaN."""
    drawn = log_gamma(np.full(100_000, shape), np.random.default_rng(5))
    sd = np.sqrt(special.polygamma(1, shape))
    assert (drawn.mean() - special.digamma(shape)) / sd == pytest.approx(0.0, abs=0.015)
    assert drawn.std() / sd == pytest.approx(1.0, abs=0.02)


def test_counts_of_the_widest_judgement_can_be_drawn() -> None:
    """The log of the rate is then sd (1 - E), E exponential: 0 in e^-1 of all draws."""
    drawn = draw(np.zeros(10_000), np.full(10_000, 1e10), np.random.default_rng(6))
    assert np.isfinite(drawn).all()
    assert (drawn == 0).mean() == pytest.approx(np.exp(-1), abs=0.015)
