"""What a count is drawn from if its report reflects nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.model.background import backgrounds, doubts, in_doubt
from forecast.model.elicit import count_prior
from forecast.model.negbinomial import log_bias, shape_of
from tests.model.specs import full_spec

PRIOR = count_prior(full_spec().counts)
RATIO, SHAPE = backgrounds(PRIOR, 3)


@pytest.mark.parametrize("y", [0.0, 3.0, 5000.0])
def test_it_is_the_even_mixture_with_doubled_variance_in_the_source_s_units(y: float) -> None:
    trust, at, c = 0.7, 0.4, 1
    shape = shape_of(2 * (PRIOR.sd[c] ** 2 + PRIOR.dispersion[c]))
    mean = np.exp(PRIOR.centre[c] + log_bias(shape) + at)
    expected = np.log(0.3 * np.mean(stats.nbinom.pmf(y, shape, shape / (shape + mean))))
    doubt = doubts(np.array([trust]), np.array([y]), np.array([c]), SHAPE)
    found, _ = in_doubt(y, at, doubt[0], RATIO[c], SHAPE[c])
    assert found == pytest.approx(expected, abs=1e-10)


def test_its_slope_is_that_of_differences() -> None:
    doubt = doubts(np.array([0.2]), np.array([40.0]), np.array([0]), SHAPE)[0]
    above, below = (in_doubt(40.0, 0.1 + d, doubt, RATIO[0], SHAPE[0])[0] for d in (1e-6, -1e-6))
    _, slope = in_doubt(40.0, 0.1, doubt, RATIO[0], SHAPE[0])
    assert slope == pytest.approx((above - below) / 2e-6, rel=1e-6)


def test_a_trusted_report_keeps_a_trace_of_doubt() -> None:
    doubt = doubts(np.ones(1), np.array([40.0]), np.array([0]), SHAPE)[0]
    value, slope = in_doubt(40.0, 0.0, doubt, RATIO[0], SHAPE[0])
    assert -700 < value < -500
    assert np.isfinite(slope)
