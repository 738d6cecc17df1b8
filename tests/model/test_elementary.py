"""Vectorised exponentials and logarithms against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from forecast.model.elementary import exp_below, softplus


def test_exp_below_is_exp_to_the_last_digits() -> None:
    rng = np.random.default_rng(0)
    x = -np.concatenate([np.logspace(-16, np.log10(707.9), 5000), 40 * rng.random(5000), [0.0]])
    out = np.empty_like(x)
    exp_below(x, out, np.empty_like(x))
    np.testing.assert_allclose(out, np.exp(x), rtol=1e-15)


def test_exp_below_of_very_little_is_nothing() -> None:
    out = np.empty(3)
    exp_below(np.array([-np.inf, -1e300, -708.1]), out, np.empty(3))
    assert not out.any()


def test_exp_below_of_no_number_is_none() -> None:
    out = np.empty(1)
    exp_below(np.array([np.nan]), out, np.empty(1))
    assert np.isnan(out).all()


@pytest.mark.parametrize("x", [-600.0, -30.0, -1.0, 0.0, 1e-9, 0.8, 40.0, 650.0, 1000.0])
def test_softplus_and_its_slope(x: float) -> None:
    steps = np.linspace(-10, 10, 32)
    share, excess = np.empty(32), np.empty(32)
    softplus(x, steps, np.exp(steps), share, excess)
    np.testing.assert_allclose(excess, np.logaddexp(0, x + steps), rtol=1e-12)
    np.testing.assert_allclose(share, special.expit(x + steps), rtol=1e-12)


def test_softplus_far_below_keeps_its_digits() -> None:
    """A count that is all but Poisson multiplies what is left by ten million."""
    share, excess = np.empty(1), np.empty(1)
    softplus(np.log(3e-7), np.zeros(1), np.ones(1), share, excess)
    assert excess[0] == pytest.approx(np.log1p(3e-7), rel=1e-15)
